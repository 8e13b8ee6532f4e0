//! A relay between our AMQP client and its broker, over loopback, for one connection of one captured job: the client speaks
//! plain AMQP to it, and everything is recorded from the protocol header on. To a broker behind TLS it is the relay that
//! speaks TLS, and what the network sees is recorded as well. It ends with the connection, or when its time is up.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use crosstalk_proto::capture::Hop;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use super::{recording::Recording, registry::Captures, tap::Tapped};
use crate::{byte_stream::ByteStream, queue::Endpoint, shutdown::Shutdown};

/// How long our own client may take to connect.
const CONNECT_BUDGET: Duration = Duration::from_secs(5);
/// How long a job may take: a caller waits a minute for its reply at most.
const LIFE: Duration = Duration::from_secs(75);
/// How long a job that is under way may still take when the server ends.
const LAST_BUDGET: Duration = Duration::from_secs(3);

/// A connection to the broker, and what the network sees of it.
struct Far {
    stream: Box<dyn ByteStream>,
    address: SocketAddr,
    network: Option<Arc<Recording>>,
}

impl Captures {
    /// Opens a way to the broker that is recorded for this trace; gives the port of it on this machine.
    ///
    /// # Errors
    /// Why there is none, in a sentence.
    pub async fn relay(&self, trace: u128, broker: &Endpoint) -> Result<u16, String> {
        self.take_place(trace)?;
        let stream = broker.dial().await?;
        let no_relay = |error: io::Error| format!("there is no relay to the broker: {error}");
        let ends = stream.local_addr().and_then(|near| Ok((near, stream.peer_addr()?))).map_err(no_relay)?;
        let network = broker.is_secure().then(|| Arc::new(self.recording(ends)));
        let stream = match &network {
            Some(network) => broker.within(Tapped::dialled(stream, network.clone())).await?,
            None => broker.within(stream).await?,
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(no_relay)?;
        let near = listener.local_addr().map_err(no_relay)?.port();
        let far = Far { stream, address: ends.1, network };
        let (captures, shutdown) = (self.clone(), self.shutdown().clone());
        self.shutdown().spawn(async move {
            let carried = tokio::select! {
                carried = tokio::time::timeout(LIFE, captures.carry(trace, listener, far)) => carried,
                () = last(&shutdown) => return,
            };
            if let Ok(Err(error)) = carried {
                tracing::debug!(%error, "the relay to the broker ended badly");
            }
        });
        Ok(near)
    }

    async fn carry(&self, trace: u128, listener: TcpListener, mut far: Far) -> io::Result<()> {
        let (near, client): (TcpStream, _) = tokio::time::timeout(CONNECT_BUDGET, listener.accept()).await??;
        drop(listener);
        near.set_nodelay(true)?;
        let mut recording = self.recording((client, far.address));
        if let Some(network) = far.network {
            recording = recording.within(network);
        }
        recording.is_between(Hop::Broker);
        let recording = Arc::new(recording);
        self.enlist(trace, &recording);
        tokio::io::copy_bidirectional(&mut Tapped::new(near, recording), &mut far.stream).await?;
        Ok(())
    }

    /// It is never asked to leave: it is recorded from its first byte, and no other job comes over it.
    fn recording(&self, ends: (SocketAddr, SocketAddr)) -> Recording {
        Recording::new(ends, CancellationToken::new(), self.room().clone())
    }
}

async fn last(shutdown: &Shutdown) {
    shutdown.token().cancelled().await;
    tokio::time::sleep(LAST_BUDGET).await;
}
