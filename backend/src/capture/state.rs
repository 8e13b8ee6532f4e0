//! The captures and recordings that there are, and how one is taken out of the other; [`super::registry`] holds the lock.

use std::{
    collections::HashMap,
    sync::{Arc, Weak},
    time::Instant,
};

use tokio_util::sync::CancellationToken;

use super::{recording::Recording, secret::Secret, visitor::Visitor};

/// The most connections that are recorded at once.
const MAX_RECORDED: usize = 256;
/// The most connections of one capture.
pub(super) const MAX_CONNECTIONS: usize = 16;
/// What a capture is told that has no more room.
pub(super) const FULL: &str = "it has 16 connections, which is all that one capture may have";

/// See the module.
pub(super) struct State {
    pub(super) captures: HashMap<u128, Entry>,
    /// The connections that were recorded from their first byte; those that are gone are taken out when the next comes.
    pub(super) recorded: Vec<Weak<Recording>>,
    /// Ends the connections that are not recorded.
    pub(super) others: CancellationToken,
}

/// A capture.
pub(super) struct Entry {
    /// Who armed it.
    pub(super) holder: Visitor,
    /// By which it is read.
    pub(super) secret: Secret,
    pub(super) since: Instant,
    pub(super) armed: bool,
    pub(super) connections: Vec<Arc<Recording>>,
    /// How many jobs with a connection of their own there were.
    pub(super) places: usize,
    pub(super) missing: Option<String>,
}

impl State {
    /// Whether it is part of that capture now.
    pub(super) fn attach(&mut self, trace: u128, recording: &Arc<Recording>) -> bool {
        let Some(entry) = self.captures.get_mut(&trace).filter(|entry| entry.armed) else { return false };
        if entry.connections.iter().any(|known| Arc::ptr_eq(known, recording)) {
            return true;
        }
        let fits = entry.connections.len() < MAX_CONNECTIONS;
        if fits {
            entry.connections.push(recording.clone());
        } else {
            entry.missing.get_or_insert_with(|| FULL.to_owned());
        }
        fits
    }

    /// The capture that gives way to one of `asks`, when no place is left: the oldest that waits for nothing, or else the oldest
    /// of the visitor that holds the most, if that is still as many as the asking one then has. None when no visitor holds that many.
    pub(super) fn gives_way(&self, asks: Visitor) -> Option<u128> {
        let oldest = |of: &dyn Fn(&Entry) -> bool| {
            let entries = self.captures.iter().filter(|(_, entry)| of(entry));
            entries.min_by_key(|(_, entry)| entry.since).map(|(trace, _)| *trace)
        };
        oldest(&|entry| !entry.armed).or_else(|| {
            let mut held: HashMap<Visitor, usize> = HashMap::new();
            self.captures.values().for_each(|entry| *held.entry(entry.holder).or_default() += 1);
            let own = held.get(&asks).copied().unwrap_or(0);
            let (most, _) = held.into_iter().max_by_key(|(_, count)| *count).filter(|(_, count)| *count > own + 1)?;
            oldest(&|entry| entry.holder == most)
        })
    }

    pub(super) fn is_armed(&self) -> bool {
        self.captures.values().any(|entry| entry.armed)
    }

    pub(super) fn disarm(&mut self, trace: u128, since: Instant) {
        if let Some(entry) = self.captures.get_mut(&trace).filter(|entry| entry.since == since) {
            entry.armed = false;
        }
        if !self.is_armed() {
            for recording in self.live() {
                self.release(&recording);
            }
        }
    }

    pub(super) fn remove(&mut self, trace: u128) {
        let entry = self.captures.remove(&trace);
        for recording in entry.into_iter().flat_map(|entry| entry.connections) {
            self.release(&recording);
        }
    }

    /// Ends a recording that nothing waits for, and forgets one that is in no capture.
    fn release(&self, recording: &Arc<Recording>) {
        let taken = |entry: &Entry| entry.connections.iter().any(|taken| Arc::ptr_eq(taken, recording));
        let armed = self.is_armed();
        if !self.captures.values().any(taken) {
            if !armed || !recording.is_on() {
                recording.forget();
            }
        } else if !armed {
            recording.stop();
        }
    }

    pub(super) fn live(&self) -> impl Iterator<Item = Arc<Recording>> {
        self.recorded.iter().filter_map(Weak::upgrade)
    }

    pub(super) fn forget_gone(&mut self) {
        self.recorded.retain(|recording| recording.strong_count() > 0);
    }

    pub(super) fn has_room(&mut self) -> bool {
        self.forget_gone();
        self.live().filter(|recording| recording.is_on()).count() < MAX_RECORDED
    }
}
