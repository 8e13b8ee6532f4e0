//! The worker of `greeter.rpc`, asked by a plain AMQP client.

use crosstalk::queue::rpc_server::INSTANCE;
use crosstalk_testkit::wait_until;
use futures_util::StreamExt as _;
use lapin::{BasicProperties, message::Delivery, types::AMQPValue};

use crate::{
    bridge_client::{Amqp, BUDGET, linked},
    support::on_both_brokers,
};

const REPLY_TO: &str = "amq.rabbitmq.reply-to";

async fn ask(client: &Amqp, replies: &mut lapin::Consumer, content_type: Option<&str>, body: &[u8]) -> Delivery {
    let id = format!("{:x}", fastrand::u64(..));
    let mut properties =
        BasicProperties::default().with_reply_to(REPLY_TO.into()).with_correlation_id(id.as_str().into());
    if let Some(content_type) = content_type {
        properties = properties.with_content_type(content_type.into());
    }
    client.publish("greeter.rpc", body, properties).await;
    let reply = tokio::time::timeout(BUDGET, replies.next()).await.expect("no reply").unwrap().unwrap();
    assert_eq!(reply.properties.correlation_id().as_ref().unwrap().as_str(), id);
    reply
}

fn content_type(reply: &Delivery) -> &str {
    reply.properties.content_type().as_ref().unwrap().as_str()
}

#[tokio::test]
async fn a_request_is_answered_in_its_own_encoding() {
    on_both_brokers(async |url| {
        let app = linked(url).await;
        let client = Amqp::connect(url).await;
        let mut replies = client.consume(REPLY_TO).await;
        for (media_type, body, answer) in [
            ("application/json", &br#"{"name":"Ada"}"#[..], &br#"{"message":"Hello, Ada"}"#[..]),
            ("application/json", b"", br#"{"message":"Hello, World!"}"#),
            ("application/x-protobuf", b"\x0a\x03Ada", b"\x0a\x0aHello, Ada"),
            ("application/x-protobuf", b"", b"\x0a\x0dHello, World!"),
            ("text/plain", "雷".as_bytes(), "Hello, 雷".as_bytes()),
        ] {
            let reply = ask(&client, &mut replies, Some(media_type), body).await;
            assert_eq!(reply.data, answer, "{media_type}");
            assert_eq!(content_type(&reply), media_type);
        }
        let reply = ask(&client, &mut replies, None, b"Ada").await;
        assert_eq!(reply.data, b"Hello, Ada");
        app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_reply_tells_what_the_worker_measured() {
    on_both_brokers(async |url| {
        let app = linked(url).await;
        let client = Amqp::connect(url).await;
        let mut replies = client.consume(REPLY_TO).await;
        let reply = ask(&client, &mut replies, None, b"").await;
        let headers = reply.properties.headers().clone().unwrap();
        let text = |key: &str| match &headers.inner()[key] {
            AMQPValue::LongString(text) => text.to_string(),
            other => panic!("{other:?}"),
        };
        assert!(text("server-timing").starts_with("worker-parse;dur="), "{}", text("server-timing"));
        assert_eq!(text(INSTANCE), crosstalk::clock::instance());
        assert!(text("traceparent").starts_with("00-"));
        app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn an_error_is_answered_with_a_problem() {
    on_both_brokers(async |url| {
        let app = linked(url).await;
        let client = Amqp::connect(url).await;
        let mut replies = client.consume(REPLY_TO).await;
        for (media_type, body, status) in [
            ("application/json", &b"{"[..], 400),
            ("application/json", br#"{"name":7}"#, 400),
            ("application/x-protobuf", b"\xff\xff", 400),
            ("text/plain", b"\xff", 400),
            ("text/plain", b"A\nda", 422),
            ("image/png", b"", 415),
            ("text/plain", &[b'a'; 70_000], 413),
        ] {
            let reply = ask(&client, &mut replies, Some(media_type), body).await;
            assert_eq!(content_type(&reply), "application/problem+json");
            let problem: serde_json::Value = serde_json::from_slice(&reply.data).unwrap();
            assert_eq!(problem["status"], status, "{media_type}: {problem}");
        }
        app.stop().await;
    })
    .await;
}

/// Without a queue for the answer there is nobody to tell: the request is done, or dropped, and never comes again.
#[tokio::test]
async fn a_request_without_reply_to_is_settled() {
    on_both_brokers(async |url| {
        let app = linked(url).await;
        let client = Amqp::connect(url).await;
        client.publish("greeter.rpc", b"Ada", BasicProperties::default()).await;
        let malformed = BasicProperties::default().with_content_type("application/json".into());
        client.publish("greeter.rpc", b"{", malformed).await;
        // nobody waits at this queue: the reply is returned, the request acked all the same
        let nowhere = BasicProperties::default().with_reply_to("test.nowhere".into());
        client.publish("greeter.rpc", b"Ada", nowhere).await;
        let mut replies = client.consume(REPLY_TO).await;
        ask(&client, &mut replies, None, b"").await;
        app.stop().await;
        // a server that stops gives back what it has not settled
        let empty = wait_until(BUDGET, || async { client.counts("greeter.rpc").await.1 == 0 }).await;
        assert!(empty.is_ok());
    })
    .await;
}
