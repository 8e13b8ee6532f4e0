//! The parts shared by all measurements: subject and peers take turns ([`rounds`]), their figures become a row with a
//! verdict ([`row`]), and all rows one table ([`table`]). The arithmetic is in `crosstalk-measure`. [`usage`] reads CPU
//! time and memory of a process.

pub(crate) mod rounds;
pub(crate) mod row;
pub(crate) mod table;
pub(crate) mod usage;

use std::{path::PathBuf, time::Duration};

/// The options of a run.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// Only rows whose name contains this; empty means all.
    pub(crate) filter: String,
    /// The number of turns of each contender.
    pub(crate) rounds: usize,
    /// The length of a turn.
    pub(crate) turn: Duration,
    /// An older server, whose figures the rows of the page are compared with.
    pub(crate) before: Option<PathBuf>,
}

impl Plan {
    /// The requested rows of `rows`.
    pub(crate) fn select(&self, rows: &[row::Spec]) -> Vec<row::Spec> {
        rows.iter().filter(|row| row.name.contains(&self.filter)).copied().collect()
    }
}
