//! Full queues: `x-max-length`, `x-max-length-bytes`, and which messages are dropped.

use amq_protocol::protocol::{basic, confirm, queue};

use super::{
    methods::{consume, declare, get, get_to_ack, requeue},
    run::same,
    values::{int, table, text},
};

const DECLARED: &str = "queue.declare-ok q messages=0 consumers=0";

#[tokio::test]
async fn a_full_queue_drops_its_oldest() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let arguments = table([("x-max-length", int(2))]);
        c.call(queue::Declare { arguments, ..declare(q) }, DECLARED).await;
        for body in ["one", "two", "three"] {
            c.publish("", q, body).await;
        }
        c.call(get(q), r#"basic.get-ok #1 /q left=1 "two""#).await;
        c.call(get(q), r#"basic.get-ok #2 /q left=0 "three""#).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_queue_is_full_of_bytes_of_bodies() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let arguments = table([("x-max-length-bytes", int(10))]);
        c.call(queue::Declare { arguments, ..declare(q) }, DECLARED).await;
        c.publish("", q, "12345").await;
        c.publish("", q, "67890").await;
        c.counts(q, 2, 0).await;
        c.publish("", q, "1").await;
        c.call(get(q), r#"basic.get-ok #1 /q left=1 "67890""#).await;
        c.call(get(q), r#"basic.get-ok #2 /q left=0 "1""#).await;
        c.publish("", q, "more than ten bytes").await;
        c.call(get(q), "basic.get-empty").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn both_lengths_hold() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let arguments = table([("x-max-length", int(3)), ("x-max-length-bytes", int(8))]);
        c.call(queue::Declare { arguments, ..declare(q) }, DECLARED).await;
        for body in ["1", "2", "3", "4"] {
            c.publish("", q, body).await;
        }
        c.counts(q, 3, 0).await;
        c.publish("", q, "1234567").await;
        c.call(get(q), r#"basic.get-ok #1 /q left=1 "4""#).await;
        c.call(get(q), r#"basic.get-ok #2 /q left=0 "1234567""#).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_unacked_does_not_make_a_queue_full() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let arguments = table([("x-max-length", int(1))]);
        c.call(queue::Declare { arguments, ..declare(q) }, DECLARED).await;
        c.publish("", q, "one").await;
        c.call(get_to_ack(q), r#"basic.get-ok #1 /q left=0 "one""#).await;
        c.publish("", q, "two").await;
        c.counts(q, 1, 0).await;
        // given back it is the oldest, and one too many
        c.send(requeue(1)).await;
        c.call(get(q), r#"basic.get-ok #2 /q left=0 "two""#).await;
        c.call(get(q), "basic.get-empty").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_queue_of_length_0_serves_who_is_there() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let arguments = table([("x-max-length", int(0))]);
        c.call(queue::Declare { arguments, ..declare(q) }, DECLARED).await;
        c.publish("", q, "nobody").await;
        c.call(get(q), "basic.get-empty").await;
        c.call(basic::Consume { no_ack: true, ..consume(q, "c") }, "basic.consume-ok c").await;
        c.publish("", q, "somebody").await;
        c.sees(r#"basic.deliver c #1 /q "somebody""#).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_queue_that_rejects_keeps_its_oldest() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let arguments = table([("x-max-length-bytes", int(6)), ("x-overflow", text("reject-publish"))]);
        c.call(queue::Declare { arguments, ..declare(q) }, DECLARED).await;
        c.call(confirm::Select { nowait: false }, "confirm.select-ok").await;
        c.publish("", q, "123").await;
        c.sees("basic.ack #1").await;
        c.publish("", q, "456").await;
        c.sees("basic.ack #2").await;
        c.publish("", q, "7").await;
        c.sees("basic.nack #3").await;
        c.call(get(q), r#"basic.get-ok #1 /q left=1 "123""#).await;
        c.publish("", q, "longer than the whole").await;
        c.sees("basic.nack #4").await;
        c.publish("", q, "8").await;
        c.sees("basic.ack #5").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn one_full_queue_of_two_is_enough_to_nack() {
    same(async |s| {
        let (mut c, full, open) = (s.connect().await, &s.name("full"), &s.name("open"));
        let x = &s.name("x");
        let arguments = table([("x-max-length", int(1)), ("x-overflow", text("reject-publish"))]);
        c.call(super::methods::exchange(x, "fanout"), "exchange.declare-ok").await;
        c.call(queue::Declare { arguments, ..declare(full) }, "queue.declare-ok full messages=0 consumers=0").await;
        c.call(declare(open), "queue.declare-ok open messages=0 consumers=0").await;
        for q in [full, open] {
            c.call(super::methods::bind(q, x, ""), "queue.bind-ok").await;
        }
        c.call(confirm::Select { nowait: false }, "confirm.select-ok").await;
        c.publish(x, "", "one").await;
        c.sees("basic.ack #1").await;
        c.publish(x, "", "two").await;
        c.sees("basic.nack #2").await;
        c.call(get(open), r#"basic.get-ok #1 x/ left=1 "one""#).await;
        c.call(get(open), r#"basic.get-ok #2 x/ left=0 "two""#).await;
        c.counts(full, 1, 0).await;
        c.bye().await;
    })
    .await;
}
