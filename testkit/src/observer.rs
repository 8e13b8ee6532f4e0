//! A recording proxy between clients and a server: it forwards every byte and records it.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    task::JoinHandle,
};

use crate::wait::{TimedOut, wait_until};

const BUFFER: usize = 16 * 1024;

/// A recording proxy.
#[derive(Debug)]
pub struct Observer {
    address: SocketAddr,
    seen: Connections,
    accepting: JoinHandle<()>,
}

/// The bytes of one connection so far.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// All bytes from the client.
    pub client: Vec<u8>,
    /// All bytes from the server.
    pub server: Vec<u8>,
    /// How many of the two directions have ended.
    ended: u8,
}

#[derive(Clone, Debug, Default)]
struct Connections(Arc<Mutex<Vec<Seen>>>);

impl Observer {
    /// Listens on a free loopback port and forwards each connection to `server`.
    ///
    /// # Errors
    /// When it cannot listen.
    pub async fn before(server: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let seen = Connections::default();
        let observed = seen.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((near, _peer)) = listener.accept().await {
                let number = observed.open();
                let Ok(far) = TcpStream::connect(server).await else { continue };
                // the proxy must not add the delays of Nagle's algorithm
                let _ = (near.set_nodelay(true), far.set_nodelay(true));
                let (near_read, near_write) = near.into_split();
                let (far_read, far_write) = far.into_split();
                tokio::spawn(carry(near_read, far_write, observed.clone(), number, |seen| &mut seen.client));
                tokio::spawn(carry(far_read, near_write, observed.clone(), number, |seen| &mut seen.server));
            }
        });
        Ok(Self { address, seen, accepting })
    }

    /// The address to connect to.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The last connection on which a client sent `mark`, if any.
    #[must_use]
    pub fn seen(&self, mark: impl AsRef<[u8]>) -> Option<Seen> {
        let mark = mark.as_ref();
        let marked = |seen: &&Seen| seen.client.windows(mark.len()).any(|bytes| bytes == mark);
        self.seen.lock().iter().rev().find(marked).cloned()
    }

    /// The same, once that connection has ended.
    ///
    /// # Errors
    /// [`TimedOut`] when it does not within `budget`.
    pub async fn ended(&self, mark: impl AsRef<[u8]>, budget: Duration) -> Result<Seen, TimedOut> {
        let ended = || self.seen(&mark).filter(|seen| seen.ended == 2);
        wait_until(budget, || std::future::ready(ended().is_some())).await?;
        Ok(ended().unwrap_or_default())
    }
}

impl Drop for Observer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Connections {
    fn lock(&self) -> MutexGuard<'_, Vec<Seen>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self) -> usize {
        let mut seen = self.lock();
        seen.push(Seen::default());
        seen.len() - 1
    }
}

async fn carry(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    seen: Connections,
    number: usize,
    side: fn(&mut Seen) -> &mut Vec<u8>,
) {
    let mut bytes = vec![0; BUFFER];
    let mut heard = true;
    // a reset by the peer ends the direction too
    while let Ok(read @ 1..) = from.read(&mut bytes).await {
        side(&mut seen.lock()[number]).extend_from_slice(&bytes[..read]);
        // bytes for a closed peer are still recorded
        heard = heard && to.write_all(&bytes[..read]).await.is_ok();
    }
    drop(to.shutdown().await);
    seen.lock()[number].ended += 1;
}
