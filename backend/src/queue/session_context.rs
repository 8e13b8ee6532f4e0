//! What the parts of a [`super::session`] share: how it ends, the broker that it goes to, and how its channels are closed.
//! The publisher, the RPC client and each confirm hold this context; the session holds them.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use lapin::{Channel, Consumer};
use tokio_util::sync::CancellationToken;

use super::{ask::close, endpoint::Endpoint};
use crate::{shutdown::Shutdown, telemetry::Metrics};

/// The context of a session. Cheap to clone.
#[derive(Clone)]
pub struct SessionContext(Arc<Inner>);

struct Inner {
    /// The broker itself, whichever way the session goes to it.
    endpoint: Endpoint,
    metrics: Metrics,
    shutdown: Shutdown,
    ended: CancellationToken,
    reason: OnceLock<String>,
}

impl SessionContext {
    pub(super) fn new(endpoint: Endpoint, metrics: &Metrics, shutdown: &Shutdown) -> Self {
        Self(Arc::new(Inner {
            endpoint,
            metrics: metrics.clone(),
            shutdown: shutdown.clone(),
            ended: CancellationToken::new(),
            reason: OnceLock::new(),
        }))
    }

    /// The broker itself.
    pub(super) fn endpoint(&self) -> &Endpoint {
        &self.0.endpoint
    }

    pub(super) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    pub(super) fn shutdown(&self) -> &Shutdown {
        &self.0.shutdown
    }

    /// Waits for the end of the session and gives its reason.
    pub(super) async fn failed(&self) -> String {
        self.0.ended.cancelled().await;
        self.0.reason.get().cloned().unwrap_or_else(|| "the link was closed".into())
    }

    /// Ends the session; the first reason is the one that counts.
    pub(super) fn fail(&self, reason: String) {
        self.0.reason.get_or_init(|| reason);
        self.0.ended.cancel();
    }

    /// Cancelled when the session ends.
    pub(super) fn ended(&self) -> &CancellationToken {
        &self.0.ended
    }

    /// Closes a channel in a task of its own, while requests on it may be in flight. Never leave that to lapin's drop: a close
    /// that crosses the broker's own would end the whole connection.
    pub(super) fn close_channel(&self, channel: Channel) {
        if channel.status().connected() {
            self.0.shutdown.spawn(close(channel));
        }
    }

    /// As [`SessionContext::close_channel`]. The consumer lives until its channel is closed, so that lapin does not try to
    /// cancel it on its own.
    pub(super) fn close_consumer(&self, channel: Channel, consumer: Consumer, closed: impl FnOnce() + Send + 'static) {
        self.0.shutdown.spawn(async move {
            if channel.status().connected() {
                close(channel).await;
            }
            drop(consumer);
            closed();
        });
    }
}

impl fmt::Debug for SessionContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionContext").field("endpoint", &self.0.endpoint).finish_non_exhaustive()
    }
}
