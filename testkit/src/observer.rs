//! An observer on the path between clients and a server: it passes every byte on and writes down what it was.

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

/// Stands between clients and a server.
#[derive(Debug)]
pub struct Observer {
    address: SocketAddr,
    seen: Connections,
    accepting: JoinHandle<()>,
}

/// What went over one connection so far.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// All that the client sent.
    pub client: Vec<u8>,
    /// All that the server sent.
    pub server: Vec<u8>,
    /// How many of its two directions have ended.
    ended: u8,
}

#[derive(Clone, Debug, Default)]
struct Connections(Arc<Mutex<Vec<Seen>>>);

impl Observer {
    /// Listens on a free port of loopback; what connects there is connected to `server`.
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
                // what it adds to the times is not to be Nagle's
                let _ = (near.set_nodelay(true), far.set_nodelay(true));
                let (near_read, near_write) = near.into_split();
                let (far_read, far_write) = far.into_split();
                tokio::spawn(carry(near_read, far_write, observed.clone(), number, |seen| &mut seen.client));
                tokio::spawn(carry(far_read, near_write, observed.clone(), number, |seen| &mut seen.server));
            }
        });
        Ok(Self { address, seen, accepting })
    }

    /// Where to connect to.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What went over the last connection on which a client sent `mark`, if there is one.
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
    // a peer that resets has ended as well
    while let Ok(read @ 1..) = from.read(&mut bytes).await {
        side(&mut seen.lock()[number]).extend_from_slice(&bytes[..read]);
        // what is said to one that has left is written down all the same
        heard = heard && to.write_all(&bytes[..read]).await.is_ok();
    }
    drop(to.shutdown().await);
    seen.lock()[number].ended += 1;
}
