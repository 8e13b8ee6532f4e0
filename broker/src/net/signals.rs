//! Signals from the listener and the broker to the task of a connection.

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Signals to a connection from outside.
#[derive(Clone, Debug)]
pub(super) struct Signals {
    /// Close the connection with `connection.close` and end.
    pub(super) end: CancellationToken,
    /// End without `connection.close`.
    pub(super) drop: CancellationToken,
    /// Neither read nor write.
    pub(super) paused: watch::Receiver<bool>,
    /// Memory is short: do not read from publishing clients.
    pub(super) blocked: watch::Receiver<bool>,
}
