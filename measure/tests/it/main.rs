//! Properties of schedules, histograms, intervals and verdicts, over generated input.

mod interval;
mod latency;
mod recorder;
mod schedule;
mod verdict;
