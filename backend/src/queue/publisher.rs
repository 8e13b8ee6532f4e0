//! Publishes with confirms. Two kinds of lanes, each a channel:
//!
//! - the plain lane takes what cannot fail by itself, many messages at a time, in order;
//! - a careful lane takes one message at a time: what the broker may return (lapin cannot tell whose return it is when
//!   several are confirmed at once) or answer by closing the channel (an unknown exchange), which then harms nobody else.
//!
//! Messages through one [`Ticket`] keep their order within their kind.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use crosstalk_proto::{step::Party, ws::PublishOutcome};
use lapin::{
    BasicProperties, Channel, Confirmation, PublisherConfirm, options::BasicPublishOptions, types::ShortString,
};
use tokio::sync::{Mutex, OwnedMutexGuard, Semaphore};

use super::{Error, names, properties::header, session::Session};
use crate::{shutdown::Shutdown, step::Steps};

/// How long a message may take until the broker has confirmed it.
const CONFIRM_BUDGET: Duration = Duration::from_secs(10);
/// The most messages that wait for their confirms at once.
const IN_FLIGHT: usize = 1_024;
/// So many messages that need care are under way at once.
const CAREFUL_LANES: usize = 8;

/// A message to publish, checked.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// Where to; empty is the default exchange.
    pub exchange: ShortString,
    /// With which key.
    pub routing_key: ShortString,
    /// Whether it comes back when no queue takes it.
    pub mandatory: bool,
    /// Properties and headers.
    pub properties: BasicProperties,
    /// The body.
    pub body: Vec<u8>,
}

impl Outgoing {
    /// Whether the broker may return it or close the channel over it.
    fn needs_care(&self) -> bool {
        let properties = &self.properties;
        let direct_reply = |text: &Option<ShortString>| {
            text.as_ref().is_some_and(|text| text.as_str().starts_with(names::DIRECT_REPLY_TO))
        };
        self.mandatory
            || !self.exchange.as_str().is_empty()
            || properties.user_id().is_some()
            || properties.expiration().is_some()
            || direct_reply(properties.reply_to())
            || properties
                .headers()
                .as_ref()
                .is_some_and(|headers| ["CC", "BCC"].iter().any(|key| headers.contains_key(key)))
    }
}

/// Which careful lane somebody uses.
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
    room: Semaphore,
    plain: Mutex<Option<Channel>>,
    // each held from publish to confirm: that is what makes a lane careful
    careful: [Arc<Mutex<Option<Channel>>>; CAREFUL_LANES],
}

impl Publisher {
    pub(super) fn new() -> Self {
        Self { room: Semaphore::new(IN_FLIGHT), plain: Mutex::default(), careful: Default::default() }
    }

    /// Publishes a message and waits for its fate. Dropped, it may have published all the same.
    ///
    /// # Errors
    /// [`Error::Refused`] when the broker closed the channel over it, [`Error::Unknown`] when the link broke or the
    /// broker was silent before the confirm.
    pub async fn publish(
        &self,
        session: &Arc<Session>,
        ticket: Ticket,
        message: Outgoing,
        steps: &mut Steps,
    ) -> Result<PublishOutcome, Error> {
        let Ok(_room) = self.room.try_acquire() else {
            return Err(Error::Busy { what: "unconfirmed messages", limit: IN_FLIGHT });
        };
        let by = tokio::time::Instant::now() + CONFIRM_BUDGET;
        let fate = if message.needs_care() {
            let lane = tokio::time::timeout_at(by, self.careful[ticket.0].clone().lock_owned()).await;
            let lane = lane.map_err(|_elapsed| Error::Silent {
                what: "confirms of earlier messages",
                budget_ms: CONFIRM_BUDGET.as_millis(),
            })?;
            // a task of its own: whoever asked may leave, but a channel left in the middle would trouble the link
            let sent = session.shutdown.spawn(with_care(session.clone(), lane, message, by));
            let (fate, measured) =
                sent.await.map_err(|error| Error::Unknown { what: format!("publishing ended early: {error}") })?;
            *steps = measured;
            fate
        } else {
            let channel = in_order(&mut *self.plain.lock().await, session).await?;
            send(session, &channel, message, by, steps).await
        };
        session.metrics.published.inc();
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
    session: Arc<Session>,
    mut lane: OwnedMutexGuard<Option<Channel>>,
    message: Outgoing,
    by: tokio::time::Instant,
) -> (Result<Confirmation, Error>, Steps) {
    let mut steps = Steps::new();
    let fate = match in_order(&mut lane, &session).await {
        Ok(channel) => send(&session, &channel, message, by, &mut steps).await,
        Err(error) => Err(error),
    };
    if fate.is_err() {
        // what comes late must not be taken for the next message's
        if let Some(channel) = lane.take() {
            session.close_channel(channel);
        }
    }
    (fate, steps)
}

/// The lane's channel, a fresh one if the broker has closed it.
async fn in_order(lane: &mut Option<Channel>, session: &Session) -> Result<Channel, Error> {
    match lane {
        Some(channel) if channel.status().connected() => Ok(channel.clone()),
        _ => Ok(lane.insert(session.confirming_channel().await?).clone()),
    }
}

/// Writes a message and waits for its confirm, until `by`.
pub(super) async fn send(
    session: &Session,
    channel: &Channel,
    message: Outgoing,
    by: tokio::time::Instant,
    steps: &mut Steps,
) -> Result<Confirmation, Error> {
    debug_assert!(channel.status().confirm(), "without confirms a confirm means nothing");
    let Outgoing { exchange, routing_key, mandatory, properties, body } = message;
    tracing::trace!(trace = header(&properties, crate::trace::TRACEPARENT), bytes = body.len(), "publishing");
    let options = BasicPublishOptions { mandatory, immediate: false };
    let start = Instant::now();
    let written = channel.basic_publish(exchange, routing_key, options, &body, properties);
    let confirm = match tokio::time::timeout_at(by, written).await {
        Ok(Ok(confirm)) => confirm,
        Ok(Err(error)) => return Err(broken(session, &error)),
        Err(_elapsed) => return Err(late()),
    };
    steps.end(Party::Link, "publish", start);
    let start = Instant::now();
    let mut confirm = Confirm { waiting: Some(confirm), shutdown: &session.shutdown };
    let confirmation = match tokio::time::timeout_at(by, confirm.outcome()).await {
        Ok(Ok(confirmation)) => confirmation,
        Ok(Err(error)) => return Err(broken(session, &error)),
        Err(_elapsed) => return Err(late()),
    };
    steps.end(Party::Link, "confirm", start);
    Ok(confirmation)
}

/// A confirm that is waited for to its end, even when nobody wants to know any more: lapin would keep it for ever.
struct Confirm<'a> {
    waiting: Option<PublisherConfirm>,
    shutdown: &'a Shutdown,
}

impl Confirm<'_> {
    async fn outcome(&mut self) -> Result<Confirmation, lapin::Error> {
        let confirm = self.waiting.as_mut().expect("a confirm is waited for once");
        let outcome = confirm.await;
        self.waiting = None;
        outcome
    }
}

impl Drop for Confirm<'_> {
    fn drop(&mut self) {
        if let Some(confirm) = self.waiting.take() {
            self.shutdown.spawn(async move { drop(tokio::time::timeout(CONFIRM_BUDGET, confirm).await) });
        }
    }
}

fn broken(session: &Session, error: &lapin::Error) -> Error {
    Error::refusal(error).unwrap_or_else(|| Error::Unknown {
        what: format!("the link to {} broke before the confirm", session.endpoint()),
    })
}

fn late() -> Error {
    Error::Unknown { what: format!("no confirm came within {} ms", CONFIRM_BUDGET.as_millis()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(exchange: &str, mandatory: bool, properties: BasicProperties) -> Outgoing {
        Outgoing { exchange: exchange.into(), routing_key: "hello".into(), mandatory, properties, body: Vec::new() }
    }

    #[test]
    fn what_may_be_returned_or_close_the_channel_takes_a_careful_lane() {
        let none = BasicProperties::default;
        assert!(!message("", false, none()).needs_care());
        assert!(message("", true, none()).needs_care());
        assert!(message("amq.topic", false, none()).needs_care());
        assert!(message("", false, none().with_user_id("guest".into())).needs_care());
        assert!(message("", false, none().with_expiration("soon".into())).needs_care());
        assert!(message("", false, none().with_reply_to(names::DIRECT_REPLY_TO.into())).needs_care());
    }
}
