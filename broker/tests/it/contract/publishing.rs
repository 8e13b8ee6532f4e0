//! Confirms, returns, transactions, and refused publishes.

use amq_protocol::protocol::{basic, confirm, queue, tx};

use super::{
    methods::{ack, bind, consume, declare, exchange, get, get_to_ack, publish, reject},
    run::same,
    values::{int, props, table, text},
};

const DECLARED: &str = "queue.declare-ok q messages=0 consumers=0";
const CONFIRM: confirm::Select = confirm::Select { nowait: false };

#[tokio::test]
async fn publishes_are_confirmed_also_when_no_queue_takes_them() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        c.publish("", q, "before").await;
        c.call(CONFIRM, "confirm.select-ok").await;
        c.call(CONFIRM, "confirm.select-ok").await;
        c.publish("", q, "one").await;
        c.sees("basic.ack #1").await;
        c.publish("amq.direct", "nowhere", "two").await;
        c.sees("basic.ack #2").await;
        c.publish_with(publish("", q), props().with_delivery_mode(2), "three").await;
        c.sees("basic.ack #3").await;
        c.call(get(q), r#"basic.get-ok #1 /q left=2 "before""#).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn many_publishes_are_all_confirmed() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        c.send(confirm::Select { nowait: true }).await;
        for _ in 0..100 {
            c.publish("", q, "m").await;
        }
        let lines: Vec<_> = (1..=100).map(|tag| format!("basic.ack #{tag}")).collect();
        c.sees_in_any_order(&lines.iter().map(String::as_str).collect::<Vec<_>>()).await;
        c.counts(q, 100, 0).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_mandatory_message_that_no_queue_takes_comes_back() {
    same(async |s| {
        let mut c = s.connect().await;
        let mandatory = basic::Publish { mandatory: true, ..publish("amq.direct", "nowhere") };
        let properties = props().with_content_type("text/plain".into()).with_headers(table([("n", int(1))]));
        c.publish_with(mandatory, properties, "hello").await;
        c.sees(r#"basic.return 312 NO_ROUTE amq.direct/nowhere "hello" content_type='text/plain' headers={n: 1i32}"#)
            .await;
        let empty = basic::Publish { mandatory: true, ..publish("", "nowhere") };
        c.publish_with(empty, props(), "").await;
        c.sees(r#"basic.return 312 NO_ROUTE /nowhere """#).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_return_comes_before_its_confirm() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        c.call(CONFIRM, "confirm.select-ok").await;
        c.publish_with(basic::Publish { mandatory: true, ..publish("", "nowhere") }, props(), "lost").await;
        c.sees(r#"basic.return 312 NO_ROUTE /nowhere "lost""#).await;
        c.sees("basic.ack #1").await;
        c.publish_with(basic::Publish { mandatory: true, ..publish("", q) }, props(), "kept").await;
        c.sees("basic.ack #2").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_mandatory_message_of_an_alternate_exchange_is_not_returned() {
    same(async |s| {
        let (mut c, q, x) = (s.connect().await, &s.name("q"), &s.name("x"));
        let arguments = table([("alternate-exchange", text("amq.fanout"))]);
        c.call(amq_protocol::protocol::exchange::Declare { arguments, ..exchange(x, "direct") }, "exchange.declare-ok")
            .await;
        c.call(declare(q), DECLARED).await;
        c.call(bind(q, "amq.fanout", q), "queue.bind-ok").await;
        c.publish_with(basic::Publish { mandatory: true, ..publish(x, q) }, props(), "hello").await;
        c.until(get(q), r#"basic.get-ok #1 x/q left=0 "hello""#).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn immediate_is_not_implemented() {
    same(async |s| {
        let mut c = s.connect().await;
        c.publish_with(basic::Publish { immediate: true, ..publish("", "q") }, props(), "").await;
        c.is_closed_with("540 NOT_IMPLEMENTED - immediate=true (60,40)").await;
    })
    .await;
}

#[tokio::test]
async fn a_user_id_must_be_that_of_the_connection() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        c.publish_with(publish("", q), props().with_user_id("guest".into()), "mine").await;
        c.call(get(q), r#"basic.get-ok #1 /q left=0 "mine" user_id='guest'"#).await;
        c.publish_with(publish("", q), props().with_user_id("admin".into()), "not mine").await;
        c.loses_channel(
            "406 PRECONDITION_FAILED - user_id property set to 'admin' but authenticated user was 'guest' (60,40)",
        )
        .await;
        c.call(get(q), "basic.get-empty").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_transaction_publishes_at_its_commit() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        c.call(tx::Select {}, "tx.select-ok").await;
        c.publish("", q, "one").await;
        c.publish("", q, "two").await;
        c.call(get(q), "basic.get-empty").await;
        c.call(tx::Commit {}, "tx.commit-ok").await;
        c.call(get(q), r#"basic.get-ok #1 /q left=1 "one""#).await;
        c.publish("", q, "three").await;
        c.call(tx::Rollback {}, "tx.rollback-ok").await;
        c.call(tx::Commit {}, "tx.commit-ok").await;
        c.call(get(q), r#"basic.get-ok #2 /q left=0 "two""#).await;
        c.call(get(q), "basic.get-empty").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_transaction_settles_at_its_commit() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        for body in ["one", "two", "three"] {
            c.publish("", q, body).await;
        }
        c.call(tx::Select {}, "tx.select-ok").await;
        c.call(get_to_ack(q), r#"basic.get-ok #1 /q left=2 "one""#).await;
        c.call(get_to_ack(q), r#"basic.get-ok #2 /q left=1 "two""#).await;
        c.send(ack(1)).await;
        c.call(tx::Rollback {}, "tx.rollback-ok").await;
        // rolled back, it is unacked as before
        c.send(ack(1)).await;
        c.send(basic::Reject { delivery_tag: 2, requeue: true }).await;
        c.call(get(q), r#"basic.get-ok #3 /q left=0 "three""#).await;
        c.call(tx::Commit {}, "tx.commit-ok").await;
        c.until(get(q), r#"basic.get-ok #4 redelivered /q left=0 "two""#).await;
        c.send(ack(1)).await;
        c.loses_channel("406 PRECONDITION_FAILED - unknown delivery tag 1 (60,80)").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_channel_confirms_or_has_transactions() {
    same(async |s| {
        let mut c = s.connect().await;
        c.send(tx::Commit {}).await;
        c.loses_channel("406 PRECONDITION_FAILED - channel is not transactional (90,20)").await;
        c.send(tx::Rollback {}).await;
        c.loses_channel("406 PRECONDITION_FAILED - channel is not transactional (90,30)").await;
        c.call(tx::Select {}, "tx.select-ok").await;
        c.call(tx::Select {}, "tx.select-ok").await;
        c.send(CONFIRM).await;
        c.loses_channel("406 PRECONDITION_FAILED - cannot switch from tx to confirm mode (85,10)").await;
        c.call(CONFIRM, "confirm.select-ok").await;
        c.send(tx::Select {}).await;
        c.loses_channel("406 PRECONDITION_FAILED - cannot switch from confirm to tx mode (90,10)").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn mandatory_messages_of_a_transaction_return_at_its_commit() {
    same(async |s| {
        let mut c = s.connect().await;
        c.call(tx::Select {}, "tx.select-ok").await;
        c.publish_with(basic::Publish { mandatory: true, ..publish("", "nowhere") }, props(), "lost").await;
        c.send(tx::Commit {}).await;
        c.sees(r#"basic.return 312 NO_ROUTE /nowhere "lost""#).await;
        c.sees("tx.commit-ok").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_full_queue_that_rejects_nacks() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let arguments = table([("x-max-length", int(1)), ("x-overflow", text("reject-publish"))]);
        c.call(queue::Declare { arguments, ..declare(q) }, DECLARED).await;
        c.call(CONFIRM, "confirm.select-ok").await;
        c.publish("", q, "one").await;
        c.sees("basic.ack #1").await;
        c.publish("", q, "two").await;
        c.sees("basic.nack #2").await;
        c.call(get_to_ack(q), r#"basic.get-ok #1 /q left=0 "one""#).await;
        c.publish("", q, "three").await;
        c.sees("basic.ack #3").await;
        c.send(reject(1)).await;
        c.call(get(q), r#"basic.get-ok #2 /q left=0 "three""#).await;
        c.call(consume(q, "c"), "basic.consume-ok c").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn an_expiration_is_a_number_in_text() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        for (expiration, why) in [
            ("soon", "no_integer"),
            ("-1", "{value_negative,-1}"),
            ("10s", r#"{leftover_string,"s"}"#),
            ("", "no_integer"),
        ] {
            c.publish_with(publish("", q), props().with_expiration(expiration.into()), "hello").await;
            c.loses_channel(&format!("406 PRECONDITION_FAILED - invalid expiration '{expiration}': {why} (60,40)"))
                .await;
        }
        c.publish_with(publish("", q), props().with_expiration("60000".into()), "hello").await;
        c.call(get(q), r#"basic.get-ok #1 /q left=0 "hello" expiration='60000'"#).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_transaction_takes_the_bindings_there_are_and_the_queues_that_come() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(tx::Select {}, "tx.select-ok").await;
        c.publish("amq.direct", q, "not bound yet").await;
        c.publish("", q, "by its name").await;
        c.call(declare(q), DECLARED).await;
        c.call(bind(q, "amq.direct", q), "queue.bind-ok").await;
        c.publish("amq.direct", q, "bound").await;
        c.call(tx::Commit {}, "tx.commit-ok").await;
        c.counts(q, 2, 0).await;
        c.call(get(q), r#"basic.get-ok #1 /q left=1 "by its name""#).await;
        c.call(get(q), r#"basic.get-ok #2 amq.direct/q left=0 "bound""#).await;
        c.bye().await;
    })
    .await;
}
