//! A relay between our AMQP client and its broker, over loopback, for one connection of one captured job: the client speaks
//! plain AMQP to it, and everything is recorded from the protocol header on. It ends with the connection, or when its
//! time is up.

use std::{io, net::Ipv4Addr, time::Duration};

use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use super::{recording::Recording, registry::Captures, tap::Tapped};
use crate::shutdown::Shutdown;

/// How long our own client, and the broker, may take to connect.
const CONNECT_BUDGET: Duration = Duration::from_secs(5);
/// How long a job may take: a caller waits a minute for its reply at most.
const LIFE: Duration = Duration::from_secs(75);
/// How long a job that is under way may still take when the server ends.
const LAST_BUDGET: Duration = Duration::from_secs(3);

impl Captures {
    /// Opens a way to the broker at `host` and `port` that is recorded for this trace; gives the port of it on this machine.
    ///
    /// # Errors
    /// When no socket is to be had.
    pub async fn relay(&self, trace: u128, host: &str, port: u16) -> io::Result<u16> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let near = listener.local_addr()?.port();
        let (captures, broker) = (self.clone(), (host.to_owned(), port));
        let shutdown = self.shutdown().clone();
        let ending = shutdown.clone();
        shutdown.spawn(async move {
            let carried = tokio::select! {
                carried = tokio::time::timeout(LIFE, captures.carry(trace, listener, broker)) => carried,
                () = last(&ending) => return,
            };
            if let Ok(Err(error)) = carried {
                tracing::debug!(%error, "the relay to the broker ended badly");
            }
        });
        Ok(near)
    }

    async fn carry(&self, trace: u128, listener: TcpListener, broker: (String, u16)) -> io::Result<()> {
        let (near, client) = tokio::time::timeout(CONNECT_BUDGET, listener.accept()).await??;
        drop(listener);
        let mut far = tokio::time::timeout(CONNECT_BUDGET, TcpStream::connect(broker)).await??;
        near.set_nodelay(true)?;
        far.set_nodelay(true)?;
        let ends = (client, far.peer_addr()?);
        // nobody asks it to leave: it is recorded from its first byte, and no other job comes over it
        let recording = Recording::new(ends, CancellationToken::new(), self.room().clone()).into();
        self.attach(trace, &recording);
        tokio::io::copy_bidirectional(&mut Tapped::new(near, recording), &mut far).await?;
        Ok(())
    }
}

async fn last(shutdown: &Shutdown) {
    shutdown.token().cancelled().await;
    tokio::time::sleep(LAST_BUDGET).await;
}
