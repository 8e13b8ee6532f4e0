//! Alternate exchanges: where a message goes when no binding matches.

use amq_protocol::protocol::{basic, exchange};

use super::{
    client::Client,
    methods::{bind, bind_exchange, declare, delete_exchange, exchange, get, publish},
    run::same,
    session::Session,
    values::{int, props, table, text},
};

/// Declares an exchange with an alternate one.
async fn with_alternate(s: &Session, c: &mut Client, x: &str, kind: &str, alternate: &str) {
    let alternate = if alternate.is_empty() { String::new() } else { s.name(alternate) };
    let arguments = table([("alternate-exchange", text(&alternate))]);
    c.call(exchange::Declare { arguments, ..exchange(&s.name(x), kind) }, "exchange.declare-ok").await;
}

#[tokio::test]
async fn an_alternate_exchange_takes_what_is_not_routed() {
    same(async |s| {
        let (mut c, q, unrouted) = (s.connect().await, &s.name("q"), &s.name("unrouted"));
        let (x, alternate) = (&s.name("x"), &s.name("alternate"));
        let arguments = table([("alternate-exchange", text(alternate))]);
        c.call(exchange::Declare { arguments, ..exchange(x, "direct") }, "exchange.declare-ok").await;
        c.call(exchange(alternate, "fanout"), "exchange.declare-ok").await;
        c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
        c.call(bind(q, x, "known"), "queue.bind-ok").await;
        c.call(declare(unrouted), "queue.declare-ok unrouted messages=0 consumers=0").await;
        c.call(bind(unrouted, alternate, ""), "queue.bind-ok").await;
        c.publish(x, "known", "one").await;
        c.publish(x, "other", "two").await;
        c.call(get(q), r#"basic.get-ok #1 x/known left=0 "one""#).await;
        c.call(get(unrouted), r#"basic.get-ok #2 x/other left=0 "two""#).await;
        c.call(get(q), "basic.get-empty").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_missing_alternate_exchange_drops_in_silence() {
    same(async |s| {
        let (mut c, x) = (s.connect().await, &s.name("x"));
        let arguments = table([("alternate-exchange", text(&s.name("gone")))]);
        c.call(exchange::Declare { arguments, ..exchange(x, "direct") }, "exchange.declare-ok").await;
        c.publish(x, "k", "hello").await;
        c.call(delete_exchange(x), "exchange.delete-ok").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn another_alternate_exchange_is_406() {
    same(async |s| {
        let (mut c, x) = (s.connect().await, &s.name("x"));
        c.call(exchange(x, "direct"), "exchange.declare-ok").await;
        let arguments = table([("alternate-exchange", text(&s.name("other")))]);
        c.send(exchange::Declare { arguments, ..exchange(x, "direct") }).await;
        c.loses_channel(
            "406 PRECONDITION_FAILED - inequivalent arg 'alternate-exchange' for exchange 'x' in vhost '/': \
             received the value 'other' of type 'longstr' but current is none (40,10)",
        )
        .await;
        let arguments = table([("alternate-exchange", int(1))]);
        c.send(exchange::Declare { arguments, ..exchange(&s.name("y"), "direct") }).await;
        c.loses_channel(
            "406 PRECONDITION_FAILED - invalid type 'signedint' for arg 'alternate-exchange' in exchange 'y' in vhost \
             '/' (40,10)",
        )
        .await;
        c.call(delete_exchange(x), "exchange.delete-ok").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn an_alternate_exchange_may_have_one_of_its_own() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        with_alternate(s, &mut c, "one", "direct", "two").await;
        with_alternate(s, &mut c, "two", "direct", "three").await;
        with_alternate(s, &mut c, "three", "direct", "one").await;
        c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
        c.call(bind(q, &s.name("three"), "k"), "queue.bind-ok").await;
        c.publish(&s.name("one"), "k", "hello").await;
        c.call(get(q), r#"basic.get-ok #1 one/k left=0 "hello""#).await;
        // round the circle, and nobody takes it
        c.publish_with(basic::Publish { mandatory: true, ..publish(&s.name("one"), "other") }, props(), "lost").await;
        c.sees(r#"basic.return 312 NO_ROUTE one/other "lost""#).await;
        for x in ["one", "two"] {
            c.call(delete_exchange(&s.name(x)), "exchange.delete-ok").await;
        }
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn the_default_exchange_is_no_use_as_an_alternate() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        with_alternate(s, &mut c, "x", "direct", "").await;
        c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
        c.publish_with(basic::Publish { mandatory: true, ..publish(&s.name("x"), q) }, props(), "hello").await;
        c.sees(r#"basic.return 312 NO_ROUTE x/q "hello""#).await;
        c.call(get(q), "basic.get-empty").await;
        c.call(delete_exchange(&s.name("x")), "exchange.delete-ok").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn what_goes_to_an_exchange_that_drops_it_is_taken() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        with_alternate(s, &mut c, "x", "direct", "alternate").await;
        for (x, kind) in [("alternate", "fanout"), ("empty", "fanout")] {
            c.call(exchange(&s.name(x), kind), "exchange.declare-ok").await;
        }
        c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
        c.call(bind(q, &s.name("alternate"), ""), "queue.bind-ok").await;
        c.call(bind_exchange(&s.name("empty"), &s.name("x"), "k"), "exchange.bind-ok").await;
        c.publish(&s.name("x"), "k", "taken").await;
        c.publish(&s.name("x"), "other", "not taken").await;
        c.call(get(q), r#"basic.get-ok #1 x/other left=0 "not taken""#).await;
        c.call(get(q), "basic.get-empty").await;
        c.call(delete_exchange(&s.name("empty")), "exchange.delete-ok").await;
        c.bye().await;
    })
    .await;
}
