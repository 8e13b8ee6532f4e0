//! Publishes with confirms. Two kinds of lanes, each a channel:
//!
//! - the plain lane takes what cannot fail by itself, many messages at a time, in order;
//! - a careful lane takes one message at a time: what the broker may return (lapin cannot tell whose return it is when
//!   several are confirmed at once) or answer by closing the channel (an unknown exchange), which then affects no other message.
//!
//! Messages through one [`Ticket`] keep their order within their kind.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use crosstalk_proto::ws::PublishOutcome;
use lapin::Confirmation;
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::{
    Error, confirms::ConfirmChannel, connection::BrokerConnection, fair_limit::Permit, outgoing::Outgoing,
    session_context::SessionContext,
};
use crate::server_timing::Steps;

/// How long a message may take until the broker has confirmed it.
const CONFIRM_BUDGET: Duration = Duration::from_secs(10);
/// So many messages that need care are under way at once.
const CAREFUL_LANES: usize = 8;

/// The careful lane that a socket uses.
#[derive(Clone, Copy, Debug)]
pub struct Ticket(usize);

impl Ticket {
    /// The next lane in turn.
    #[must_use]
    pub fn draw() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed) % CAREFUL_LANES)
    }
}

/// The lanes of a session.
#[derive(Debug)]
pub struct Publisher {
    connection: Arc<BrokerConnection>,
    context: SessionContext,
    plain: Mutex<Option<ConfirmChannel>>,
    // each held from publish to confirm: that is what makes a lane careful
    careful: [Arc<Mutex<Option<ConfirmChannel>>>; CAREFUL_LANES],
}

impl Publisher {
    pub(super) fn new(connection: Arc<BrokerConnection>, context: SessionContext) -> Self {
        Self { connection, context, plain: Mutex::default(), careful: Default::default() }
    }

    /// Publishes a message and waits for its outcome. Dropping the future does not undo the publish. The permit is held until the
    /// broker has confirmed the message or the session has ended.
    ///
    /// # Errors
    /// [`Error::Blocked`] when the broker takes no messages, [`Error::Refused`] when it closed the channel over this one,
    /// [`Error::Unknown`] when the link broke or the broker was silent before the confirm.
    pub async fn publish(
        &self,
        ticket: Ticket,
        permit: Permit,
        message: Outgoing,
        steps: &mut Steps,
    ) -> Result<PublishOutcome, Error> {
        // also before a lane is looked at: no channel can be opened while the connection is blocked
        self.connection.takes_messages()?;
        let by = tokio::time::Instant::now() + CONFIRM_BUDGET;
        let fate = if message.needs_care() {
            let lane = tokio::time::timeout_at(by, self.careful[ticket.0].clone().lock_owned()).await;
            let lane = lane.map_err(|_elapsed| Error::Silent {
                what: "confirms of earlier messages",
                budget_ms: CONFIRM_BUDGET.as_millis(),
            })?;
            // a task of its own: the caller may be dropped, but a channel left in the middle would trouble the link
            let sending = with_care(self.context.clone(), self.connection.clone(), lane, permit, message, by);
            let sent = self.context.shutdown().spawn(sending);
            let (fate, measured) =
                sent.await.map_err(|error| Error::Unknown { what: format!("publishing ended early: {error}") })?;
            *steps = measured;
            fate
        } else {
            let channel = open_lane(&mut *self.plain.lock().await, &self.connection).await?;
            channel.publish(&self.context, permit, message, by, steps).await
        };
        self.context.metrics().published.inc();
        match fate? {
            Confirmation::Ack(None) => Ok(PublishOutcome::Confirmed),
            Confirmation::Ack(Some(returned)) | Confirmation::Nack(Some(returned)) => Ok(PublishOutcome::Returned {
                reply_code: returned.reply_code,
                reply_text: returned.reply_text.to_string(),
            }),
            Confirmation::Nack(None) => Ok(PublishOutcome::Nacked),
            Confirmation::NotRequested => Err(Error::Unknown { what: "the channel had no confirms".into() }),
        }
    }
}

async fn with_care(
    context: SessionContext,
    connection: Arc<BrokerConnection>,
    mut lane: OwnedMutexGuard<Option<ConfirmChannel>>,
    permit: Permit,
    message: Outgoing,
    by: tokio::time::Instant,
) -> (Result<Confirmation, Error>, Steps) {
    let mut steps = Steps::new();
    let fate = match open_lane(&mut lane, &connection).await {
        Ok(channel) => channel.publish(&context, permit, message, by, &mut steps).await,
        Err(error) => Err(error),
    };
    if fate.is_err() {
        // what comes late must not be taken for the next message's
        if let Some(lane) = lane.take() {
            context.close_channel(lane.channel);
        }
    }
    (fate, steps)
}

/// The lane's channel, a fresh one if the broker has closed it.
async fn open_lane(
    lane: &mut Option<ConfirmChannel>,
    connection: &Arc<BrokerConnection>,
) -> Result<ConfirmChannel, Error> {
    match lane {
        Some(channel) if channel.is_open() => Ok(channel.clone()),
        _ => Ok(lane.insert(connection.confirm_channel().await?).clone()),
    }
}
