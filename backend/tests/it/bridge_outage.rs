//! A broker that dies and comes back, and peers that do.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use crosstalk_broker::{Broker, Config};
use crosstalk_proto::{
    amqp::Body,
    ws::{AckMode, Answer, Command, Delivery, LinkState, PublishOutcome, ServerMessage, SubscriptionEvent},
};
use crosstalk_testkit::{RabbitMq, wait_until};

use crate::{
    bridge_client::{Amqp, BUDGET, Page, linked, metric, queue_name, settles, to_queue},
    support::{TestApp, on_both_brokers},
};

/// The page is to be live again so soon after the broker.
const LIVE_AGAIN: Duration = Duration::from_secs(5);
const CONFIRMED: usize = 10_000;

/// A page that consumes from a durable queue when something happens to its broker.
struct Consuming {
    app: TestApp,
    page: Page,
    subscription: (u32, u32),
    /// The last deliveries, not acked.
    held: Vec<Delivery>,
    seen: BTreeSet<String>,
}

impl Consuming {
    async fn from(url: &str) -> Self {
        let app = linked(url).await;
        let client = Amqp::connect(url).await;
        client.declare("orders", true).await;
        client.publish_many("orders", (0..CONFIRMED).map(|number| number.to_string().into_bytes()), 2).await;
        drop(client);
        let mut page = Page::open(&app).await;
        let subscription = page.subscribe("orders", 100, AckMode::Manual).await;
        let held = page.deliveries_of(100).await;
        let seen = held[..50].iter().map(|delivery| delivery.body.clone()).map(text).collect();
        page.ack(subscription, held[49].delivery_tag, true).await.unwrap();
        // the ack is on its way; the broker has it when it delivers more
        page.deliveries_of(50).await;
        Self { app, page, subscription, held, seen }
    }

    /// The broker is there again since `back`: the page goes on where it was, and nothing is missing.
    async fn lives_on(mut self, back: Instant) {
        let page = &mut self.page;
        let mut suspended = false;
        let epoch = page
            .until(|message| match message {
                ServerMessage::Subscription { event: SubscriptionEvent::Suspended { unacked }, .. } => {
                    assert_eq!(unacked, 100);
                    suspended = true;
                    None
                }
                ServerMessage::Subscription { event: SubscriptionEvent::Resumed { epoch, .. }, .. } => Some(epoch),
                ServerMessage::Subscription { event: SubscriptionEvent::Ended { problem }, .. } => {
                    panic!("the subscription did not live on: {problem:?}")
                }
                _ => None,
            })
            .await;
        let took = back.elapsed();
        assert!(took < LIVE_AGAIN, "the page was live again {took:?} after the broker");
        assert_eq!(epoch, self.subscription.1 + 1);
        let stale = page.ack(self.subscription, self.held[60].delivery_tag, false).await.unwrap().0;
        assert_eq!(stale, Answer::Settled { count: 0, stale: true });

        while self.seen.len() < CONFIRMED {
            let some = page.deliveries().await;
            page.ack((self.subscription.0, epoch), some.last().unwrap().delivery_tag, true).await.unwrap();
            self.seen.extend(some.into_iter().map(|delivery| text(delivery.body)));
        }
        let (answer, _) = page.carry(Command::Publish(to_queue("hello", "x"))).await.unwrap();
        assert_eq!(answer, Answer::Published { outcome: PublishOutcome::Confirmed });
        self.app.stop().await;
    }
}

#[tokio::test]
async fn a_killed_broker_loses_no_confirmed_persistent_message_and_the_page_lives_on() {
    let mut broker = RabbitMq::start().await.unwrap();
    let mut consuming = Consuming::from(&broker.amqp_url()).await;
    // a confirm is for the message: the definition of its queue RabbitMQ writes behind, and a kill may come before
    broker.ctl(&["eval", "mnesia:sync_log()."]).await.unwrap();
    broker.kill();
    let page = &mut consuming.page;
    let down = page.until(|message| matches!(message, ServerMessage::Link(LinkState::Down { .. })).then_some(()));
    down.await;
    let problem = page.carry(Command::Publish(to_queue("hello", "x"))).await.unwrap_err();
    assert_eq!(problem.status, 503);
    broker.restart().await.unwrap();
    consuming.lives_on(Instant::now()).await;
}

#[tokio::test]
async fn so_it_is_with_the_embedded_broker() {
    let broker = Broker::start(Config::default()).await.unwrap();
    let consuming = Consuming::from(&broker.amqp_url()).await;
    broker.restart().await;
    consuming.lives_on(Instant::now()).await;
    broker.shutdown().await;
}

fn text(body: Body) -> String {
    match body {
        Body::Text(text) => text,
        Body::Base64(_) => panic!("not text"),
    }
}

/// The suspended subscription is told when the page hears of it; the order of that and of the link's state is free.
#[tokio::test]
async fn a_queue_that_is_gone_after_the_outage_is_told() {
    let mut broker = RabbitMq::start().await.unwrap();
    let app = linked(broker.amqp_url()).await;
    let client = Amqp::connect(&broker.amqp_url()).await;
    client.declare("fleeting", false).await;
    drop(client);
    let mut page = Page::open(&app).await;
    page.subscribe("fleeting", 1, AckMode::Manual).await;
    page.subscribe("hello", 1, AckMode::Manual).await;
    broker.kill();
    broker.restart().await.unwrap();
    let (mut ended, mut resumed) = (false, false);
    while !(ended && resumed) {
        if let ServerMessage::Subscription { subscription, event } = page.next().await {
            match event {
                SubscriptionEvent::Suspended { .. } => {}
                SubscriptionEvent::Resumed { .. } => {
                    assert_eq!(subscription, 2);
                    resumed = true;
                }
                SubscriptionEvent::Ended { problem } => {
                    assert_eq!((subscription, problem.status), (1, 404));
                    ended = true;
                }
            }
        }
    }
    app.stop().await;
}

#[tokio::test]
async fn a_thousand_pages_that_vanish_leave_nothing_behind() {
    on_both_brokers(async |url| {
        let app = linked(url).await;
        let client = Amqp::connect(url).await;
        let queue = queue_name("cycles");
        client.declare(&queue, false).await;
        client.publish_many(&queue, vec![b"x".to_vec(); 100], 1).await;
        // one, so that what is made once is made
        Page::open(&app).await.subscribe(&queue, 10, AckMode::Manual).await;
        settles(&app, "crosstalk_consumers", 0).await;
        settles(&app, "crosstalk_websockets", 0).await;
        let tasks = app.shutdown.running();
        for round in 0..1_000_usize {
            let mut page = Page::open(&app).await;
            let subscribe = Command::Subscribe { queue: queue.clone(), prefetch: 10, ack_mode: AckMode::Manual };
            match round % 4 {
                // in the middle of the command, of a publish that the broker refuses, of deliveries, and at rest
                0 => drop(page.ask(subscribe).await),
                1 => {
                    let mut message = to_queue("x", "x");
                    message.exchange = "test.unknown".into();
                    page.ask(Command::Publish(message)).await;
                }
                2 => drop(page.subscribe(&queue, 10, AckMode::Manual).await),
                _ => {
                    page.subscribe(&queue, 10, AckMode::Manual).await;
                    page.socket.close(None).await.unwrap();
                }
            }
        }
        settles(&app, "crosstalk_websockets", 0).await;
        settles(&app, "crosstalk_consumers", 0).await;
        let consumers = wait_until(BUDGET, || async { client.counts(&queue).await == (100, 0) }).await;
        assert!(consumers.is_ok(), "{:?}", client.counts(&queue).await);
        let idle = wait_until(BUDGET, || async { app.shutdown.running() <= tasks + 1 }).await;
        assert!(idle.is_ok(), "{} tasks, {tasks} before", app.shutdown.running());
        assert_eq!(metric(&app, "crosstalk_link_up").await, Some(1));
        let mut page = Page::open(&app).await;
        let epoch = page.link_up().await;
        assert_eq!(epoch, 1, "the link broke on the way");
        drop(page);
        app.stop().await;
    })
    .await;
}
