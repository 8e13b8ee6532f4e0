//! A histogram of latencies.

use std::time::Duration;

use hdrhistogram::Histogram;

use crate::{error::Error, interval::Interval, ranks::Ranks};

/// Latencies above this one are counted as this one.
pub const LONGEST: Duration = Duration::from_secs(60);
/// Latencies are kept to this many significant decimal digits.
const DIGITS: u8 = 3;

/// Latencies from 1 ns to [`LONGEST`], each kept to three significant digits. The memory is the same for any number of
/// them: about 200 KB.
#[derive(Clone, Debug)]
pub struct Latencies {
    histogram: Histogram<u64>,
}

impl Default for Latencies {
    fn default() -> Self {
        Self::new()
    }
}

impl Latencies {
    /// No latencies yet.
    pub fn new() -> Self {
        let histogram =
            Histogram::new_with_max(nanoseconds(LONGEST), DIGITS).expect("the range and the digits are valid");
        Self { histogram }
    }

    /// Adds one latency.
    pub fn record(&mut self, latency: Duration) {
        self.histogram.saturating_record(nanoseconds(latency.min(LONGEST)));
    }

    /// Adds all latencies of `other`.
    pub fn merge(&mut self, other: &Self) {
        self.histogram.add(&other.histogram).expect("all histograms have the same range");
    }

    /// The number of latencies.
    pub fn count(&self) -> u64 {
        self.histogram.len()
    }

    /// The latency that the share `percentile` (0 to 1) of all latencies does not exceed, to three digits. Zero without
    /// latencies.
    pub fn value_at(&self, percentile: f64) -> Duration {
        Duration::from_nanos(self.histogram.value_at_quantile(percentile))
    }

    /// A percentile (above 0, below 1) with its interval, in seconds. The bounds are those of the histogram's buckets, so
    /// that rounding widens the interval and never narrows it. Where the latencies are too few for `confidence`
    /// (above 0, below 1), the coverage of the interval is below it.
    ///
    /// # Errors
    /// [`Error::NoValues`], and [`Error::NotAProbability`] for either argument.
    pub fn percentile(&self, percentile: f64, confidence: f64) -> Result<Interval, Error> {
        for probability in [percentile, confidence] {
            if !(probability > 0.0 && probability < 1.0) {
                return Err(Error::NotAProbability(probability));
            }
        }
        if self.count() == 0 {
            return Err(Error::NoValues);
        }
        let ranks = Ranks::of(self.count(), percentile, confidence);
        let estimate = self.value_at(percentile).as_secs_f64();
        let low = Duration::from_nanos(self.histogram.lowest_equivalent(self.value_of_rank(ranks.low)));
        let high = Duration::from_nanos(self.histogram.highest_equivalent(self.value_of_rank(ranks.high)));
        // the estimate is the upper edge of its bucket
        let (low, high) = (low.as_secs_f64().min(estimate), high.as_secs_f64().max(estimate));
        Ok(Interval { low, estimate, high, coverage: ranks.coverage })
    }

    /// The value at a rank, from 1 to the number of latencies.
    fn value_of_rank(&self, rank: u64) -> u64 {
        let mut seen = 0;
        let mut buckets = self.histogram.iter_recorded();
        let found = buckets.find(|bucket| {
            seen += bucket.count_since_last_iteration();
            seen >= rank
        });
        found.map_or_else(|| self.histogram.max(), |bucket| bucket.value_iterated_to())
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
