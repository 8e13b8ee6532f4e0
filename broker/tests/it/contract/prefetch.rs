//! Prefetch: per consumer, and for a whole channel with `global`, with RabbitMQ's meaning of `basic.qos`.

use amq_protocol::protocol::basic;

use super::{
    client::Client,
    methods::{ack, consume, declare, get_to_ack, prefetch},
    run::same,
};

const DECLARED: &str = "queue.declare-ok q messages=0 consumers=0";

/// Publishes `1`, `2`, … up to `last` to `q`.
async fn numbers(c: &mut Client, q: &str, last: u32) {
    for number in 1..=last {
        c.publish("", q, &number.to_string()).await;
    }
}

#[tokio::test]
async fn a_prefetch_is_per_consumer() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        c.call(prefetch(1, false), "basic.qos-ok").await;
        c.call(consume(q, "a"), "basic.consume-ok a").await;
        c.call(prefetch(2, false), "basic.qos-ok").await;
        c.call(consume(q, "b"), "basic.consume-ok b").await;
        numbers(&mut c, q, 5).await;
        c.sees(r#"basic.deliver a #1 /q "1""#).await;
        c.sees(r#"basic.deliver b #2 /q "2""#).await;
        c.sees(r#"basic.deliver b #3 /q "3""#).await;
        c.counts(q, 2, 2).await;
        c.send(ack(2)).await;
        c.sees(r#"basic.deliver b #4 /q "4""#).await;
        c.send(ack(1)).await;
        c.sees(r#"basic.deliver a #5 /q "5""#).await;
        c.counts(q, 0, 2).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_later_prefetch_is_not_for_earlier_consumers() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        c.call(consume(q, "c"), "basic.consume-ok c").await;
        c.call(prefetch(1, false), "basic.qos-ok").await;
        numbers(&mut c, q, 3).await;
        for tag in 1..=3 {
            c.sees(&format!(r#"basic.deliver c #{tag} /q "{tag}""#)).await;
        }
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_global_prefetch_is_for_the_channel() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        c.call(prefetch(2, true), "basic.qos-ok").await;
        c.call(consume(q, "a"), "basic.consume-ok a").await;
        c.call(consume(q, "b"), "basic.consume-ok b").await;
        numbers(&mut c, q, 4).await;
        c.sees(r#"basic.deliver a #1 /q "1""#).await;
        c.sees(r#"basic.deliver b #2 /q "2""#).await;
        c.counts(q, 2, 2).await;
        c.send(basic::Ack { delivery_tag: 2, multiple: true }).await;
        let came = [c.hears(1).await, c.hears(1).await];
        // which of the two is first is not said
        let bodies = came.iter().filter_map(|event| event.content.as_ref()).map(|content| content.body.clone());
        let bodies = bodies.map(|body| String::from_utf8_lossy(&body).into_owned()).collect::<Vec<_>>();
        c.notes("then", &bodies.join(" "), "3 4");
        c.counts(q, 0, 2).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn both_prefetches_hold() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        c.call(prefetch(2, false), "basic.qos-ok").await;
        c.call(prefetch(3, true), "basic.qos-ok").await;
        c.call(consume(q, "a"), "basic.consume-ok a").await;
        numbers(&mut c, q, 5).await;
        c.sees(r#"basic.deliver a #1 /q "1""#).await;
        c.sees(r#"basic.deliver a #2 /q "2""#).await;
        c.counts(q, 3, 1).await;
        c.call(consume(q, "b"), "basic.consume-ok b").await;
        c.sees(r#"basic.deliver b #3 /q "3""#).await;
        c.counts(q, 2, 2).await;
        c.send(ack(3)).await;
        c.sees(r#"basic.deliver b #4 /q "4""#).await;
        c.counts(q, 1, 2).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_prefetch_of_consumers_lifts_that_of_the_channel() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        c.call(prefetch(1, true), "basic.qos-ok").await;
        c.call(prefetch(2, false), "basic.qos-ok").await;
        c.call(consume(q, "c"), "basic.consume-ok c").await;
        numbers(&mut c, q, 3).await;
        c.sees(r#"basic.deliver c #1 /q "1""#).await;
        c.sees(r#"basic.deliver c #2 /q "2""#).await;
        c.counts(q, 1, 1).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_greater_global_prefetch_lets_more_through() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        c.call(prefetch(1, true), "basic.qos-ok").await;
        c.call(consume(q, "c"), "basic.consume-ok c").await;
        numbers(&mut c, q, 3).await;
        c.sees(r#"basic.deliver c #1 /q "1""#).await;
        c.counts(q, 2, 1).await;
        c.send(prefetch(2, true)).await;
        c.sees_in_any_order(&["basic.qos-ok", r#"basic.deliver c #2 /q "2""#]).await;
        c.counts(q, 1, 1).await;
        c.send(prefetch(0, true)).await;
        c.sees_in_any_order(&["basic.qos-ok", r#"basic.deliver c #3 /q "3""#]).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn consumers_without_acks_know_no_prefetch() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        c.call(prefetch(1, false), "basic.qos-ok").await;
        c.call(prefetch(1, true), "basic.qos-ok").await;
        c.call(basic::Consume { no_ack: true, ..consume(q, "c") }, "basic.consume-ok c").await;
        numbers(&mut c, q, 3).await;
        for tag in 1..=3 {
            c.sees(&format!(r#"basic.deliver c #{tag} /q "{tag}""#)).await;
        }
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn what_was_fetched_does_not_count() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        c.call(prefetch(1, false), "basic.qos-ok").await;
        numbers(&mut c, q, 3).await;
        c.call(get_to_ack(q), r#"basic.get-ok #1 /q left=2 "1""#).await;
        c.call(consume(q, "c"), "basic.consume-ok c").await;
        c.sees(r#"basic.deliver c #2 /q "2""#).await;
        c.counts(q, 1, 1).await;
        c.send(ack(1)).await;
        c.counts(q, 1, 1).await;
        c.send(ack(2)).await;
        c.sees(r#"basic.deliver c #3 /q "3""#).await;
        c.bye().await;
    })
    .await;
}
