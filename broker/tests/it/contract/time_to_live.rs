//! Messages that expire: `x-message-ttl` and `expiration`.

use amq_protocol::protocol::{confirm, queue};

use super::{
    methods::{consume, declare, get, get_to_ack, publish, requeue},
    run::same,
    values::{int, props, table},
};

const CONFIRM: confirm::Select = confirm::Select { nowait: false };
const DECLARED: &str = "queue.declare-ok q messages=0 consumers=0";

#[tokio::test]
async fn messages_of_a_queue_expire() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let arguments = table([("x-message-ttl", int(50))]);
        c.call(queue::Declare { arguments, ..declare(q) }, DECLARED).await;
        c.call(CONFIRM, "confirm.select-ok").await;
        c.publish("", q, "one").await;
        c.sees("basic.ack #1").await;
        c.publish("", q, "two").await;
        c.sees("basic.ack #2").await;
        c.counts(q, 0, 0).await;
        c.call(get(q), "basic.get-empty").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_message_with_an_expiration_expires_in_its_turn() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        c.call(CONFIRM, "confirm.select-ok").await;
        c.publish_with(publish("", q), props().with_expiration("20".into()), "short").await;
        c.sees("basic.ack #1").await;
        c.counts(q, 0, 0).await;
        c.publish_with(publish("", q), props().with_expiration("60000".into()), "long").await;
        c.publish_with(publish("", q), props().with_expiration("0".into()), "dead").await;
        c.sees("basic.ack #2").await;
        c.sees("basic.ack #3").await;
        // behind one that lives it waits for its turn to be found dead
        c.counts(q, 2, 0).await;
        c.call(get(q), r#"basic.get-ok #1 /q left=0 "long" expiration='60000'"#).await;
        c.call(get(q), "basic.get-empty").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn the_shorter_of_both_times_counts() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let arguments = table([("x-message-ttl", int(60_000))]);
        c.call(queue::Declare { arguments, ..declare(q) }, DECLARED).await;
        c.call(CONFIRM, "confirm.select-ok").await;
        c.publish_with(publish("", q), props().with_expiration("20".into()), "message's").await;
        c.sees("basic.ack #1").await;
        c.counts(q, 0, 0).await;
        let (short, arguments) = (&s.name("short"), table([("x-message-ttl", int(20))]));
        c.call(queue::Declare { arguments, ..declare(short) }, "queue.declare-ok short messages=0 consumers=0").await;
        c.publish_with(publish("", short), props().with_expiration("60000".into()), "queue's").await;
        c.sees("basic.ack #2").await;
        c.counts(short, 0, 0).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn without_time_a_message_reaches_who_is_there() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let arguments = table([("x-message-ttl", int(0))]);
        c.call(queue::Declare { arguments, ..declare(q) }, DECLARED).await;
        c.publish("", q, "nobody").await;
        c.call(get(q), "basic.get-empty").await;
        c.call(consume(q, "c"), "basic.consume-ok c").await;
        c.publish("", q, "somebody").await;
        c.sees(r#"basic.deliver c #1 /q "somebody""#).await;
        c.send(requeue(1)).await;
        // given back, nobody is there at once
        c.counts(q, 0, 1).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_unacked_does_not_expire_and_what_is_requeued_does() {
    same(async |s| {
        let (mut c, q, clock) = (s.connect().await, &s.name("q"), &s.name("clock"));
        let arguments = table([("x-message-ttl", int(50))]);
        c.call(queue::Declare { arguments: arguments.clone(), ..declare(q) }, DECLARED).await;
        c.call(queue::Declare { arguments, ..declare(clock) }, "queue.declare-ok clock messages=0 consumers=0").await;
        c.publish("", q, "held").await;
        c.call(get_to_ack(q), r#"basic.get-ok #1 /q left=0 "held""#).await;
        c.call(CONFIRM, "confirm.select-ok").await;
        c.publish("", clock, "as long").await;
        c.sees("basic.ack #1").await;
        c.counts(clock, 0, 0).await;
        c.send(requeue(1)).await;
        c.counts(q, 0, 0).await;
        c.call(get(q), "basic.get-empty").await;
        c.bye().await;
    })
    .await;
}
