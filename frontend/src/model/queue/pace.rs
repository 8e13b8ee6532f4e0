//! When the messages of a run are due: so many per second of the time that it was not paused.

/// The pace of a run.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    per_second: Option<u32>,
    /// How long it has run, without its pauses.
    ran_ms: f64,
    last_ms: f64,
}

impl Pace {
    /// A run that starts now; without a rate everything is due at once.
    pub fn start(per_second: Option<u32>, now_ms: f64) -> Self {
        Self { per_second, ran_ms: 0.0, last_ms: now_ms }
    }

    /// How many messages of a run are due by now. A pause is the time since the last look.
    pub fn due(&mut self, now_ms: f64, paused: bool) -> u32 {
        if !paused {
            self.ran_ms += now_ms - self.last_ms;
        }
        self.last_ms = now_ms;
        // the first is due at the start
        self.per_second.map_or(u32::MAX, |rate| 1 + (self.ran_ms * f64::from(rate) / 1_000.0) as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_paused_does_not_pile_up() {
        let mut pace = Pace::start(Some(1_000), 0.0);
        assert_eq!([pace.due(0.0, false), pace.due(10.0, false)], [1, 11]);
        assert_eq!([pace.due(5_000.0, true), pace.due(5_010.0, false)], [11, 21]);
        assert_eq!(Pace::start(None, 0.0).due(0.0, false), u32::MAX);
    }
}
