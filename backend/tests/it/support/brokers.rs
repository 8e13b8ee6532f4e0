//! Both brokers: what a test says must hold on each of them.

use std::panic::AssertUnwindSafe;

use crosstalk_broker::{Broker, Config};
use crosstalk_testkit::RabbitMq;
use futures_util::FutureExt as _;

/// Plays a test on RabbitMQ and on an embedded broker of its own, at the same time; it is given the address of each.
pub(crate) async fn on_both_brokers(test: impl AsyncFn(&str)) {
    let embedded = Broker::start(Config::default()).await.unwrap();
    let (there, here) = (RabbitMq::shared().await.amqp_url(), embedded.amqp_url());
    tokio::join!(on("RabbitMQ", Box::pin(test(&there))), on("the embedded broker", Box::pin(test(&here))));
    embedded.shutdown().await;
}

/// Names the broker that a test failed on; why it did was printed before.
async fn on(broker: &str, test: impl Future<Output = ()>) {
    let played = AssertUnwindSafe(test).catch_unwind().await;
    assert!(played.is_ok(), "it failed on {broker}");
}
