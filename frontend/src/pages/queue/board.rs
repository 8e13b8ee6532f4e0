//! What the consumers got, and what is in sight of it. Deliveries are counted and kept at once and painted once for an
//! animation frame at most; while they come faster than anybody could read, less often than that.

use std::{ops::Range, time::Duration};

use leptos::prelude::*;

use crate::{
    api::browser::now_ms,
    model::arrivals::{Arrival, Arrivals, Fate, Filter},
};

/// Rows in sight: what comes beyond them within one paint was never drawn.
const IN_SIGHT: u64 = 10;
/// How long a picture stands when more came than could be drawn, in milliseconds.
const STANDS_MS: f64 = 100.0;

/// The figures of what arrived.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Counts {
    pub(super) total: u64,
    pub(super) redelivered: u64,
    pub(super) held: usize,
    /// Of the total, those that were never drawn.
    pub(super) undrawn: u64,
}

/// When it was painted.
#[derive(Clone, Copy, Debug, Default)]
struct Painter {
    asked: bool,
    last_ms: f64,
    /// How many had arrived by then.
    total: u64,
    hurried: bool,
}

/// The table's state.
#[derive(Clone, Copy, Debug)]
pub(super) struct Board {
    pub(super) filter: RwSignal<Filter>,
    pub(super) paused: RwSignal<bool>,
    pub(super) counts: RwSignal<Counts>,
    /// How many rows there are to scroll through.
    pub(super) rows: RwSignal<usize>,
    /// How many were ever added on top.
    pub(super) added: RwSignal<u64>,
    painted: Trigger,
    arrivals: StoredValue<Arrivals>,
    /// All rows as they were when the view was paused.
    still: StoredValue<Option<Vec<Arrival>>>,
    /// The rows in the list, when these are not simply all that are kept.
    chosen: StoredValue<Option<Vec<Arrival>>>,
    painter: StoredValue<Painter>,
}

impl Board {
    pub(super) fn new() -> Self {
        let this = Self {
            filter: RwSignal::new(Filter::default()),
            paused: RwSignal::new(false),
            counts: RwSignal::new(Counts::default()),
            rows: RwSignal::new(0),
            added: RwSignal::new(0),
            painted: Trigger::new(),
            arrivals: StoredValue::new(Arrivals::default()),
            still: StoredValue::new(None),
            chosen: StoredValue::new(None),
            painter: StoredValue::new(Painter::default()),
        };
        Effect::new(move |before: Option<()>| {
            this.filter.track();
            if before.is_some() {
                this.ask_for_paint();
            }
        });
        this
    }

    /// Reads what arrived.
    pub(super) fn with<T>(self, read: impl FnOnce(&Arrivals) -> T) -> T {
        self.arrivals.with_value(read)
    }

    /// Changes what arrived, and shows it soon.
    pub(super) fn update<T>(self, change: impl FnOnce(&mut Arrivals) -> T) -> Option<T> {
        let changed = self.arrivals.try_update_value(change);
        self.ask_for_paint();
        changed
    }

    /// How many deliveries a consumer has not settled; tracked, as it is painted.
    pub(super) fn held_by(self, consumer: u32) -> usize {
        self.painted.track();
        self.with(|arrivals| arrivals.held_by(consumer))
    }

    /// Rows of the list; tracked.
    pub(super) fn range(self, range: Range<usize>) -> Vec<Arrival> {
        self.painted.track();
        self.chosen.with_value(|chosen| match chosen {
            Some(rows) => rows.get(range.start..range.end.min(rows.len())).map(<[_]>::to_vec).unwrap_or_default(),
            None => self.arrivals.with_value(|arrivals| range.filter_map(|at| arrivals.get(at).cloned()).collect()),
        })
    }

    /// Holds the table still, or lets it go on.
    pub(super) fn toggle_pause(self) {
        let paused = !self.paused.get_untracked();
        self.paused.set(paused);
        self.still.set_value(paused.then(|| self.with(|arrivals| arrivals.iter().cloned().collect())));
        self.ask_for_paint();
    }

    /// Forgets all but what waits for a decision.
    pub(super) fn clear(self) {
        self.still.update_value(|still| {
            if let Some(rows) = still {
                rows.retain(|row| row.fate == Fate::Held);
            }
        });
        self.update(Arrivals::clear);
    }

    fn ask_for_paint(self) {
        let now = now_ms();
        let wait = self.painter.try_update_value(|painter| {
            let asked = std::mem::replace(&mut painter.asked, true);
            (!asked).then_some(if painter.hurried { painter.last_ms + STANDS_MS - now } else { 0.0 })
        });
        match wait.flatten() {
            None => {}
            Some(wait) if wait > 0.0 => {
                set_timeout(
                    move || request_animation_frame(move || self.paint()),
                    Duration::from_secs_f64(wait / 1_000.0),
                );
            }
            Some(_) => request_animation_frame(move || self.paint()),
        }
    }

    fn paint(self) {
        // none: the page was left since this was asked for
        let Some(before) = self.painter.try_get_value() else {
            return;
        };
        let filter = self.filter.get_untracked();
        self.arrivals.update_value(|arrivals| {
            let total = arrivals.total();
            self.still.update_value(|still| {
                for row in still.iter_mut().flatten().filter(|row| row.fate == Fate::Held) {
                    row.fate = arrivals.fate(row.number).unwrap_or(row.fate);
                }
            });
            arrivals.tidy();
            let pass = |row: &&Arrival| filter.passes(row);
            let chosen: Option<Vec<Arrival>> = self.still.with_value(|still| match still {
                Some(rows) => Some(rows.iter().filter(pass).cloned().collect()),
                None if filter.is_open() => None,
                None => Some(arrivals.iter().filter(pass).cloned().collect()),
            });
            let fresh = match &chosen {
                Some(rows) => rows.iter().take_while(|row| row.number > before.total).count(),
                None => (total - before.total).min(arrivals.rows() as u64) as usize,
            };
            let came = if self.paused.get_untracked() { 0 } else { total - before.total };
            let hurried = came > IN_SIGHT;
            self.rows.set(chosen.as_ref().map_or_else(|| arrivals.rows(), Vec::len));
            self.added.update(|added| *added += fresh as u64);
            self.counts.update(|counts| {
                *counts = Counts {
                    total,
                    redelivered: arrivals.redelivered(),
                    held: arrivals.held(),
                    undrawn: counts.undrawn + came.saturating_sub(IN_SIGHT),
                };
            });
            self.chosen.set_value(chosen);
            self.painter.set_value(Painter { asked: false, last_ms: now_ms(), total, hurried });
        });
        self.painted.notify();
    }
}
