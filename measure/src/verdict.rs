//! What may be concluded from an interval.

use crate::interval::Interval;

/// What a value has to reach.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Goal {
    /// At least this value.
    AtLeast(f64),
    /// At most this value.
    AtMost(f64),
}

impl Goal {
    /// True when `value` reaches the goal.
    pub fn met_by(self, value: f64) -> bool {
        match self {
            Self::AtLeast(bound) => value >= bound,
            Self::AtMost(bound) => value <= bound,
        }
    }

    /// Judges an interval. Only an interval that misses the goal as a whole is a miss.
    pub fn judge(self, interval: &Interval) -> Verdict {
        if self.met_by(interval.estimate) {
            Verdict::Met
        } else if self.met_by(interval.low) || self.met_by(interval.high) {
            Verdict::Unclear
        } else {
            Verdict::Missed
        }
    }
}

/// Whether a goal was reached, from good to bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The estimate reaches the goal.
    Met,
    /// The estimate misses the goal and part of the interval reaches it: these values cannot decide.
    Unclear,
    /// The whole interval misses the goal.
    Missed,
}

/// How two measured values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// The first value is lower: its whole interval lies below the other one.
    Lower,
    /// The first value is higher: its whole interval lies above the other one.
    Higher,
    /// The intervals overlap: *no difference you can rely on*.
    NoReliableDifference,
    /// One of the intervals covers its value with less than the confidence asked for: measure longer.
    TooFewValues,
}

impl Comparison {
    /// Compares `first` with `second`. Both need a coverage of at least `confidence` (0 to 1).
    pub fn of(first: Interval, second: Interval, confidence: f64) -> Self {
        // coverages are sums of doubles
        if first.coverage.min(second.coverage) < confidence - 1e-9 {
            Self::TooFewValues
        } else if first.overlaps(&second) {
            Self::NoReliableDifference
        } else if first.high < second.low {
            Self::Lower
        } else {
            Self::Higher
        }
    }
}
