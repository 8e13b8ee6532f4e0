//! What is written to a socket and is ours to ack. Each ack costs the broker about as much as a delivery, so one stands
//! for many: it goes out when it settles enough to keep deliveries coming, or after a moment. Plain: who asks brings the
//! time.

use std::time::{Duration, Instant};

/// How long the first delivery may wait for its ack. The prefetch has room until then.
const MOMENT: Duration = Duration::from_millis(10);

/// The deliveries of one channel that are written and not yet acked.
#[derive(Clone, Debug)]
pub struct AckBatcher {
    enough: u32,
    count: u32,
    last: Option<u64>,
    since: Instant,
}

impl AckBatcher {
    /// Of a consumer that has at most `prefetch` unacked deliveries.
    #[must_use]
    pub fn new(prefetch: u16) -> Self {
        Self { enough: u32::from(prefetch / 2).max(1), count: 0, last: None, since: Instant::now() }
    }

    /// So many more deliveries are written, of which `tag` came last.
    pub fn add(&mut self, tag: u64, count: u32, now: Instant) {
        if self.last.replace(tag).is_none() {
            self.since = now;
        }
        self.count += count;
    }

    /// When the ack is to go out; nothing while none is owed.
    #[must_use]
    pub fn due(&self) -> Option<Instant> {
        self.last.map(|_tag| if self.count >= self.enough { self.since } else { self.since + MOMENT })
    }

    /// The tag up to which to ack, if it is time.
    pub fn take_due(&mut self, now: Instant) -> Option<u64> {
        self.due().filter(|due| *due <= now).and_then(|_due| self.take())
    }

    /// The tag up to which to ack, whatever the time.
    pub fn take(&mut self) -> Option<u64> {
        self.count = 0;
        self.last.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_prefetch_is_acked_at_once() {
        let now = Instant::now();
        let mut written = AckBatcher::new(10);
        written.add(4, 4, now);
        assert_eq!(written.take_due(now), None);
        written.add(5, 1, now);
        assert_eq!(written.take_due(now), Some(5));
        assert_eq!(written.due(), None);
    }

    #[test]
    fn less_is_acked_after_a_moment_from_the_first() {
        let start = Instant::now();
        let mut written = AckBatcher::new(100);
        written.add(1, 1, start);
        written.add(2, 1, start + MOMENT / 2);
        assert_eq!(written.due(), Some(start + MOMENT));
        assert_eq!(written.take_due(start + MOMENT), Some(2));
    }

    #[test]
    fn a_prefetch_of_one_never_waits() {
        let now = Instant::now();
        let mut written = AckBatcher::new(1);
        written.add(7, 1, now);
        assert_eq!(written.take_due(now), Some(7));
    }
}
