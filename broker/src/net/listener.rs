//! Accepts connections and starts a task for each.

use std::{sync::Arc, time::Duration};

use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{connection, signals::Signals};
use crate::shared::Shared;

/// How long to wait after `accept` failed, for instance because no file descriptor is free.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What the accept loop needs.
#[derive(Debug)]
pub(crate) struct ServeContext {
    pub(crate) listener: TcpListener,
    pub(crate) shared: Arc<Shared>,
    pub(crate) end: CancellationToken,
    pub(crate) paused: watch::Receiver<bool>,
    pub(crate) tasks: TaskTracker,
}

/// Accepts connections until `end` is cancelled.
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
        // a paused broker accepts no connections
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
