//! The state of a capture at one moment.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::recording::Recording;

/// The state of a capture now.
#[derive(Debug)]
pub struct Snapshot {
    /// Its trace.
    pub trace_id: u128,
    /// When it was armed.
    pub since: Instant,
    /// How long it waits for more calls; zero when it does not any more.
    pub armed_for: Duration,
    /// How long it can be read.
    pub kept_for: Duration,
    /// Its connections, in the order in which they became part of it.
    pub connections: Vec<Arc<Recording>>,
    /// What should be in it and is not, and why.
    pub missing: Option<String>,
}

/// By which it is known whether a capture has changed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Revision {
    since: Instant,
    connections: Vec<[usize; 5]>,
    missing: Option<String>,
}

impl Snapshot {
    /// Changes with everything that readers get of a capture, except for how long it can still be read.
    pub(super) fn revision(&self) -> Revision {
        let connections = self.connections.iter().flat_map(|recording| {
            let network = recording.network().map(|network| network.revision());
            [Some(recording.revision()), network].into_iter().flatten()
        });
        Revision { since: self.since, connections: connections.collect(), missing: self.missing.clone() }
    }
}
