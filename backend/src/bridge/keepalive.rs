//! Whether a peer is still there: it must answer pings and take what is sent to it. Plain: who asks brings the time.

use std::time::{Duration, Instant};

/// How often a quiet peer is pinged. Short enough to keep proxies from closing an idle connection.
const PING_INTERVAL: Duration = Duration::from_secs(20);
/// How long it may take to answer.
const PONG_BUDGET: Duration = Duration::from_secs(10);
/// How long it may take what is written to it.
const WRITE_BUDGET: Duration = Duration::from_secs(10);

/// The signs of life of one peer.
#[derive(Clone, Copy, Debug)]
pub struct Keepalive {
    heard: Instant,
    pinged: Option<Instant>,
}

/// What to do about a peer now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// Ask again at that time.
    Again(Instant),
    /// Ping it.
    Ping,
    /// Give it up.
    Unresponsive,
}

impl Keepalive {
    /// Of a peer that was heard just now.
    #[must_use]
    pub fn new(now: Instant) -> Self {
        Self { heard: now, pinged: None }
    }

    /// It sent something.
    pub fn heard(&mut self, now: Instant) {
        self.heard = now;
        self.pinged = None;
    }

    /// A ping was sent to it.
    pub fn pinged(&mut self, now: Instant) {
        self.pinged = Some(now);
    }

    /// Judges it; `stalled_since` is since when it has not taken what was sent.
    #[must_use]
    pub fn check(&self, now: Instant, stalled_since: Option<Instant>) -> Check {
        let taken_by = stalled_since.map(|since| since + WRITE_BUDGET);
        let (heard_by, silent) = match self.pinged {
            Some(pinged) => (pinged + PONG_BUDGET, Check::Unresponsive),
            None => (self.heard + PING_INTERVAL, Check::Ping),
        };
        if taken_by.is_some_and(|by| by <= now) {
            Check::Unresponsive
        } else if heard_by <= now {
            silent
        } else {
            Check::Again(taken_by.map_or(heard_by, |by| by.min(heard_by)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quiet_peer_is_pinged_and_then_given_up() {
        let start = Instant::now();
        let mut pulse = Keepalive::new(start);
        let due = start + PING_INTERVAL;
        assert_eq!(pulse.check(start, None), Check::Again(due));
        assert_eq!(pulse.check(due, None), Check::Ping);
        pulse.pinged(due);
        assert_eq!(pulse.check(due, None), Check::Again(due + PONG_BUDGET));
        assert_eq!(pulse.check(due + PONG_BUDGET, None), Check::Unresponsive);
        pulse.heard(due + PONG_BUDGET);
        assert_eq!(pulse.check(due + PONG_BUDGET, None), Check::Again(due + PONG_BUDGET + PING_INTERVAL));
    }

    #[test]
    fn a_peer_that_takes_nothing_is_given_up_however_much_it_sends() {
        let start = Instant::now();
        let mut pulse = Keepalive::new(start);
        let late = start + WRITE_BUDGET;
        assert_eq!(pulse.check(start, Some(start)), Check::Again(late));
        pulse.heard(late);
        assert_eq!(pulse.check(late, Some(start)), Check::Unresponsive);
    }
}
