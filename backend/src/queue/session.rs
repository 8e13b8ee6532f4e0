//! One life of the link: its connections and channels, all of one epoch. When any connection ends, all of it ends,
//! so that no caller has to deal with half a link.
//!
//! A broker that is short of memory or disk stops reading from every connection that publishes, and RabbitMQ slows one down
//! that publishes too fast. So a connection either publishes or does everything else: messages of visitors go over one
//! connection, requests to `greeter.rpc` and replies over a second, while declarations, consumers and their acks have others.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use lapin::{Channel, options::QueueDeclareOptions, types::FieldTable};
use tokio::sync::Mutex;

use super::{
    Error, ask::ask, confirms::ConfirmChannel, connection::BrokerConnection, endpoint::Endpoint, names, probe,
    properties::short, publisher::Publisher, rpc_client::RpcClient, session_context::SessionContext, url::BrokerUrl,
};
use crate::{shutdown::Shutdown, telemetry::Metrics};

/// A session of the link.
pub struct Session {
    epoch: u32,
    product: String,
    url: BrokerUrl,
    context: SessionContext,
    connections: Connections,
    /// For subscriptions; a new one when the others have no channel left.
    consuming: Mutex<Vec<Arc<BrokerConnection>>>,
    publisher: Publisher,
    caller: OnceLock<RpcClient>,
}

/// The connections that a session has from its start. They may be one and the same.
#[derive(Debug)]
struct Connections {
    /// Declares, inspects, consumes the requests of `greeter.rpc`; never publishes.
    control: Arc<BrokerConnection>,
    /// Publishes the messages of visitors.
    publishing: Arc<BrokerConnection>,
    /// Publishes requests to `greeter.rpc` and replies of its worker.
    rpc: Arc<BrokerConnection>,
}

impl Connections {
    async fn open(url: &BrokerUrl) -> Result<Self, String> {
        // the first tells what is wrong, if anything is
        let control = BrokerConnection::open(url, "crosstalk").await?;
        let others = tokio::try_join!(
            BrokerConnection::open(url, "crosstalk publishing"),
            BrokerConnection::open(url, "crosstalk rpc"),
        );
        match others {
            Ok((publishing, rpc)) => Ok(Self { control, publishing, rpc }),
            Err(reason) => {
                control.close().await;
                Err(reason)
            }
        }
    }

    /// One connection for everything.
    async fn single(url: &BrokerUrl, name: &str) -> Result<Self, String> {
        let control = BrokerConnection::open(url, name).await?;
        Ok(Self { publishing: control.clone(), rpc: control.clone(), control })
    }

    /// Each connection once.
    fn distinct(&self) -> Vec<&Arc<BrokerConnection>> {
        let mut distinct = vec![&self.control];
        for connection in [&self.publishing, &self.rpc] {
            if !distinct.iter().any(|known| Arc::ptr_eq(known, connection)) {
                distinct.push(connection);
            }
        }
        distinct
    }
}

/// The counts of a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Ready messages.
    pub messages: u32,
    /// Consumers.
    pub consumers: u32,
}

impl Session {
    /// Connects, declares the queues, starts the RPC client; [`super::rpc_server`] starts the RPC server.
    ///
    /// # Errors
    /// Why not, in a sentence without credentials.
    pub(super) async fn open(
        url: &BrokerUrl,
        epoch: u32,
        metrics: &Metrics,
        shutdown: &Shutdown,
    ) -> Result<Arc<Self>, String> {
        let endpoint = Endpoint::of(url, shutdown).await?;
        let product = probe::product(&endpoint).await?;
        let connections = Connections::open(url).await?;
        let context = SessionContext::new(endpoint, metrics, shutdown);
        let session = Self::over(connections, url.clone(), epoch, product, context);
        match session.set_up().await {
            Ok(()) => Ok(session),
            Err(error) => {
                session.close().await;
                Err(error.to_string())
            }
        }
    }

    /// A session beside this one for one job, over one connection that goes to `port` of this machine; without a worker.
    pub(crate) async fn through(&self, port: u16) -> Result<Arc<Self>, String> {
        let url = self.url.by_way_of(port);
        let connections = Connections::single(&url, "crosstalk capture").await?;
        let context = SessionContext::new(self.endpoint().clone(), self.context.metrics(), self.context.shutdown());
        Ok(Self::over(connections, url, self.epoch, self.product.clone(), context))
    }

    fn over(
        connections: Connections,
        url: BrokerUrl,
        epoch: u32,
        product: String,
        context: SessionContext,
    ) -> Arc<Self> {
        let session = Arc::new(Self {
            epoch,
            product,
            url,
            consuming: Mutex::new(Vec::new()),
            publisher: Publisher::new(connections.publishing.clone(), context.clone()),
            context,
            connections,
            caller: OnceLock::new(),
        });
        for connection in session.connections.distinct() {
            session.watch(connection.clone());
        }
        session
    }

    async fn set_up(self: &Arc<Self>) -> Result<(), Error> {
        for queue in [names::HELLO, names::GREETER] {
            let channel = self.channel().await?;
            match ask("queue.declare", names::declare(&channel, queue)).await {
                Ok(()) => self.context.close_channel(channel),
                Err(Error::Refused { code, text }) => {
                    // another client declared it with other arguments; it exists, and that is enough
                    tracing::warn!(queue, code, text, "the queue is not as stock tutorials declare it");
                }
                Err(error) => return Err(error),
            }
        }
        self.caller().await.map(drop)
    }

    /// Counts the links since the server started, from 1.
    #[must_use]
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// What the broker calls itself.
    #[must_use]
    pub fn product(&self) -> &str {
        &self.product
    }

    /// Publishes messages.
    #[must_use]
    pub fn publisher(&self) -> &Publisher {
        &self.publisher
    }

    /// Calls the greeter.
    ///
    /// # Errors
    /// When the session is one of a job alone, and the broker does not let it consume replies.
    pub async fn caller(self: &Arc<Self>) -> Result<&RpcClient, Error> {
        if self.caller.get().is_none() {
            let caller = RpcClient::start(self.rpc_channel().await?, self.context.clone()).await?;
            self.caller.get_or_init(|| caller);
        }
        self.caller.get().ok_or_else(|| self.down())
    }

    /// What the parts of the session share.
    pub(super) fn context(&self) -> &SessionContext {
        &self.context
    }

    /// The broker itself.
    pub(crate) fn endpoint(&self) -> &Endpoint {
        self.context.endpoint()
    }

    /// Counts of a queue, by a passive declare on a channel of its own.
    ///
    /// # Errors
    /// [`Error::Refused`] with 404 when there is no such queue.
    pub async fn inspect(self: &Arc<Self>, queue: &str) -> Result<Counts, Error> {
        let queue = short("the queue's name", queue)?;
        let channel = self.channel().await?;
        let options = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
        let counts = ask("queue.declare", channel.queue_declare(queue, options, FieldTable::default())).await;
        self.context.close_channel(channel);
        let queue = counts?;
        Ok(Counts { messages: queue.message_count(), consumers: queue.consumer_count() })
    }

    /// Nothing was sent: there is no link.
    pub(super) fn down(&self) -> Error {
        Error::Down { address: self.url.address() }
    }

    pub(crate) fn shutdown(&self) -> &Shutdown {
        self.context.shutdown()
    }

    /// Closes every connection.
    pub(crate) async fn close(&self) {
        let consuming = std::mem::take(&mut *self.consuming.lock().await);
        let all = consuming.iter().chain(self.connections.distinct());
        futures_util::future::join_all(all.map(|connection| connection.close())).await;
        // after the connections: a consumer dropped before its connection would be cancelled at the broker, in vain
        self.context.ended().cancel();
    }

    /// A channel for anything but consumers of visitors; not to be published over.
    pub(super) async fn channel(&self) -> Result<Channel, Error> {
        self.connections.control.channel().await
    }

    /// A channel for the consumer of `greeter.rpc`, on which at most `prefetch` requests are unacked.
    pub(super) async fn request_channel(&self, prefetch: u16) -> Result<Channel, Error> {
        self.connections.control.consumer_channel(prefetch).await
    }

    /// A channel for requests to `greeter.rpc`, or for replies.
    pub(super) async fn rpc_channel(&self) -> Result<ConfirmChannel, Error> {
        self.connections.rpc.confirm_channel().await
    }

    /// Waits while the broker takes no replies. Cancel safe.
    pub(super) async fn takes_replies(&self) {
        self.connections.rpc.unblocked().await;
    }

    /// A channel for one consumer, on which at most `prefetch` messages are unacked.
    pub(super) async fn consuming_channel(self: &Arc<Self>, prefetch: u16) -> Result<Channel, Error> {
        // held while a connection is opened, so that many subscriptions at once open one
        let mut consuming = self.consuming.lock().await;
        for connection in consuming.iter() {
            match connection.consumer_channel(prefetch).await {
                Err(Error::Busy { .. }) => {}
                opened => return opened,
            }
        }
        if self.context.ended().is_cancelled() {
            return Err(self.down());
        }
        let name = format!("crosstalk consumers {}", consuming.len() + 1);
        let connection = BrokerConnection::open(&self.url, &name).await.map_err(|_reason| self.down())?;
        self.watch(connection.clone());
        consuming.push(connection.clone());
        drop(consuming);
        connection.consumer_channel(prefetch).await
    }

    fn watch(self: &Arc<Self>, connection: Arc<BrokerConnection>) {
        let session = self.clone();
        self.context.shutdown().spawn(async move {
            if let Some(reason) = connection.watch(session.context.ended()).await {
                session.context.fail(reason);
            }
        });
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("epoch", &self.epoch).field("product", &self.product).finish_non_exhaustive()
    }
}
