//! Failing transactions: an unknown delivery tag before the commit, and queues that refuse one of the committed
//! messages.

use amq_protocol::protocol::{basic, queue, tx};

use super::{
    client::Client,
    methods::{ack, bind, close_channel, declare, exchange, get, get_to_ack, publish, reject},
    run::same,
    values::{int, props, table, text},
};

const DECLARED: &str = "queue.declare-ok q messages=0 consumers=0";
const PARTIAL: &str = "406 PRECONDITION_FAILED - partial tx completion (90,20)";

/// Declares `q`, which takes one message and refuses more.
async fn declares_small(c: &mut Client, q: &str, overflow: &str) {
    let arguments = table([("x-max-length", int(1)), ("x-overflow", text(overflow))]);
    c.call(queue::Declare { arguments, ..declare(q) }, DECLARED).await;
}

#[tokio::test]
async fn a_commit_of_which_a_queue_refuses_a_part_is_406() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        declares_small(&mut c, q, "reject-publish").await;
        c.call(tx::Select {}, "tx.select-ok").await;
        for body in ["one", "two", "three"] {
            c.publish("", q, body).await;
        }
        c.send(tx::Commit {}).await;
        c.loses_channel(PARTIAL).await;
        c.call(get(q), r#"basic.get-ok #1 /q left=0 "one""#).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_partial_commit_carries_out_all_that_is_not_refused() {
    same(async |s| {
        let (mut c, q, other, x) = (s.connect().await, &s.name("q"), &s.name("other"), &s.name("x"));
        declares_small(&mut c, q, "reject-publish").await;
        c.call(declare(other), "queue.declare-ok other messages=0 consumers=0").await;
        c.call(exchange(x, "fanout"), "exchange.declare-ok").await;
        for queue in [q, other] {
            c.call(bind(queue, x, ""), "queue.bind-ok").await;
        }
        for body in ["acked", "rejected"] {
            c.publish("", other, body).await;
        }
        c.call(tx::Select {}, "tx.select-ok").await;
        c.call(get_to_ack(other), r#"basic.get-ok #1 /other left=1 "acked""#).await;
        c.call(get_to_ack(other), r#"basic.get-ok #2 /other left=0 "rejected""#).await;
        c.send(ack(1)).await;
        c.send(reject(2)).await;
        c.publish(x, "", "one").await;
        c.publish_with(basic::Publish { mandatory: true, ..publish("", "nowhere") }, props(), "returned").await;
        c.publish(x, "", "two").await;
        c.send(tx::Commit {}).await;
        c.sees(r#"basic.return 312 NO_ROUTE /nowhere "returned""#).await;
        c.loses_channel(PARTIAL).await;
        c.call(get(q), r#"basic.get-ok #1 x/ left=0 "one""#).await;
        c.call(get(other), r#"basic.get-ok #2 x/ left=1 "one""#).await;
        c.call(get(other), r#"basic.get-ok #3 x/ left=0 "two""#).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_refused_message_of_a_commit_may_be_dead_lettered() {
    same(async |s| {
        let (mut c, q, dead) = (s.connect().await, &s.name("q"), &s.name("dead"));
        c.call(declare(dead), "queue.declare-ok dead messages=0 consumers=0").await;
        let arguments = table([
            ("x-max-length", int(1)),
            ("x-overflow", text("reject-publish-dlx")),
            ("x-dead-letter-exchange", text("")),
            ("x-dead-letter-routing-key", text(dead)),
        ]);
        c.call(queue::Declare { arguments, ..declare(q) }, DECLARED).await;
        c.call(tx::Select {}, "tx.select-ok").await;
        c.publish("", q, "one").await;
        c.publish("", q, "two").await;
        c.send(tx::Commit {}).await;
        c.loses_channel(PARTIAL).await;
        c.counts(dead, 1, 0).await;
        c.call(get(q), r#"basic.get-ok #1 /q left=0 "one""#).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_queue_that_drops_its_oldest_refuses_no_part_of_a_commit() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        declares_small(&mut c, q, "drop-head").await;
        c.call(tx::Select {}, "tx.select-ok").await;
        c.publish("", q, "one").await;
        c.publish("", q, "two").await;
        c.call(tx::Commit {}, "tx.commit-ok").await;
        c.call(get(q), r#"basic.get-ok #1 /q left=0 "two""#).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn outside_a_transaction_and_without_confirms_a_refused_message_is_dropped() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        declares_small(&mut c, q, "reject-publish").await;
        c.publish("", q, "one").await;
        c.publish("", q, "two").await;
        c.call(get(q), r#"basic.get-ok #1 /q left=0 "one""#).await;
        c.call(get(q), "basic.get-empty").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn an_unknown_tag_within_a_transaction_settles_nothing() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        for (tag, body) in [(1, "one"), (2, "two"), (3, "three")] {
            c.publish("", q, body).await;
            c.call(get_to_ack(q), &format!(r#"basic.get-ok #{tag} /q left=0 "{body}""#)).await;
        }
        c.call(tx::Select {}, "tx.select-ok").await;
        c.send(ack(1)).await;
        c.publish("", q, "never").await;
        c.send(basic::Nack { delivery_tag: 100, multiple: true, requeue: false }).await;
        c.loses_channel("406 PRECONDITION_FAILED - unknown delivery tag 100 (60,120)").await;
        for (tag, body, left) in [(1, "one", 2), (2, "two", 1), (3, "three", 0)] {
            c.call(get(q), &format!(r#"basic.get-ok #{tag} redelivered /q left={left} "{body}""#)).await;
        }
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_tag_settled_within_a_transaction_is_unknown_until_it_is_rolled_back() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        c.call(tx::Select {}, "tx.select-ok").await;
        for body in ["one", "two"] {
            c.publish("", q, body).await;
        }
        c.call(tx::Commit {}, "tx.commit-ok").await;
        c.call(get_to_ack(q), r#"basic.get-ok #1 /q left=1 "one""#).await;
        c.call(get_to_ack(q), r#"basic.get-ok #2 /q left=0 "two""#).await;
        c.send(ack(2)).await;
        c.call(tx::Rollback {}, "tx.rollback-ok").await;
        c.send(ack(2)).await;
        c.send(basic::Ack { delivery_tag: 2, multiple: true }).await;
        c.loses_channel("406 PRECONDITION_FAILED - unknown delivery tag 2 (60,80)").await;
        c.call(get(q), r#"basic.get-ok #1 redelivered /q left=1 "one""#).await;
        c.call(get(q), r#"basic.get-ok #2 redelivered /q left=0 "two""#).await;
        c.call(close_channel(), "channel.close-ok").await;
        c.opens(1).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_queue_declared_again_gets_what_was_published_to_it_before() {
    same(async |s| {
        let (mut c, q, x) = (s.connect().await, &s.name("q"), &s.name("x"));
        c.call(declare(q), DECLARED).await;
        c.call(exchange(x, "fanout"), "exchange.declare-ok").await;
        c.call(bind(q, x, ""), "queue.bind-ok").await;
        c.call(tx::Select {}, "tx.select-ok").await;
        c.publish(x, "", "routed by the binding that was there").await;
        c.call(
            queue::Delete { queue: q.as_str().into(), if_unused: false, if_empty: false, nowait: false },
            "queue.delete-ok messages=0",
        )
        .await;
        c.call(declare(q), DECLARED).await;
        c.call(tx::Commit {}, "tx.commit-ok").await;
        c.call(get(q), r#"basic.get-ok #1 x/ left=0 "routed by the binding that was there""#).await;
        c.bye().await;
    })
    .await;
}
