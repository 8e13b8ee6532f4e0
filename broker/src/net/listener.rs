//! Accepts connections and starts a task for each.

use std::{sync::Arc, time::Duration};

use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::connection;
use crate::shared::Shared;

/// How long to wait when no more sockets can be had.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What a connection is told from outside.
#[derive(Clone, Debug)]
pub(super) struct Signals {
    /// Say goodbye and end.
    pub(super) end: CancellationToken,
    /// End without a word.
    pub(super) drop: CancellationToken,
    /// Neither read nor write.
    pub(super) paused: watch::Receiver<bool>,
    /// Memory is short: do not read from who publishes.
    pub(super) blocked: watch::Receiver<bool>,
}

/// What serving needs.
#[derive(Debug)]
pub(crate) struct ServeContext {
    pub(crate) listener: TcpListener,
    pub(crate) shared: Arc<Shared>,
    pub(crate) end: CancellationToken,
    pub(crate) paused: watch::Receiver<bool>,
    pub(crate) tasks: TaskTracker,
}

/// Serves until the end is called for.
pub(crate) async fn serve(mut served: ServeContext) {
    loop {
        let accepted = tokio::select! {
            accepted = served.listener.accept() => accepted,
            () = served.end.cancelled() => return,
        };
        match accepted {
            Ok((socket, peer)) => start(&served, socket, peer.to_string()),
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
        // a broker that is paused takes nobody in
        tokio::select! {
            _ = served.paused.wait_for(|paused| !paused) => {}
            () = served.end.cancelled() => return,
        }
    }
}

fn start(served: &ServeContext, socket: TcpStream, address: String) {
    if let Err(error) = socket.set_nodelay(true) {
        tracing::debug!(%address, %error, "the peer left before it was served");
        return;
    }
    let Some(entry) = served.shared.enter(address.clone()) else {
        tracing::warn!(%address, "there are too many connections; this one is closed");
        return;
    };
    let signals = Signals {
        end: served.end.clone(),
        drop: entry.token().clone(),
        paused: served.paused.clone(),
        blocked: served.shared.blocked(),
    };
    let shared = served.shared.clone();
    served.tasks.spawn(async move {
        connection::serve(socket, address, shared, signals).await;
        drop(entry);
    });
}
