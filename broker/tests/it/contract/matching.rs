//! Equality in a headers exchange: it compares values, not their encoding.

use amq_protocol::{
    protocol::queue,
    types::{AMQPValue, FieldArray},
};

use super::{
    client::Client,
    methods::{bind, declare, exchange, get, publish},
    run::same,
    values::{int, props, table, text},
};

/// Binds `q` for a header of one value, publishes messages with others, and expects those that are the same.
async fn equal_values(c: &mut Client, (q, x): (&str, &str), asked: AMQPValue, cases: &[(&str, AMQPValue, bool)]) {
    c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
    c.call(exchange(x, "headers"), "exchange.declare-ok").await;
    c.call(queue::Bind { arguments: table([("h", asked)]), ..bind(q, x, "") }, "queue.bind-ok").await;
    for (body, value, _arrives) in cases {
        c.publish_with(publish(x, ""), props().with_headers(table([("h", value.clone())])), body).await;
    }
    let mut came = Vec::new();
    loop {
        c.send(get(q)).await;
        match c.hears(1).await.content {
            Some(content) => came.push(String::from_utf8_lossy(&content.body).into_owned()),
            None => break,
        }
    }
    let expected: Vec<&str> = cases.iter().filter(|(_body, _value, arrives)| *arrives).map(|case| case.0).collect();
    c.notes("the same", &came.join(", "), &expected.join(", "));
}

#[tokio::test]
async fn a_number_is_the_same_in_every_type() {
    same(async |s| {
        let (mut c, q, x) = (s.connect().await, &s.name("q"), &s.name("x"));
        let cases = [
            ("i32", int(5), true),
            ("i64", AMQPValue::LongLongInt(5), true),
            ("i16", AMQPValue::ShortInt(5), true),
            ("i8", AMQPValue::ShortShortInt(5), true),
            ("double", AMQPValue::Double(5.0), true),
            ("float", AMQPValue::Float(5.0), true),
            ("time", AMQPValue::Timestamp(5), true),
            ("another", int(6), false),
            ("nearly", AMQPValue::Double(5.5), false),
            ("text", text("5"), false),
            ("nothing", AMQPValue::Void, false),
        ];
        equal_values(&mut c, (q, x), int(5), &cases).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_text_is_its_octets() {
    same(async |s| {
        let (mut c, q, x) = (s.connect().await, &s.name("q"), &s.name("x"));
        let cases = [
            ("text", text("yes"), true),
            ("octets", AMQPValue::ByteArray(b"yes".to_vec().into()), true),
            ("capitals", text("YES"), false),
            ("truth", AMQPValue::Boolean(true), false),
        ];
        equal_values(&mut c, (q, x), text("yes"), &cases).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_list_is_the_same_with_the_same_values_in_their_order() {
    same(async |s| {
        let (mut c, q, x) = (s.connect().await, &s.name("q"), &s.name("x"));
        let list = |values: Vec<AMQPValue>| AMQPValue::FieldArray(FieldArray::from(values));
        let cases = [
            ("same", list(vec![int(1), text("a")]), true),
            ("other order", list(vec![text("a"), int(1)]), false),
            ("other type", list(vec![AMQPValue::LongLongInt(1), text("a")]), false),
            ("longer", list(vec![int(1), text("a"), int(2)]), false),
            ("table", AMQPValue::FieldTable(table([("a", int(1))])), false),
        ];
        equal_values(&mut c, (q, x), list(vec![int(1), text("a")]), &cases).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn nothing_asks_for_the_name_alone() {
    same(async |s| {
        let (mut c, q, x) = (s.connect().await, &s.name("q"), &s.name("x"));
        let cases = [
            ("number", int(1), true),
            ("text", text(""), true),
            ("nothing", AMQPValue::Void, true),
            ("truth", AMQPValue::Boolean(false), true),
        ];
        equal_values(&mut c, (q, x), AMQPValue::Void, &cases).await;
        c.publish_with(publish(x, ""), props().with_headers(table([("g", int(1))])), "other name").await;
        c.call(get(q), "basic.get-empty").await;
        c.bye().await;
    })
    .await;
}
