//! The state of a connection's load: what to write next, and what was confirmed and received. It does no I/O.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use amq_protocol::{
    frame::{AMQPContentHeader, AMQPFrame, parse_frame},
    protocol::{AMQPClass, basic},
};
use anyhow::Context as _;
use crosstalk_measure::Latencies;

use super::{Frame, Frames, encode};

/// The channel of the publisher.
pub(super) const PUBLISH: u16 = 1;
/// The channel of the consumer.
pub(super) const CONSUME: u16 = 2;
/// The number of bytes that are gathered before a write.
const WRITE: usize = 256 * 1024;

/// The load of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    /// The size of a body in bytes, at least 8.
    pub(crate) body: usize,
    /// The maximum number of messages that are not yet both confirmed and received.
    pub(crate) window: usize,
    /// Messages per second; none for as many as the window allows.
    pub(crate) rate: Option<f64>,
    pub(crate) start: Instant,
    /// Messages that arrive earlier are not counted.
    pub(crate) count_from: Instant,
    /// When publishing ends; outstanding messages are then waited for.
    pub(crate) end: Instant,
    /// The maximum number of messages.
    pub(crate) limit: u64,
    /// True if messages are consumed; otherwise they stay in the queue.
    pub(crate) consume: bool,
}

/// The result of a load.
#[derive(Debug)]
pub(crate) struct Tally {
    /// Messages received between `count_from` and `end`.
    pub(crate) counted: u64,
    /// Their latencies, from the socket to the consumer.
    pub(crate) latencies: Latencies,
}

/// The load and its state.
pub(super) struct Progress {
    load: Load,
    /// The encoded method, header and start of the body, the same for all messages.
    prefix: Vec<u8>,
    pub(super) output: Vec<u8>,
    published: u64,
    received: u64,
    /// For each message from `confirmed` on, whether it has been confirmed.
    unconfirmed: VecDeque<bool>,
    confirmed: u64,
    pub(super) tally: Tally,
}

impl Progress {
    pub(super) fn new(queue: &str, load: Load) -> anyhow::Result<Self> {
        let publish =
            basic::Publish { exchange: "".into(), routing_key: queue.into(), mandatory: false, immediate: false };
        let header = AMQPContentHeader {
            class_id: 60,
            body_size: load.body as u64,
            properties: basic::AMQPProperties::default().with_delivery_mode(1),
        };
        let mut prefix = Vec::new();
        encode(&AMQPFrame::Method(PUBLISH, AMQPClass::Basic(basic::AMQPMethod::Publish(publish))), &mut prefix)?;
        encode(&AMQPFrame::Header(PUBLISH, header), &mut prefix)?;
        encode(&AMQPFrame::Body(PUBLISH, vec![b'x'; load.body]), &mut prefix)?;
        Ok(Self {
            load,
            prefix,
            output: Vec::with_capacity(2 * WRITE),
            published: 0,
            received: 0,
            unconfirmed: VecDeque::new(),
            confirmed: 0,
            tally: Tally { counted: 0, latencies: Latencies::new() },
        })
    }

    /// The number of messages that are not yet both confirmed and received.
    fn outstanding(&self) -> usize {
        let done = if self.load.consume { self.confirmed.min(self.received) } else { self.confirmed };
        (self.published - done) as usize
    }

    pub(super) fn is_done(&self, now: Instant) -> bool {
        (now >= self.load.end || self.published == self.load.limit) && self.outstanding() == 0
    }

    /// Encodes the messages that may be published now.
    pub(super) fn publish(&mut self, now: Instant) {
        if now >= self.load.end {
            return;
        }
        let since = now.duration_since(self.load.start);
        let due = self.load.rate.map_or(u64::MAX, |rate| (since.as_secs_f64() * rate) as u64).min(self.load.limit);
        let stamp = (since.as_nanos() as u64).to_be_bytes();
        while self.published < due && self.outstanding() < self.load.window && self.output.len() < WRITE {
            self.output.extend_from_slice(&self.prefix);
            let body = self.output.len() - self.load.body - 1;
            self.output[body..body + stamp.len()].copy_from_slice(&stamp);
            self.published += 1;
            self.unconfirmed.push_back(false);
        }
    }

    /// Handles received frames and acks deliveries. Returns the number of bytes of complete frames.
    pub(super) fn read(&mut self, bytes: &[u8], now: Instant) -> anyhow::Result<usize> {
        let at = now.duration_since(self.load.start).as_nanos() as u64;
        let counts = now >= self.load.count_from && now < self.load.end;
        let mut delivered = None;
        let mut frames = Frames::of(bytes);
        for (_channel, frame) in frames.by_ref() {
            match frame {
                Frame::Deliver(tag) => delivered = Some(tag),
                Frame::Body(body) => {
                    anyhow::ensure!(body.len() == self.load.body, "a body has {} bytes", body.len());
                    self.received += 1;
                    if counts {
                        let sent = body.first_chunk().map_or(at, |stamp| u64::from_be_bytes(*stamp));
                        self.tally.counted += 1;
                        self.tally.latencies.record(Duration::from_nanos(at.saturating_sub(sent)));
                    }
                }
                Frame::Ack { tag, multiple } => self.confirm(tag, multiple)?,
                Frame::Header(_) => {}
                Frame::Other(frame) => anyhow::bail!("the broker says {:?}", parse_frame(frame)),
            }
        }
        anyhow::ensure!(self.received <= self.published, "a message came twice");
        if let Some(delivery_tag) = delivered {
            let ack = basic::Ack { delivery_tag, multiple: true };
            encode(&AMQPFrame::Method(CONSUME, AMQPClass::Basic(basic::AMQPMethod::Ack(ack))), &mut self.output)?;
        }
        Ok(frames.used())
    }

    fn confirm(&mut self, tag: u64, multiple: bool) -> anyhow::Result<()> {
        let index = tag.checked_sub(self.confirmed + 1).filter(|index| *index < self.unconfirmed.len() as u64);
        let index =
            index.with_context(|| format!("{tag} is confirmed but no message with this tag is unconfirmed"))? as usize;
        let from = if multiple { 0 } else { index };
        self.unconfirmed.range_mut(from..=index).for_each(|confirmed| *confirmed = true);
        while self.unconfirmed.front() == Some(&true) {
            self.unconfirmed.pop_front();
            self.confirmed += 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(window: usize) -> Progress {
        let start = Instant::now();
        let load = Load {
            body: 100,
            window,
            rate: None,
            start,
            count_from: start,
            end: start + Duration::from_secs(60),
            limit: u64::MAX,
            consume: true,
        };
        Progress::new("queue", load).unwrap()
    }

    #[test]
    fn a_window_is_filled_and_opens_when_messages_are_both_confirmed_and_received() {
        let mut progress = progress(3);
        let now = Instant::now();
        progress.publish(now);
        assert_eq!(progress.published, 3);
        progress.confirm(2, false).unwrap();
        progress.confirm(1, false).unwrap();
        assert_eq!((progress.confirmed, progress.outstanding()), (2, 3));
        progress.received = 1;
        progress.publish(now);
        assert_eq!(progress.published, 4);
        progress.confirm(4, true).unwrap();
        assert_eq!(progress.confirmed, 4);
        assert!(progress.confirm(4, false).is_err(), "confirmed twice");
    }
}
