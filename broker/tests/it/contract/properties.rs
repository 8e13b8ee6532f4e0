//! Properties are delivered unchanged: every property and every type of value.

use amq_protocol::{
    protocol::BasicProperties,
    types::{AMQPValue, DecimalValue, FieldTable},
};

use super::{
    methods::{bind, consume, declare, exchange, get, publish},
    run::same,
    values::{int, props, table, text},
};

const DECLARED: &str = "queue.declare-ok q messages=0 consumers=0";

#[tokio::test]
async fn every_property_comes_back() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        let all = BasicProperties::default()
            .with_content_type("application/json".into())
            .with_content_encoding("gzip".into())
            .with_headers(table([("a", int(1))]))
            .with_delivery_mode(2)
            .with_priority(7)
            .with_correlation_id("correlation".into())
            .with_reply_to("replies".into())
            .with_expiration("60000".into())
            .with_message_id("message".into())
            .with_timestamp(1_700_000_000)
            .with_type("greeting".into())
            .with_user_id("guest".into())
            .with_app_id("app".into())
            .with_cluster_id("cluster".into());
        c.publish_with(publish("", q), all, "hello").await;
        let shown = r#""hello" content_type='application/json' content_encoding='gzip' headers={a: 1i32} delivery_mode=2 priority=7 correlation_id='correlation' reply_to='replies' expiration='60000' message_id='message' type='greeting' user_id='guest' app_id='app' cluster_id='cluster' timestamp=@1700000000"#;
        c.call(get(q), &format!("basic.get-ok #1 /q left=0 {shown}")).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn every_type_of_value_comes_back() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        let mut headers = table([
            ("array", AMQPValue::FieldArray(vec![int(1), text("two"), AMQPValue::Void].into())),
            ("bool", AMQPValue::Boolean(true)),
            ("bytes", AMQPValue::ByteArray(vec![0, 255].into())),
            ("decimal", AMQPValue::DecimalValue(DecimalValue { scale: 2, value: 1_234 })),
            ("double", AMQPValue::Double(2.5)),
            ("float", AMQPValue::Float(1.5)),
            ("i16", AMQPValue::ShortInt(-16)),
            ("i32", AMQPValue::LongInt(-32)),
            ("i64", AMQPValue::LongLongInt(-64)),
            ("i8", AMQPValue::ShortShortInt(-8)),
            ("table", AMQPValue::FieldTable(table([("inner", int(1))]))),
            ("text", text("long")),
            ("time", AMQPValue::Timestamp(1_000)),
        ]);
        headers.insert("u16".into(), AMQPValue::ShortUInt(65_535));
        headers.insert("u32".into(), AMQPValue::LongUInt(4_294_967_295));
        headers.insert("u8".into(), AMQPValue::ShortShortUInt(255));
        headers.insert("void".into(), AMQPValue::Void);
        c.publish_with(publish("", q), props().with_headers(headers), "").await;
        let shown = "array: [1i32, 'two', void], bool: true, bytes: [00, ff], decimal: 1234e-2, double: 2.5f64, \
                     float: 1.5f32, i16: -16i16, i32: -32i32, i64: -64i64, i8: -8i8, table: {inner: 1i32}, \
                     text: 'long', time: @1000, u16: 65535u16, u32: 4294967295u32, u8: 255u8, void: void";
        c.call(get(q), &format!("basic.get-ok #1 /q left=0 \"\" headers={{{shown}}}")).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn empty_properties_are_not_none() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        let empty = props().with_content_type("".into()).with_headers(FieldTable::default());
        c.publish_with(publish("", q), empty, "").await;
        c.call(get(q), r#"basic.get-ok #1 /q left=0 "" content_type='' headers={}"#).await;
        c.publish("", q, "").await;
        c.call(get(q), r#"basic.get-ok #2 /q left=0 """#).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_delivery_mode_is_known() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        for mode in [1, 2] {
            c.publish_with(publish("", q), props().with_delivery_mode(mode), "").await;
            c.call(get(q), &format!(r#"basic.get-ok #{mode} /q left=0 "" delivery_mode={mode}"#)).await;
        }
        for mode in [0, 3, 255] {
            c.publish_with(publish("", q), props().with_delivery_mode(mode), "").await;
            c.loses_channel(&format!(
                "406 PRECONDITION_FAILED - invalid message: {{delivery_mode_unknown,{mode}}} (60,40)"
            ))
            .await;
        }
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn line_breaks_are_no_part_of_a_name() {
    same(async |s| {
        let (mut c, q, broken) = (s.connect().await, &s.name("name"), &s.name("na\r\nme"));
        let x = &s.name("x\n");
        c.call(declare(broken), "queue.declare-ok name messages=0 consumers=0").await;
        c.call(declare(q), "queue.declare-ok name messages=0 consumers=0").await;
        c.call(exchange(x, "fanout"), "exchange.declare-ok").await;
        c.call(bind(broken, x, ""), "queue.bind-ok").await;
        c.publish(&s.name("x"), "", "hello").await;
        c.until(get(q), r#"basic.get-ok #1 x/ left=0 "hello""#).await;
        c.publish("", broken, "keys are as they are").await;
        c.call(get(q), "basic.get-empty").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn the_longest_names_are_taken() {
    same(async |s| {
        let mut c = s.connect().await;
        let prefix = s.name("");
        let q = &format!("{prefix}{}", "q".repeat(255 - prefix.len()));
        let shown = "q".repeat(255 - prefix.len());
        let tag = "t".repeat(255);
        c.call(declare(q), &format!("queue.declare-ok {shown} messages=0 consumers=0")).await;
        c.publish("", q, "hello").await;
        c.call(consume(q, &tag), &format!("basic.consume-ok {tag}")).await;
        c.sees(&format!(r#"basic.deliver {tag} #1 /{shown} "hello""#)).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn names_and_bodies_are_any_text() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("队列 'q' \" ."));
        c.call(declare(q), "queue.declare-ok 队列 'q' \" . messages=0 consumers=0").await;
        c.publish("", q, "你好").await;
        c.call(get(q), "basic.get-ok #1 /队列 'q' \" . left=0 \"你好\"").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn any_bytes_are_a_body() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), DECLARED).await;
        let body: Vec<u8> = (0..=255).collect();
        c.publish_on(1, publish("", q), props(), &body).await;
        let event = c.call(get(q), "basic.get-ok #1 /q left=0 (256 bytes)").await;
        let same = event.content.is_some_and(|content| content.body == body);
        c.notes("as it was sent", &same.to_string(), "true");
        c.bye().await;
    })
    .await;
}
