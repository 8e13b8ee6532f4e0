//! One subscription of one socket, over all the links of its life.

use std::{
    task::{Context, Poll},
    time::Instant,
};

use crosstalk_proto::ws::{AckMode, Delivery as WireDelivery, MAX_BATCH, ServerMessage};
use http::StatusCode;
use lapin::message::Delivery;

use super::{ack_batcher::AckBatcher, unacked::Unacked};
use crate::{
    clock,
    error::Error,
    queue::{Ended, Subscription, properties},
};

/// A batch is closed when its bodies have so many bytes, so that a large prefetch of large messages is written in parts.
const BATCH_BYTES: usize = 64 * 1024;

/// The subscription that a page asks for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The queue.
    pub queue: String,
    /// How many unacked messages at most.
    pub prefetch: u16,
    /// The ack mode.
    pub ack_mode: AckMode,
}

/// A subscription.
#[derive(Debug)]
pub struct Consuming {
    /// Names it on its socket.
    pub number: u32,
    /// What it consumes.
    pub queue: String,
    /// How many unacked messages at most.
    pub prefetch: u16,
    ack_mode: AckMode,
    /// Of the link it consumes, or consumed last.
    pub epoch: u32,
    active: Option<Subscription>,
    unacked: Unacked,
    /// In automatic mode: the last that was fed to the socket, and how many, to be acked once written.
    fed: Option<(u64, u32)>,
    acks: AckBatcher,
}

impl Consuming {
    /// A subscription that has begun.
    #[must_use]
    pub fn new(number: u32, wanted: Wanted, subscription: Subscription) -> Self {
        let Wanted { queue, prefetch, ack_mode } = wanted;
        Self {
            number,
            queue,
            prefetch,
            ack_mode,
            epoch: subscription.epoch(),
            active: Some(subscription),
            unacked: Unacked::default(),
            fed: None,
            acks: AckBatcher::new(prefetch),
        }
    }

    /// The link broke; says how many were unacked.
    pub fn suspend(&mut self) -> u32 {
        self.active = None;
        self.fed = None;
        self.acks = AckBatcher::new(self.prefetch);
        self.unacked.forget()
    }

    /// It consumes again.
    pub fn resume(&mut self, subscription: Subscription) {
        self.epoch = subscription.epoch();
        self.active = Some(subscription);
    }

    /// How many are with the page.
    #[must_use]
    pub fn unacked(&self) -> u32 {
        u32::try_from(self.unacked.len()).unwrap_or(u32::MAX)
    }

    /// The next delivery; never while suspended.
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Delivery, Ended>> {
        match &mut self.active {
            Some(subscription) => subscription.poll_next(cx),
            None => Poll::Pending,
        }
    }

    /// The message that hands over a delivery and what is ready after it, how many there are, and the end if it came.
    pub fn batch(&mut self, first: Delivery) -> (ServerMessage, usize, Option<Ended>) {
        let mut messages = Vec::new();
        let mut bytes = 0;
        let mut next = Some(first);
        let mut end = None;
        while let Some(delivery) = next.take() {
            bytes += delivery.data.len();
            match self.ack_mode {
                AckMode::Manual => self.unacked.delivered(delivery.delivery_tag),
                AckMode::Automatic => {
                    let fed = self.fed.map_or(0, |(_tag, count)| count);
                    self.fed = Some((delivery.delivery_tag, fed + 1));
                }
            }
            messages.push(to_wire(delivery));
            if messages.len() == MAX_BATCH || bytes >= BATCH_BYTES {
                break;
            }
            match self.active.as_mut().and_then(Subscription::ready) {
                Some(Ok(delivery)) => next = Some(delivery),
                Some(Err(ended)) => end = Some(ended),
                None => {}
            }
        }
        let count = messages.len();
        (ServerMessage::Deliveries { subscription: self.number, epoch: self.epoch, messages }, count, end)
    }

    /// All that was fed is written: in automatic mode that settles it, when [`Consuming::due`] says.
    pub fn written(&mut self, now: Instant) {
        if let Some((tag, count)) = self.fed.take() {
            self.acks.add(tag, count, now);
        }
    }

    /// When something that was written is to be acked.
    #[must_use]
    pub fn due(&self) -> Option<Instant> {
        self.acks.due()
    }

    /// The page acks; the broker is told by [`Consuming::send_acks`].
    ///
    /// # Errors
    /// 404 when no such delivery is with the page.
    pub fn ack(&mut self, epoch: u32, tag: u64, multiple: bool) -> Result<Settled, Error> {
        if epoch != self.epoch || self.active.is_none() {
            return Ok(Settled::STALE);
        }
        let count = self.unacked.ack(tag, multiple).ok_or_else(|| self.unknown(tag))?;
        Ok(Settled { count, stale: false })
    }

    /// The page nacks.
    ///
    /// # Errors
    /// As [`Consuming::ack`].
    pub fn nack(&mut self, epoch: u32, tag: u64, multiple: bool, requeue: bool) -> Result<Settled, Error> {
        if epoch != self.epoch || self.active.is_none() {
            return Ok(Settled::STALE);
        }
        // acks that wait go first: they may be of earlier tags
        self.send_acks(Instant::now());
        let count = self.unacked.settle(tag, multiple).ok_or_else(|| self.unknown(tag))?;
        if let Some(subscription) = &self.active {
            subscription.nack(tag, multiple, requeue);
        }
        Ok(Settled { count, stale: false })
    }

    /// Tells the broker what the page has acked, in as few acks as can be, and what was written if it is time.
    pub fn send_acks(&mut self, now: Instant) {
        let written = self.acks.take_due(now);
        self.send(written);
    }

    /// As [`Consuming::send_acks`], all of it: it consumes no longer.
    pub fn send_last_acks(&mut self) {
        let written = self.acks.take();
        self.send(written);
    }

    fn send(&mut self, written: Option<u64>) {
        if let Some(subscription) = &self.active {
            for ack in self.unacked.acks() {
                subscription.ack(ack.tag, ack.multiple);
            }
            if let Some(tag) = written {
                subscription.ack(tag, true);
            }
        }
    }

    fn unknown(&self, tag: u64) -> Error {
        let detail = match self.ack_mode {
            AckMode::Manual => format!("delivery {tag} is not with you: it was settled already, or never delivered"),
            AckMode::Automatic => "this subscription acks by itself".to_owned(),
        };
        Error::request(StatusCode::NOT_FOUND, detail)
    }
}

/// What a settlement came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settled {
    /// How many deliveries.
    pub count: u32,
    /// They came over an earlier link.
    pub stale: bool,
}

impl Settled {
    const STALE: Self = Self { count: 0, stale: true };
}

/// Takes a delivery apart without copying its body.
fn to_wire(delivery: Delivery) -> WireDelivery {
    WireDelivery {
        delivery_tag: delivery.delivery_tag,
        redelivered: delivery.redelivered,
        exchange: delivery.exchange.into(),
        routing_key: delivery.routing_key.into(),
        properties: properties::from_amqp(&delivery.properties),
        body: properties::body(delivery.data),
        at_ms: clock::now_ms(),
    }
}
