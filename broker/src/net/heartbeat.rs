//! Heartbeats (AMQP 0-9-1, section 4.2.7): when the broker has to send a frame, and when the client was silent for too
//! long. Any frame counts, in both directions.

use std::time::Duration;

use tokio::time::Instant;

/// A heartbeat frame.
pub(super) const FRAME: [u8; 8] = [8, 0, 0, 0, 0, 0, 0, 0xCE];
/// The interval of checks for a connection without heartbeats.
const NEVER: Duration = Duration::from_secs(24 * 60 * 60);

/// The heartbeat state of a connection.
#[derive(Debug)]
pub(super) struct Heartbeat {
    interval: Option<Duration>,
    received: Instant,
    sent: Instant,
}

impl Heartbeat {
    /// `interval` is the negotiated one; none means no heartbeats.
    pub(super) fn new(interval: Option<Duration>) -> Self {
        let now = Instant::now();
        Self { interval, received: now, sent: now }
    }

    /// The client sent something, or reading resumed.
    pub(super) fn received(&mut self) {
        self.received = Instant::now();
    }

    /// The broker sent something.
    pub(super) fn sent(&mut self) {
        self.sent = Instant::now();
    }

    /// True if the broker should send a heartbeat because it sent nothing else. Clients expect a frame in each half of
    /// the interval; two fifths leave a tenth as a margin on a busy machine.
    pub(super) fn is_due(&self) -> bool {
        self.pause().is_some_and(|pause| self.sent.elapsed() >= pause)
    }

    /// True if nothing arrived for two intervals: the client counts as gone.
    pub(super) fn is_missed(&self) -> bool {
        self.interval.is_some_and(|interval| self.received.elapsed() >= interval * 2)
    }

    /// When to check again, never later than the next heartbeat is due.
    pub(super) fn next(&self) -> Instant {
        let now = Instant::now();
        let Some((pause, interval)) = self.pause().zip(self.interval) else { return now + NEVER };
        let due = (self.sent + pause).min(self.received + interval * 2);
        if due > now { due } else { now + pause }
    }

    fn pause(&self) -> Option<Duration> {
        self.interval.map(|interval| interval * 2 / 5)
    }
}
