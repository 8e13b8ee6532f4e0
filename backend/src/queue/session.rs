//! One life of the link: its connections and channels, all of one epoch. When any connection ends, all of it ends,
//! so that nobody has to think about half a link. Consumers have connections of their own: a broker that is short of
//! memory stops reading from who publishes, and acks must still get through.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use lapin::{
    Channel, Connection, Consumer, ErrorKind,
    options::{BasicQosOptions, ConfirmSelectOptions, QueueDeclareOptions},
    types::FieldTable,
};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use super::{
    Error, caller::Caller, connection, endpoint::Endpoint, names, probe, properties::short, publisher::Publisher,
    url::BrokerUrl, worker,
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
    /// For everything but consumers.
    main: Arc<Connection>,
    /// For consumers; a new one when the others have no channel left.
    consuming: Mutex<Vec<Arc<Connection>>>,
    publisher: Publisher,
    caller: OnceLock<Caller>,
    ended: CancellationToken,
    reason: OnceLock<String>,
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
        let main = connection::open(url, "crosstalk").await?;
        let session = Self::over(main, (url.clone(), endpoint), epoch, product, metrics, shutdown);
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
        let main = connection::open(&url, "crosstalk capture").await?;
        let way = (url, self.endpoint.clone());
        Ok(Self::over(main, way, self.epoch, self.product.clone(), &self.metrics, &self.shutdown))
    }

    fn over(
        main: Connection,
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
            main: Arc::new(main),
            consuming: Mutex::new(Vec::new()),
            publisher: Publisher::new(),
            caller: OnceLock::new(),
            ended: CancellationToken::new(),
            reason: OnceLock::new(),
        });
        session.watch(session.main.clone());
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

    /// Says goodbye on every connection.
    pub(super) async fn close(&self) {
        let consuming = std::mem::take(&mut *self.consuming.lock().await);
        for connection in consuming.iter().chain([&self.main]) {
            connection::close(connection).await;
        }
        // after the connections: a consumer dropped before its connection would be cancelled at the broker, in vain
        self.ended.cancel();
    }

    /// A channel for anything but consumers.
    pub(super) async fn channel(&self) -> Result<Channel, Error> {
        open_channel(&self.main).await
    }

    /// A channel with confirms.
    pub(super) async fn confirming_channel(&self) -> Result<Channel, Error> {
        let channel = self.channel().await?;
        ask("confirm.select", channel.confirm_select(ConfirmSelectOptions::default())).await?;
        Ok(channel)
    }

    /// A channel for one consumer, on which at most `prefetch` messages are unacked.
    pub(super) async fn consuming_channel(self: &Arc<Self>, prefetch: u16) -> Result<Channel, Error> {
        let channel = self.consuming_connection_channel().await?;
        ask("basic.qos", channel.basic_qos(prefetch, BasicQosOptions::default())).await?;
        Ok(channel)
    }

    async fn consuming_connection_channel(self: &Arc<Self>) -> Result<Channel, Error> {
        // held while a connection is opened, so that many subscriptions at once open one
        let mut consuming = self.consuming.lock().await;
        for connection in consuming.iter() {
            match open_channel(connection).await {
                Err(Error::Busy { .. }) => {}
                opened => return opened,
            }
        }
        if self.ended.is_cancelled() {
            return Err(self.down());
        }
        let name = format!("crosstalk consumers {}", consuming.len() + 1);
        let opened = connection::open(&self.url, &name).await;
        let connection = Arc::new(opened.map_err(|_reason| self.down())?);
        self.watch(connection.clone());
        let channel = open_channel(&connection).await;
        consuming.push(connection);
        channel
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

    fn watch(self: &Arc<Self>, connection: Arc<Connection>) {
        let session = self.clone();
        self.shutdown.spawn(async move {
            if let Some(reason) = connection::watch(&connection, &session.ended).await {
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

async fn open_channel(connection: &Connection) -> Result<Channel, Error> {
    let limit = usize::from(connection.configuration().channel_max());
    let opened = async {
        match connection.create_channel().await {
            Err(error) if matches!(error.kind(), ErrorKind::ChannelsLimitReached) => Ok(None),
            opened => opened.map(Some),
        }
    };
    ask("channel.open", opened).await?.ok_or(Error::Busy { what: "channels", limit })
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
