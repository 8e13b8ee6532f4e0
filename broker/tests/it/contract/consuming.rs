//! Consumers: tags, delivery, cancellation by either side, exclusive consumers, consumer priorities, and single active
//! consumers.

use amq_protocol::protocol::{basic, queue};

use super::{
    methods::{ack, consume, declare, delete, get, passive, requeue},
    run::same,
    values::{int, table, text},
};

use amq_protocol::types::AMQPValue;

const DECLARED: &str = "queue.declare-ok q messages=0 consumers=0";

fn cancel(tag: &str) -> basic::Cancel {
    basic::Cancel { consumer_tag: tag.into(), nowait: false }
}

#[tokio::test]
async fn a_consumer_gets_what_was_and_what_comes_in_order() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        c.publish("", q, "one").await;
        c.publish("", q, "two").await;
        c.call(consume(q, "c"), "basic.consume-ok c").await;
        c.sees(r#"basic.deliver c #1 /q "one""#).await;
        c.sees(r#"basic.deliver c #2 /q "two""#).await;
        c.publish("", q, "three").await;
        c.sees(r#"basic.deliver c #3 /q "three""#).await;
        c.send(basic::Ack { delivery_tag: 3, multiple: true }).await;
        c.counts(q, 0, 1).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_consumer_without_a_tag_gets_one() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        c.call(consume(q, ""), "basic.consume-ok amq.ctag-1").await;
        c.call(consume(q, ""), "basic.consume-ok amq.ctag-2").await;
        c.publish("", q, "hello").await;
        c.sees(r#"basic.deliver amq.ctag-1 #1 /q "hello""#).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_tag_used_twice_on_a_channel_is_a_hard_error() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        c.opens(2).await;
        c.call(consume(q, "c"), "basic.consume-ok c").await;
        c.call_on(2, consume(q, "c"), "basic.consume-ok c").await;
        c.send(consume(q, "c")).await;
        c.is_closed_with("530 NOT_ALLOWED - attempt to reuse consumer tag 'c' (60,20)").await;
    })
    .await;
}

#[tokio::test]
async fn consuming_what_is_not_there_is_404() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("gone"));
        c.send(consume(q, "c")).await;
        c.loses_channel("404 NOT_FOUND - no queue 'gone' in vhost '/' (60,20)").await;
        c.send(get(q)).await;
        c.loses_channel("404 NOT_FOUND - no queue 'gone' in vhost '/' (60,70)").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_cancelled_consumer_gets_nothing_more_and_may_ack() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        c.call(consume(q, "c"), "basic.consume-ok c").await;
        c.publish("", q, "one").await;
        c.sees(r#"basic.deliver c #1 /q "one""#).await;
        c.call(cancel("c"), "basic.cancel-ok c").await;
        c.publish("", q, "two").await;
        c.counts(q, 1, 0).await;
        c.send(ack(1)).await;
        c.call(get(q), r#"basic.get-ok #2 /q left=0 "two""#).await;
        c.call(get(q), "basic.get-empty").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn cancelling_an_unknown_consumer_is_no_error() {
    same(async |s| {
        let mut c = s.connect().await;
        c.call(cancel("nobody"), "basic.cancel-ok nobody").await;
        c.send(basic::Cancel { nowait: true, ..cancel("nobody") }).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_nowait_consume_is_not_answered() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        c.publish("", q, "hello").await;
        c.send(basic::Consume { nowait: true, no_ack: true, ..consume(q, "c") }).await;
        c.sees(r#"basic.deliver c #1 /q "hello""#).await;
        c.counts(q, 0, 1).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn consumers_take_turns() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        c.call(consume(q, "a"), "basic.consume-ok a").await;
        c.call(consume(q, "b"), "basic.consume-ok b").await;
        for (tag, (body, to)) in [("one", "a"), ("two", "b"), ("three", "a"), ("four", "b")].into_iter().enumerate() {
            c.publish("", q, body).await;
            c.sees(&format!(r#"basic.deliver {to} #{} /q "{body}""#, tag + 1)).await;
        }
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_deleted_queue_cancels_its_consumers() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        c.opens(2).await;
        c.call_on(2, consume(q, "c"), "basic.consume-ok c").await;
        c.call(delete(q), "queue.delete-ok messages=0").await;
        c.sees_on(2, "basic.cancel c nowait=true").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn an_exclusive_consumer_is_alone() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let exclusive = |tag| basic::Consume { exclusive: true, ..consume(q, tag) };
        c.call(declare(q), DECLARED).await;
        c.opens(2).await;
        c.call_on(2, exclusive("a"), "basic.consume-ok a").await;
        c.send(consume(q, "b")).await;
        c.loses_channel("403 ACCESS_REFUSED - queue 'q' in vhost '/' in exclusive use (60,20)").await;
        c.call_on(2, cancel("a"), "basic.cancel-ok a").await;
        c.call(consume(q, "b"), "basic.consume-ok b").await;
        c.send(exclusive("c")).await;
        c.loses_channel("403 ACCESS_REFUSED - queue 'q' in vhost '/' in exclusive use (60,20)").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn the_consumer_of_the_highest_priority_comes_first() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let with = |tag, priority| {
            let arguments = table([("x-priority", int(priority))]);
            basic::Consume { arguments, ..consume(q, tag) }
        };
        c.call(declare(q), DECLARED).await;
        c.call(basic::Qos { prefetch_count: 1, global: false }, "basic.qos-ok").await;
        c.call(consume(q, "normal"), "basic.consume-ok normal").await;
        c.call(with("low", -5), "basic.consume-ok low").await;
        c.call(with("high", 10), "basic.consume-ok high").await;
        for (tag, to) in [(1, "high"), (2, "normal"), (3, "low")] {
            c.publish("", q, "m").await;
            c.sees(&format!(r#"basic.deliver {to} #{tag} /q "m""#)).await;
        }
        c.publish("", q, "last").await;
        c.send(ack(1)).await;
        c.sees(r#"basic.deliver high #4 /q "last""#).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_consumer_priority_is_a_number() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        let arguments = table([("x-priority", text("high"))]);
        c.send(basic::Consume { arguments, ..consume(q, "c") }).await;
        c.loses_channel(r#"406 PRECONDITION_FAILED - invalid arg 'x-priority' for queue 'q' in vhost '/': "expected integer, got longstr" (60,20)"#).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn one_consumer_is_active_and_the_next_takes_over() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let arguments = table([("x-single-active-consumer", AMQPValue::Boolean(true))]);
        c.call(queue::Declare { arguments, ..declare(q) }, DECLARED).await;
        c.call(consume(q, "a"), "basic.consume-ok a").await;
        c.call(consume(q, "b"), "basic.consume-ok b").await;
        c.publish("", q, "one").await;
        c.sees(r#"basic.deliver a #1 /q "one""#).await;
        c.publish("", q, "two").await;
        c.sees(r#"basic.deliver a #2 /q "two""#).await;
        c.call(cancel("a"), "basic.cancel-ok a").await;
        c.publish("", q, "three").await;
        c.sees(r#"basic.deliver b #3 /q "three""#).await;
        c.send(requeue(1)).await;
        c.sees(r#"basic.deliver b #4 redelivered /q "one""#).await;
        c.call(passive(q), "queue.declare-ok q messages=0 consumers=1").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn an_exclusive_consumer_and_a_single_active_one_exclude_each_other() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let arguments = table([("x-single-active-consumer", AMQPValue::Boolean(true))]);
        c.call(queue::Declare { arguments, ..declare(q) }, DECLARED).await;
        c.send(basic::Consume { exclusive: true, ..consume(q, "c") }).await;
        c.loses_channel("403 ACCESS_REFUSED - queue 'q' in vhost '/' in exclusive use (60,20)").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn arguments_of_a_consumer_are_checked_first() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        c.opens(2).await;
        c.call_on(2, basic::Consume { exclusive: true, ..consume(q, "a") }, "basic.consume-ok a").await;
        for (argument, value, why) in [
            ("x-cancel-on-ha-failover", text("yes"), ": {unacceptable_type,longstr}"),
            ("x-priority", AMQPValue::Boolean(true), ": \"expected integer, got bool\""),
            ("x-stream-offset", text("first"), " of queue type rabbit_classic_queue"),
        ] {
            c.send(basic::Consume { arguments: table([(argument, value)]), ..consume(q, "b") }).await;
            c.loses_channel(&format!(
                "406 PRECONDITION_FAILED - invalid arg '{argument}' for queue 'q' in vhost '/'{why} (60,20)"
            ))
            .await;
        }
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn the_next_active_consumer_is_that_of_the_highest_priority() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let arguments = table([("x-single-active-consumer", AMQPValue::Boolean(true))]);
        c.call(queue::Declare { arguments, ..declare(q) }, DECLARED).await;
        for (tag, priority) in [("first", 0), ("second", 0), ("high", 10)] {
            let arguments = table([("x-priority", int(priority))]);
            c.call(basic::Consume { arguments, ..consume(q, tag) }, &format!("basic.consume-ok {tag}")).await;
        }
        c.publish("", q, "one").await;
        c.sees(r#"basic.deliver first #1 /q "one""#).await;
        c.call(cancel("first"), "basic.cancel-ok first").await;
        c.publish("", q, "two").await;
        c.sees(r#"basic.deliver high #2 /q "two""#).await;
        c.bye().await;
    })
    .await;
}
