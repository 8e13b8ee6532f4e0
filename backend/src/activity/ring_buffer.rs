//! The calls of one style that were noted lately, and how many were not because there were too many at once.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use crosstalk_proto::ws::OtherCall;

use crate::clock;

/// In each span of this length this number of calls is sent one by one; the page could not show more of them.
pub(crate) const SPAN: Duration = Duration::from_millis(200);
const MOST: u32 = 8;
/// The most calls that wait to be taken. Slow ones may all end at once.
const KEPT: usize = 64;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct RingBuffer {
    /// The span of time that `begun` is of, counted from the start of the clock.
    span: u128,
    /// How many calls began in it.
    begun: u32,
    /// Newest last.
    kept: VecDeque<OtherCall>,
    count: Count,
}

/// How many there were, of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    listed: u64,
    skipped: u64,
}

impl RingBuffer {
    /// Whether a call that begins now is to be noted.
    pub(super) fn admits(&mut self, now: Instant) -> bool {
        let span = u128::from(clock::nanos(now)) / SPAN.as_nanos();
        if span != self.span {
            (self.span, self.begun) = (span, 0);
        }
        self.begun += 1;
        let admitted = self.begun <= MOST;
        self.count.skipped += u64::from(!admitted);
        admitted
    }

    pub(super) fn keep(&mut self, call: OtherCall) {
        if self.kept.len() == KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back(call);
        self.count.listed += 1;
    }

    /// What came since `seen`, and how many more there were.
    pub(super) fn since(&self, seen: Count) -> (Vec<OtherCall>, u64) {
        let listed = self.count.listed - seen.listed;
        let there = usize::try_from(listed).unwrap_or(usize::MAX).min(self.kept.len());
        let calls: Vec<OtherCall> = self.kept.range(self.kept.len() - there..).cloned().collect();
        (calls, listed - there as u64 + self.count.skipped - seen.skipped)
    }

    pub(super) fn count(&self) -> Count {
        self.count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(number: u32) -> OtherCall {
        OtherCall {
            at_ms: number.into(),
            verb: "GET".to_owned(),
            what: "/".to_owned(),
            code: Some(200),
            took_ms: None,
            bytes_out: None,
            bytes_in: None,
            client: String::new(),
        }
    }

    #[test]
    fn what_comes_too_fast_is_counted() {
        clock::start();
        let mut board = RingBuffer::default();
        let now = Instant::now();
        let admitted = (0..20).filter(|_| board.admits(now)).count();
        assert_eq!((admitted, board.since(Count::default()).1), (8, 12));
        assert!(board.admits(now + SPAN), "the next span has room again");
    }

    #[test]
    fn who_looks_late_is_told_how_many_are_gone() {
        let mut board = RingBuffer::default();
        (0..10).for_each(|number| board.keep(call(number)));
        let seen = board.count();
        (10..80).for_each(|number| board.keep(call(number)));
        let (calls, missed) = board.since(seen);
        assert_eq!((calls.len(), missed), (KEPT, 6));
        assert_eq!(calls.last(), Some(&call(79)));
        assert_eq!(board.since(board.count()), (Vec::new(), 0));
    }
}
