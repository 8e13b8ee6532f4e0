//! Runs a case on each broker and compares: the answers must be those that the case expects, and the same on both.

use std::{
    panic::AssertUnwindSafe,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use crosstalk_broker::{Broker, Config};
use crosstalk_testkit::RabbitMq;
use futures_util::FutureExt as _;
use tokio::time::timeout;

use super::{session::Session, transcript::Transcript};

/// How long a case may take on one broker.
const CASE: Duration = Duration::from_secs(45);

/// Runs `case` on RabbitMQ and on a new embedded broker.
///
/// # Panics
/// When the events on one of them differ from the expected ones or from those on the other, with both transcripts.
pub(super) async fn same(case: impl AsyncFn(&mut Session)) {
    let rabbit = RabbitMq::shared().await;
    let embedded = Broker::start(Config::default()).await.expect("a port is free");
    let there = format!("127.0.0.1:{}", rabbit.amqp_port());
    let here = embedded.addr().to_string();
    let (on_rabbit, on_embedded) = tokio::join!(play(&case, &there), play(&case, &here));
    embedded.shutdown().await;
    let is_same = on_rabbit.observed() == on_embedded.observed();
    assert!(
        is_same && on_rabbit.is_as_expected() && on_embedded.is_as_expected(),
        "RabbitMQ:\n{on_rabbit}\nembedded:\n{on_embedded}"
    );
}

/// Runs `case` on the broker at `address` and returns the transcript, also of a case that failed.
async fn play(case: &impl AsyncFn(&mut Session), address: &str) -> Transcript {
    static RUNS: AtomicUsize = AtomicUsize::new(0);
    let transcript = Transcript::new(&format!("case{}.", RUNS.fetch_add(1, Ordering::Relaxed)));
    let mut session = Session::new(address.to_owned(), transcript.clone());
    let played = AssertUnwindSafe(case(&mut session)).catch_unwind();
    match timeout(CASE, played).await {
        Ok(Ok(())) => {}
        Ok(Err(_panic)) => transcript.wrong("the case broke off here".to_owned()),
        Err(_late) => transcript.wrong(format!("the case took more than {CASE:?}")),
    }
    transcript
}
