//! What every measurement has in common, whatever it measures: subject and peers take turns ([`rounds`]), their
//! figures become a row with a verdict ([`row`]) and one table ([`table`]). The arithmetic is in `crosstalk-measure`.
//! [`usage`] reads what the system knows of a process.

pub(crate) mod rounds;
pub(crate) mod row;
pub(crate) mod table;
pub(crate) mod usage;

use std::{path::PathBuf, time::Duration};

/// How a run was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// Only rows whose name contains this; empty is all.
    pub(crate) filter: String,
    /// How often each contender has its turn.
    pub(crate) rounds: usize,
    /// How long a turn takes.
    pub(crate) turn: Duration,
    /// A server of the state before a change, which rows of the page are compared with.
    pub(crate) before: Option<PathBuf>,
}

impl Plan {
    /// Those of `rows` that are asked for.
    pub(crate) fn select(&self, rows: &[row::Spec]) -> Vec<row::Spec> {
        rows.iter().filter(|row| row.name.contains(&self.filter)).copied().collect()
    }
}
