//! Acks, rejects and nacks, the order after a requeue, recover, and unknown delivery tags.

use amq_protocol::protocol::basic;

use super::{
    client::Client,
    methods::{ack, close_channel, consume, declare, get, get_to_ack, prefetch, reject, requeue},
    run::same,
};

const DECLARED: &str = "queue.declare-ok q messages=0 consumers=0";

/// Declares `q`, and gives out messages `one`, `two` and `three` as deliveries 1 to 3.
async fn three_unacked(c: &mut Client, q: &str) {
    c.call(declare(q), DECLARED).await;
    for (at, body) in ["one", "two", "three"].into_iter().enumerate() {
        c.publish("", q, body).await;
        c.call(get_to_ack(q), &format!(r#"basic.get-ok #{} /q left=0 "{body}""#, at + 1)).await;
    }
}

#[tokio::test]
async fn what_is_acked_is_gone() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        three_unacked(&mut c, q).await;
        c.send(ack(2)).await;
        c.call(close_channel(), "channel.close-ok").await;
        c.opens(1).await;
        c.call(get(q), r#"basic.get-ok #1 redelivered /q left=1 "one""#).await;
        c.call(get(q), r#"basic.get-ok #2 redelivered /q left=0 "three""#).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn an_ack_of_multiple_takes_all_up_to_it() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        three_unacked(&mut c, q).await;
        c.send(basic::Ack { delivery_tag: 2, multiple: true }).await;
        c.send(requeue(3)).await;
        c.call(get(q), r#"basic.get-ok #4 redelivered /q left=0 "three""#).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn an_ack_of_multiple_and_zero_takes_all() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        three_unacked(&mut c, q).await;
        c.send(basic::Ack { delivery_tag: 0, multiple: true }).await;
        c.send(ack(3)).await;
        c.loses_channel("406 PRECONDITION_FAILED - unknown delivery tag 3 (60,80)").await;
        c.call(get(q), "basic.get-empty").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn an_unknown_delivery_tag_is_406() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.send(ack(1)).await;
        c.loses_channel("406 PRECONDITION_FAILED - unknown delivery tag 1 (60,80)").await;
        c.send(reject(7)).await;
        c.loses_channel("406 PRECONDITION_FAILED - unknown delivery tag 7 (60,90)").await;
        c.send(requeue(7)).await;
        c.loses_channel("406 PRECONDITION_FAILED - unknown delivery tag 7 (60,120)").await;
        c.send(ack(0)).await;
        c.loses_channel("406 PRECONDITION_FAILED - unknown delivery tag 0 (60,80)").await;
        c.send(basic::Ack { delivery_tag: 5, multiple: true }).await;
        c.loses_channel("406 PRECONDITION_FAILED - unknown delivery tag 5 (60,80)").await;
        three_unacked(&mut c, q).await;
        c.send(ack(2)).await;
        c.send(ack(2)).await;
        c.loses_channel("406 PRECONDITION_FAILED - unknown delivery tag 2 (60,80)").await;
        c.call(get(q), r#"basic.get-ok #1 redelivered /q left=1 "one""#).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn multiple_needs_a_tag_that_is_outstanding_and_else_settles_nothing() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let unknown =
            |tag: u64, method: &str| format!("406 PRECONDITION_FAILED - unknown delivery tag {tag} (60,{method})");
        let left = async |c: &mut Client, bodies: &[&str]| {
            for (at, body) in bodies.iter().enumerate() {
                let (tag, left) = (at + 1, bodies.len() - at - 1);
                c.call(get(q), &format!(r#"basic.get-ok #{tag} redelivered /q left={left} "{body}""#)).await;
            }
            c.call(super::methods::delete(q), "queue.delete-ok messages=0").await;
            c.call(close_channel(), "channel.close-ok").await;
            c.opens(1).await;
        };
        let all = &["one", "two", "three"];
        three_unacked(&mut c, q).await;
        c.send(basic::Ack { delivery_tag: 100, multiple: true }).await;
        c.loses_channel(&unknown(100, "80")).await;
        left(&mut c, all).await;
        for requeue in [true, false] {
            three_unacked(&mut c, q).await;
            c.send(basic::Nack { delivery_tag: 4, multiple: true, requeue }).await;
            c.loses_channel(&unknown(4, "120")).await;
            left(&mut c, all).await;
        }
        three_unacked(&mut c, q).await;
        c.send(ack(2)).await;
        c.send(basic::Ack { delivery_tag: 2, multiple: true }).await;
        c.loses_channel(&unknown(2, "80")).await;
        left(&mut c, &["one", "three"]).await;
        three_unacked(&mut c, q).await;
        c.send(reject(2)).await;
        c.send(basic::Nack { delivery_tag: 2, multiple: true, requeue: false }).await;
        c.loses_channel(&unknown(2, "120")).await;
        left(&mut c, &["one", "three"]).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn without_anything_unacked_an_ack_of_all_is_no_error() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        c.send(basic::Ack { delivery_tag: 0, multiple: true }).await;
        c.send(basic::Nack { delivery_tag: 0, multiple: true, requeue: true }).await;
        c.call(get(q), "basic.get-empty").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_delivery_that_needs_no_ack_has_an_unknown_tag() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        c.publish("", q, "hello").await;
        c.call(get(q), r#"basic.get-ok #1 /q left=0 "hello""#).await;
        c.send(ack(1)).await;
        c.loses_channel("406 PRECONDITION_FAILED - unknown delivery tag 1 (60,80)").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_requeued_takes_its_old_place() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        three_unacked(&mut c, q).await;
        c.publish("", q, "four").await;
        c.send(requeue(2)).await;
        c.send(requeue(1)).await;
        c.call(get(q), r#"basic.get-ok #4 redelivered /q left=2 "one""#).await;
        c.call(get(q), r#"basic.get-ok #5 redelivered /q left=1 "two""#).await;
        c.call(get(q), r#"basic.get-ok #6 /q left=0 "four""#).await;
        c.send(requeue(3)).await;
        c.call(get(q), r#"basic.get-ok #7 redelivered /q left=0 "three""#).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_nack_of_multiple_requeues_all_up_to_it() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        three_unacked(&mut c, q).await;
        c.send(basic::Nack { delivery_tag: 2, multiple: true, requeue: true }).await;
        c.call(get(q), r#"basic.get-ok #4 redelivered /q left=1 "one""#).await;
        c.call(get(q), r#"basic.get-ok #5 redelivered /q left=0 "two""#).await;
        c.call(get(q), "basic.get-empty").await;
        c.send(basic::Nack { delivery_tag: 0, multiple: true, requeue: false }).await;
        c.call(get(q), "basic.get-empty").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_rejected_is_gone() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        three_unacked(&mut c, q).await;
        c.send(reject(1)).await;
        c.send(basic::Nack { delivery_tag: 2, multiple: false, requeue: false }).await;
        c.send(basic::Reject { delivery_tag: 3, requeue: true }).await;
        c.call(get(q), r#"basic.get-ok #4 redelivered /q left=0 "three""#).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_requeued_message_comes_back_to_its_only_consumer() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        c.call(prefetch(1, false), "basic.qos-ok").await;
        c.call(consume(q, "c"), "basic.consume-ok c").await;
        c.publish("", q, "one").await;
        c.publish("", q, "two").await;
        c.sees(r#"basic.deliver c #1 /q "one""#).await;
        c.send(requeue(1)).await;
        c.sees(r#"basic.deliver c #2 redelivered /q "one""#).await;
        c.send(ack(2)).await;
        c.sees(r#"basic.deliver c #3 /q "two""#).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn recover_with_requeue_gives_back_all_that_is_unacked() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        three_unacked(&mut c, q).await;
        c.call(basic::Recover { requeue: true }, "basic.recover-ok").await;
        for (tag, body, left) in [(4, "one", 2), (5, "two", 1), (6, "three", 0)] {
            c.call(get(q), &format!(r#"basic.get-ok #{tag} redelivered /q left={left} "{body}""#)).await;
        }
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn recover_is_answered_before_what_it_delivers_again() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        c.call(consume(q, "c"), "basic.consume-ok c").await;
        c.publish("", q, "one").await;
        c.sees(r#"basic.deliver c #1 /q "one""#).await;
        c.call(basic::Recover { requeue: true }, "basic.recover-ok").await;
        c.sees(r#"basic.deliver c #2 redelivered /q "one""#).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn recover_without_requeue_is_not_implemented() {
    same(async |s| {
        let mut c = s.connect().await;
        c.send(basic::Recover { requeue: false }).await;
        c.is_closed_with("540 NOT_IMPLEMENTED - requeue=false (60,110)").await;
    })
    .await;
}

#[tokio::test]
async fn recover_async_is_not_answered() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        c.publish("", q, "one").await;
        c.call(consume(q, "c"), "basic.consume-ok c").await;
        c.sees(r#"basic.deliver c #1 /q "one""#).await;
        c.send(basic::RecoverAsync { requeue: true }).await;
        c.sees(r#"basic.deliver c #2 redelivered /q "one""#).await;
        c.send(ack(1)).await;
        c.loses_channel("406 PRECONDITION_FAILED - unknown delivery tag 1 (60,80)").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_lost_connection_gives_back_what_it_held() {
    same(async |s| {
        let (mut c, mut other, q) = (s.connect().await, s.connect().await, &s.name("q"));
        c.call(amq_protocol::protocol::queue::Declare { exclusive: false, ..declare(q) }, DECLARED).await;
        c.publish("", q, "one").await;
        c.call(get_to_ack(q), r#"basic.get-ok #1 /q left=0 "one""#).await;
        c.hangs_up();
        other.until(get(q), r#"basic.get-ok #1 redelivered /q left=0 "one""#).await;
        other.call(super::methods::delete(q), "queue.delete-ok messages=0").await;
        other.bye().await;
    })
    .await;
}
