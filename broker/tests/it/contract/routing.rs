//! The routing of each exchange type, and CC and BCC.

use amq_protocol::{
    protocol::queue,
    types::{AMQPValue, FieldArray},
};

use super::{
    client::Client,
    methods::{bind, declare, exchange, get, publish, unbind},
    run::same,
    values::{int, props, table, text},
};

/// Publishes one message per key to `x` and expects those of `arrived` in `q`, in order, and no more.
async fn routes(c: &mut Client, x: &str, q: &str, keys: &[&str], arrived: &[&str]) {
    for key in keys {
        c.publish(x, key, key).await;
    }
    for (at, key) in arrived.iter().enumerate() {
        let left = arrived.len() - at - 1;
        c.call(get(q), &format!(r#"basic.get-ok #{} x/{key} left={left} "{key}""#, at + 1)).await;
    }
    c.call(get(q), "basic.get-empty").await;
}

#[tokio::test]
async fn the_default_exchange_routes_by_queue_name() {
    same(async |s| {
        let (mut c, q, other) = (s.connect().await, &s.name("q"), &s.name("other"));
        c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
        c.call(declare(other), "queue.declare-ok other messages=0 consumers=0").await;
        c.publish("", q, "hello").await;
        c.call(get(q), r#"basic.get-ok #1 /q left=0 "hello""#).await;
        c.call(get(other), "basic.get-empty").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_direct_exchange_routes_by_equal_keys() {
    same(async |s| {
        let (mut c, q, x) = (s.connect().await, &s.name("q"), &s.name("x"));
        c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
        c.call(exchange(x, "direct"), "exchange.declare-ok").await;
        c.call(bind(q, x, "a"), "queue.bind-ok").await;
        c.call(bind(q, x, ""), "queue.bind-ok").await;
        routes(&mut c, x, q, &["a", "b", "A", "", "a.b", "*"], &["a", ""]).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_queue_bound_twice_gets_a_message_once() {
    same(async |s| {
        let (mut c, q, x) = (s.connect().await, &s.name("q"), &s.name("x"));
        c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
        c.call(exchange(x, "topic"), "exchange.declare-ok").await;
        for key in ["a.*", "a.*", "*.b", "#"] {
            c.call(bind(q, x, key), "queue.bind-ok").await;
        }
        routes(&mut c, x, q, &["a.b"], &["a.b"]).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_fanout_exchange_ignores_keys() {
    same(async |s| {
        let (mut c, q, x) = (s.connect().await, &s.name("q"), &s.name("x"));
        c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
        c.call(exchange(x, "fanout"), "exchange.declare-ok").await;
        c.call(bind(q, x, "k"), "queue.bind-ok").await;
        routes(&mut c, x, q, &["k", "other", ""], &["k", "other", ""]).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_star_is_one_word() {
    same(async |s| {
        let (mut c, q, x) = (s.connect().await, &s.name("q"), &s.name("x"));
        c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
        c.call(exchange(x, "topic"), "exchange.declare-ok").await;
        c.call(bind(q, x, "*.orange.*"), "queue.bind-ok").await;
        let keys =
            ["quick.orange.rabbit", "orange", "quick.orange", "a.orange.b.c", "..orange", ".orange.", "x.orange."];
        routes(&mut c, x, q, &keys, &["quick.orange.rabbit", ".orange.", "x.orange."]).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_hash_is_any_number_of_words() {
    same(async |s| {
        let (mut c, q, x) = (s.connect().await, &s.name("q"), &s.name("x"));
        c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
        c.call(exchange(x, "topic"), "exchange.declare-ok").await;
        c.call(bind(q, x, "lazy.#"), "queue.bind-ok").await;
        c.call(bind(q, x, "#.end"), "queue.bind-ok").await;
        c.call(bind(q, x, "a.#.b.#.c"), "queue.bind-ok").await;
        let keys = ["lazy", "lazy.", "lazy.a.b", "lazyx", "", "end", "x.end", "x.end.", "a.b.c", "a.x.b.y.z.c", "a.c"];
        let arrived = ["lazy", "lazy.", "lazy.a.b", "end", "x.end", "a.b.c", "a.x.b.y.z.c"];
        routes(&mut c, x, q, &keys, &arrived).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn wildcards_within_a_word_are_literal() {
    same(async |s| {
        let (mut c, q, x) = (s.connect().await, &s.name("q"), &s.name("x"));
        c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
        c.call(exchange(x, "topic"), "exchange.declare-ok").await;
        c.call(bind(q, x, "a*.b#"), "queue.bind-ok").await;
        routes(&mut c, x, q, &["ax.bx", "a*.b#", "a.b"], &["a*.b#"]).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_hash_alone_takes_all_keys() {
    same(async |s| {
        let (mut c, q, x) = (s.connect().await, &s.name("q"), &s.name("x"));
        c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
        c.call(exchange(x, "topic"), "exchange.declare-ok").await;
        c.call(bind(q, x, "#"), "queue.bind-ok").await;
        routes(&mut c, x, q, &["", "a", "a.b", "."], &["", "a", "a.b", "."]).await;
        c.call(unbind(q, x, "#"), "queue.unbind-ok").await;
        c.bye().await;
    })
    .await;
}

/// Binds `q` with these header arguments, and expects that of messages with the headers below those named arrive.
async fn header_case(c: &mut Client, names: (&str, &str), how: &str, arrived: &[&str]) {
    let (q, x) = names;
    c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
    c.call(exchange(x, "headers"), "exchange.declare-ok").await;
    let mut arguments = table([("a", text("1")), ("b", int(2)), ("c", AMQPValue::Void), ("x-own", text("x"))]);
    if !how.is_empty() {
        arguments.insert("x-match".into(), text(how));
    }
    c.call(queue::Bind { arguments, ..bind(q, x, "") }, "queue.bind-ok").await;
    let cases = [
        ("none", table([])),
        ("a", table([("a", text("1"))])),
        ("other a", table([("a", text("2"))])),
        ("void a", table([("a", AMQPValue::Void)])),
        ("b", table([("b", int(2))])),
        ("long b", table([("b", AMQPValue::LongLongInt(2))])),
        ("text b", table([("b", text("2"))])),
        ("any c", table([("c", text("any"))])),
        ("own", table([("x-own", text("x"))])),
        ("abc", table([("a", text("1")), ("b", int(2)), ("c", int(3))])),
        ("more", table([("a", text("1")), ("b", int(2)), ("c", int(3)), ("d", int(4))])),
        ("abc own", table([("a", text("1")), ("b", int(2)), ("c", int(3)), ("x-own", text("x"))])),
        ("abc, other own", table([("a", text("1")), ("b", int(2)), ("c", int(3)), ("x-own", text("y"))])),
        ("ab", table([("a", text("1")), ("b", int(2))])),
    ];
    for (body, headers) in cases {
        // the body alone says which it is
        c.publish_with(publish(x, body), props().with_message_id(body.into()).with_headers(headers), "").await;
    }
    c.publish(x, "no headers", "").await;
    let mut came = Vec::new();
    loop {
        c.send(get(q)).await;
        let event = c.hears(1).await;
        match event.content {
            Some(content) => came.push(content.properties.message_id().clone().map_or(String::new(), String::from)),
            None => break,
        }
    }
    c.notes("arrived", &came.join(" | "), &arrived.join(" | "));
}

#[tokio::test]
async fn a_headers_exchange_wants_all_by_default() {
    same(async |s| {
        let (mut c, q, x) = (s.connect().await, &s.name("q"), &s.name("x"));
        header_case(&mut c, (q, x), "", &["abc", "more", "abc own", "abc, other own"]).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_headers_exchange_wants_all() {
    same(async |s| {
        let (mut c, q, x) = (s.connect().await, &s.name("q"), &s.name("x"));
        header_case(&mut c, (q, x), "all", &["abc", "more", "abc own", "abc, other own"]).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_headers_exchange_wants_any() {
    same(async |s| {
        let (mut c, q, x) = (s.connect().await, &s.name("q"), &s.name("x"));
        let arrived = ["a", "b", "long b", "any c", "abc", "more", "abc own", "abc, other own", "ab"];
        header_case(&mut c, (q, x), "any", &arrived).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_headers_exchange_counts_own_headers_with_all_with_x() {
    same(async |s| {
        let (mut c, q, x) = (s.connect().await, &s.name("q"), &s.name("x"));
        header_case(&mut c, (q, x), "all-with-x", &["abc own"]).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn an_unknown_match_is_406() {
    same(async |s| {
        let (mut c, q, x) = (s.connect().await, &s.name("q"), &s.name("x"));
        c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
        c.call(exchange(x, "headers"), "exchange.declare-ok").await;
        let arguments = table([("x-match", text("some"))]);
        c.send(queue::Bind { arguments, ..bind(q, x, "") }).await;
        c.loses_channel(
            "406 PRECONDITION_FAILED - Invalid x-match field value <<\"some\">>; expected all, any, all-with-x, or any-with-x \
             (50,20)",
        )
        .await;
        let arguments = table([("x-match", int(1))]);
        c.send(queue::Bind { arguments, ..bind(q, x, "") }).await;
        c.loses_channel("406 PRECONDITION_FAILED - Invalid x-match field type signedint (value 1); expected longstr (50,20)")
            .await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn copies_go_to_cc_and_bcc_and_bcc_is_not_told() {
    same(async |s| {
        let (mut c, to, cc, bcc) = (s.connect().await, &s.name("to"), &s.name("cc"), &s.name("bcc"));
        for (name, q) in [("to", to), ("cc", cc), ("bcc", bcc)] {
            c.call(declare(q), &format!("queue.declare-ok {name} messages=0 consumers=0")).await;
        }
        let list = |name: &str| AMQPValue::FieldArray(FieldArray::from(vec![text(name)]));
        let headers = table([("CC", list(cc)), ("BCC", list(bcc)), ("mine", int(1))]);
        c.publish_with(publish("", to), props().with_headers(headers), "hello").await;
        for (tag, q) in [(1, to), (2, cc), (3, bcc)] {
            let line = format!(r#"basic.get-ok #{tag} /to left=0 "hello" headers={{CC: ['cc'], mine: 1i32}}"#);
            c.call(get(q), &line).await;
        }
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_cc_that_is_no_list_is_406() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
        c.publish_with(publish("", q), props().with_headers(table([("CC", text("q"))])), "hello").await;
        c.loses_channel(
            r#"406 PRECONDITION_FAILED - invalid message: {unacceptable_type_in_header,"CC",longstr} (60,40)"#,
        )
        .await;
        c.bye().await;
    })
    .await;
}
