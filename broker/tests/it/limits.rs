//! Limits: whatever exceeds one is refused or waits, and other clients are not affected.

use std::time::{Duration, Instant};

use amq_protocol::{
    frame::AMQPFrame,
    protocol::{AMQPClass, BasicProperties, basic, channel, confirm, connection, queue},
};
use crosstalk_broker::{Broker, Config, Limits, Policy};
use crosstalk_testkit::wait_until;

use crate::raw::{Hello, Raw, frame, of_connection, publish};

const BUDGET: Duration = Duration::from_secs(20);

async fn start(limits: Limits) -> Broker {
    Broker::start(Config { limits, ..Config::default() }).await.expect("any port will do")
}

fn named(queue: &str) -> queue::Declare {
    queue::Declare { queue: queue.into(), ..queue::Declare::default() }
}

fn ready(broker: &Broker, name: &str) -> usize {
    broker.queues("/").iter().find(|queue| queue.name == name).map_or(0, |queue| queue.ready)
}

#[tokio::test]
async fn more_channels_than_agreed_are_not_allowed() {
    let broker = start(Limits { channel_max: 2, ..Limits::default() }).await;
    let mut client = Raw::open_as(&broker, Hello { channel_max: 2, ..Hello::default() }).await;
    client.open_channel(2).await;
    client.say(3, AMQPClass::Channel(channel::AMQPMethod::Open(channel::Open {}))).await;
    let text = "NOT_ALLOWED - number of channels opened (2) has reached the negotiated channel_max (2)";
    assert_eq!(client.hear_close().await, (530, text.to_owned()));
}

#[tokio::test]
async fn a_body_that_is_too_large_closes_its_channel_only() {
    let broker = start(Limits { message_size: 1_000, ..Limits::default() }).await;
    let mut client = Raw::open(&broker).await;
    client.declare(named("q")).await;
    client.write(&publish("q", &[0; 1_001], BasicProperties::default())).await;
    let text = "PRECONDITION_FAILED - message size 1001 is larger than configured max size 1000";
    assert_eq!(client.hear_close().await, (406, text.to_owned()));
    client.open_channel(1).await;
    client.write(&publish("q", &[0; 1_000], BasicProperties::default())).await;
    assert_eq!(client.declare(named("q")).await, 1);
}

#[tokio::test]
async fn who_comes_when_all_places_are_taken_is_not_served() {
    let broker = start(Limits { connections: 1, ..Limits::default() }).await;
    let first = Raw::open(&broker).await;
    let mut second = Raw::connect(broker.addr()).await;
    assert_eq!(second.hear().await, None);
    drop(first);
    wait_until(BUDGET, async || broker.connections().is_empty()).await.unwrap();
    Raw::open(&broker).await;
}

#[tokio::test]
async fn a_client_without_a_heartbeat_is_cut_and_the_broker_has_one() {
    let broker = start(Limits::default()).await;
    let mut client = Raw::open_as(&broker, Hello { heartbeat: 1, ..Hello::default() }).await;
    let since = Instant::now();
    let mut beats = 0;
    while let Some(heard) = client.hear_any().await {
        assert_eq!(heard, AMQPFrame::Heartbeat);
        beats += 1;
    }
    assert!(beats >= 2, "{beats} heartbeats");
    // two intervals in silence are too long, and one is not
    assert!((Duration::from_millis(1_500)..Duration::from_secs(4)).contains(&since.elapsed()), "{:?}", since.elapsed());
}

#[tokio::test]
async fn who_publishes_while_memory_is_short_waits_and_is_told() {
    let broker = start(Limits { memory: 1_000_000, ..Limits::default() }).await;
    let mut publisher = Raw::open(&broker).await;
    let mut deaf = Raw::open_as(&broker, Hello { capabilities: Vec::new(), ..Hello::default() }).await;
    let mut consumer = Raw::open(&broker).await;
    publisher.declare(named("q")).await;
    let message = publish("q", &[7; 100_000], BasicProperties::default());
    for _ in 0..12 {
        publisher.write(&message).await;
    }
    let blocked = connection::Blocked { reason: "low on memory".into() };
    assert_eq!(publisher.hear_method().await, of_connection!(Blocked(blocked)));
    let held = ready(&broker, "q");
    assert!((10..=12).contains(&held), "{held}");
    // what it says now is not heard, and nobody else is kept from anything
    publisher.write(&message).await;
    assert_eq!(consumer.declare(named("other")).await, 0);
    deaf.declare(named("other")).await;
    deaf.write(&message).await;
    consumer.consume("q").await;
    assert!(matches!(consumer.hear_method().await, AMQPClass::Basic(basic::AMQPMethod::ConsumeOk(_))));
    assert_eq!(publisher.hear_method().await, of_connection!(Unblocked(connection::Unblocked {})));
    let mut delivered = 0;
    while delivered < 14 {
        if let Some(AMQPFrame::Method(1, AMQPClass::Basic(basic::AMQPMethod::Deliver(_)))) = consumer.hear().await {
            delivered += 1;
        }
    }
    // it was told once only
    publisher.declare(named("q")).await;
    deaf.declare(named("other")).await;
    wait_until(BUDGET, async || broker.message_bytes() == 0).await.unwrap();
}

#[tokio::test]
async fn a_half_sent_body_counts_as_memory_until_its_connection_is_gone() {
    let broker = start(Limits::default()).await;
    let mut client = Raw::open(&broker).await;
    let whole = publish("q", &[0; 300_000], BasicProperties::default());
    client.write(&whole[..250_000]).await;
    wait_until(BUDGET, async || broker.message_bytes() >= 200_000).await.unwrap();
    drop(client);
    wait_until(BUDGET, async || broker.message_bytes() == 0).await.unwrap();
}

#[tokio::test]
async fn a_consumer_that_does_not_read_stalls_alone() {
    const MESSAGES: usize = 400;
    let broker = start(Limits::default()).await;
    let mut publisher = Raw::open(&broker).await;
    publisher.declare(named("stalled")).await;
    publisher.declare(named("lively")).await;
    let mut stalled = Raw::open(&broker).await;
    stalled.consume("stalled").await;
    let mut lively = Raw::open(&broker).await;
    lively.consume("lively").await;
    let body = [1; 100_000];
    for _ in 0..MESSAGES {
        publisher.write(&publish("stalled", &body, BasicProperties::default())).await;
    }
    publisher.write(&publish("lively", b"at once", BasicProperties::default())).await;
    let mut heard = Vec::new();
    while heard.is_empty() {
        if let Some(AMQPFrame::Body(1, body)) = lively.hear().await {
            heard = body;
        }
    }
    assert_eq!(heard, b"at once");
    // 40 MB are published: what is not in sockets and one outbox is still in the queue
    let waiting = ready(&broker, "stalled");
    assert!(waiting > MESSAGES / 2, "only {waiting} wait");
    let mut octets = 0;
    while octets < MESSAGES * body.len() {
        if let Some(AMQPFrame::Body(1, body)) = stalled.hear().await {
            octets += body.len();
        }
    }
    assert_eq!(ready(&broker, "stalled"), 0);
}

#[tokio::test]
async fn who_does_not_take_answers_is_asked_for_no_more() {
    const MESSAGES: usize = 400;
    let broker = start(Limits::default()).await;
    let mut client = Raw::open(&broker).await;
    client.declare(named("q")).await;
    for _ in 0..MESSAGES {
        client.write(&publish("q", &[1; 100_000], BasicProperties::default())).await;
    }
    wait_until(BUDGET, async || ready(&broker, "q") == MESSAGES).await.unwrap();
    let get = AMQPClass::Basic(basic::AMQPMethod::Get(basic::Get { queue: "q".into(), no_ack: true }));
    let gets = frame(&AMQPFrame::Method(1, get)).repeat(MESSAGES);
    client.write(&gets).await;
    wait_until(BUDGET, async || ready(&broker, "q") < MESSAGES).await.unwrap();
    // others are served meanwhile
    let mut other = Raw::open(&broker).await;
    other.declare(named("other")).await;
    let waiting = ready(&broker, "q");
    assert!(waiting > MESSAGES / 2, "only {waiting} wait");
    let mut got = 0;
    while got < MESSAGES {
        if let Some(AMQPFrame::Method(1, AMQPClass::Basic(basic::AMQPMethod::GetOk(_)))) = client.hear().await {
            got += 1;
        }
    }
    assert_eq!(ready(&broker, "q"), 0);
}

#[tokio::test]
async fn each_message_is_confirmed_whoever_groups_the_confirms() {
    const MESSAGES: u64 = 5_000;
    let broker = start(Limits::default()).await;
    let mut client = Raw::open(&broker).await;
    client.declare(named("q")).await;
    let select = AMQPClass::Confirm(confirm::AMQPMethod::Select(confirm::Select { nowait: false }));
    client.say(1, select).await;
    assert!(matches!(client.hear_method().await, AMQPClass::Confirm(_)));
    let message = publish("q", b"message", BasicProperties::default());
    for _ in 0..MESSAGES / 100 {
        client.write(&message.repeat(100)).await;
    }
    let mut confirmed = 0;
    while confirmed < MESSAGES {
        let AMQPClass::Basic(basic::AMQPMethod::Ack(ack)) = client.hear_method().await else { panic!("no confirm") };
        assert!(ack.delivery_tag > confirmed && (ack.multiple || ack.delivery_tag == confirmed + 1), "{ack:?}");
        confirmed = ack.delivery_tag;
    }
    assert_eq!(confirmed, MESSAGES);
    assert_eq!(client.declare(named("q")).await, 5_000);
}

/// As with a policy of RabbitMQ, the bound is not among the arguments: a declaration without any stays equivalent.
#[tokio::test]
async fn a_policy_bounds_a_queue_that_is_declared_without_arguments() {
    let bounded =
        |queue: &str, max_length, max_length_bytes| Policy { queue: queue.to_owned(), max_length, max_length_bytes };
    let policies = vec![bounded("short", Some(2), None), bounded("small", None, Some(10))];
    let broker = Broker::start(Config { policies, ..Config::default() }).await.expect("any port will do");
    let mut client = Raw::open(&broker).await;
    for (queue, kept) in [("short", 2), ("small", 2), ("other", 3)] {
        client.declare(named(queue)).await;
        for _ in 0..3 {
            client.write(&publish(queue, &[0; 5], BasicProperties::default())).await;
        }
        assert_eq!(client.declare(named(queue)).await, kept, "{queue}");
    }
}
