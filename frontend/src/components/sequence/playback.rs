//! Which step is looked at, by hand or as time goes: the state behind the player, the list and the lane's cursor.

use std::time::Duration;

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};

/// How long a step is lit while a new call runs by.
const GLANCE: Duration = Duration::from_millis(160);
/// How long it takes to read why a step is there.
const READ: Duration = Duration::from_millis(2_600);

/// How the steps go by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pace {
    /// By hand.
    Still,
    /// Once, quickly, with nothing opened.
    Glance,
    /// Slowly, each one explained.
    Read,
}

/// The state of a player.
#[derive(Clone, Copy, Debug)]
pub(super) struct Playback {
    at: RwSignal<Option<usize>>,
    pace: RwSignal<Pace>,
    count: Memo<usize>,
    timer: StoredValue<Option<TimeoutHandle>>,
    /// Nothing may move by itself.
    motionless: bool,
}

impl Playback {
    /// For a list of so many steps; none is looked at. Its timer ends with the component.
    pub(super) fn new(count: Memo<usize>, motionless: bool) -> Self {
        let (at, pace) = (RwSignal::new(None), RwSignal::new(Pace::Still));
        let this = Self { at, pace, count, timer: StoredValue::new(None), motionless };
        on_cleanup(move || this.stop_timer());
        this
    }

    /// The step that is looked at; tracked.
    pub(super) fn at(self) -> Option<usize> {
        self.at.get().filter(|at| *at < self.count.get())
    }

    /// The step whose reason is shown; tracked.
    pub(super) fn opened(self) -> Option<usize> {
        self.at().filter(|_| self.pace.get() != Pace::Glance)
    }

    /// Steps go by slowly; tracked.
    pub(super) fn is_replaying(self) -> bool {
        self.pace.get() == Pace::Read
    }

    /// Another call: its steps go by once, where things may move.
    pub(super) fn begin(self) {
        self.still(None);
        if !self.motionless && self.count.get_untracked() > 0 {
            self.play(0, Pace::Glance);
        }
    }

    /// To a step, or away from all.
    pub(super) fn still(self, at: Option<usize>) {
        self.stop_timer();
        self.pace.set(Pace::Still);
        self.at.set(at);
    }

    /// To the next step.
    pub(super) fn next(self) {
        let last = self.count.get_untracked().saturating_sub(1);
        self.still(Some(self.now().map_or(0, |at| (at + 1).min(last))));
    }

    /// To the step before.
    pub(super) fn previous(self) {
        self.still(Some(self.now().unwrap_or(0).saturating_sub(1)));
    }

    /// To the first step.
    pub(super) fn first(self) {
        self.still(Some(0));
    }

    /// To the last step.
    pub(super) fn last(self) {
        self.still(self.count.get_untracked().checked_sub(1));
    }

    /// All steps again, slowly; again stops it. Where nothing may move, to the first step.
    pub(super) fn replay(self) {
        if untrack(|| self.is_replaying()) {
            self.still(self.now());
        } else if self.motionless {
            self.first();
        } else {
            self.play(0, Pace::Read);
        }
    }

    fn now(self) -> Option<usize> {
        untrack(|| self.at())
    }

    fn play(self, at: usize, pace: Pace) {
        self.stop_timer();
        self.pace.set(pace);
        self.at.set(Some(at));
        let time = if pace == Pace::Read { READ } else { GLANCE };
        let timer = set_timeout_with_handle(
            move || {
                if at + 1 < self.count.get_untracked() {
                    self.play(at + 1, pace);
                } else {
                    // a glance ends with the whole picture, reading with the last step
                    self.still((pace == Pace::Read).then_some(at));
                }
            },
            time,
        );
        self.timer.set_value(timer.ok());
    }

    fn stop_timer(self) {
        if let Some(Some(timer)) = self.timer.try_update_value(Option::take) {
            timer.clear();
        }
    }
}
