//! The lifetime and the owner of a queue: exclusive, auto-delete, durable, and expiring queues.

use amq_protocol::protocol::{basic, queue};

use super::{
    methods::{bind, close_channel, consume, declare, delete, get, passive, purge},
    run::same,
    values::{int, table},
};

const DECLARED: &str = "queue.declare-ok q messages=0 consumers=0";
const LOCKED: &str = "405 RESOURCE_LOCKED - cannot obtain exclusive access to locked queue 'q' in vhost '/'. It could be \
                      originally declared on another connection or the exclusive property value does not match that of \
                      the original declaration.";

#[tokio::test]
async fn an_exclusive_queue_is_locked_for_others() {
    same(async |s| {
        let (mut c, mut other, q) = (s.connect().await, s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        other.send(declare(q)).await;
        other.loses_channel(&format!("{LOCKED} (50,10)")).await;
        other.send(passive(q)).await;
        other.loses_channel(&format!("{LOCKED} (50,10)")).await;
        other.send(bind(q, "amq.direct", "k")).await;
        other.loses_channel(&format!("{LOCKED} (50,20)")).await;
        other.send(purge(q)).await;
        other.loses_channel(&format!("{LOCKED} (50,30)")).await;
        other.send(delete(q)).await;
        other.loses_channel(&format!("{LOCKED} (50,40)")).await;
        other.send(consume(q, "c")).await;
        other.loses_channel(&format!("{LOCKED} (60,20)")).await;
        other.send(get(q)).await;
        other.loses_channel(&format!("{LOCKED} (60,70)")).await;
        other.publish("", q, "anybody may publish").await;
        c.until(get(q), r#"basic.get-ok #1 /q left=0 "anybody may publish""#).await;
        other.bye().await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn an_exclusive_queue_goes_with_its_connection() {
    same(async |s| {
        let (mut c, mut other, q) = (s.connect().await, s.connect().await, &s.name("q"));
        c.call(queue::Declare { durable: true, ..declare(q) }, DECLARED).await;
        c.opens(2).await;
        c.call_on(2, passive(q), DECLARED).await;
        c.call(close_channel(), "channel.close-ok").await;
        c.call_on(2, passive(q), DECLARED).await;
        c.bye().await;
        other.send(passive(q)).await;
        other.loses_channel("404 NOT_FOUND - no queue 'q' in vhost '/' (50,10)").await;
        other.bye().await;
    })
    .await;
}

#[tokio::test]
async fn an_auto_delete_queue_goes_with_its_last_consumer() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(queue::Declare { exclusive: false, auto_delete: true, ..declare(q) }, DECLARED).await;
        c.call(consume(q, "a"), "basic.consume-ok a").await;
        c.call(consume(q, "b"), "basic.consume-ok b").await;
        c.call(basic::Cancel { consumer_tag: "a".into(), nowait: false }, "basic.cancel-ok a").await;
        c.call(passive(q), "queue.declare-ok q messages=0 consumers=1").await;
        c.call(basic::Cancel { consumer_tag: "b".into(), nowait: false }, "basic.cancel-ok b").await;
        c.send(passive(q)).await;
        c.loses_channel("404 NOT_FOUND - no queue 'q' in vhost '/' (50,10)").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn an_auto_delete_queue_goes_with_the_channel_of_its_last_consumer() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(queue::Declare { exclusive: false, auto_delete: true, ..declare(q) }, DECLARED).await;
        c.opens(2).await;
        c.call_on(2, consume(q, "a"), "basic.consume-ok a").await;
        c.call_on(2, close_channel(), "channel.close-ok").await;
        c.send(passive(q)).await;
        c.loses_channel("404 NOT_FOUND - no queue 'q' in vhost '/' (50,10)").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn an_auto_delete_queue_without_consumers_stays() {
    same(async |s| {
        let (mut c, mut other, q) = (s.connect().await, s.connect().await, &s.name("q"));
        c.call(queue::Declare { exclusive: false, auto_delete: true, ..declare(q) }, DECLARED).await;
        c.publish("", q, "hello").await;
        c.call(get(q), r#"basic.get-ok #1 /q left=0 "hello""#).await;
        c.bye().await;
        other.call(passive(q), DECLARED).await;
        other.call(delete(q), "queue.delete-ok messages=0").await;
        other.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_queue_stays_when_its_connection_goes() {
    same(async |s| {
        let (mut c, mut other, q) = (s.connect().await, s.connect().await, &s.name("q"));
        c.call(queue::Declare { exclusive: false, ..declare(q) }, DECLARED).await;
        c.publish("", q, "transient").await;
        c.counts(q, 1, 0).await;
        c.bye().await;
        other.call(get(q), r#"basic.get-ok #1 /q left=0 "transient""#).await;
        other.call(delete(q), "queue.delete-ok messages=0").await;
        other.bye().await;
    })
    .await;
}

#[tokio::test]
async fn an_unused_queue_expires() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let arguments = table([("x-expires", int(100))]);
        c.call(queue::Declare { arguments, ..declare(q) }, DECLARED).await;
        // being published to is no use
        c.publish("", q, "hello").await;
        c.until_gone(q).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_queue_with_a_consumer_does_not_expire() {
    same(async |s| {
        let (mut c, q, clock) = (s.connect().await, &s.name("q"), &s.name("clock"));
        let arguments = table([("x-expires", int(100))]);
        c.call(queue::Declare { arguments: arguments.clone(), ..declare(q) }, DECLARED).await;
        c.opens(2).await;
        c.call_on(2, consume(q, "c"), "basic.consume-ok c").await;
        // another queue that is younger, and not used, is gone
        let clock_declared = "queue.declare-ok clock messages=0 consumers=0";
        c.call(queue::Declare { arguments, ..declare(clock) }, clock_declared).await;
        c.until_gone(clock).await;
        c.call(passive(q), "queue.declare-ok q messages=0 consumers=1").await;
        c.bye().await;
    })
    .await;
}
