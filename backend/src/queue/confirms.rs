//! Publishes a message and waits for its confirm. A message is in flight from the moment lapin has it until the broker has
//! confirmed it or the connection has ended: for that long it takes memory, also when its caller has left, and for
//! that long its permit is held.

use std::{sync::Arc, time::Instant};

use crosstalk_proto::step::Party;
use futures_util::{FutureExt as _, future::BoxFuture};
use lapin::{
    Channel, Confirmation, PublisherConfirm,
    options::{BasicPublishOptions, ConfirmSelectOptions},
};
use tokio_util::sync::CancellationToken;

use super::{
    Error, ask::ask, connection::BrokerConnection, fair_limit::Permit, outgoing::Outgoing, properties::header,
    session_context::SessionContext,
};
use crate::{server_timing::Steps, shutdown::Shutdown};

/// A channel with publisher confirms, and the connection that it belongs to.
#[derive(Clone, Debug)]
pub(super) struct ConfirmChannel {
    pub(super) channel: Channel,
    connection: Arc<BrokerConnection>,
}

impl ConfirmChannel {
    /// `channel` has had its `confirm.select`.
    fn new(channel: Channel, connection: Arc<BrokerConnection>) -> Self {
        Self { channel, connection }
    }

    /// Whether the channel is open.
    pub(super) fn is_open(&self) -> bool {
        self.channel.status().connected()
    }

    /// Publishes a message and waits for its confirm, until `by`.
    ///
    /// # Errors
    /// [`Error::Blocked`] when the broker takes no messages: then nothing was sent. [`Error::Refused`] when the broker
    /// closed the channel, [`Error::Unknown`] when the link broke or the broker was silent.
    pub(super) async fn publish(
        &self,
        context: &SessionContext,
        permit: Permit,
        message: Outgoing,
        by: tokio::time::Instant,
        steps: &mut Steps,
    ) -> Result<Confirmation, Error> {
        debug_assert!(self.channel.status().confirm(), "without confirms a confirm means nothing");
        self.connection.takes_messages()?;
        let Outgoing { exchange, routing_key, mandatory, properties, body } = message;
        tracing::trace!(trace = header(&properties, crate::trace::TRACEPARENT), bytes = body.len(), "publishing");
        let options = BasicPublishOptions { mandatory, immediate: false };
        let channel = self.channel.clone();
        let writing = async move { channel.basic_publish(exchange, routing_key, options, &body, properties).await };
        let mut in_flight = InFlight {
            state: State::Writing(writing.boxed()),
            permit: Some(permit),
            ended: context.ended().clone(),
            shutdown: context.shutdown().clone(),
        };
        let outcome = async {
            let start = Instant::now();
            in_flight.written().await?;
            steps.end(Party::Link, "publish", start);
            let start = Instant::now();
            let confirmation = in_flight.confirmed().await?;
            let end = Instant::now();
            let (returned, name) = match &confirmation {
                Confirmation::Ack(returned) => (returned.is_some(), "confirm"),
                Confirmation::Nack(returned) => (returned.is_some(), "nack"),
                Confirmation::NotRequested => (false, "confirm"),
            };
            if returned {
                // lapin hands out the returned message with its confirm
                steps.add(Party::Link, "return", start, end);
            }
            steps.add(Party::Link, name, start, end);
            Ok(confirmation)
        };
        match tokio::time::timeout_at(by, outcome).await {
            Ok(Ok(confirmation)) => Ok(confirmation),
            Ok(Err(error)) => Err(Error::refusal(&error).unwrap_or_else(|| Error::Unknown {
                what: format!("the link to {} broke before the confirm", context.endpoint()),
            })),
            Err(_elapsed) => Err(Error::Unknown { what: "no confirm came in time".into() }),
        }
    }
}

impl BrokerConnection {
    /// Opens a channel with publisher confirms.
    ///
    /// # Errors
    /// As [`BrokerConnection::channel`].
    pub(super) async fn confirm_channel(self: &Arc<Self>) -> Result<ConfirmChannel, Error> {
        let channel = self.channel().await?;
        ask("confirm.select", channel.confirm_select(ConfirmSelectOptions::default())).await?;
        Ok(ConfirmChannel::new(channel, self.clone()))
    }
}

/// A message that lapin has. Dropping it early leaves a task that waits for the confirm: lapin would otherwise keep what
/// belongs to it for as long as the channel lives.
struct InFlight {
    state: State,
    permit: Option<Permit>,
    ended: CancellationToken,
    shutdown: Shutdown,
}

enum State {
    Writing(BoxFuture<'static, Result<PublisherConfirm, lapin::Error>>),
    Confirming(PublisherConfirm),
    Settled,
}

impl InFlight {
    async fn written(&mut self) -> Result<(), lapin::Error> {
        if let State::Writing(writing) = &mut self.state {
            let written = writing.await;
            self.state = State::Settled;
            self.state = State::Confirming(written?);
        }
        Ok(())
    }

    async fn confirmed(&mut self) -> Result<Confirmation, lapin::Error> {
        let State::Confirming(confirm) = &mut self.state else {
            return Err(lapin::ErrorKind::FutureCompleted.into());
        };
        let confirmation = confirm.await;
        self.state = State::Settled;
        confirmation
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        let (state, permit) = (std::mem::replace(&mut self.state, State::Settled), self.permit.take());
        if matches!(state, State::Settled) {
            return;
        }
        let ended = self.ended.clone();
        self.shutdown.spawn(async move {
            let _permit = permit;
            let confirmed = async {
                match state {
                    State::Writing(writing) => drop(writing.await?.await),
                    State::Confirming(confirm) => drop(confirm.await),
                    State::Settled => {}
                }
                Ok::<_, lapin::Error>(())
            };
            tokio::select! {
                () = ended.cancelled() => {}
                _ = confirmed => {}
            }
        });
    }
}
