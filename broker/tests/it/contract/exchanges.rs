//! Declaring and deleting exchanges, passive declarations, and the routing of each type.

use amq_protocol::protocol::exchange;

use super::{
    methods::{bind, declare, delete_exchange, exchange, passive_exchange, unbind},
    run::same,
};

#[tokio::test]
async fn an_exchange_of_each_kind_is_declared_and_found() {
    same(async |s| {
        let mut c = s.connect().await;
        for kind in ["direct", "fanout", "topic", "headers"] {
            let x = &s.name(kind);
            let durable = exchange::Declare { durable: true, auto_delete: false, ..exchange(x, kind) };
            c.call(durable.clone(), "exchange.declare-ok").await;
            c.call(passive_exchange(x), "exchange.declare-ok").await;
            c.call(durable, "exchange.declare-ok").await;
            c.call(delete_exchange(x), "exchange.delete-ok").await;
        }
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn predeclared_exchanges_are_there() {
    same(async |s| {
        let mut c = s.connect().await;
        for x in ["amq.direct", "amq.fanout", "amq.topic", "amq.headers", "amq.match", "amq.rabbitmq.trace"] {
            c.call(passive_exchange(x), "exchange.declare-ok").await;
        }
        let same = exchange::Declare { durable: true, auto_delete: false, ..exchange("amq.direct", "direct") };
        c.call(same, "exchange.declare-ok").await;
        c.publish("amq.rabbitmq.trace", "k", "hello").await;
        c.loses_channel(
            "403 ACCESS_REFUSED - cannot publish to internal exchange 'amq.rabbitmq.trace' in vhost '/' (60,40)",
        )
        .await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn asking_for_an_exchange_asks_for_no_kind() {
    same(async |s| {
        let mut c = s.connect().await;
        let nonsense = exchange::Declare { kind: "imaginary".into(), ..passive_exchange("amq.direct") };
        c.call(nonsense, "exchange.declare-ok").await;
        c.send(passive_exchange("")).await;
        c.loses_channel("403 ACCESS_REFUSED - operation not permitted on the default exchange (40,10)").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn an_unknown_exchange_is_404() {
    same(async |s| {
        let (mut c, x) = (s.connect().await, &s.name("gone"));
        c.send(passive_exchange(x)).await;
        c.loses_channel("404 NOT_FOUND - no exchange 'gone' in vhost '/' (40,10)").await;
        c.publish(x, "k", "hello").await;
        c.loses_channel("404 NOT_FOUND - no exchange 'gone' in vhost '/' (60,40)").await;
        c.call(delete_exchange(x), "exchange.delete-ok").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn an_unknown_kind_of_exchange_is_a_hard_error() {
    same(async |s| {
        let (mut c, x) = (s.connect().await, &s.name("x"));
        c.send(exchange(x, "imaginary")).await;
        c.is_closed_with("503 COMMAND_INVALID - unknown exchange type 'imaginary' (40,10)").await;
    })
    .await;
}

#[tokio::test]
async fn an_exchange_name_that_starts_with_amq_is_403() {
    same(async |s| {
        let mut c = s.connect().await;
        c.send(exchange("amq.mine", "direct")).await;
        c.loses_channel("403 ACCESS_REFUSED - exchange name 'amq.mine' contains reserved prefix 'amq.*' (40,10)").await;
        c.send(delete_exchange("amq.direct")).await;
        c.loses_channel(
            "403 ACCESS_REFUSED - deletion of system exchange 'amq.direct' in vhost '/' not allowed (40,20)",
        )
        .await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn the_default_exchange_is_not_to_be_touched() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
        let refused = "403 ACCESS_REFUSED - operation not permitted on the default exchange";
        c.send(exchange("", "direct")).await;
        c.loses_channel(&format!("{refused} (40,10)")).await;
        c.send(delete_exchange("")).await;
        c.loses_channel(&format!("{refused} (40,20)")).await;
        c.send(bind(q, "", "k")).await;
        c.loses_channel(&format!("{refused} (50,20)")).await;
        c.send(unbind(q, "", q)).await;
        c.loses_channel(&format!("{refused} (50,50)")).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn an_exchange_declared_differently_is_406() {
    same(async |s| {
        let (mut c, x) = (s.connect().await, &s.name("x"));
        c.call(exchange(x, "direct"), "exchange.declare-ok").await;
        let start = "406 PRECONDITION_FAILED - inequivalent arg";
        c.send(exchange(x, "fanout")).await;
        c.loses_channel(&format!(
            "{start} 'type' for exchange 'x' in vhost '/': received 'fanout' but current is 'direct' (40,10)"
        ))
        .await;
        c.send(exchange::Declare { durable: true, ..exchange(x, "direct") }).await;
        c.loses_channel(&format!(
            "{start} 'durable' for exchange 'x' in vhost '/': received 'true' but current is 'false' (40,10)"
        ))
        .await;
        c.send(exchange::Declare { auto_delete: false, ..exchange(x, "direct") }).await;
        c.loses_channel(&format!(
            "{start} 'auto_delete' for exchange 'x' in vhost '/': received 'false' but current is 'true' (40,10)"
        ))
        .await;
        c.send(exchange::Declare { internal: true, ..exchange(x, "direct") }).await;
        c.loses_channel(&format!(
            "{start} 'internal' for exchange 'x' in vhost '/': received 'true' but current is 'false' (40,10)"
        ))
        .await;
        c.call(delete_exchange(x), "exchange.delete-ok").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn an_internal_exchange_refuses_publishers() {
    same(async |s| {
        let (mut c, x) = (s.connect().await, &s.name("x"));
        c.call(exchange::Declare { internal: true, ..exchange(x, "fanout") }, "exchange.declare-ok").await;
        c.publish(x, "k", "hello").await;
        let line = "403 ACCESS_REFUSED - cannot publish to internal exchange 'x' in vhost '/' (60,40)";
        c.loses_channel(line).await;
        c.call(delete_exchange(x), "exchange.delete-ok").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn an_exchange_in_use_is_not_deleted_if_unused() {
    same(async |s| {
        let (mut c, q, x) = (s.connect().await, &s.name("q"), &s.name("x"));
        c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
        c.call(exchange(x, "fanout"), "exchange.declare-ok").await;
        c.call(bind(q, x, ""), "queue.bind-ok").await;
        c.send(exchange::Delete { if_unused: true, ..delete_exchange(x) }).await;
        c.loses_channel("406 PRECONDITION_FAILED - exchange 'x' in vhost '/' in use (40,20)").await;
        c.call(delete_exchange(x), "exchange.delete-ok").await;
        c.send(passive_exchange(x)).await;
        c.loses_channel("404 NOT_FOUND - no exchange 'x' in vhost '/' (40,10)").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn an_auto_delete_exchange_goes_with_its_last_binding() {
    same(async |s| {
        let (mut c, q, x) = (s.connect().await, &s.name("q"), &s.name("x"));
        c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
        c.call(exchange(x, "direct"), "exchange.declare-ok").await;
        c.call(bind(q, x, "a"), "queue.bind-ok").await;
        c.call(bind(q, x, "b"), "queue.bind-ok").await;
        c.call(unbind(q, x, "a"), "queue.unbind-ok").await;
        c.call(passive_exchange(x), "exchange.declare-ok").await;
        c.call(unbind(q, x, "b"), "queue.unbind-ok").await;
        c.send(passive_exchange(x)).await;
        c.loses_channel("404 NOT_FOUND - no exchange 'x' in vhost '/' (40,10)").await;
        c.bye().await;
    })
    .await;
}
