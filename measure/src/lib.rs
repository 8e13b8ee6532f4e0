//! The arithmetic of a benchmark: when calls start, how long they took, and what may be concluded from it.
//!
//! - [`schedule`]: the intended start times of an open-loop load, evenly spaced or random with a seed, warm-up apart.
//! - [`latency`]: a histogram of latencies and its percentiles, each with a confidence interval.
//! - [`recorder`]: collects the calls of one load: latencies, failures, and whether the generator kept its rate.
//! - [`interval`]: medians, ratios of paired rounds and their confidence intervals.
//! - [`verdict`]: whether an interval reaches a goal, and whether two intervals differ.
//! - [`rounds`]: the order in which contenders take turns.
//!
//! The crate does no I/O, reads no clock, starts no task and never panics. Times are [`Duration`](std::time::Duration)s
//! since the start of the load, taken from whatever clock the caller has, so the crate also runs in a browser.
//!
//! # Open loop
//!
//! A closed loop sends the next call when the last one has returned: a server that stalls is then asked less often, and
//! the stall is counted once. In an open loop each call has an intended start time that does not depend on earlier
//! calls, and its latency counts from that time. Waiting is measured, not hidden.
//!
//! # Intervals
//!
//! All intervals come from order statistics. They assume that the values are independent, and nothing of how they are
//! distributed. The same values always give the same interval. Each interval states its own coverage: how likely the
//! true value is inside. Too few values give a low coverage, never a narrow interval.
//!
//! # Example
//!
//! ```
//! use std::time::Duration;
//!
//! use crosstalk_measure::{Comparison, Latencies, Outcome, Recorder, Schedule};
//!
//! let schedule = Schedule::new(1_000.0, Duration::from_millis(100), Duration::from_secs(2))?;
//! let mut recorder = Recorder::new();
//! for start in schedule.starts() {
//!     // a real load waits until `start.at`, makes the call and checks its answer
//!     let ended = start.at + Duration::from_micros(250);
//!     recorder.record(start, start.at, Outcome::Success { ended });
//! }
//! let report = recorder.finish();
//! assert_eq!(report.latencies.count(), 2_000);
//! assert_eq!(report.failures, 0);
//! assert!(report.kept_rate(Duration::from_millis(1)));
//!
//! let p99 = report.latencies.percentile(0.99, 0.95)?;
//! assert_eq!(Comparison::of(p99, p99, 0.95), Comparison::NoReliableDifference);
//! # Ok::<(), crosstalk_measure::Error>(())
//! ```

pub mod error;
pub mod interval;
pub mod latency;
mod ranks;
pub mod recorder;
pub mod rounds;
pub mod schedule;
pub mod verdict;

pub use error::Error;
pub use interval::Interval;
pub use latency::Latencies;
pub use recorder::{Outcome, Recorder, Report};
pub use schedule::{Arrivals, Schedule, Start};
pub use verdict::{Comparison, Goal, Verdict};
