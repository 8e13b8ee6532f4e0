//! Collects the calls of one load.

use std::time::Duration;

use crate::{latency::Latencies, schedule::Start};

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The answer was checked and is correct.
    Success {
        /// When the answer was complete, after the start of the load.
        ended: Duration,
    },
    /// No answer, an error, or a wrong answer. A failure has no latency: a server that refuses at once is not fast.
    Failure,
}

/// Records the calls of a load, without those of its warm-up.
#[derive(Clone, Debug, Default)]
pub struct Recorder {
    report: Report,
}

/// The calls of a load.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Of the calls that succeeded, from the intended start to the complete answer.
    pub latencies: Latencies,
    /// The number of calls that failed.
    pub failures: u64,
    /// Of all calls, how long after its intended start each was really started.
    pub start_delays: Latencies,
}

impl Recorder {
    /// Nothing recorded yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Records a call that was to begin at `start`, really began at `started` (after the start of the load) and ended as
    /// `outcome` says. Calls of the warm-up are left out.
    pub fn record(&mut self, start: Start, started: Duration, outcome: Outcome) {
        if !start.counts {
            return;
        }
        self.report.start_delays.record(started.saturating_sub(start.at));
        match outcome {
            Outcome::Success { ended } => self.report.latencies.record(ended.saturating_sub(start.at)),
            Outcome::Failure => self.report.failures += 1,
        }
    }

    /// Adds the calls of another recorder of the same load, one that ran on another thread for instance.
    pub fn merge(&mut self, other: &Self) {
        self.report.latencies.merge(&other.report.latencies);
        self.report.failures += other.report.failures;
        self.report.start_delays.merge(&other.report.start_delays);
    }

    /// What was recorded.
    pub fn finish(self) -> Report {
        self.report
    }
}

impl Report {
    /// True when the generator kept its rate: 99 of 100 calls were started at most `tolerance` late. Otherwise the
    /// latencies are those of a lower load than was asked for, or of the generator itself.
    pub fn kept_rate(&self, tolerance: Duration) -> bool {
        self.start_delays.value_at(0.99) <= tolerance
    }
}
