//! Heartbeats (AMQP 0-9-1, section 4.2.7): when the broker owes the client a frame, and when the client was silent for too
//! long. Any frame counts, in both directions.

use std::time::Duration;

use tokio::time::Instant;

/// A heartbeat frame.
pub(super) const FRAME: [u8; 8] = [8, 0, 0, 0, 0, 0, 0, 0xCE];
/// Without a connection that asked for heartbeats there is nothing to look at before this.
const NEVER: Duration = Duration::from_secs(24 * 60 * 60);

/// What a connection knows of its heartbeats.
#[derive(Debug)]
pub(super) struct Heartbeat {
    interval: Option<Duration>,
    received: Instant,
    sent: Instant,
}

impl Heartbeat {
    /// `interval` is what client and broker negotiated on; none is no heartbeats.
    pub(super) fn new(interval: Option<Duration>) -> Self {
        let now = Instant::now();
        Self { interval, received: now, sent: now }
    }

    /// The client sent something, or is read from again.
    pub(super) fn received(&mut self) {
        self.received = Instant::now();
    }

    /// The broker sent something.
    pub(super) fn sent(&mut self) {
        self.sent = Instant::now();
    }

    /// Whether the broker should send a heartbeat, having sent nothing else. Clients expect a frame in each half of the
    /// interval: two fifths leave a tenth of it for a machine that is busy.
    pub(super) fn is_due(&self) -> bool {
        self.pause().is_some_and(|pause| self.sent.elapsed() >= pause)
    }

    /// Whether nothing came for two intervals, after which a client counts as gone.
    pub(super) fn is_missed(&self) -> bool {
        self.interval.is_some_and(|interval| self.received.elapsed() >= interval * 2)
    }

    /// When to look again. It is never later than the next heartbeat is due, whatever is sent until then.
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
