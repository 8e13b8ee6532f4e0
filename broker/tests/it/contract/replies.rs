//! Direct reply-to: replies without a queue.

use amq_protocol::{
    protocol::{basic, queue},
    types::AMQPValue,
};

use super::{
    methods::{close_channel, consume, declare, get, passive, publish},
    run::same,
    values::{props, table, text},
};

const REPLIES: &str = "amq.rabbitmq.reply-to";

fn for_replies() -> basic::Consume {
    basic::Consume { no_ack: true, ..consume(REPLIES, "c") }
}

#[tokio::test]
async fn an_answer_comes_without_a_queue() {
    same(async |s| {
        let (mut c, mut server, q) = (s.connect().await, s.connect().await, &s.name("q"));
        c.call(queue::Declare { exclusive: false, auto_delete: true, ..declare(q) }, DECLARED).await;
        server.call(basic::Consume { no_ack: true, ..consume(q, "s") }, "basic.consume-ok s").await;
        c.call(for_replies(), "basic.consume-ok c").await;
        let asks = props().with_reply_to(REPLIES.into()).with_correlation_id("1".into());
        c.publish_with(publish("", q), asks, "question").await;
        let line = r#"basic.deliver s #1 /q "question" correlation_id='1' reply_to='amq.rabbitmq.reply-to.1'"#;
        let request = server.sees(line).await;
        let to = request.content.and_then(|content| content.properties.reply_to().clone()).expect("it says where to");
        server.publish_with(publish("", to.as_str()), props().with_correlation_id("1".into()), "answer").await;
        c.sees(r#"basic.deliver c #1 /amq.rabbitmq.reply-to.1 "answer" correlation_id='1'"#).await;
        server.call(passive(to.as_str()), "queue.declare-ok amq.rabbitmq.reply-to.1 messages=0 consumers=1").await;
        c.bye().await;
        server.bye().await;
    })
    .await;
}

const DECLARED: &str = "queue.declare-ok q messages=0 consumers=0";

#[tokio::test]
async fn answers_need_no_ack() {
    same(async |s| {
        let mut c = s.connect().await;
        c.send(consume(REPLIES, "c")).await;
        c.loses_channel("406 PRECONDITION_FAILED - reply consumer cannot acknowledge (60,20)").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_channel_has_one_place_for_answers() {
    same(async |s| {
        let mut c = s.connect().await;
        c.call(for_replies(), "basic.consume-ok c").await;
        c.send(basic::Consume { consumer_tag: "d".into(), ..for_replies() }).await;
        c.loses_channel("406 PRECONDITION_FAILED - reply consumer already set (60,20)").await;
        c.call(for_replies(), "basic.consume-ok c").await;
        c.call(basic::Cancel { consumer_tag: "c".into(), nowait: false }, "basic.cancel-ok c").await;
        c.call(for_replies(), "basic.consume-ok c").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn who_asks_for_answers_must_listen() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        c.publish_with(publish("", q), props().with_reply_to(REPLIES.into()), "question").await;
        c.loses_channel("406 PRECONDITION_FAILED - fast reply consumer does not exist (60,40)").await;
        c.call(get(q), "basic.get-empty").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn an_answer_to_who_is_gone_is_not_routed() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        c.opens(2).await;
        c.call_on(2, for_replies(), "basic.consume-ok c").await;
        c.publish_on(2, publish("", q), props().with_reply_to(REPLIES.into()), b"question").await;
        let line = r#"basic.get-ok #1 /q left=0 "question" reply_to='amq.rabbitmq.reply-to.1'"#;
        let request = c.until(get(q), line).await;
        let to = request.content.and_then(|content| content.properties.reply_to().clone()).expect("it says where to");
        c.call_on(2, close_channel(), "channel.close-ok").await;
        c.publish_with(basic::Publish { mandatory: true, ..publish("", to.as_str()) }, props(), "too late").await;
        c.sees(r#"basic.return 312 NO_ROUTE /amq.rabbitmq.reply-to.1 "too late""#).await;
        c.send(passive(to.as_str())).await;
        c.loses_channel("404 NOT_FOUND - no queue 'amq.rabbitmq.reply-to.1' in vhost '/' (50,10)").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn the_place_for_answers_is_no_queue() {
    same(async |s| {
        let mut c = s.connect().await;
        c.call(passive(REPLIES), "queue.declare-ok amq.rabbitmq.reply-to messages=0 consumers=1").await;
        c.send(get(REPLIES)).await;
        c.loses_channel("404 NOT_FOUND - no queue 'amq.rabbitmq.reply-to' in vhost '/' (60,70)").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_mandatory_answer_arrives_and_comes_back_as_no_queue_took_it() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        c.opens(2).await;
        c.call_on(2, for_replies(), "basic.consume-ok c").await;
        c.publish_on(2, publish("", q), props().with_reply_to(REPLIES.into()), b"question").await;
        let line = r#"basic.get-ok #1 /q left=0 "question" reply_to='amq.rabbitmq.reply-to.1'"#;
        let request = c.until(get(q), line).await;
        let to = request.content.and_then(|content| content.properties.reply_to().clone()).expect("it says where to");
        c.publish_with(basic::Publish { mandatory: true, ..publish("", to.as_str()) }, props(), "answer").await;
        c.sees(r#"basic.return 312 NO_ROUTE /amq.rabbitmq.reply-to.1 "answer""#).await;
        c.sees_on(2, r#"basic.deliver c #1 /amq.rabbitmq.reply-to.1 "answer""#).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn an_answer_is_copied_as_any_message() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        c.opens(2).await;
        c.call_on(2, for_replies(), "basic.consume-ok c").await;
        c.publish_on(2, publish("", q), props().with_reply_to(REPLIES.into()), b"question").await;
        let line = r#"basic.get-ok #1 /q left=0 "question" reply_to='amq.rabbitmq.reply-to.1'"#;
        let request = c.until(get(q), line).await;
        let to = request.content.and_then(|content| content.properties.reply_to().clone()).expect("it says where to");
        let copies = AMQPValue::FieldArray(vec![text(to.as_str()), text(to.as_str())].into());
        c.publish_with(publish("", q), props().with_headers(table([("BCC", copies)])), "to both").await;
        c.sees_on(2, r#"basic.deliver c #1 /q "to both" headers={}"#).await;
        c.until(get(q), r#"basic.get-ok #2 /q left=0 "to both" headers={}"#).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_name_like_that_of_the_place_for_answers_is_404() {
    same(async |s| {
        let mut c = s.connect().await;
        for name in ["amq.rabbitmq.reply-to.1", "amq.rabbitmq.reply-tox"] {
            c.send(passive(name)).await;
            c.loses_channel(&format!("404 NOT_FOUND - no queue '{name}' in vhost '/' (50,10)")).await;
        }
        c.bye().await;
    })
    .await;
}
