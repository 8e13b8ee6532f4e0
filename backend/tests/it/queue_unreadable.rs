//! Messages that a broker accepts and lapin cannot parse. Each may affect its own consumer only: parsed, it would end
//! the link, or the process, and again when it is delivered again.

use crosstalk_broker::{Broker, Config};
use crosstalk_proto::{
    amqp::{FieldValue, Properties},
    ws::{AckMode, Command},
};
use crosstalk_testkit::{RabbitMq, wait_until};
use futures_util::StreamExt as _;
use lapin::{BasicProperties, ExchangeKind::Topic, types::FieldTable};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    amqp_raw::{RawAmqp, long, nested_arrays, nested_tables, short},
    bridge_client::{Amqp, BUDGET, Page, frame, linked, queue_name},
    support::{TestApp, on_both_brokers},
};

const HEADERS: u16 = 1 << 13;

/// The text properties that brokers do not look at themselves, by their flags.
const TEXTS: [(u16, &str); 8] = [
    (1 << 15, "content_type"),
    (1 << 14, "content_encoding"),
    (1 << 10, "correlation_id"),
    (1 << 9, "reply_to"),
    (1 << 7, "message_id"),
    (1 << 5, "type"),
    (1 << 3, "app_id"),
    (1 << 2, "cluster_id"),
];

/// Headers that both brokers take.
fn unreadable_headers() -> Vec<Vec<u8>> {
    vec![long(b"\x02k\xffV"), nested_tables(60), nested_arrays(60)]
}

/// Publishes everything that cannot be parsed to a queue; says how many messages these are.
async fn publish_all(raw: &mut RawAmqp, queue: &str, deep: bool) -> usize {
    let mut count = 0;
    for (flag, _name) in TEXTS {
        raw.publish(b"", queue.as_bytes(), flag, &short(&[0xff, 0xfe])).await;
        count += 1;
    }
    let mut tables = unreadable_headers();
    if deep {
        // the embedded broker refuses these
        tables.extend([nested_tables(2_000), nested_arrays(2_000), nested_tables(15_000)]);
    }
    for table in tables {
        raw.publish(b"", queue.as_bytes(), HEADERS, &table).await;
        count += 1;
    }
    count
}

fn unreadable(properties: &Properties) -> Vec<&str> {
    match properties.headers.get("crosstalk-unreadable") {
        Some(FieldValue::Table(unreadable)) => unreadable.keys().map(String::as_str).collect(),
        other => panic!("{other:?}"),
    }
}

/// A link that breaks and comes back is news enough for a page to wait on.
async fn within_budget<T>(waiting: impl Future<Output = T>) -> T {
    tokio::time::timeout(BUDGET, waiting).await.expect("the messages do not come")
}

/// The link is still the first.
async fn check_link(app: &TestApp) {
    assert_eq!(Page::open(app).await.link_up().await, 1, "the link broke on the way");
}

async fn check_a_page(url: &str, deep: bool) {
    let app = linked(url).await;
    let client = Amqp::connect(url).await;
    let queue = queue_name("unreadable");
    client.declare(&queue, false).await;
    let mut raw = RawAmqp::connect(url).await;
    let count = publish_all(&mut raw, &queue, deep).await;
    client.publish(&queue, b"ordinary", BasicProperties::default()).await;
    let mut page = Page::open(&app).await;
    page.subscribe(&queue, 100, AckMode::Automatic).await;
    let deliveries = within_budget(page.deliveries_of(count + 1)).await;
    for (delivery, (_flag, name)) in deliveries.iter().zip(TEXTS) {
        assert_eq!(unreadable(&delivery.properties), [name]);
        let FieldValue::Table(octets) = &delivery.properties.headers["crosstalk-unreadable"] else {
            panic!("no table")
        };
        assert_eq!(octets[name], FieldValue::Bytes("//4=".into()));
    }
    for delivery in &deliveries[TEXTS.len()..count] {
        assert_eq!(unreadable(&delivery.properties), ["headers"]);
    }
    assert_eq!(deliveries[count].properties, Properties::default());
    // each was acked
    let empty = wait_until(BUDGET, || async { client.counts(&queue).await.0 == 0 }).await;
    assert!(empty.is_ok());
    drop(page);
    // a queue of its own: the ack of the last message may be on its way when the page leaves
    let queue = queue_name("unreadable-feed");
    client.declare(&queue, false).await;
    publish_all(&mut raw, &queue, deep).await;
    let mut feed = tokio_tungstenite::connect_async(app.ws_url(&format!("/ws/queues/{queue}"))).await.unwrap().0;
    for _ in 0..count {
        assert_eq!(frame(&mut feed).await, Message::text("Ada"));
    }
    check_link(&app).await;
    app.stop().await;
}

#[tokio::test]
async fn a_message_that_cannot_be_parsed_is_shown_by_its_octets() {
    let embedded = Broker::start(Config::default()).await.unwrap();
    let (there, here) = (RabbitMq::shared().await.amqp_url(), embedded.amqp_url());
    tokio::join!(Box::pin(check_a_page(&there, true)), Box::pin(check_a_page(&here, false)));
    embedded.shutdown().await;
}

/// Requests without an address that can be read are rejected, all others answered.
async fn check_the_worker(url: &str, deep: bool) {
    let app = linked(url).await;
    let client = Amqp::connect(url).await;
    let mut raw = RawAmqp::connect(url).await;
    publish_all(&mut raw, "greeter.rpc", deep).await;
    let answers = queue_name("answers");
    client.declare(&answers, false).await;
    let mut replies = client.consume(&answers).await;
    // a correlation id of octets, an unreadable message id, headers that nest
    let reply_to = 1 << 9;
    raw.publish(b"", b"greeter.rpc", reply_to | 1 << 10, &[short(&[0xff; 16]), short(answers.as_bytes())].concat())
        .await;
    raw.publish(b"", b"greeter.rpc", reply_to | 1 << 7, &[short(answers.as_bytes()), short(&[0xff; 16])].concat())
        .await;
    raw.publish(b"", b"greeter.rpc", reply_to | HEADERS, &[nested_tables(60), short(answers.as_bytes())].concat())
        .await;
    raw.publish(b"", b"greeter.rpc", reply_to | 1 << 15, &[short(b"\xff"), short(answers.as_bytes())].concat()).await;
    let mut bodies = Vec::new();
    for _ in 0..3 {
        let reply = tokio::time::timeout(BUDGET, replies.next()).await.expect("no reply").unwrap().unwrap();
        let content_type = reply.properties.content_type().as_ref().map(|text| text.to_string()).unwrap_or_default();
        bodies.push((content_type, String::from_utf8(reply.data).unwrap()));
    }
    bodies.sort();
    assert_eq!(bodies[0].0, "application/problem+json");
    assert!(bodies[0].1.contains("415"), "{bodies:?}");
    assert_eq!([&bodies[1].1, &bodies[2].1], ["Hello, Ada", "Hello, Ada"]);
    let mut page = Page::open(&app).await;
    let call = Command::Call {
        body: crosstalk_proto::amqp::Body::Text("Ada".into()),
        content_type: "text/plain".into(),
        timeout_ms: 10_000,
    };
    page.carry(call).await.unwrap();
    let settled = wait_until(BUDGET, || async { client.counts("greeter.rpc").await.0 == 0 }).await;
    assert!(settled.is_ok());
    check_link(&app).await;
    drop(page);
    app.stop().await;
    // what was not settled would come back now
    assert_eq!(client.counts("greeter.rpc").await, (0, 0));
}

#[tokio::test]
async fn a_request_that_cannot_be_parsed_is_answered_or_rejected() {
    // brokers of their own: on a shared one the servers of other tests would get some of the requests
    let embedded = Broker::start(Config::default()).await.unwrap();
    let rabbit = RabbitMq::start().await.unwrap();
    let (there, here) = (rabbit.amqp_url(), embedded.amqp_url());
    tokio::join!(Box::pin(check_the_worker(&there, true)), Box::pin(check_the_worker(&here, false)));
    embedded.shutdown().await;
}

/// Routing keys are octets to RabbitMQ as well.
#[tokio::test]
async fn a_routing_key_that_is_not_utf_8_is_shown_escaped() {
    let url = RabbitMq::shared().await.amqp_url();
    let app = linked(&url).await;
    let client = Amqp::connect(&url).await;
    let queue = queue_name("routing-key");
    client.declare(&queue, false).await;
    let mut raw = RawAmqp::connect(&url).await;
    let options = lapin::options::ExchangeDeclareOptions { auto_delete: true, ..Default::default() };
    let declared = client.channel.exchange_declare(queue.as_str().into(), Topic, options, FieldTable::default());
    declared.await.unwrap();
    let bound = client.channel.queue_bind(
        queue.as_str().into(),
        queue.as_str().into(),
        "#".into(),
        Default::default(),
        FieldTable::default(),
    );
    bound.await.unwrap();
    raw.publish(queue.as_bytes(), b"crosstalk-\xff", 0, b"").await;
    client.publish(&queue, b"ordinary", BasicProperties::default()).await;
    let mut page = Page::open(&app).await;
    page.subscribe(&queue, 10, AckMode::Automatic).await;
    let deliveries = within_budget(page.deliveries_of(2)).await;
    assert_eq!(deliveries[0].routing_key, r"crosstalk-\xff");
    assert_eq!(unreadable(&deliveries[0].properties), ["routing_key"]);
    assert_eq!(
        (deliveries[1].routing_key.as_str(), &deliveries[1].properties),
        (queue.as_str(), &Properties::default())
    );
    check_link(&app).await;
    app.stop().await;
}

/// RabbitMQ cuts its words at 252 octets, here within a character.
#[tokio::test]
async fn an_error_text_that_is_cut_within_a_character_is_told() {
    on_both_brokers(async |url| {
        let app = linked(url).await;
        let mut page = Page::open(&app).await;
        for length in 76..80 {
            let queue = "雷".repeat(length);
            let problem = page.carry(Command::InspectQueue { queue: queue.clone() }).await.unwrap_err();
            assert_eq!(problem.status, 404, "{problem:?}");
            let subscribe = Command::Subscribe { queue, prefetch: 1, ack_mode: AckMode::Automatic };
            assert_eq!(page.carry(subscribe).await.unwrap_err().status, 404);
        }
        check_link(&app).await;
        app.stop().await;
    })
    .await;
}
