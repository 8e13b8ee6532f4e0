//! Binding and unbinding queues and exchanges.

use amq_protocol::protocol::{exchange, queue};

use super::{
    methods::{
        bind, bind_exchange, declare, delete, delete_exchange, exchange, get, passive_exchange, unbind, unbind_exchange,
    },
    run::same,
    values::{int, table},
};

#[tokio::test]
async fn binding_what_is_not_there_is_404() {
    same(async |s| {
        let (mut c, q, x) = (s.connect().await, &s.name("q"), &s.name("x"));
        c.send(bind(q, "amq.direct", "k")).await;
        c.loses_channel("404 NOT_FOUND - no queue 'q' in vhost '/' (50,20)").await;
        c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
        c.send(bind(q, x, "k")).await;
        c.loses_channel("404 NOT_FOUND - no exchange 'x' in vhost '/' (50,20)").await;
        c.send(bind_exchange("amq.direct", x, "k")).await;
        c.loses_channel("404 NOT_FOUND - no exchange 'x' in vhost '/' (40,30)").await;
        c.send(bind_exchange(x, "amq.direct", "k")).await;
        c.loses_channel("404 NOT_FOUND - no exchange 'x' in vhost '/' (40,30)").await;
        let source = &s.name("source");
        c.send(bind_exchange(x, source, "k")).await;
        c.loses_channel("404 NOT_FOUND - no exchange 'source' in vhost '/' (40,30)").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn unbinding_what_is_not_bound_is_no_error() {
    same(async |s| {
        let (mut c, q, x) = (s.connect().await, &s.name("q"), &s.name("x"));
        c.call(unbind(q, "amq.direct", "k"), "queue.unbind-ok").await;
        c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
        c.call(unbind(q, "amq.direct", "k"), "queue.unbind-ok").await;
        c.call(unbind(q, x, "k"), "queue.unbind-ok").await;
        c.call(unbind_exchange(x, "amq.direct", "k"), "exchange.unbind-ok").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_nowait_bind_is_not_answered() {
    same(async |s| {
        let (mut c, q, x) = (s.connect().await, &s.name("q"), &s.name("x"));
        c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
        c.send(exchange::Declare { nowait: true, ..exchange(x, "direct") }).await;
        c.send(queue::Bind { nowait: true, ..bind(q, x, "k") }).await;
        c.publish(x, "k", "hello").await;
        c.call(get(q), r#"basic.get-ok #1 x/k left=0 "hello""#).await;
        c.send(exchange::Delete { nowait: true, ..delete_exchange(x) }).await;
        c.send(passive_exchange(x)).await;
        c.loses_channel("404 NOT_FOUND - no exchange 'x' in vhost '/' (40,10)").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn binding_without_a_name_binds_the_last_queue_and_by_its_name() {
    same(async |s| {
        let (mut c, q, x) = (s.connect().await, &s.name("q"), &s.name("x"));
        c.send(bind("", "amq.direct", "k")).await;
        c.loses_channel("404 NOT_FOUND - no previously declared queue (50,20)").await;
        c.call(exchange(x, "direct"), "exchange.declare-ok").await;
        c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
        c.call(bind("", x, ""), "queue.bind-ok").await;
        c.publish(x, q, "by name").await;
        c.publish(x, "", "by empty key").await;
        c.call(get(q), r#"basic.get-ok #1 x/q left=0 "by name""#).await;
        c.call(get(q), "basic.get-empty").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn bindings_with_other_arguments_are_other_bindings() {
    same(async |s| {
        let (mut c, q, x) = (s.connect().await, &s.name("q"), &s.name("x"));
        c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
        c.call(exchange(x, "direct"), "exchange.declare-ok").await;
        c.call(bind(q, x, "k"), "queue.bind-ok").await;
        let with = table([("a", int(1))]);
        c.call(queue::Bind { arguments: with.clone(), ..bind(q, x, "k") }, "queue.bind-ok").await;
        c.call(unbind(q, x, "k"), "queue.unbind-ok").await;
        c.publish(x, "k", "still bound").await;
        c.call(get(q), r#"basic.get-ok #1 x/k left=0 "still bound""#).await;
        c.call(queue::Unbind { arguments: with, ..unbind(q, x, "k") }, "queue.unbind-ok").await;
        c.send(passive_exchange(x)).await;
        c.loses_channel("404 NOT_FOUND - no exchange 'x' in vhost '/' (40,10)").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn the_bindings_of_a_deleted_queue_are_gone() {
    same(async |s| {
        let (mut c, q, x) = (s.connect().await, &s.name("q"), &s.name("x"));
        let stays = exchange::Declare { auto_delete: false, ..exchange(x, "fanout") };
        c.call(stays, "exchange.declare-ok").await;
        c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
        c.call(bind(q, x, ""), "queue.bind-ok").await;
        c.call(delete(q), "queue.delete-ok messages=0").await;
        c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
        c.publish(x, "", "hello").await;
        c.call(get(q), "basic.get-empty").await;
        c.call(exchange::Delete { if_unused: true, ..delete_exchange(x) }, "exchange.delete-ok").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn an_auto_delete_exchange_goes_with_its_last_queue() {
    same(async |s| {
        let (mut c, q, x) = (s.connect().await, &s.name("q"), &s.name("x"));
        c.call(exchange(x, "fanout"), "exchange.declare-ok").await;
        c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
        c.call(bind(q, x, ""), "queue.bind-ok").await;
        c.call(delete(q), "queue.delete-ok messages=0").await;
        c.send(passive_exchange(x)).await;
        c.loses_channel("404 NOT_FOUND - no exchange 'x' in vhost '/' (40,10)").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn an_exchange_feeds_another() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let (from, to) = (&s.name("from"), &s.name("to"));
        c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
        c.call(exchange(from, "topic"), "exchange.declare-ok").await;
        c.call(exchange(to, "direct"), "exchange.declare-ok").await;
        c.call(bind_exchange(to, from, "a.*"), "exchange.bind-ok").await;
        c.call(bind(q, to, "a.b"), "queue.bind-ok").await;
        for key in ["a.b", "a.c", "b.b"] {
            c.publish(from, key, key).await;
        }
        c.call(get(q), r#"basic.get-ok #1 from/a.b left=0 "a.b""#).await;
        c.call(get(q), "basic.get-empty").await;
        c.call(unbind_exchange(to, from, "a.*"), "exchange.unbind-ok").await;
        c.send(passive_exchange(from)).await;
        c.loses_channel("404 NOT_FOUND - no exchange 'from' in vhost '/' (40,10)").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_circle_of_exchanges_delivers_once() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        let (one, two) = (&s.name("one"), &s.name("two"));
        c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
        for x in [one, two] {
            c.call(exchange(x, "fanout"), "exchange.declare-ok").await;
        }
        c.call(bind_exchange(one, two, ""), "exchange.bind-ok").await;
        c.call(bind_exchange(two, one, ""), "exchange.bind-ok").await;
        c.call(bind_exchange(one, one, ""), "exchange.bind-ok").await;
        c.call(bind(q, one, ""), "queue.bind-ok").await;
        c.call(bind(q, two, ""), "queue.bind-ok").await;
        c.publish(two, "k", "hello").await;
        c.call(get(q), r#"basic.get-ok #1 two/k left=0 "hello""#).await;
        c.call(get(q), "basic.get-empty").await;
        c.call(delete_exchange(one), "exchange.delete-ok").await;
        c.bye().await;
    })
    .await;
}
