//! Dead letters: the reasons, the routing, and the headers.

use amq_protocol::{
    protocol::{basic, confirm, queue},
    types::{AMQPValue, FieldTable},
};

use super::{
    client::Client,
    methods::{bind, consume, declare, exchange, get, get_to_ack, publish, reject},
    run::same,
    session::Session,
    values::{int, props, table, text},
};

const DECLARED: &str = "queue.declare-ok q messages=0 consumers=0";

/// Declares `q` with a dead letter exchange and these arguments more, and `dead` that is bound to it.
async fn dead_lettering<const N: usize>(s: &mut Session, more: [(&str, AMQPValue); N]) -> (Client, String, String) {
    let (mut c, q, dead, x) = (s.connect().await, s.name("q"), s.name("dead"), s.name("dlx"));
    c.call(exchange(&x, "topic"), "exchange.declare-ok").await;
    c.call(declare(&dead), "queue.declare-ok dead messages=0 consumers=0").await;
    c.call(bind(&dead, &x, "#"), "queue.bind-ok").await;
    let mut arguments = table([("x-dead-letter-exchange", text(&x))]);
    for (name, value) in more {
        arguments.insert(name.into(), value);
    }
    c.call(queue::Declare { arguments, ..declare(&q) }, DECLARED).await;
    (c, q, dead)
}

/// How the headers of a message that died once read.
fn died(reason: &str, queue: &str, keys: &str) -> String {
    format!(
        "headers={{x-death: [{{count: 1i64, exchange: '', queue: '{queue}', reason: '{reason}', routing-keys: [{keys}], \
         time: now}}], x-first-death-exchange: '', x-first-death-queue: '{queue}', x-first-death-reason: '{reason}'}}"
    )
}

#[tokio::test]
async fn a_rejected_message_is_dead_lettered() {
    same(async |s| {
        let (mut c, q, dead) = dead_lettering(s, []).await;
        c.publish("", &q, "hello").await;
        c.call(get_to_ack(&q), r#"basic.get-ok #1 /q left=0 "hello""#).await;
        c.send(reject(1)).await;
        c.until(get(&dead), &format!(r#"basic.get-ok #2 dlx/q left=0 "hello" {}"#, died("rejected", "q", "'q'"))).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_nack_without_requeue_is_a_rejection_and_keeps_properties() {
    same(async |s| {
        let (mut c, q, dead) = dead_lettering(s, []).await;
        let properties = props().with_delivery_mode(2).with_correlation_id("id".into());
        c.publish_with(publish("", &q), properties, "hello").await;
        c.call(get_to_ack(&q), r#"basic.get-ok #1 /q left=0 "hello" delivery_mode=2 correlation_id='id'"#).await;
        c.send(basic::Nack { delivery_tag: 1, multiple: false, requeue: false }).await;
        let headers = died("rejected", "q", "'q'");
        let line = format!(r#"basic.get-ok #2 dlx/q left=0 "hello" {headers} delivery_mode=2 correlation_id='id'"#);
        c.until(get(&dead), &line).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_dead_letter_takes_another_key() {
    same(async |s| {
        let (mut c, q, dead) = dead_lettering(s, [("x-dead-letter-routing-key", text("graveyard"))]).await;
        c.publish("", &q, "hello").await;
        c.call(get_to_ack(&q), r#"basic.get-ok #1 /q left=0 "hello""#).await;
        c.send(reject(1)).await;
        let headers = died("rejected", "q", "'q'");
        c.until(get(&dead), &format!(r#"basic.get-ok #2 dlx/graveyard left=0 "hello" {headers}"#)).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn an_expired_message_is_dead_lettered() {
    same(async |s| {
        let (mut c, q, dead) = dead_lettering(s, [("x-message-ttl", int(20))]).await;
        c.publish("", &q, "hello").await;
        let headers = died("expired", "q", "'q'");
        c.until(get(&dead), &format!(r#"basic.get-ok #1 dlx/q left=0 "hello" {headers}"#)).await;
        c.call(get(&q), "basic.get-empty").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn an_expired_message_loses_its_expiration() {
    same(async |s| {
        let (mut c, q, dead) = dead_lettering(s, []).await;
        c.publish_with(publish("", &q), props().with_expiration("10".into()), "hello").await;
        let line = "basic.get-ok #1 dlx/q left=0 \"hello\" headers={x-death: [{count: 1i64, exchange: '', \
                    original-expiration: '10', queue: 'q', reason: 'expired', routing-keys: ['q'], time: now}], \
                    x-first-death-exchange: '', x-first-death-queue: 'q', x-first-death-reason: 'expired'}";
        c.until(get(&dead), line).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn what_a_full_queue_drops_is_dead_lettered() {
    same(async |s| {
        let (mut c, q, dead) = dead_lettering(s, [("x-max-length", int(1))]).await;
        c.publish("", &q, "one").await;
        c.publish("", &q, "two").await;
        let headers = died("maxlen", "q", "'q'");
        c.until(get(&dead), &format!(r#"basic.get-ok #1 dlx/q left=0 "one" {headers}"#)).await;
        c.call(get(&q), r#"basic.get-ok #2 /q left=0 "two""#).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn what_a_full_queue_rejects_is_dead_lettered_when_asked_for() {
    same(async |s| {
        let more = [("x-max-length", int(1)), ("x-overflow", text("reject-publish-dlx"))];
        let (mut c, q, dead) = dead_lettering(s, more).await;
        c.publish("", &q, "one").await;
        c.publish("", &q, "two").await;
        let headers = died("maxlen", "q", "'q'");
        c.until(get(&dead), &format!(r#"basic.get-ok #1 dlx/q left=0 "two" {headers}"#)).await;
        c.call(get(&q), r#"basic.get-ok #2 /q left=0 "one""#).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn purged_and_deleted_messages_do_not_die() {
    same(async |s| {
        let (mut c, q, dead) = dead_lettering(s, []).await;
        c.publish("", &q, "one").await;
        c.call(super::methods::purge(&q), "queue.purge-ok messages=1").await;
        c.publish("", &q, "two").await;
        c.call(super::methods::delete(&q), "queue.delete-ok messages=1").await;
        c.call(get(&dead), "basic.get-empty").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn deaths_are_counted_by_queue_and_reason() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let back = table([("x-dead-letter-exchange", text("")), ("x-dead-letter-routing-key", text(q))]);
        c.call(queue::Declare { arguments: back, ..declare(q) }, DECLARED).await;
        c.call(consume(q, "c"), "basic.consume-ok c").await;
        let headers = table([("mine", int(1))]);
        c.publish_with(publish("", q), props().with_headers(headers), "hello").await;
        c.sees(r#"basic.deliver c #1 /q "hello" headers={mine: 1i32}"#).await;
        for round in 1_u64..=3 {
            c.send(reject(round)).await;
            c.sees(&format!(
                "basic.deliver c #{} /q \"hello\" headers={{mine: 1i32, x-death: [{{count: {round}i64, exchange: '', \
                 queue: 'q', reason: 'rejected', routing-keys: ['q'], time: now}}], x-first-death-exchange: '', \
                 x-first-death-queue: 'q', x-first-death-reason: 'rejected'}}",
                round + 1
            ))
            .await;
        }
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn the_latest_death_is_first() {
    same(async |s| {
        let (mut c, q, dead) = dead_lettering(s, [("x-message-ttl", int(20))]).await;
        let (second, last) = (s.name("second"), s.name("last"));
        c.call(declare(&last), "queue.declare-ok last messages=0 consumers=0").await;
        let on = table([("x-dead-letter-exchange", text("")), ("x-dead-letter-routing-key", text(&last))]);
        c.call(queue::Declare { arguments: on, ..declare(&second) }, "queue.declare-ok second messages=0 consumers=0")
            .await;
        c.call(bind(&second, &s.name("dlx"), "q"), "queue.bind-ok").await;
        c.call(bind(&second, &s.name("dlx"), &q), "queue.bind-ok").await;
        c.publish("", &q, "hello").await;
        let once = died("expired", "q", "'q'");
        c.until(get(&dead), &format!(r#"basic.get-ok #1 dlx/q left=0 "hello" {once}"#)).await;
        c.until(get_to_ack(&second), &format!(r#"basic.get-ok #2 dlx/q left=0 "hello" {once}"#)).await;
        c.send(reject(2)).await;
        let line = "basic.get-ok #3 /last left=0 \"hello\" headers={x-death: [{count: 1i64, exchange: 'dlx', queue: \
                    'second', reason: 'rejected', routing-keys: ['q'], time: now}, {count: 1i64, exchange: '', queue: 'q', \
                    reason: 'expired', routing-keys: ['q'], time: now}], x-first-death-exchange: '', \
                    x-first-death-queue: 'q', x-first-death-reason: 'expired'}";
        c.until(get(&last), line).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_circle_of_expiry_is_cut() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let circle = table([
            ("x-dead-letter-exchange", text("")),
            ("x-dead-letter-routing-key", text(q)),
            ("x-message-ttl", int(20)),
        ]);
        c.call(queue::Declare { arguments: circle, ..declare(q) }, DECLARED).await;
        c.call(confirm::Select { nowait: false }, "confirm.select-ok").await;
        c.publish("", q, "hello").await;
        c.sees("basic.ack #1").await;
        c.counts(q, 0, 0).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn without_a_dead_letter_exchange_dead_messages_are_gone() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let gone = table([("x-dead-letter-exchange", text(&s.name("gone")))]);
        c.call(queue::Declare { arguments: gone, ..declare(q) }, DECLARED).await;
        c.publish("", q, "hello").await;
        c.call(get_to_ack(q), r#"basic.get-ok #1 /q left=0 "hello""#).await;
        c.send(reject(1)).await;
        c.call(get(q), "basic.get-empty").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn copies_die_with_all_their_keys() {
    same(async |s| {
        let (mut c, q, dead) = dead_lettering(s, []).await;
        let mut headers = FieldTable::default();
        headers.insert("CC".into(), AMQPValue::FieldArray(vec![text(&s.name("other"))].into()));
        headers.insert("BCC".into(), AMQPValue::FieldArray(vec![text(&s.name("hidden"))].into()));
        c.publish_with(publish("", &q), props().with_headers(headers), "hello").await;
        c.call(get_to_ack(&q), r#"basic.get-ok #1 /q left=0 "hello" headers={CC: ['other']}"#).await;
        c.send(reject(1)).await;
        let line = "basic.get-ok #2 dlx/q left=0 \"hello\" headers={CC: ['other'], x-death: [{count: 1i64, exchange: '', \
                    queue: 'q', reason: 'rejected', routing-keys: ['q', 'other'], time: now}], x-first-death-exchange: \
                    '', x-first-death-queue: 'q', x-first-death-reason: 'rejected'}";
        c.until(get(&dead), line).await;
        c.bye().await;
    })
    .await;
}
