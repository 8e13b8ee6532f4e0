//! How many per second: events of the last two seconds, counted in tenths.

const SLOTS: usize = 20;
const SLOT_MS: f64 = 100.0;

/// A sliding count.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rate {
    slots: [u32; SLOTS],
    newest: u64,
}

impl Rate {
    /// Counts `events` at `now_ms`, of a clock that never goes back.
    pub fn add(&mut self, events: u32, now_ms: f64) {
        self.advance(now_ms);
        self.slots[(self.newest % SLOTS as u64) as usize] += events;
    }

    /// Events per second at `now_ms`.
    pub fn per_second(&mut self, now_ms: f64) -> f64 {
        self.advance(now_ms);
        let seconds = SLOTS as f64 * SLOT_MS / 1_000.0;
        self.slots.iter().map(|count| f64::from(*count)).sum::<f64>() / seconds
    }

    fn advance(&mut self, now_ms: f64) {
        let slot = (now_ms / SLOT_MS) as u64;
        for passed in 0..slot.saturating_sub(self.newest).min(SLOTS as u64) {
            self.slots[((slot - passed) % SLOTS as u64) as usize] = 0;
        }
        self.newest = slot.max(self.newest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_falls_to_nothing_when_nothing_comes() {
        let mut rate = Rate::default();
        for tick in 0..20 {
            rate.add(100, f64::from(tick) * 100.0);
        }
        assert_eq!(rate.per_second(1_950.0), 1_000.0);
        assert_eq!(rate.per_second(2_950.0), 500.0);
        assert_eq!(rate.per_second(60_000.0), 0.0);
    }
}
