//! A private node is started, used, killed and restarted.

use std::net::TcpStream;

use crosstalk_testkit::{Options, RabbitMq};

fn listens(rabbit: &RabbitMq) -> bool {
    TcpStream::connect(("127.0.0.1", rabbit.amqp_port())).is_ok()
}

#[tokio::test]
async fn a_node_is_killed_restarted_and_stopped() {
    let settings = vec!["consumer_timeout = 5000".to_owned()];
    let options = Options { web_stomp: true, management: true, settings, ..Options::default() };
    let mut rabbit = RabbitMq::start_with(&options).await.expect("RabbitMQ starts");
    let url = rabbit.amqp_url();
    let first = rabbit.pid();
    let timeout = rabbit.ctl(&["-q", "eval", "application:get_env(rabbit, consumer_timeout)."]).await;
    assert_eq!(timeout.expect("rabbitmqctl reaches the node").trim(), "{ok,5000}");

    rabbit.kill();
    assert!(!listens(&rabbit));

    rabbit.restart().await.expect("RabbitMQ starts again");
    assert!(listens(&rabbit));
    assert_eq!(rabbit.amqp_url(), url);
    assert_ne!(rabbit.pid(), first);

    rabbit.stop().await;
    assert!(!listens(&rabbit));
}

#[tokio::test]
async fn the_shared_node_is_one() {
    let (one, two) = tokio::join!(RabbitMq::shared(), RabbitMq::shared());
    assert_eq!(one.amqp_url(), two.amqp_url());
}
