//! Properties of schedules, histograms, intervals and verdicts, over generated input.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod interval;
mod latency;
mod recorder;
mod schedule;
mod verdict;
