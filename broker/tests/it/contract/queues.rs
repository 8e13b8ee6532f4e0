//! Declaring, purging and deleting queues, and passive declarations.

use amq_protocol::protocol::{basic, queue};

use super::{
    methods::{ack, consume, declare, delete, get, get_to_ack, passive, purge},
    run::same,
};

#[tokio::test]
async fn a_queue_is_declared_and_its_messages_are_counted() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
        c.publish("", q, "one").await;
        c.publish("", q, "two").await;
        c.counts(q, 2, 0).await;
        c.call(get(q), r#"basic.get-ok #1 /q left=1 "one""#).await;
        c.call(get(q), r#"basic.get-ok #2 /q left=0 "two""#).await;
        c.call(get(q), "basic.get-empty").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_queue_can_be_declared_again_with_the_same_properties() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let durable = queue::Declare { durable: true, auto_delete: true, ..declare(q) };
        c.call(durable.clone(), "queue.declare-ok q messages=0 consumers=0").await;
        c.call(consume(q, "c"), "basic.consume-ok c").await;
        c.call(durable, "queue.declare-ok q messages=0 consumers=1").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_nowait_declare_is_not_answered() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.send(queue::Declare { nowait: true, ..declare(q) }).await;
        c.call(passive(q), "queue.declare-ok q messages=0 consumers=0").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_passive_declare_of_an_unknown_queue_is_404() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("gone"));
        c.send(passive(q)).await;
        c.loses_channel("404 NOT_FOUND - no queue 'gone' in vhost '/' (50,10)").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_passive_declare_ignores_properties() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
        let other = queue::Declare { durable: true, auto_delete: true, ..passive(q) };
        c.call(other, "queue.declare-ok q messages=0 consumers=0").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_queue_without_a_name_gets_one_and_is_the_default_of_its_channel() {
    same(async |s| {
        let mut c = s.connect().await;
        let q = c.call(declare(""), "queue.declare-ok amq.gen-1 messages=0 consumers=0").await.queue();
        c.publish("", &q, "hello").await;
        c.call(get(""), r#"basic.get-ok #1 /amq.gen-1 left=0 "hello""#).await;
        c.call(declare(""), "queue.declare-ok amq.gen-2 messages=0 consumers=0").await;
        c.call(delete(""), "queue.delete-ok messages=0").await;
        c.call(passive(&q), "queue.declare-ok amq.gen-1 messages=0 consumers=0").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_passive_declare_without_a_name_is_404() {
    same(async |s| {
        let mut c = s.connect().await;
        c.call(declare(""), "queue.declare-ok amq.gen-1 messages=0 consumers=0").await;
        c.send(passive("")).await;
        c.loses_channel("404 NOT_FOUND - no queue '' in vhost '/' (50,10)").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn without_a_last_queue_an_empty_name_is_404() {
    same(async |s| {
        let mut c = s.connect().await;
        c.send(get("")).await;
        c.loses_channel("404 NOT_FOUND - no previously declared queue (60,70)").await;
        c.send(purge("")).await;
        c.loses_channel("404 NOT_FOUND - no previously declared queue (50,30)").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_name_that_starts_with_amq_is_403() {
    same(async |s| {
        let mut c = s.connect().await;
        c.send(declare("amq.mine")).await;
        let line = "403 ACCESS_REFUSED - queue name 'amq.mine' contains reserved prefix 'amq.*' (50,10)";
        c.loses_channel(line).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn purging_counts_what_was_ready_and_leaves_what_is_unacked() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
        for body in ["one", "two", "three"] {
            c.publish("", q, body).await;
        }
        c.call(get_to_ack(q), r#"basic.get-ok #1 /q left=2 "one""#).await;
        c.call(purge(q), "queue.purge-ok messages=2").await;
        c.send(purge(q)).await;
        c.sees("queue.purge-ok messages=0").await;
        c.send(queue::Purge { nowait: true, ..purge(q) }).await;
        c.send(ack(1)).await;
        c.call(get(q), "basic.get-empty").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn purging_an_unknown_queue_is_404() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("gone"));
        c.send(purge(q)).await;
        c.loses_channel("404 NOT_FOUND - no queue 'gone' in vhost '/' (50,30)").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn deleting_counts_what_was_in_the_queue() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
        c.publish("", q, "one").await;
        c.publish("", q, "two").await;
        c.call(get_to_ack(q), r#"basic.get-ok #1 /q left=1 "one""#).await;
        c.call(delete(q), "queue.delete-ok messages=1").await;
        c.send(passive(q)).await;
        c.loses_channel("404 NOT_FOUND - no queue 'q' in vhost '/' (50,10)").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn deleting_an_unknown_queue_is_no_error() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("gone"));
        c.call(delete(q), "queue.delete-ok messages=0").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_queue_in_use_is_not_deleted_if_unused() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
        c.opens(2).await;
        c.call_on(2, consume(q, "c"), "basic.consume-ok c").await;
        c.send(queue::Delete { if_unused: true, ..delete(q) }).await;
        c.loses_channel("406 PRECONDITION_FAILED - queue 'q' in vhost '/' in use (50,40)").await;
        c.call(passive(q), "queue.declare-ok q messages=0 consumers=1").await;
        c.call_on(2, basic::Cancel { consumer_tag: "c".into(), nowait: false }, "basic.cancel-ok c").await;
        c.call(queue::Delete { if_unused: true, ..delete(q) }, "queue.delete-ok messages=0").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_queue_with_messages_is_not_deleted_if_empty() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
        c.publish("", q, "one").await;
        c.send(queue::Delete { if_empty: true, ..delete(q) }).await;
        c.loses_channel("406 PRECONDITION_FAILED - queue 'q' in vhost '/' not empty (50,40)").await;
        c.call(get(q), r#"basic.get-ok #1 /q left=0 "one""#).await;
        c.call(queue::Delete { if_empty: true, ..delete(q) }, "queue.delete-ok messages=0").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_nowait_delete_is_not_answered() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
        c.send(queue::Delete { nowait: true, ..delete(q) }).await;
        c.send(passive(q)).await;
        c.loses_channel("404 NOT_FOUND - no queue 'q' in vhost '/' (50,10)").await;
        c.bye().await;
    })
    .await;
}
