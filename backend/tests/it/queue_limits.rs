//! What one client asks for does not take everything: the memory of the broker, the connection of the others, or the
//! messages that may be in flight.

use crosstalk_broker::{Broker, Config, Limits};
use crosstalk_proto::{
    amqp::Body,
    ws::{AckMode, Answer, Command, LinkState, PublishOutcome, ServerMessage},
};
use crosstalk_testkit::{RabbitMq, wait_until};
use lapin::{BasicProperties, options::QueuePurgeOptions};

use crate::{
    bridge_client::{Amqp, BUDGET, Page, linked, queue_name, settles, to_queue},
    support::TestApp,
};

/// 2,800 such bodies in `hello` took all the memory that the built-in broker has.
#[tokio::test]
async fn hello_is_bounded_on_the_embedded_broker() {
    const BODY: usize = 1024 * 1024;
    let app = TestApp::builder().embedded_broker().spawn().await;
    settles(&app, "crosstalk_link_up", 1).await;
    let mut page = Page::open(&app).await;
    let url = page.until(|message| match message {
        ServerMessage::Link(LinkState::Up { client_url, .. }) => client_url,
        _ => None,
    });
    let client = Amqp::connect(&url.await).await;
    // as stock tutorials declare it
    client.declare("hello", false).await;
    for number in 0..80_u8 {
        client.publish("hello", &vec![number; BODY], BasicProperties::default()).await;
    }
    assert_eq!(client.counts("hello").await, (64, 0));
    // the oldest are gone
    page.subscribe("hello", 1, AckMode::Manual).await;
    let first = page.deliveries_of(1).await.remove(0);
    assert_eq!(first.body, Body::Text("\u{10}".repeat(BODY)));
    drop(page);
    app.stop().await;
}

/// What needs no publishing works while the broker takes no messages; publishing is refused with the reason, and goes on.
async fn check_blocked(app: &TestApp, url: &str, block: impl AsyncFnOnce(), unblock: impl AsyncFnOnce()) {
    let client = Amqp::connect(url).await;
    let queue = queue_name("blocked");
    client.declare(&queue, false).await;
    client.publish_many(&queue, vec![b"x".to_vec(); 4], 1).await;
    let mut page = Page::open(app).await;
    let subscription = page.subscribe(&queue, 1, AckMode::Manual).await;
    let first = page.deliveries_of(1).await.remove(0);
    block().await;
    // RabbitMQ tells a connection when it publishes
    let mut told = page.carry(Command::Publish(to_queue("hello", "x"))).await;
    if told.is_ok() {
        told = page.carry(Command::Publish(to_queue("hello", "x"))).await;
    }
    told.unwrap_err();
    let problem = page.carry(Command::Publish(to_queue("hello", "x"))).await.unwrap_err();
    assert_eq!(problem.status, 503, "{problem:?}");
    assert!(problem.detail.contains("takes no messages"), "{problem:?}");

    page.ack(subscription, first.delivery_tag, false).await.unwrap();
    let second = page.deliveries_of(1).await.remove(0);
    assert_ne!(second.delivery_tag, first.delivery_tag, "the ack did not reach the broker");
    page.carry(Command::InspectQueue { queue: queue.clone() }).await.unwrap();
    page.subscribe("hello", 1, AckMode::Manual).await;

    unblock().await;
    let mut outcome = None;
    while outcome.is_none() {
        outcome = page.carry(Command::Publish(to_queue(&queue, "x"))).await.ok().map(|(answer, _)| answer);
    }
    assert_eq!(outcome, Some(Answer::Published { outcome: PublishOutcome::Confirmed }));
    let call = Command::Call { body: Body::Text("Ada".into()), content_type: "text/plain".into(), timeout_ms: 10_000 };
    page.carry(call).await.unwrap();
}

#[tokio::test]
async fn acks_pass_while_rabbitmq_takes_no_messages() {
    let rabbit = RabbitMq::start().await.unwrap();
    let url = rabbit.amqp_url();
    let app = linked(&url).await;
    let watermark = async |share: &str| {
        rabbit.ctl(&["set_vm_memory_high_watermark", share]).await.unwrap();
    };
    check_blocked(&app, &url, async || watermark("0.000001").await, async || watermark("0.4").await).await;
    app.stop().await;
}

#[tokio::test]
async fn acks_pass_while_the_embedded_broker_takes_no_messages() {
    const MEMORY: usize = 1024 * 1024;
    let limits = Limits { memory: MEMORY, ..Limits::default() };
    let broker = Broker::start(Config { limits, ..Config::default() }).await.unwrap();
    let url = broker.amqp_url();
    let app = linked(&url).await;
    let ballast = Amqp::connect(&url).await;
    ballast.declare("ballast", false).await;
    let block = async || {
        // held back in the middle of what it publishes
        tokio::spawn(async move { ballast.publish_many("ballast", vec![vec![0; 16 * 1024]; 80], 1).await });
        wait_until(BUDGET, || async { broker.message_bytes() > MEMORY }).await.unwrap();
    };
    let unblock = async || {
        let client = Amqp::connect(&url).await;
        client.channel.queue_purge("ballast".into(), QueuePurgeOptions::default()).await.unwrap();
    };
    check_blocked(&app, &url, block, unblock).await;
    app.stop().await;
    broker.shutdown().await;
}

/// 1,024 messages may be unconfirmed; four WebSockets with 256 each left nothing to a fifth.
#[tokio::test]
async fn a_socket_finds_room_for_a_message_however_many_others_have_in_flight() {
    const COMMANDS: usize = 250;
    let broker = Broker::start(Config::default()).await.unwrap();
    let app = linked(&broker.amqp_url()).await;
    let mut greedy = Vec::new();
    for _ in 0..6 {
        greedy.push(Page::open(&app).await);
    }
    let mut modest = Page::open(&app).await;
    // no confirm comes meanwhile
    broker.pause();
    let mut asked = Vec::new();
    for page in &mut greedy {
        let mut ids = Vec::new();
        for _ in 0..COMMANDS {
            let mut message = to_queue("hello", "x");
            message.mandatory = false;
            ids.push(page.ask(Command::Publish(message)).await);
        }
        // answered at once, after what was asked before
        page.carry(Command::Ping).await.unwrap();
        asked.push(ids);
    }
    let mut message = to_queue("hello", "x");
    message.mandatory = false;
    let id = modest.ask(Command::Publish(message)).await;
    modest.carry(Command::Ping).await.unwrap();
    broker.resume();
    let (answer, _) = modest.answer(id).await.unwrap();
    assert_eq!(answer, Answer::Published { outcome: PublishOutcome::Confirmed });
    let mut refused = Vec::new();
    for (page, ids) in greedy.iter_mut().zip(asked) {
        let mut count = 0;
        for id in ids {
            if let Err(problem) = page.answer(id).await {
                assert_eq!(problem.status, 429, "{problem:?}");
                assert!(problem.detail.contains("unconfirmed messages"), "{problem:?}");
                count += 1;
            }
        }
        refused.push(count);
    }
    assert_eq!(refused[..3], [0, 0, 0]);
    assert!(refused[4] > refused[3] && refused[5] > refused[4], "{refused:?}");
    app.stop().await;
    broker.shutdown().await;
}
