//! The handle that a program holds.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, PoisonError},
    time::{Duration, Instant},
};

use tokio::{net::TcpListener, sync::watch, time::timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    config::Config,
    core::{ConsumerInfo, QueueInfo},
    net::{self, ServeContext},
    shared::{Shared, VhostHandle},
};

/// How long connections have to close.
const SHUTDOWN: Duration = Duration::from_secs(5);

/// Why a broker does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be bound.
    #[error("cannot listen for AMQP on {address}: {source}; choose another address, or port 0 for any free one")]
    Listen {
        /// The address from the configuration.
        address: SocketAddr,
        /// The error of the operating system.
        source: io::Error,
    },
    /// A limit is out of its range.
    #[error("{0}")]
    Limit(&'static str),
}

/// A running broker. It ends with [`Broker::shutdown`], or at once when it is dropped. All its data is in memory.
#[derive(Debug)]
pub struct Broker {
    address: SocketAddr,
    shared: Arc<Shared>,
    end: CancellationToken,
    paused: watch::Sender<bool>,
    /// The listener task and the timer tasks of the virtual hosts.
    own: TaskTracker,
    connections: TaskTracker,
}

impl Broker {
    /// Starts a broker. Clients can connect when this returns. Needs a tokio runtime.
    ///
    /// # Errors
    /// [`StartError`] when the address cannot be bound or a limit is out of range.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        if config.limits.frame_max < 4_096 {
            return Err(StartError::Limit("the largest frame is 4096 bytes or more (AMQP 0-9-1, section 4.2.3)"));
        }
        let refused = |source| StartError::Listen { address: config.listen, source };
        let listener = match TcpListener::bind(config.listen).await {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && config.any_port_if_taken => {
                TcpListener::bind((config.listen.ip(), 0)).await
            }
            bound => bound,
        }
        .map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let broker = Self {
            address,
            shared: Arc::new(Shared::new(config)),
            end: CancellationToken::new(),
            paused: watch::Sender::new(false),
            own: TaskTracker::new(),
            connections: TaskTracker::new(),
        };
        for vhost in broker.shared.vhosts.values() {
            broker.own.spawn(clock(vhost.clone(), broker.shared.clone(), broker.end.clone()));
        }
        broker.own.spawn(net::serve(ServeContext {
            listener,
            shared: broker.shared.clone(),
            end: broker.end.clone(),
            paused: broker.paused.subscribe(),
            tasks: broker.connections.clone(),
        }));
        Ok(broker)
    }

    /// The address of the listener.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// The URL with the first user and the first virtual host: `amqp://guest:guest@127.0.0.1:40000/%2f`.
    #[must_use]
    pub fn amqp_url(&self) -> String {
        let config = &self.shared.config;
        let user = config
            .users
            .first()
            .map_or_else(String::new, |user| format!("{}:{}@", percent(&user.name), percent(user.password.reveal())));
        let vhost = config.vhosts.first().map_or("", String::as_str);
        format!("amqp://{user}{}/{}", self.address, percent(vhost))
    }

    /// Closes all connections (`CONNECTION_FORCED`) and ends. Connections that do not answer within 5 s are cut.
    pub async fn shutdown(&self) {
        self.end.cancel();
        self.own.close();
        self.connections.close();
        let ended = timeout(SHUTDOWN, async {
            self.own.wait().await;
            self.connections.wait().await;
        });
        if ended.await.is_err() {
            self.shared.cut(|_all| true);
            self.connections.wait().await;
        }
    }

    /// Stops reading, writing and accepting, like a broker whose machine hangs, until [`Broker::resume`].
    pub fn pause(&self) {
        self.paused.send_replace(true);
    }

    /// Continues after [`Broker::pause`].
    pub fn resume(&self) {
        self.paused.send_replace(false);
    }

    /// The addresses of all connected clients.
    #[must_use]
    pub fn connections(&self) -> Vec<String> {
        self.shared.addresses()
    }

    /// Cuts the connection from `address` without `connection.close`, and returns when it is gone. True if there was
    /// one.
    pub async fn drop_connection(&self, address: &str) -> bool {
        let cut = self.shared.cut(|other| other == address);
        self.shared.gone(&cut).await;
        !cut.is_empty()
    }

    /// Cuts all connections without `connection.close`, and returns their number when they are gone.
    pub async fn drop_connections(&self) -> usize {
        let cut = self.shared.cut(|_all| true);
        self.shared.gone(&cut).await;
        cut.len()
    }

    /// Acts as if the broker were killed and started again on the same port: connections are cut. Durable exchanges,
    /// durable queues and their bindings remain, and persistent messages in durable queues.
    pub async fn restart(&self) {
        let cut = self.shared.close();
        self.shared.gone(&cut).await;
        for vhost in self.shared.vhosts.values() {
            vhost.lock().unwrap_or_else(PoisonError::into_inner).restart(Instant::now());
        }
        self.shared.watch_memory();
        self.shared.open();
    }

    /// The queues of a virtual host, sorted by name; empty if there is no such host.
    #[must_use]
    pub fn queues(&self, vhost: &str) -> Vec<QueueInfo> {
        let vhost = self.shared.vhost(vhost);
        vhost.map_or_else(Vec::new, |vhost| vhost.lock().unwrap_or_else(PoisonError::into_inner).list_queues())
    }

    /// The consumers of a virtual host, sorted by queue and tag; empty if there is no such host.
    #[must_use]
    pub fn consumers(&self, vhost: &str) -> Vec<ConsumerInfo> {
        let vhost = self.shared.vhost(vhost);
        vhost.map_or_else(Vec::new, |vhost| vhost.lock().unwrap_or_else(PoisonError::into_inner).list_consumers())
    }

    /// The approximate number of bytes of all messages.
    #[must_use]
    pub fn message_bytes(&self) -> usize {
        self.shared.memory()
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.end.cancel();
        self.shared.cut(|_all| true);
    }
}

/// Runs the timers of a virtual host: expiry of messages and queues.
async fn clock(vhost: VhostHandle, shared: Arc<Shared>, end: CancellationToken) {
    let lock = || vhost.lock().unwrap_or_else(PoisonError::into_inner);
    let earlier = lock().timer();
    loop {
        let next = lock().next_alarm();
        let due = async {
            match next {
                Some(at) => tokio::time::sleep_until(at.into()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = due => {
                lock().tick(Instant::now());
                shared.watch_memory();
            }
            () = earlier.notified() => {}
            () = end.cancelled() => return,
        }
    }
}

/// Percent-encodes all but unreserved characters (RFC 3986, section 2.3).
fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(byte.into());
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
        encoded
    })
}
