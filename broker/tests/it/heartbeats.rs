//! Heartbeats, with tokio's time paused.

use std::time::Duration;

use amq_protocol::{
    frame::AMQPFrame,
    protocol::{AMQPClass, queue},
};
use crosstalk_broker::{Broker, Config};
use futures_util::FutureExt as _;
use tokio::time::{Instant, advance, pause};

use crate::raw::{Hello, Raw, frame};

/// The heartbeat that the clients ask for.
const INTERVAL: Duration = Duration::from_secs(1);
const STEP: Duration = Duration::from_millis(5);

/// Lets everything happen that can happen without time. The task is never idle meanwhile: tokio's clock would go on.
async fn settle() {
    for _ in 0..150 {
        tokio::task::yield_now().await;
    }
}

/// A client that asked for heartbeats, at a moment from which on time stands still.
async fn connect() -> (Broker, Raw) {
    let broker = Broker::start(Config::default()).await.expect("any port will do");
    let client = Raw::open_as(&broker, Hello { heartbeat: 1, ..Hello::default() }).await;
    pause();
    (broker, client)
}

/// All frames that are there; none when the broker closed the connection.
async fn hear_all(client: &mut Raw) -> Option<Vec<AMQPFrame>> {
    let mut heard = Vec::new();
    while let Some(next) = client.hear_any().now_or_never() {
        heard.push(next?);
    }
    Some(heard)
}

#[tokio::test]
async fn half_an_interval_never_passes_without_a_frame() {
    let (_broker, mut client) = connect().await;
    let declare = queue::Declare { queue: "q".into(), ..queue::Declare::default() };
    let asks = frame(&AMQPFrame::Method(1, AMQPClass::Queue(queue::AMQPMethod::Declare(declare))));
    let mut last = Instant::now();
    // whatever else the broker sends, and whenever: now and then it answers a question
    for quiet in
        [480, 20, 510, 990, 260, 740, 1_010, 30, 395, 405, 1_900, 499, 501, 333, 667].map(Duration::from_millis)
    {
        let until = Instant::now() + quiet;
        while Instant::now() < until {
            advance(STEP).await;
            settle().await;
            if !hear_all(&mut client).await.expect("the client is not silent").is_empty() {
                last = Instant::now();
            }
            let silence = last.elapsed();
            assert!(silence <= INTERVAL / 2, "nothing came for {silence:?}");
        }
        client.write(&asks).await;
    }
}

#[tokio::test]
async fn a_client_is_cut_after_two_intervals_of_silence_and_not_before() {
    let (_broker, mut client) = connect().await;
    for _ in 0..3 {
        // almost two intervals, again and again
        for _ in 0..395 {
            advance(STEP).await;
            settle().await;
            assert!(hear_all(&mut client).await.is_some());
        }
        client.write(&frame(&AMQPFrame::Heartbeat)).await;
        settle().await;
    }
    let since = Instant::now();
    while hear_all(&mut client).await.is_some() {
        advance(STEP).await;
        settle().await;
        assert!(since.elapsed() < INTERVAL * 3, "it is still there");
    }
    assert!(since.elapsed() >= INTERVAL * 2, "{:?}", since.elapsed());
}

#[tokio::test]
async fn a_client_that_asked_for_no_heartbeat_gets_none_and_may_be_silent() {
    let broker = Broker::start(Config::default()).await.expect("any port will do");
    let mut client = Raw::open(&broker).await;
    pause();
    for _ in 0..10 {
        advance(Duration::from_secs(600)).await;
        settle().await;
        assert_eq!(hear_all(&mut client).await, Some(Vec::new()));
    }
}

#[tokio::test]
async fn time_in_which_a_client_is_not_read_from_is_no_silence() {
    let (broker, mut client) = connect().await;
    broker.pause();
    settle().await;
    for _ in 0..10 {
        advance(INTERVAL).await;
        settle().await;
        assert_eq!(hear_all(&mut client).await, Some(Vec::new()), "it hangs");
    }
    broker.resume();
    settle().await;
    for _ in 0..300 {
        advance(STEP).await;
        settle().await;
        assert!(hear_all(&mut client).await.is_some());
    }
}
