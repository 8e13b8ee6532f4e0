//! Open-loop schedules: when each call of a load is to start, whatever became of the calls before it.

use std::time::Duration;

use fastrand::Rng;

use crate::error::Error;

const NANOSECONDS: f64 = 1e9;

/// How the start times are spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrivals {
    /// The same time between any two starts.
    Even,
    /// Exponentially distributed times between starts, as from many independent clients (a Poisson process). The same
    /// seed gives the same starts.
    Random {
        /// The seed of the generator.
        seed: u64,
    },
}

/// The intended start times of a load: a warm-up, which is not counted, and then the part that is measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Schedule {
    per_second: f64,
    warm_up: Duration,
    measured: Duration,
    arrivals: Arrivals,
}

/// One intended start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    /// The number of the call, from 0, the warm-up included.
    pub number: u64,
    /// When the call is to start, after the start of the load. Its latency counts from here.
    pub at: Duration,
    /// False during the warm-up: the call is made but not counted.
    pub counts: bool,
}

impl Schedule {
    /// Evenly spaced calls, `per_second` of them, for `warm_up` and then for `measured`.
    ///
    /// # Errors
    /// [`Error::Rate`] when the rate is not above 0 and at most 1e9 per second.
    pub fn new(per_second: f64, warm_up: Duration, measured: Duration) -> Result<Self, Error> {
        if !(per_second > 0.0 && per_second <= NANOSECONDS) {
            return Err(Error::Rate(per_second));
        }
        Ok(Self { per_second, warm_up, measured, arrivals: Arrivals::Even })
    }

    /// The same load with other start times.
    #[must_use]
    pub fn with_arrivals(self, arrivals: Arrivals) -> Self {
        Self { arrivals, ..self }
    }

    /// The length of the load: warm-up and measured part.
    pub fn duration(&self) -> Duration {
        self.warm_up.saturating_add(self.measured)
    }

    /// True when a call that is to start `at` is measured: it starts after the warm-up.
    pub fn counts(&self, at: Duration) -> bool {
        at >= self.warm_up
    }

    /// All starts in order of time. Each call returns the same starts.
    pub fn starts(&self) -> Starts {
        let rng = match self.arrivals {
            Arrivals::Even => None,
            Arrivals::Random { seed } => Some(Rng::with_seed(seed)),
        };
        Starts { schedule: *self, rng, number: 0, elapsed: 0.0 }
    }
}

/// The starts of a [`Schedule`].
#[derive(Clone, Debug)]
pub struct Starts {
    schedule: Schedule,
    /// For random arrivals.
    rng: Option<Rng>,
    number: u64,
    /// Seconds from the start of the load to the last random start.
    elapsed: f64,
}

impl Iterator for Starts {
    type Item = Start;

    fn next(&mut self) -> Option<Start> {
        let interval = 1.0 / self.schedule.per_second;
        let seconds = match &mut self.rng {
            // counted from the start, so that no rounding error adds up
            None => self.number as f64 / self.schedule.per_second,
            Some(rng) => {
                // 1 - [0, 1) is never zero, so the logarithm is finite
                self.elapsed -= (1.0 - rng.f64()).ln() * interval;
                self.elapsed
            }
        };
        // a time too long for a `Duration` is after any end
        let at = Duration::try_from_secs_f64(seconds).ok()?;
        if at >= self.schedule.duration() {
            return None;
        }
        let start = Start { number: self.number, at, counts: self.schedule.counts(at) };
        self.number += 1;
        Some(start)
    }
}
