//! The API of the broker for programs: listings, pause, cut connections, restart, shutdown.

use std::time::Duration;

use amq_protocol::{
    frame::AMQPFrame,
    protocol::{AMQPClass, BasicProperties, basic, exchange, queue},
};
use crosstalk_broker::{Broker, Config, ConsumerInfo, QueueInfo, User};
use crosstalk_testkit::wait_until;
use tokio::time::timeout;

use crate::raw::{Hello, Raw, publish};

const BUDGET: Duration = Duration::from_secs(10);

async fn start() -> Broker {
    Broker::start(Config::default()).await.expect("any port will do")
}

fn durable(queue: &str) -> queue::Declare {
    queue::Declare { queue: queue.into(), durable: true, ..queue::Declare::default() }
}

fn persistent() -> BasicProperties {
    BasicProperties::default().with_delivery_mode(2)
}

#[tokio::test]
async fn queues_and_consumers_are_listed() {
    let broker = start().await;
    let mut client = Raw::open(&broker).await;
    client.declare(durable("a")).await;
    client.declare(queue::Declare { queue: "b".into(), exclusive: true, auto_delete: true, ..durable("b") }).await;
    client.write(&publish("a", b"1", persistent()).repeat(3)).await;
    client.basic(basic::AMQPMethod::Qos(basic::Qos { prefetch_count: 2, global: false })).await;
    client.hear_method().await;
    let consume = basic::Consume { queue: "a".into(), consumer_tag: "tag".into(), ..basic::Consume::default() };
    client.basic(basic::AMQPMethod::Consume(consume)).await;
    client.hear_method().await;
    let info = |name: &str| QueueInfo {
        name: name.to_owned(),
        ready: 0,
        unacked: 0,
        consumers: 0,
        durable: false,
        exclusive: false,
        auto_delete: false,
    };
    let expected = [
        QueueInfo { ready: 1, unacked: 2, consumers: 1, durable: true, ..info("a") },
        // what belongs to a connection is not durable, whatever was asked for
        QueueInfo { exclusive: true, auto_delete: true, ..info("b") },
    ];
    assert_eq!(broker.queues("/"), expected);
    let consumer = ConsumerInfo {
        queue: "a".to_owned(),
        tag: "tag".to_owned(),
        peer: client.socket.local_addr().unwrap().to_string(),
        channel: 1,
        prefetch: 2,
        no_ack: false,
        unacked: 2,
    };
    assert_eq!(broker.consumers("/"), [consumer]);
    assert!(broker.message_bytes() > 3);
    assert!(broker.queues("elsewhere").is_empty() && broker.consumers("elsewhere").is_empty());
}

#[tokio::test]
async fn virtual_hosts_are_apart_and_named_in_the_url() {
    let config = Config {
        users: vec![User::new("anna", "p/ss")],
        vhosts: vec!["one/two".to_owned(), "three".to_owned()],
        ..Config::default()
    };
    let broker = Broker::start(config).await.unwrap();
    assert_eq!(broker.amqp_url(), format!("amqp://anna:p%2Fss@{}/one%2Ftwo", broker.addr()));
    let hello = Hello { response: b"\0anna\0p/ss".to_vec(), vhost: "three", ..Hello::default() };
    let mut client = Raw::open_as(&broker, hello).await;
    client.declare(durable("q")).await;
    assert_eq!((broker.queues("three").len(), broker.queues("one/two").len()), (1, 0));
}

#[tokio::test]
async fn a_paused_broker_says_nothing_and_loses_nothing() {
    let broker = start().await;
    let mut client = Raw::open(&broker).await;
    broker.pause();
    let declaring = client.declare(durable("q"));
    tokio::pin!(declaring);
    assert!(timeout(Duration::from_millis(300), &mut declaring).await.is_err(), "it answered");
    broker.resume();
    assert_eq!(declaring.await, 0);
    broker.pause();
    assert!(timeout(Duration::from_millis(300), Raw::open(&broker)).await.is_err(), "it took somebody in");
    broker.resume();
    Raw::open(&broker).await;
}

#[tokio::test]
async fn a_connection_is_cut_and_what_it_held_comes_back() {
    let broker = start().await;
    let mut client = Raw::open(&broker).await;
    let mut other = Raw::open(&broker).await;
    client.declare(durable("q")).await;
    client.write(&publish("q", b"held", persistent())).await;
    client.basic(basic::AMQPMethod::Get(basic::Get { queue: "q".into(), no_ack: false })).await;
    assert!(matches!(client.hear_method().await, AMQPClass::Basic(basic::AMQPMethod::GetOk(_))));
    let address = client.socket.local_addr().unwrap().to_string();
    assert!(broker.connections().contains(&address));
    assert!(broker.drop_connection(&address).await);
    assert!(!broker.drop_connection(&address).await, "it is gone");
    while client.hear().await.is_some() {}
    assert_eq!(other.declare(durable("q")).await, 1);
    assert_eq!(broker.drop_connections().await, 1);
    assert_eq!(other.hear().await, None);
}

#[tokio::test]
async fn a_restart_keeps_what_is_durable_and_persistent() {
    let broker = start().await;
    let address = broker.addr();
    let mut client = Raw::open(&broker).await;
    client.declare(durable("kept")).await;
    client.declare(queue::Declare { durable: false, ..durable("gone") }).await;
    for (name, durable) in [("kept", true), ("gone", false)] {
        let declare =
            exchange::Declare { exchange: name.into(), kind: "fanout".into(), durable, ..exchange::Declare::default() };
        client.say(1, AMQPClass::Exchange(exchange::AMQPMethod::Declare(declare))).await;
        client.hear_method().await;
        let bind = queue::Bind { queue: "kept".into(), exchange: name.into(), ..queue::Bind::default() };
        client.say(1, AMQPClass::Queue(queue::AMQPMethod::Bind(bind))).await;
        client.hear_method().await;
    }
    client.write(&publish("kept", b"held", persistent())).await;
    client.write(&publish("kept", b"persistent", persistent())).await;
    client.write(&publish("kept", b"transient", BasicProperties::default())).await;
    client.basic(basic::AMQPMethod::Get(basic::Get { queue: "kept".into(), no_ack: false })).await;
    client.hear_method().await;
    assert_eq!(client.declare_after_content(durable("kept")).await, 2);
    broker.restart().await;
    while client.hear().await.is_some() {}
    assert_eq!(broker.addr(), address);
    let mut client = Raw::open(&broker).await;
    assert_eq!(client.declare(durable("kept")).await, 2);
    assert_eq!(broker.queues("/").len(), 1);
    // the binding is kept, too
    let publish = basic::Publish { exchange: "kept".into(), ..basic::Publish::default() };
    client.basic(basic::AMQPMethod::Publish(publish)).await;
    client.write(&[2, 0, 1, 0, 0, 0, 14, 0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xCE]).await;
    assert_eq!(client.declare(durable("kept")).await, 3);
    for (body, redelivered) in [(Some("held"), true), (Some("persistent"), false), (None, false)] {
        client.basic(basic::AMQPMethod::Get(basic::Get { queue: "kept".into(), no_ack: true })).await;
        let AMQPClass::Basic(basic::AMQPMethod::GetOk(got)) = client.hear_method().await else {
            panic!("nothing left")
        };
        assert_eq!(got.redelivered, redelivered);
        assert!(matches!(client.hear().await, Some(AMQPFrame::Header(1, _))));
        if let Some(body) = body {
            assert_eq!(client.hear().await, Some(AMQPFrame::Body(1, body.into())));
        }
    }
    let gone = exchange::Declare { exchange: "gone".into(), passive: true, ..exchange::Declare::default() };
    client.say(1, AMQPClass::Exchange(exchange::AMQPMethod::Declare(gone))).await;
    assert_eq!(client.hear_close().await.0, 404);
}

/// Once a restart waited until nobody was connected, which those who come again at once never let happen.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_does_not_wait_for_those_who_come_again() {
    let broker = std::sync::Arc::new(start().await);
    let comers: Vec<_> = (0..8)
        .map(|_| {
            let address = broker.addr();
            tokio::spawn(async move {
                loop {
                    let mut client = Raw::connect(address).await;
                    client.write(crate::raw::HEADER).await;
                    while client.hear().await.is_some() {}
                }
            })
        })
        .collect();
    wait_until(BUDGET, async || broker.connections().len() == comers.len()).await.unwrap();
    for _ in 0..20 {
        timeout(BUDGET, broker.restart()).await.expect("a restart ends");
        timeout(BUDGET, broker.drop_connections()).await.expect("a cut ends");
    }
    comers.iter().for_each(tokio::task::JoinHandle::abort);
    Raw::open(&broker).await;
}

#[tokio::test]
async fn a_shutdown_is_told_to_clients_and_leaves_nothing() {
    let broker = start().await;
    let mut polite = Raw::open(&broker).await;
    let mut young = Raw::connect(broker.addr()).await;
    let (_ended, heard) = tokio::join!(broker.shutdown(), polite.hear_close());
    assert_eq!(heard, (320, "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'".to_owned()));
    assert_eq!(young.hear().await, None);
    assert!(broker.connections().is_empty());
    assert!(tokio::net::TcpStream::connect(broker.addr()).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn a_dropped_broker_is_gone_at_once() {
    let broker = start().await;
    let mut client = Raw::open(&broker).await;
    drop(broker);
    while client.hear().await.is_some() {}
}
