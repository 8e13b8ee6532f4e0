//! Every request to `greeter.rpc` is settled, whatever becomes of its reply: an unsettled one would hold a place of the
//! worker's prefetch for good, and 64 of them would stop the worker for everybody.

use crosstalk_broker::{Broker, Config, Limits};
use crosstalk_testkit::{RabbitMq, wait_until};
use futures_util::StreamExt as _;
use lapin::{
    BasicProperties,
    options::{QueueDeclareOptions, QueuePurgeOptions},
    types::{AMQPValue, FieldTable},
};

use crate::{
    bridge_client::{Amqp, BUDGET, linked, metric, queue_name},
    support::TestApp,
};

/// The prefetch of the worker.
const PREFETCH: usize = 64;
/// A broker may take the replies to as many requests as the prefetch before it holds the connection back.
const REQUESTS: usize = 2 * PREFETCH;
const REPLY_TO: &str = "amq.rabbitmq.reply-to";

/// A request of another client is answered.
async fn check_answers(client: &Amqp) {
    let mut replies = client.consume(REPLY_TO).await;
    client.publish("greeter.rpc", b"Ada", BasicProperties::default().with_reply_to(REPLY_TO.into())).await;
    let reply = tokio::time::timeout(BUDGET, replies.next()).await.expect("the worker has stopped").unwrap().unwrap();
    assert_eq!(reply.data, b"Hello, Ada");
}

async fn check_a_full_reply_queue(url: &str) {
    let app = linked(url).await;
    let client = Amqp::connect(url).await;
    let full = queue_name("full");
    let mut arguments = FieldTable::default();
    arguments.insert("x-max-length".into(), AMQPValue::LongInt(1));
    arguments.insert("x-overflow".into(), AMQPValue::LongString("reject-publish".into()));
    client.channel.queue_declare(full.as_str().into(), QueueDeclareOptions::default(), arguments).await.unwrap();
    client.publish(&full, b"x", BasicProperties::default()).await;
    for _ in 0..2 * PREFETCH {
        client.publish("greeter.rpc", b"", BasicProperties::default().with_reply_to(full.as_str().into())).await;
    }
    check_answers(&client).await;
    let settled = wait_until(BUDGET, || async { client.counts("greeter.rpc").await.0 == 0 }).await;
    assert!(settled.is_ok());
    app.stop().await;
    // what was not settled would come back now
    let gone = wait_until(BUDGET, || async { client.counts("greeter.rpc").await == (0, 0) }).await;
    assert!(gone.is_ok(), "{:?}", client.counts("greeter.rpc").await);
}

#[tokio::test]
async fn a_request_whose_reply_queue_is_full_is_settled() {
    // a broker of its own: on a shared one the servers of other tests would answer
    let rabbit = RabbitMq::start().await.unwrap();
    let embedded = Broker::start(Config::default()).await.unwrap();
    check_a_full_reply_queue(&rabbit.amqp_url()).await;
    check_a_full_reply_queue(&embedded.amqp_url()).await;
    embedded.shutdown().await;
}

/// Fills the worker's prefetch with requests, of which each waits for a reply in a queue of the client's own.
async fn request(client: &Amqp, replies: &str, count: usize) {
    for _ in 0..count {
        client.send("greeter.rpc", b"", BasicProperties::default().with_reply_to(replies.into())).await;
    }
}

/// The broker takes no messages for longer than a reply may take; then each request is requeued, which the server counts.
async fn check_was_requeued(app: &TestApp) {
    let requeued = wait_until(BUDGET, || async {
        metric(app, "crosstalk_requests_requeued_total").await >= Some(PREFETCH as u64)
    });
    assert!(requeued.await.is_ok(), "{:?}", metric(app, "crosstalk_requests_requeued_total").await);
}

/// Each request is answered once the broker takes messages again, and so is a new one.
async fn check_recovers(client: &Amqp, replies: &str) {
    let answered = wait_until(BUDGET, || async { client.counts(replies).await.0 >= REQUESTS as u32 }).await;
    assert!(answered.is_ok(), "{:?}", client.counts(replies).await);
    check_answers(client).await;
}

#[tokio::test]
async fn requests_are_requeued_while_rabbitmq_blocks_publishers_and_answered_afterwards() {
    let rabbit = RabbitMq::start().await.unwrap();
    let client = Amqp::connect(&rabbit.amqp_url()).await;
    let replies = queue_name("replies");
    client.declare(&replies, false).await;
    client.declare("greeter.rpc", false).await;
    request(&client, &replies, REQUESTS).await;
    let waiting = wait_until(BUDGET, || async { client.counts("greeter.rpc").await.0 == REQUESTS as u32 }).await;
    assert!(waiting.is_ok());
    rabbit.ctl(&["set_vm_memory_high_watermark", "0.000001"]).await.unwrap();
    let app = linked(rabbit.amqp_url()).await;
    check_was_requeued(&app).await;
    rabbit.ctl(&["set_vm_memory_high_watermark", "0.4"]).await.unwrap();
    check_recovers(&client, &replies).await;
    app.stop().await;
}

#[tokio::test]
async fn requests_are_requeued_while_the_embedded_broker_blocks_publishers_and_answered_afterwards() {
    const MEMORY: usize = 1024 * 1024;
    let limits = Limits { memory: MEMORY, ..Limits::default() };
    let broker = Broker::start(Config { limits, ..Config::default() }).await.unwrap();
    let url = broker.amqp_url();
    let client = Amqp::connect(&url).await;
    let replies = queue_name("replies");
    for queue in [replies.as_str(), "greeter.rpc", "ballast"] {
        client.declare(queue, false).await;
    }
    request(&client, &replies, REQUESTS).await;
    let waiting = wait_until(BUDGET, || async { client.counts("greeter.rpc").await.0 == REQUESTS as u32 }).await;
    assert!(waiting.is_ok());
    // it is held back in the middle of what it publishes
    let ballast = Amqp::connect(&url).await;
    let publishing = tokio::spawn(async move {
        ballast.publish_many("ballast", vec![vec![0; 16 * 1024]; 80], 1).await;
    });
    let blocked = wait_until(BUDGET, || async { broker.message_bytes() > MEMORY }).await;
    assert!(blocked.is_ok());
    let app = linked(&url).await;
    check_was_requeued(&app).await;
    let other = Amqp::connect(&url).await;
    other.channel.queue_purge("ballast".into(), QueuePurgeOptions::default()).await.unwrap();
    publishing.await.unwrap();
    other.channel.queue_purge("ballast".into(), QueuePurgeOptions::default()).await.unwrap();
    check_recovers(&client, &replies).await;
    app.stop().await;
    broker.shutdown().await;
}
