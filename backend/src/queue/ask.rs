//! Waits for the broker's answers to synchronous methods, such as `queue.declare`, within a budget.

use std::time::Duration;

use lapin::Channel;

use super::Error;

/// How long the broker may take to open a channel, declare a queue or start a consumer.
pub(super) const ASK_BUDGET: Duration = Duration::from_secs(5);

/// Closes a channel and waits for the broker's answer.
pub(super) async fn close(channel: Channel) {
    let closed = tokio::time::timeout(ASK_BUDGET, channel.close(200, "done".into())).await;
    if !matches!(closed, Ok(Ok(()))) {
        tracing::debug!(?closed, "a channel did not close in order");
    }
}

/// Waits for the broker's answer to something that changes nothing if it is asked again.
pub(super) async fn ask<T>(
    what: &'static str,
    answer: impl Future<Output = Result<T, lapin::Error>>,
) -> Result<T, Error> {
    match tokio::time::timeout(ASK_BUDGET, answer).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => Err(Error::refusal(&error).unwrap_or(Error::Broken { what })),
        Err(_elapsed) => Err(Error::Silent { what, budget_ms: ASK_BUDGET.as_millis() }),
    }
}
