//! One connection to the broker: how it is opened, how its end is noticed, and whether the broker takes messages over it.
//! The end of any connection ends the [`super::session`] that the connection belongs to.

use std::{sync::Arc, time::Duration};

use futures_util::StreamExt as _;
use lapin::{Channel, Connection, ConnectionProperties, ErrorKind, Event, options::BasicQosOptions};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{Error, ask::ask, sanitizer::FRAME_MAX, transport, url::BrokerUrl};
use crate::{activity::INSTANCE, clock};

/// How long TCP, TLS and the AMQP handshake may take together.
const CONNECT_BUDGET: Duration = Duration::from_secs(5);
/// A broker that is silent for twice as long is taken for dead. One whose process died is noticed at once.
const HEARTBEAT_S: u16 = 10;
/// How often the state is looked at, should an event have been missed.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);
/// How long the broker may take to answer the close of a connection.
const CLOSE_BUDGET: Duration = Duration::from_millis(500);

/// A connection to the broker.
#[derive(Debug)]
pub(super) struct BrokerConnection {
    connection: Connection,
    /// Why the broker takes no messages over this connection (`connection.blocked`), while it takes none. lapin writes
    /// nothing at all to a blocked connection, not even acks.
    blocked: watch::Sender<Option<String>>,
}

impl BrokerConnection {
    /// Opens a connection that shows up at the broker under `name`.
    ///
    /// # Errors
    /// Why not, in a sentence without credentials.
    pub(super) async fn open(url: &BrokerUrl, name: &str) -> Result<Arc<Self>, String> {
        let mut uri = url.uri().clone();
        uri.query.heartbeat = uri.query.heartbeat.or(Some(HEARTBEAT_S));
        uri.query.frame_max = Some(uri.query.frame_max.unwrap_or(FRAME_MAX).min(FRAME_MAX));
        uri.query.connection_timeout = uri.query.connection_timeout.or(u64::try_from(CONNECT_BUDGET.as_millis()).ok());
        let properties = ConnectionProperties::default()
            .with_connection_name(name.into())
            .with_client_property("product".into(), "crosstalk".into())
            .with_client_property("version".into(), env!("CARGO_PKG_VERSION").into())
            .with_client_property(INSTANCE.into(), clock::instance().into());
        match tokio::time::timeout(CONNECT_BUDGET, transport::connect(uri, properties, url.trust())).await {
            Ok(Ok(connection)) => Ok(Arc::new(Self { connection, blocked: watch::Sender::new(None) })),
            Ok(Err(error)) => Err(in_words(&error)),
            Err(_elapsed) => {
                Err(format!("the broker did not accept the connection within {} ms", CONNECT_BUDGET.as_millis()))
            }
        }
    }

    /// Waits until the connection has ended, and says why. Ends without a reason when `stop` is cancelled.
    pub(super) async fn watch(&self, stop: &CancellationToken) -> Option<String> {
        let mut events = std::pin::pin!(self.connection.events_listener());
        let mut last = None;
        loop {
            let event = tokio::select! {
                () = stop.cancelled() => return None,
                event = tokio::time::timeout(LOOK_INTERVAL, events.next()) => event.ok().flatten(),
            };
            match event {
                // channels' errors come this way as well
                Some(Event::Error(error)) => last = Some(error),
                Some(Event::ConnectionBlocked(reason)) => {
                    tracing::warn!(%reason, "the broker takes no messages for now");
                    self.blocked.send_replace(Some(reason));
                }
                Some(Event::ConnectionUnblocked) => {
                    tracing::info!("the broker takes messages again");
                    self.blocked.send_replace(None);
                }
                _ => {}
            }
            if !self.connection.status().connected() {
                return Some(last.map_or_else(|| "the broker closed the connection".into(), |error| in_words(&error)));
            }
        }
    }

    /// Whether messages can be published over this connection now.
    ///
    /// # Errors
    /// [`Error::Blocked`] with the broker's reason.
    pub(super) fn takes_messages(&self) -> Result<(), Error> {
        match &*self.blocked.borrow() {
            Some(reason) => Err(Error::Blocked { reason: reason.clone() }),
            None => Ok(()),
        }
    }

    /// Waits while the broker takes no messages over this connection. Cancel safe.
    pub(super) async fn unblocked(&self) {
        let waited = self.blocked.subscribe().wait_for(Option::is_none).await.map(drop);
        waited.expect("the sender lives as long as `self`");
    }

    /// Opens a channel.
    ///
    /// # Errors
    /// [`Error::Busy`] when the connection has as many as it may have.
    pub(super) async fn channel(&self) -> Result<Channel, Error> {
        let limit = usize::from(self.connection.configuration().channel_max());
        let opened = async {
            match self.connection.create_channel().await {
                Err(error) if matches!(error.kind(), ErrorKind::ChannelsLimitReached) => Ok(None),
                opened => opened.map(Some),
            }
        };
        ask("channel.open", opened).await?.ok_or(Error::Busy { what: "channels", limit })
    }

    /// Opens a channel on which at most `prefetch` messages are unacked.
    ///
    /// # Errors
    /// As [`BrokerConnection::channel`].
    pub(super) async fn consumer_channel(&self, prefetch: u16) -> Result<Channel, Error> {
        let channel = self.channel().await?;
        ask("basic.qos", channel.basic_qos(prefetch, BasicQosOptions::default())).await?;
        Ok(channel)
    }

    /// Closes the connection, if it is open, and waits a while for the broker's answer.
    pub(super) async fn close(&self) {
        if self.connection.status().connected() {
            let closed = tokio::time::timeout(CLOSE_BUDGET, self.connection.close(200, "goodbye".into())).await;
            if !matches!(closed, Ok(Ok(()))) {
                tracing::debug!(?closed, "the broker did not say goodbye");
            }
        }
    }
}

/// lapin's error in a sentence for the page.
pub(super) fn in_words(error: &lapin::Error) -> String {
    match error.kind() {
        ErrorKind::ProtocolError(error) => match error.get_id() {
            403 => "the broker refused the user or its password; AMQP_URL sets them".into(),
            530 => "the broker has no such virtual host, or does not let the user in; AMQP_URL sets it".into(),
            320 => format!("the broker is stopping: {}", error.get_message()),
            code => format!("the broker closed the connection: {code} {}", error.get_message()),
        },
        ErrorKind::IOError(error) => format!("the connection broke: {error}"),
        ErrorKind::MissingHeartbeatError => "the broker was silent for too long".into(),
        _ => format!("the connection ended: {error}"),
    }
}
