//! The messages that a page's consumers got: the last of them whole, all of them counted. Bounded, and nothing that
//! awaits a decision is ever dropped: prefetch bounds these.
//!
//! Rows are numbered from 1 as they arrive and read newest first. What is drawn of them is the list's business.

mod filter;
#[cfg(test)]
mod tests;

use std::{collections::VecDeque, sync::Arc};

use crosstalk_proto::{amqp::Body, ws::Delivery};
use serde::Serialize;

pub use self::filter::{Filter, Show};
use super::{json, payload};

/// How many messages are kept.
pub const KEPT: usize = 5_000;
/// How many bytes of bodies are kept.
const KEPT_BYTES: usize = 16 * 1024 * 1024;

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// The page has it and has not settled it.
    Held,
    /// The page acked it.
    Acked,
    /// The server acked it when it was written to the page's socket.
    Automatic,
    /// Rejected, not to come again.
    Nacked,
    /// Rejected, to come again.
    Requeued,
    /// The consumer ended first: the broker has it back.
    GivenBack,
    /// The connection broke first. The broker delivers the message again if the broker still has it.
    Unsettled,
    /// The broker that had it has ended, and the message with it.
    Lost,
}

/// A delivery over one link of one subscription: what an ack names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag {
    /// The link.
    pub epoch: u32,
    /// The delivery tag.
    pub delivery: u64,
}

/// A delivered message.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrival {
    /// Counts the messages of this page, from 1.
    pub number: u64,
    /// When the page got it, on its clock.
    pub at_ms: f64,
    /// Which of the page's consumers got it.
    pub consumer: u32,
    /// Which delivery.
    pub tag: Tag,
    /// What became of it.
    pub fate: Fate,
    /// How long after its arrival, when the page settled it.
    pub settled_after_ms: Option<f64>,
    /// Bytes of its body.
    pub size: usize,
    /// The message as it came.
    pub delivery: Arc<Delivery>,
}

/// The messages.
#[derive(Clone, Debug, Default)]
pub struct Arrivals {
    // oldest first
    kept: VecDeque<Arrival>,
    // older than those, and held
    waiting: Vec<Arrival>,
    // how many of each consumer that ever held one
    held: Vec<(u32, usize)>,
    bytes: usize,
    total: u64,
    redelivered: u64,
    acked: u64,
}

impl Arrivals {
    /// Takes a delivery of a consumer; `fate` is [`Fate::Held`] unless nobody has to settle it.
    pub fn arrive(&mut self, consumer: u32, delivery: Delivery, epoch: u32, fate: Fate, at_ms: f64) {
        self.total += 1;
        self.redelivered += u64::from(delivery.redelivered);
        let size = payload::size(&delivery.body);
        self.bytes += size;
        match fate {
            Fate::Held => match self.held.iter_mut().find(|(whose, _)| *whose == consumer) {
                Some((_, held)) => *held += 1,
                None => self.held.push((consumer, 1)),
            },
            Fate::Automatic => self.acked += 1,
            Fate::Acked | Fate::Nacked | Fate::Requeued | Fate::GivenBack | Fate::Unsettled | Fate::Lost => {}
        }
        self.kept.push_back(Arrival {
            number: self.total,
            at_ms,
            consumer,
            tag: Tag { epoch, delivery: delivery.delivery_tag },
            fate,
            settled_after_ms: None,
            size,
            delivery: Arc::new(delivery),
        });
        while self.kept.len() > KEPT || (self.bytes > KEPT_BYTES && self.kept.len() > 1) {
            let Some(oldest) = self.kept.pop_front() else { break };
            self.bytes -= oldest.size;
            if oldest.fate == Fate::Held {
                self.waiting.push(oldest);
            }
        }
    }

    /// Sets the fate of the held deliveries of a consumer that are meant, and says how many these are.
    pub fn settle(&mut self, consumer: u32, fate: Fate, now_ms: f64, which: impl Fn(Tag) -> bool) -> usize {
        let mut left = self.held_by(consumer);
        let mut settled = 0;
        for arrival in self.kept.iter_mut().rev().chain(self.waiting.iter_mut().rev()) {
            // the held are among the newest
            if left == 0 {
                break;
            }
            if arrival.consumer == consumer && arrival.fate == Fate::Held {
                left -= 1;
                if which(arrival.tag) {
                    arrival.fate = fate;
                    arrival.settled_after_ms = Some(now_ms - arrival.at_ms);
                    settled += 1;
                }
            }
        }
        if let Some((_, held)) = self.held.iter_mut().find(|(whose, _)| *whose == consumer) {
            *held -= settled;
        }
        if fate == Fate::Acked {
            self.acked += settled as u64;
        }
        settled
    }

    /// The ack of `count` deliveries up to `last` came too late: the connection they came over had broken.
    pub fn unack(&mut self, consumer: u32, last: Tag, count: usize) {
        let late = |arrival: &&mut Arrival| {
            let Tag { epoch, delivery } = arrival.tag;
            arrival.consumer == consumer
                && arrival.fate == Fate::Acked
                && epoch == last.epoch
                && delivery <= last.delivery
        };
        for arrival in self.kept.iter_mut().rev().filter(late).take(count) {
            arrival.fate = Fate::Unsettled;
        }
        self.acked -= count as u64;
    }

    /// The broker ended: what was not settled when its connection broke is lost. Says how many messages these are.
    pub fn lose(&mut self) -> usize {
        let kept = self.kept.iter_mut().chain(self.waiting.iter_mut());
        let unsettled = kept.filter(|arrival| arrival.fate == Fate::Unsettled);
        unsettled.map(|arrival| arrival.fate = Fate::Lost).count()
    }

    /// Lets go of what was only kept because it was held.
    pub fn tidy(&mut self) {
        self.waiting.retain(|arrival| arrival.fate == Fate::Held);
    }

    /// The newest delivery that a consumer holds.
    pub fn newest_held(&self, consumer: u32) -> Option<Tag> {
        let newest = self.kept.iter().rev().chain(self.waiting.iter().rev());
        let mut held = newest.filter(|arrival| arrival.consumer == consumer && arrival.fate == Fate::Held);
        held.next().map(|arrival| arrival.tag)
    }

    /// Forgets all but what waits for a decision; the counts go on.
    pub fn clear(&mut self) {
        self.kept.retain(|arrival| arrival.fate == Fate::Held);
        self.tidy();
        self.bytes = self.kept.iter().map(|arrival| arrival.size).sum();
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.kept.len() + self.waiting.len()
    }

    /// A row, the newest first.
    pub fn get(&self, at: usize) -> Option<&Arrival> {
        let place = |len: usize, at: usize| len.checked_sub(at + 1);
        match place(self.kept.len(), at) {
            Some(at) => self.kept.get(at),
            None => self.waiting.get(place(self.waiting.len(), at - self.kept.len())?),
        }
    }

    /// The rows, the newest first.
    pub fn iter(&self) -> impl Iterator<Item = &Arrival> {
        self.kept.iter().rev().chain(self.waiting.iter().rev())
    }

    /// What became of a message, when it is still here.
    pub fn fate(&self, number: u64) -> Option<Fate> {
        let kept = self.kept.binary_search_by_key(&number, |arrival| arrival.number).ok();
        let waiting = || self.waiting.iter().find(|arrival| arrival.number == number);
        kept.map(|at| &self.kept[at]).or_else(waiting).map(|arrival| arrival.fate)
    }

    /// How many messages arrived.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// How many of these had been delivered before.
    pub fn redelivered(&self) -> u64 {
        self.redelivered
    }

    /// How many of these were acked.
    pub fn acked(&self) -> u64 {
        self.acked
    }

    /// How many are held at present.
    pub fn held(&self) -> usize {
        self.held.iter().map(|(_, held)| held).sum()
    }

    /// How many a consumer holds.
    pub fn held_by(&self, consumer: u32) -> usize {
        self.held.iter().find(|(whose, _)| *whose == consumer).map_or(0, |(_, held)| *held)
    }
}

/// Whether the body of a delivery is what its `content_type` says: of JSON that can be told.
pub fn is_readable(delivery: &Delivery) -> bool {
    let json = delivery.properties.content_type.as_deref().is_some_and(|kind| kind.contains("json"));
    match &delivery.body {
        Body::Text(text) if json => json::check_syntax(text).is_ok(),
        Body::Base64(_) => !json,
        Body::Text(_) => true,
    }
}

/// Messages as a file: one JSON object a line, oldest first. `name` is what a consumer is called.
pub fn ndjson<'a>(newest_first: impl Iterator<Item = &'a Arrival>, name: impl Fn(u32) -> String) -> String {
    #[derive(Serialize)]
    struct Line<'a> {
        number: u64,
        consumer: String,
        state: Fate,
        message: &'a Delivery,
    }
    let mut lines: Vec<String> = newest_first
        .map(|arrival| {
            let Arrival { number, consumer, fate, delivery, .. } = arrival;
            let line = Line { number: *number, consumer: name(*consumer), state: *fate, message: delivery };
            serde_json::to_string(&line).expect("a line is plain data with text keys")
        })
        .collect();
    lines.reverse();
    lines.join("\n")
}
