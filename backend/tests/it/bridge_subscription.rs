//! Consumers of a page: acks, prefetch, what goes back to the queue and when.

use crosstalk_proto::{
    amqp::Body,
    ws::{AckMode, Answer, Command, MAX_SUBSCRIPTIONS, ServerMessage, SubscriptionEvent},
};
use crosstalk_testkit::{Options, RabbitMq, wait_until};

use crate::{
    bridge_client::{Amqp, BUDGET, Page, linked, queue_name, settles},
    support::on_both_brokers,
};

fn bodies(count: usize) -> Vec<Vec<u8>> {
    (0..count).map(|number| number.to_string().into_bytes()).collect()
}

#[track_caller]
fn check_settled(answer: &Answer, count: u32, stale: bool) {
    assert_eq!(*answer, Answer::Settled { count, stale });
}

#[tokio::test]
async fn prefetch_bounds_what_is_delivered_and_acks_let_more_come() {
    on_both_brokers(async |url| {
        let app = linked(url).await;
        let client = Amqp::connect(url).await;
        let queue = queue_name("prefetch");
        client.declare(&queue, false).await;
        client.publish_many(&queue, bodies(30), 1).await;
        let mut page = Page::open(&app).await;
        let subscription = page.subscribe(&queue, 10, AckMode::Manual).await;
        let first = page.deliveries_of(10).await;
        assert_eq!(first[9].body, Body::Text("9".into()));
        // each alone, in any order: the server joins them
        for delivery in first.iter().rev() {
            check_settled(&page.ack(subscription, delivery.delivery_tag, false).await.unwrap().0, 1, false);
        }
        let second = page.deliveries_of(10).await;
        check_settled(&page.ack(subscription, second[9].delivery_tag, true).await.unwrap().0, 10, false);
        let third = page.deliveries_of(10).await;
        let command = Command::Nack {
            subscription: subscription.0,
            epoch: subscription.1,
            delivery_tag: third[4].delivery_tag,
            multiple: true,
            requeue: true,
        };
        check_settled(&page.carry(command).await.unwrap().0, 5, false);
        let again = page.deliveries_of(5).await;
        assert!(again.iter().all(|delivery| delivery.redelivered));
        let answer = page.carry(Command::Unsubscribe { subscription: subscription.0 }).await.unwrap().0;
        assert_eq!(answer, Answer::Unsubscribed { returned: 10 });
        settles(&app, "crosstalk_consumers", 0).await;
        assert_eq!(client.counts(&queue).await, (10, 0));
        app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_wrong_tag_is_refused_and_never_reaches_the_broker() {
    on_both_brokers(async |url| {
        let app = linked(url).await;
        let client = Amqp::connect(url).await;
        let queue = queue_name("tags");
        client.declare(&queue, false).await;
        client.publish_many(&queue, bodies(1), 1).await;
        let mut page = Page::open(&app).await;
        let subscription = page.subscribe(&queue, 5, AckMode::Manual).await;
        page.deliveries_of(1).await;
        for tag in [0, 2, u64::MAX] {
            for multiple in [false, true] {
                assert_eq!(page.ack(subscription, tag, multiple).await.unwrap_err().status, 404);
            }
        }
        check_settled(&page.ack((subscription.0, subscription.1 + 1), 1, false).await.unwrap().0, 0, true);
        assert_eq!(page.ack((99, subscription.1), 1, false).await.unwrap_err().status, 404);
        check_settled(&page.ack(subscription, 1, false).await.unwrap().0, 1, false);
        assert_eq!(page.ack(subscription, 1, false).await.unwrap_err().status, 404);
        // the channel is as it was
        client.publish_many(&queue, bodies(1), 1).await;
        page.deliveries_of(1).await;
        app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn automatic_acks_settle_what_was_written() {
    on_both_brokers(async |url| {
        let app = linked(url).await;
        let client = Amqp::connect(url).await;
        let queue = queue_name("automatic");
        client.declare(&queue, false).await;
        client.publish_many(&queue, bodies(1_000), 1).await;
        let mut page = Page::open(&app).await;
        let subscription = page.subscribe(&queue, 10, AckMode::Automatic).await;
        let all = page.deliveries_of(1_000).await;
        assert_eq!(all[999].body, Body::Text("999".into()));
        assert_eq!(page.ack(subscription, all[0].delivery_tag, false).await.unwrap_err().status, 404);
        drop(page);
        settles(&app, "crosstalk_consumers", 0).await;
        assert_eq!(client.counts(&queue).await, (0, 0));
        app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_page_that_vanishes_in_the_middle_of_deliveries_loses_none() {
    on_both_brokers(async |url| {
        let app = linked(url).await;
        let client = Amqp::connect(url).await;
        let queue = queue_name("vanish");
        client.declare(&queue, false).await;
        client.publish_many(&queue, bodies(2_000), 1).await;
        let mut seen = std::collections::BTreeSet::new();
        for round in 0..10 {
            let mut page = Page::open(&app).await;
            let subscription = page.subscribe(&queue, 300, AckMode::Manual).await;
            let some = page.deliveries().await;
            let half = &some[..some.len() / 2];
            if let Some(last) = half.last() {
                page.ack(subscription, last.delivery_tag, true).await.unwrap();
            }
            for delivery in half {
                let Body::Text(body) = &delivery.body else { panic!("{delivery:?}") };
                assert!(seen.insert(body.clone()), "{body} came again after its ack, in round {round}");
            }
            drop(page);
        }
        let mut page = Page::open(&app).await;
        let subscription = page.subscribe(&queue, 1_000, AckMode::Manual).await;
        while seen.len() < 2_000 {
            let some = page.deliveries().await;
            page.ack(subscription, some.last().unwrap().delivery_tag, true).await.unwrap();
            for delivery in some {
                let Body::Text(body) = delivery.body else { panic!("not text") };
                assert!(seen.insert(body.clone()), "{body} came twice");
            }
        }
        app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_page_that_acks_and_leaves_in_one_breath_has_acked() {
    on_both_brokers(async |url| {
        let app = linked(url).await;
        let client = Amqp::connect(url).await;
        let queue = queue_name("breath");
        client.declare(&queue, false).await;
        client.publish_many(&queue, bodies(10), 1).await;
        let mut page = Page::open(&app).await;
        let (subscription, epoch) = page.subscribe(&queue, 10, AckMode::Manual).await;
        for delivery in page.deliveries_of(10).await {
            let delivery_tag = delivery.delivery_tag;
            page.ask(Command::Ack { subscription, epoch, delivery_tag, multiple: false }).await;
        }
        page.socket.close(None).await.unwrap();
        settles(&app, "crosstalk_consumers", 0).await;
        assert_eq!(client.counts(&queue).await, (0, 0));
        app.stop().await;
    })
    .await;
}

/// A broker that allows few channels on a connection stands for many pages.
#[tokio::test]
async fn more_subscriptions_than_a_connection_has_channels_take_another_connection() {
    let options = Options { settings: vec!["channel_max = 16".into()], ..Options::default() };
    let broker = RabbitMq::start_with(&options).await.unwrap();
    let app = linked(broker.amqp_url()).await;
    let client = Amqp::connect(&broker.amqp_url()).await;
    client.declare("many", false).await;
    let mut pages = Vec::new();
    for _ in 0..3 {
        let mut page = Page::open(&app).await;
        for _ in 0..MAX_SUBSCRIPTIONS {
            page.subscribe("many", 1, AckMode::Manual).await;
        }
        pages.push(page);
    }
    assert_eq!(client.counts("many").await, (0, 48));
    drop(pages);
    settles(&app, "crosstalk_consumers", 0).await;
    let gone = wait_until(BUDGET, || async { client.counts("many").await == (0, 0) }).await;
    assert!(gone.is_ok());
    app.stop().await;
}

#[tokio::test]
async fn a_page_that_only_awaits_deliveries_is_missed_when_it_goes() {
    on_both_brokers(async |url| {
        let app = linked(url).await;
        let client = Amqp::connect(url).await;
        let queue = queue_name("idle");
        client.declare(&queue, false).await;
        let mut page = Page::open(&app).await;
        page.subscribe(&queue, 10, AckMode::Manual).await;
        drop(page);
        let gone = wait_until(BUDGET, || async { client.counts(&queue).await.1 == 0 }).await;
        assert!(gone.is_ok(), "the consumer goes on stealing messages");
        app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_deleted_queue_is_told() {
    on_both_brokers(async |url| {
        let app = linked(url).await;
        let client = Amqp::connect(url).await;
        let queue = queue_name("deleted");
        client.declare(&queue, false).await;
        let mut page = Page::open(&app).await;
        let (number, _) = page.subscribe(&queue, 10, AckMode::Manual).await;
        client.channel.queue_delete(queue.as_str().into(), Default::default()).await.unwrap();
        let problem = page
            .until(|message| match message {
                ServerMessage::Subscription { subscription, event: SubscriptionEvent::Ended { problem } } => {
                    assert_eq!(subscription, number);
                    Some(problem)
                }
                _ => None,
            })
            .await;
        assert_eq!(problem.status, 404);
        assert!(problem.detail.contains(&queue), "{problem:?}");
        settles(&app, "crosstalk_consumers", 0).await;
        app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_subscribed_is_refused() {
    on_both_brokers(async |url| {
        let app = linked(url).await;
        let mut page = Page::open(&app).await;
        for (queue, prefetch, status) in [
            ("test.unknown", 1, 404),
            ("hello", 0, 422),
            ("hello", 1_001, 422),
            ("greeter.rpc", 1, 403),
            ("x".repeat(256).as_str(), 1, 422),
        ] {
            let command = Command::Subscribe { queue: queue.into(), prefetch, ack_mode: AckMode::Manual };
            assert_eq!(page.carry(command).await.unwrap_err().status, status, "{queue}");
        }
        for _ in 0..MAX_SUBSCRIPTIONS {
            page.subscribe("hello", 1, AckMode::Manual).await;
        }
        let one_more = Command::Subscribe { queue: "hello".into(), prefetch: 1, ack_mode: AckMode::Manual };
        assert_eq!(page.carry(one_more).await.unwrap_err().status, 429);
        app.stop().await;
    })
    .await;
}

#[tokio::test]
async fn the_brokers_consumer_timeout_is_a_message() {
    let options = Options { settings: vec!["consumer_timeout = 1000".into()], ..Options::default() };
    let broker = RabbitMq::start_with(&options).await.unwrap();
    // RabbitMQ looks for overdue deliveries once a minute
    broker.ctl(&["eval", "application:set_env(rabbit, channel_tick_interval, 500)."]).await.unwrap();
    let app = linked(broker.amqp_url()).await;
    let mut page = Page::open(&app).await;
    let client = Amqp::connect(&broker.amqp_url()).await;
    client.publish_many("hello", bodies(1), 1).await;
    page.subscribe("hello", 10, AckMode::Manual).await;
    page.deliveries_of(1).await;
    let problem = page
        .until(|message| match message {
            ServerMessage::Subscription { event: SubscriptionEvent::Ended { problem }, .. } => Some(problem),
            _ => None,
        })
        .await;
    assert!(problem.detail.contains("not acked for too long"), "{problem:?}");
    app.stop().await;
}
