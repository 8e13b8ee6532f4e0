//! The `x-death` headers of a dead letter that had such headers before, and cycles of dead-letter queues.

use amq_protocol::{
    protocol::queue,
    types::{AMQPValue, FieldArray, FieldTable},
};

use super::{
    client::Client,
    methods::{bind, consume, declare, exchange, get, get_to_ack, publish, reject},
    run::same,
    session::Session,
    values::{int, props, table, text},
};

/// Declares `q`, whose dead letters go to `dead` and nowhere else.
async fn dying(s: &mut Session) -> (Client, String, String) {
    let (mut c, q, dead) = (s.connect().await, s.name("q"), s.name("dead"));
    c.call(declare(&dead), "queue.declare-ok dead messages=0 consumers=0").await;
    let arguments = table([("x-dead-letter-exchange", text("")), ("x-dead-letter-routing-key", text(&dead))]);
    c.call(queue::Declare { arguments, ..declare(&q) }, "queue.declare-ok q messages=0 consumers=0").await;
    (c, q, dead)
}

fn list(values: Vec<AMQPValue>) -> AMQPValue {
    AMQPValue::FieldArray(FieldArray::from(values))
}

const DEATH: &str = "{count: 1i64, exchange: '', queue: 'q', reason: 'rejected', routing-keys: ['q'], time: now}";

/// Has a message with these headers rejected and expects its headers.
async fn rejected(s: &mut Session, headers: FieldTable, sent: &str, buried: &str) {
    let (mut c, q, dead) = dying(s).await;
    c.publish_with(publish("", &q), props().with_headers(headers), "m").await;
    c.call(get_to_ack(&q), &format!(r#"basic.get-ok #1 /q left=0 "m" headers={{{sent}}}"#)).await;
    c.send(reject(1)).await;
    c.until(get(&dead), &format!(r#"basic.get-ok #2 /dead left=0 "m" headers={{{buried}}}"#)).await;
    c.bye().await;
}

#[tokio::test]
async fn deaths_that_are_no_list_are_forgotten() {
    same(async |s| {
        let headers = table([("x-death", text("often"))]);
        rejected(s, headers, "x-death: 'often'", &format!("x-death: [{DEATH}]")).await;
    })
    .await;
}

#[tokio::test]
async fn deaths_elsewhere_stay_behind_the_new_one() {
    same(async |s| {
        let before =
            table([("queue", text("elsewhere")), ("reason", text("expired")), ("count", AMQPValue::LongLongInt(3))]);
        let headers = table([("x-death", list(vec![AMQPValue::FieldTable(before)])), ("mine", int(1))]);
        let old = "{count: 3i64, queue: 'elsewhere', reason: 'expired'}";
        let sent = format!("mine: 1i32, x-death: [{old}]");
        rejected(s, headers, &sent, &format!("mine: 1i32, x-death: [{DEATH}, {old}]")).await;
    })
    .await;
}

#[tokio::test]
async fn a_count_of_any_integer_type_goes_on() {
    same(async |s| {
        let (mut c, q, dead) = dying(s).await;
        let counts = [
            AMQPValue::ShortShortInt(3),
            AMQPValue::ShortShortUInt(3),
            AMQPValue::ShortInt(3),
            AMQPValue::ShortUInt(3),
            AMQPValue::LongInt(3),
            AMQPValue::LongUInt(3),
            AMQPValue::LongLongInt(3),
            AMQPValue::Timestamp(3),
        ];
        for (at, count) in counts.into_iter().enumerate() {
            let before = table([("queue", text(&q)), ("reason", text("rejected")), ("count", count)]);
            let headers = table([("x-death", list(vec![AMQPValue::FieldTable(before)]))]);
            c.publish_with(publish("", &q), props().with_headers(headers), "m").await;
            let (held, buried) = (2 * at + 1, 2 * at + 2);
            c.hears_headers(get_to_ack(&q)).await;
            c.send(reject(u64::try_from(held).expect("a small number"))).await;
            let headers = "x-death: [{count: 4i64, queue: 'q', reason: 'rejected'}]";
            c.until(get(&dead), &format!(r#"basic.get-ok #{buried} /dead left=0 "m" headers={{{headers}}}"#)).await;
        }
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_message_published_again_with_its_own_headers_counts_on() {
    same(async |s| {
        let (mut c, q, dead) = dying(s).await;
        let mut headers = FieldTable::default();
        for count in 1..=4_u8 {
            c.publish_with(publish("", &q), props().with_headers(headers), "m").await;
            c.hears_headers(get_to_ack(&q)).await;
            c.send(reject(u64::from(2 * count) - 1)).await;
            c.counts(&dead, 1, 0).await;
            headers = c.hears_headers(get(&dead)).await;
            // most clients write a small number in one octet
            let AMQPValue::FieldArray(deaths) = &headers.inner()["x-death"] else { panic!("no list: {headers:?}") };
            let AMQPValue::FieldTable(mut death) = deaths.as_slice()[0].clone() else { panic!("no table: {deaths:?}") };
            c.notes("count", &format!("{:?}", death.inner()["count"]), &format!("LongLongInt({count})"));
            death.insert("count".into(), AMQPValue::ShortShortInt(i8::try_from(count).expect("a small number")));
            headers.insert("x-death".into(), list(vec![AMQPValue::FieldTable(death)]));
        }
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn deaths_of_one_queue_and_reason_become_one() {
    same(async |s| {
        let death = |queue: &str, count: Option<i64>| {
            let mut death = table([("queue", text(queue)), ("reason", text("expired"))]);
            if let Some(count) = count {
                death.insert("count".into(), AMQPValue::LongLongInt(count));
            }
            AMQPValue::FieldTable(death)
        };
        let deaths =
            vec![death("a", Some(2)), death("b", None), death("a", Some(7)), death("b", None), death("c", None)];
        let (a, b, c) = (
            "{count: 2i64, queue: 'a', reason: 'expired'}",
            "{count: 2i64, queue: 'b', reason: 'expired'}",
            "{count: 1i64, queue: 'c', reason: 'expired'}",
        );
        let sent = "x-death: [{count: 2i64, queue: 'a', reason: 'expired'}, {queue: 'b', reason: 'expired'}, \
                    {count: 7i64, queue: 'a', reason: 'expired'}, {queue: 'b', reason: 'expired'}, \
                    {queue: 'c', reason: 'expired'}]";
        let buried = format!("x-death: [{DEATH}, {c}, {b}, {a}]");
        rejected(s, table([("x-death", list(deaths))]), sent, &buried).await;
    })
    .await;
}

#[tokio::test]
async fn a_dead_letter_that_takes_another_key_leaves_its_copies() {
    same(async |s| {
        let (other, headers) = (s.name("other"), |other: &str| table([("CC", list(vec![text(other)]))]));
        let (mut c, q, dead) = dying(s).await;
        c.publish_with(publish("", &q), props().with_headers(headers(&other)), "m").await;
        c.call(get_to_ack(&q), r#"basic.get-ok #1 /q left=0 "m" headers={CC: ['other']}"#).await;
        c.send(reject(1)).await;
        let line = "basic.get-ok #2 /dead left=0 \"m\" headers={x-death: [{count: 1i64, exchange: '', queue: 'q', reason: \
                    'rejected', routing-keys: ['q', 'other'], time: now}], x-first-death-exchange: '', \
                    x-first-death-queue: 'q', x-first-death-reason: 'rejected'}";
        c.until(get(&dead), line).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_dead_letter_may_go_to_many_queues() {
    same(async |s| {
        let (mut c, q, x) = (s.connect().await, s.name("q"), s.name("x"));
        c.call(exchange(&x, "fanout"), "exchange.declare-ok").await;
        for name in ["a", "b"] {
            c.call(declare(&s.name(name)), &format!("queue.declare-ok {name} messages=0 consumers=0")).await;
            c.call(bind(&s.name(name), &x, ""), "queue.bind-ok").await;
        }
        let arguments = table([("x-dead-letter-exchange", text(&x)), ("x-message-ttl", int(0))]);
        c.call(queue::Declare { arguments, ..declare(&q) }, "queue.declare-ok q messages=0 consumers=0").await;
        c.publish("", &q, "m").await;
        let headers = "headers={x-death: [{count: 1i64, exchange: '', queue: 'q', reason: 'expired', routing-keys: ['q'], \
                       time: now}], x-first-death-exchange: '', x-first-death-queue: 'q', x-first-death-reason: 'expired'}";
        for (tag, name) in [(1, "a"), (2, "b")] {
            c.until(get(&s.name(name)), &format!(r#"basic.get-ok #{tag} x/q left=0 "m" {headers}"#)).await;
        }
        c.bye().await;
    })
    .await;
}

/// Lets messages go round between `wait`, where they expire, and `work`, and tells whether this one comes to `work` again.
async fn goes_round(s: &mut Session, deaths: Vec<AMQPValue>, comes: bool) {
    let (mut c, wait, work) = (s.connect().await, s.name("wait"), s.name("work"));
    let arguments = table([
        ("x-message-ttl", int(10)),
        ("x-dead-letter-exchange", text("")),
        ("x-dead-letter-routing-key", text(&work)),
    ]);
    c.call(queue::Declare { arguments, ..declare(&wait) }, "queue.declare-ok wait messages=0 consumers=0").await;
    c.call(declare(&work), "queue.declare-ok work messages=0 consumers=0").await;
    c.call(consume(&work, "c"), "basic.consume-ok c").await;
    let headers = table([("x-death", list(deaths))]);
    c.publish_with(publish("", &wait), props().with_headers(headers), "perhaps").await;
    c.publish("", &wait, "in any case").await;
    let mut came = Vec::new();
    while came.last().is_none_or(|last| last != "in any case") {
        let content = c.hears(1).await.content.unwrap_or_default();
        came.push(String::from_utf8_lossy(&content.body).into_owned());
    }
    c.notes("came", &came.join(", "), if comes { "perhaps, in any case" } else { "in any case" });
    c.bye().await;
}

fn death(queue: &str, reason: &str) -> AMQPValue {
    AMQPValue::FieldTable(table([("queue", text(queue)), ("reason", text(reason))]))
}

#[tokio::test]
async fn a_message_that_only_expired_since_it_was_in_a_queue_does_not_come_again() {
    same(async |s| goes_round(s, vec![death(&s.name("work"), "expired")], false).await).await;
}

#[tokio::test]
async fn a_message_that_was_rejected_in_a_queue_comes_again() {
    same(async |s| goes_round(s, vec![death(&s.name("work"), "rejected")], true).await).await;
}
