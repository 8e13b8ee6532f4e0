//! The order of answers and deliveries. RabbitMQ guarantees no order, but its answers usually come first.

use amq_protocol::{
    protocol::{AMQPClass, BasicProperties, basic, queue},
    types::{AMQPValue, FieldTable},
};
use crosstalk_broker::{Broker, Config};

use crate::raw::{Raw, publish};

/// Two messages in a queue with a single active consumer, and two consumers that may have one each at a time.
async fn consumes(client: &mut Raw, global: bool) {
    let mut arguments = FieldTable::default();
    arguments.insert("x-single-active-consumer".into(), AMQPValue::Boolean(true));
    client.declare(queue::Declare { queue: "q".into(), arguments, ..queue::Declare::default() }).await;
    limit(client, 1, global).await;
    for tag in ["a", "b"] {
        let consume = basic::Consume { queue: "q".into(), consumer_tag: tag.into(), ..basic::Consume::default() };
        client.basic(basic::AMQPMethod::Consume(consume)).await;
        assert!(matches!(client.hear_method().await, AMQPClass::Basic(basic::AMQPMethod::ConsumeOk(_))));
    }
    for body in [b"1", b"2"] {
        client.write(&publish("q", body, BasicProperties::default())).await;
    }
    is_delivered(client, "a").await;
}

async fn limit(client: &mut Raw, prefetch_count: u16, global: bool) {
    client.basic(basic::AMQPMethod::Qos(basic::Qos { prefetch_count, global })).await;
    assert!(matches!(client.hear_method().await, AMQPClass::Basic(basic::AMQPMethod::QosOk(_))));
}

async fn is_delivered(client: &mut Raw, tag: &str) {
    let AMQPClass::Basic(basic::AMQPMethod::Deliver(deliver)) = client.hear_method().await else {
        panic!("no delivery")
    };
    assert_eq!(deliver.consumer_tag.as_str(), tag);
    for _content in 0..2 {
        client.hear().await;
    }
}

#[tokio::test]
async fn a_prefetch_is_answered_before_what_it_lets_through() {
    let broker = Broker::start(Config::default()).await.expect("any port will do");
    let mut client = Raw::open(&broker).await;
    consumes(&mut client, true).await;
    limit(&mut client, 2, true).await;
    is_delivered(&mut client, "a").await;
}

#[tokio::test]
async fn a_cancel_is_answered_before_what_another_consumer_gets_instead() {
    let broker = Broker::start(Config::default()).await.expect("any port will do");
    let mut client = Raw::open(&broker).await;
    consumes(&mut client, false).await;
    client.basic(basic::AMQPMethod::Cancel(basic::Cancel { consumer_tag: "a".into(), nowait: false })).await;
    assert!(matches!(client.hear_method().await, AMQPClass::Basic(basic::AMQPMethod::CancelOk(_))));
    is_delivered(&mut client, "b").await;
}
