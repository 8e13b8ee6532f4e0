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

use lapin::{Channel, Consumer, options::QueueDeclareOptions, types::FieldTable};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use super::{
    Error, caller::Caller, confirms::ConfirmChannel, connection::BrokerConnection, endpoint::Endpoint, names, probe,
    properties::short, publisher::Publisher, url::BrokerUrl, worker,
};
use crate::{shutdown::Shutdown, telemetry::Metrics};

/// How long the broker may take to open a channel, declare a queue or start a consumer.
pub(super) const ASK_BUDGET: std::time::Duration = std::time::Duration::from_secs(5);

/// A session of the link.
pub struct Session {
    epoch: u32,
    product: String,
    url: BrokerUrl,
    /// The broker itself, whichever way this session goes to it.
    endpoint: Endpoint,
    pub(super) metrics: Metrics,
    pub(super) shutdown: Shutdown,
    connections: Connections,
    /// For subscriptions; a new one when the others have no channel left.
    consuming: Mutex<Vec<Arc<BrokerConnection>>>,
    publisher: Publisher,
    caller: OnceLock<Caller>,
    ended: CancellationToken,
    reason: OnceLock<String>,
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
    /// Connects, declares the queues, starts worker and caller.
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
        let session = Self::over(connections, (url.clone(), endpoint), epoch, product, metrics, shutdown);
        match session.set_up().await {
            Ok(()) => Ok(session),
            Err(error) => {
                session.close().await;
                Err(error.to_string())
            }
        }
    }

    /// A session beside this one for one job, over one connection that goes to `port` of this machine; without a worker.
    pub(super) async fn through(&self, port: u16) -> Result<Arc<Self>, String> {
        let url = self.url.by_way_of(port);
        let connections = Connections::single(&url, "crosstalk capture").await?;
        let way = (url, self.endpoint.clone());
        Ok(Self::over(connections, way, self.epoch, self.product.clone(), &self.metrics, &self.shutdown))
    }

    fn over(
        connections: Connections,
        (url, endpoint): (BrokerUrl, Endpoint),
        epoch: u32,
        product: String,
        metrics: &Metrics,
        shutdown: &Shutdown,
    ) -> Arc<Self> {
        let session = Arc::new(Self {
            epoch,
            product,
            url,
            endpoint,
            metrics: metrics.clone(),
            shutdown: shutdown.clone(),
            consuming: Mutex::new(Vec::new()),
            publisher: Publisher::new(connections.publishing.clone()),
            connections,
            caller: OnceLock::new(),
            ended: CancellationToken::new(),
            reason: OnceLock::new(),
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
                Ok(()) => self.close_channel(channel),
                Err(Error::Refused { code, text }) => {
                    // somebody declared it otherwise; it is there, and that is enough
                    tracing::warn!(queue, code, text, "the queue is not as stock tutorials declare it");
                }
                Err(error) => return Err(error),
            }
        }
        self.caller().await?;
        worker::start(self).await
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
    pub async fn caller(self: &Arc<Self>) -> Result<&Caller, Error> {
        if self.caller.get().is_none() {
            let caller = Caller::start(self).await?;
            self.caller.get_or_init(|| caller);
        }
        self.caller.get().ok_or_else(|| self.down())
    }

    /// The broker itself.
    pub(super) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
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
        self.close_channel(channel);
        let queue = counts?;
        Ok(Counts { messages: queue.message_count(), consumers: queue.consumer_count() })
    }

    /// Waits for the end of the session and says why it came.
    pub(super) async fn failed(&self) -> String {
        self.ended.cancelled().await;
        self.reason.get().cloned().unwrap_or_else(|| "the link was closed".into())
    }

    /// Ends the session; the first reason is the one that counts.
    pub(super) fn fail(&self, reason: String) {
        self.reason.get_or_init(|| reason);
        self.ended.cancel();
    }

    /// What ends with the session.
    pub(super) fn ended(&self) -> &CancellationToken {
        &self.ended
    }

    /// Nothing was sent: there is no link.
    pub(super) fn down(&self) -> Error {
        Error::Down { address: self.url.address() }
    }

    /// Closes every connection.
    pub(super) async fn close(&self) {
        let consuming = std::mem::take(&mut *self.consuming.lock().await);
        let all = consuming.iter().chain(self.connections.distinct());
        futures_util::future::join_all(all.map(|connection| connection.close())).await;
        // after the connections: a consumer dropped before its connection would be cancelled at the broker, in vain
        self.ended.cancel();
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
        if self.ended.is_cancelled() {
            return Err(self.down());
        }
        let name = format!("crosstalk consumers {}", consuming.len() + 1);
        let connection = BrokerConnection::open(&self.url, &name).await.map_err(|_reason| self.down())?;
        self.watch(connection.clone());
        consuming.push(connection.clone());
        drop(consuming);
        connection.consumer_channel(prefetch).await
    }

    /// Closes a channel behind the back of whoever used it. Never leave that to lapin's drop: a close that crosses the
    /// broker's own would end the whole connection.
    pub(super) fn close_channel(&self, channel: Channel) {
        if channel.status().connected() {
            self.shutdown.spawn(close(channel));
        }
    }

    /// As [`Session::close_channel`]. The consumer lives until its channel is closed, so that lapin does not try to
    /// cancel it on its own.
    pub(super) fn close_consumer(&self, channel: Channel, consumer: Consumer, closed: impl FnOnce() + Send + 'static) {
        self.shutdown.spawn(async move {
            if channel.status().connected() {
                close(channel).await;
            }
            drop(consumer);
            closed();
        });
    }

    fn watch(self: &Arc<Self>, connection: Arc<BrokerConnection>) {
        let session = self.clone();
        self.shutdown.spawn(async move {
            if let Some(reason) = connection.watch(&session.ended).await {
                session.fail(reason);
            }
        });
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("epoch", &self.epoch).field("product", &self.product).finish_non_exhaustive()
    }
}

async fn close(channel: Channel) {
    let closed = tokio::time::timeout(ASK_BUDGET, channel.close(200, "done".into())).await;
    if !matches!(closed, Ok(Ok(()))) {
        tracing::debug!(?closed, "a channel did not close in order");
    }
}

/// Waits for the broker's answer to something that changes nothing if it is asked again.
pub(super) async fn ask<T>(
    what: &'static str,
    answer: impl Future<Output = Result<T, lapin::Error>>,
) -> Result<T, Error> {
    match tokio::time::timeout(ASK_BUDGET, answer).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => Err(Error::refusal(&error).unwrap_or(Error::Broken { what })),
        Err(_elapsed) => Err(Error::Silent { what, budget_ms: ASK_BUDGET.as_millis() }),
    }
}
