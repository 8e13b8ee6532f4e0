//! Queues with priorities.

use amq_protocol::protocol::{basic, confirm, queue};

use super::{
    client::Client,
    methods::{declare, get, get_to_ack, publish, requeue},
    run::same,
    values::{int, props, table},
};

const DECLARED: &str = "queue.declare-ok q messages=0 consumers=0";

/// Publishes a message that says its priority.
async fn with_priority(c: &mut Client, q: &str, priority: u8) {
    c.publish_with(publish("", q), props().with_priority(priority), "m").await;
}

#[tokio::test]
async fn the_highest_priority_comes_first_and_the_oldest_of_it() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let arguments = table([("x-max-priority", int(5))]);
        c.call(queue::Declare { arguments, ..declare(q) }, DECLARED).await;
        c.publish("", q, "none").await;
        for (priority, body) in [(1, "1 first"), (5, "5 first"), (1, "1 second"), (5, "5 second"), (0, "0")] {
            c.publish_with(publish("", q), props().with_priority(priority), body).await;
        }
        let order = [
            r#""5 first" priority=5"#,
            r#""5 second" priority=5"#,
            r#""1 first" priority=1"#,
            r#""1 second" priority=1"#,
            r#""none""#,
            r#""0" priority=0"#,
        ];
        for (at, message) in order.into_iter().enumerate() {
            c.call(get(q), &format!("basic.get-ok #{} /q left={} {message}", at + 1, 5 - at)).await;
        }
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_message_expires_only_when_no_higher_priority_is_before_it() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let arguments = table([("x-max-priority", int(5))]);
        c.call(queue::Declare { arguments, ..declare(q) }, DECLARED).await;
        c.call(confirm::Select { nowait: false }, "confirm.select-ok").await;
        with_priority(&mut c, q, 5).await;
        c.publish_with(publish("", q), props().with_priority(1).with_expiration("0".into()), "expired").await;
        c.sees("basic.ack #1").await;
        c.sees("basic.ack #2").await;
        c.counts(q, 2, 0).await;
        c.call(get(q), r#"basic.get-ok #1 /q left=0 "m" priority=5"#).await;
        c.counts(q, 0, 0).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_priority_beyond_the_highest_is_the_highest() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let arguments = table([("x-max-priority", int(2))]);
        c.call(queue::Declare { arguments, ..declare(q) }, DECLARED).await;
        for priority in [2, 200, 1, 2] {
            with_priority(&mut c, q, priority).await;
        }
        for (at, priority) in [2, 200, 2, 1].into_iter().enumerate() {
            let line = format!(r#"basic.get-ok #{} /q left={} "m" priority={priority}"#, at + 1, 3 - at);
            c.call(get(q), &line).await;
        }
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn without_priorities_a_queue_keeps_its_order() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        for priority in [1, 9] {
            with_priority(&mut c, q, priority).await;
        }
        c.call(get(q), r#"basic.get-ok #1 /q left=1 "m" priority=1"#).await;
        c.call(get(q), r#"basic.get-ok #2 /q left=0 "m" priority=9"#).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_requeued_keeps_its_priority_and_place() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let arguments = table([("x-max-priority", int(5))]);
        c.call(queue::Declare { arguments, ..declare(q) }, DECLARED).await;
        for priority in [3, 3, 4] {
            with_priority(&mut c, q, priority).await;
        }
        c.call(get_to_ack(q), r#"basic.get-ok #1 /q left=2 "m" priority=4"#).await;
        c.call(get_to_ack(q), r#"basic.get-ok #2 /q left=1 "m" priority=3"#).await;
        c.send(requeue(2)).await;
        c.send(requeue(1)).await;
        c.call(get(q), r#"basic.get-ok #3 redelivered /q left=2 "m" priority=4"#).await;
        c.call(get(q), r#"basic.get-ok #4 redelivered /q left=1 "m" priority=3"#).await;
        c.call(get(q), r#"basic.get-ok #5 /q left=0 "m" priority=3"#).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_full_queue_drops_what_would_come_next() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let arguments = table([("x-max-priority", int(5)), ("x-max-length", int(2))]);
        c.call(queue::Declare { arguments, ..declare(q) }, DECLARED).await;
        for priority in [5, 1, 3] {
            with_priority(&mut c, q, priority).await;
        }
        c.call(get(q), r#"basic.get-ok #1 /q left=1 "m" priority=3"#).await;
        c.call(get(q), r#"basic.get-ok #2 /q left=0 "m" priority=1"#).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_consumer_gets_the_highest_next() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let arguments = table([("x-max-priority", int(5))]);
        c.call(queue::Declare { arguments, ..declare(q) }, DECLARED).await;
        for priority in [1, 2, 3] {
            with_priority(&mut c, q, priority).await;
        }
        c.counts(q, 3, 0).await;
        c.call(basic::Qos { prefetch_count: 1, global: false }, "basic.qos-ok").await;
        c.call(super::methods::consume(q, "c"), "basic.consume-ok c").await;
        c.sees(r#"basic.deliver c #1 /q "m" priority=3"#).await;
        with_priority(&mut c, q, 5).await;
        c.counts(q, 3, 1).await;
        c.send(super::methods::ack(1)).await;
        c.sees(r#"basic.deliver c #2 /q "m" priority=5"#).await;
        c.bye().await;
    })
    .await;
}
