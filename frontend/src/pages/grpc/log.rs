//! The messages of a call, as they come and go. They are kept at once and shown with the next frame of the screen, so
//! that ten thousand in a second cost frames and not time.

use std::{collections::VecDeque, ops::Range};

use leptos::prelude::*;

/// How many are kept, the last ones.
pub(super) const KEPT: usize = 20_000;
/// How many moments are drawn in the lane.
const MARKS: usize = 400;

/// A message.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    /// Since the call began.
    pub(super) at_ms: f64,
    /// Encoded, without the frame's head.
    pub(super) bytes: Vec<u8>,
    /// Whether the page sent it.
    pub(super) sent: bool,
}

/// All of a call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Log {
    lines: StoredValue<VecDeque<Line>>,
    /// Of all calls' messages; that of the first one kept.
    first: StoredValue<usize>,
    shown: RwSignal<usize>,
    asked: StoredValue<bool>,
}

impl Log {
    pub(super) fn new() -> Self {
        Self {
            lines: StoredValue::new(VecDeque::new()),
            first: StoredValue::new(0),
            shown: RwSignal::new(0),
            asked: StoredValue::new(false),
        }
    }

    /// Forgets all.
    pub(super) fn clear(self) {
        self.lines.update_value(VecDeque::clear);
        self.first.set_value(0);
        self.shown.set(0);
    }

    pub(super) fn push(self, line: Line) {
        self.lines.update_value(|lines| {
            lines.push_back(line);
            if lines.len() > KEPT {
                lines.pop_front();
                self.first.update_value(|first| *first += 1);
            }
        });
        if self.asked.try_update_value(|asked| std::mem::replace(asked, true)) == Some(false) {
            request_animation_frame(move || self.show());
        }
    }

    /// Shows what came of an earlier call.
    pub(super) fn replace(self, lines: Vec<Line>) {
        self.first.set_value(0);
        self.shown.set(0);
        let count = lines.len();
        self.lines.set_value(lines.into());
        self.shown.set(count);
    }

    /// The first so many that came.
    pub(super) fn came(self, most: usize) -> Vec<Line> {
        self.lines.with_value(|lines| lines.iter().filter(|line| !line.sent).take(most).cloned().collect())
    }

    fn show(self) {
        // the page may have been left meanwhile
        if self.asked.try_set_value(false).is_none() {
            let count = self.lines.with_value(VecDeque::len) + self.first.get_value();
            self.shown.set(count);
        }
    }

    /// How many came, those forgotten too; tracked.
    pub(super) fn count(self) -> usize {
        self.shown.get()
    }

    /// How many of them are kept; tracked.
    pub(super) fn kept(self) -> usize {
        self.shown.get().min(KEPT)
    }

    /// One of those that are kept, and its number from 1.
    pub(super) fn line(self, at: usize) -> Option<(usize, Line)> {
        let line = self.lines.with_value(|lines| lines.get(at).cloned())?;
        Some((self.first.get_value() + at + 1, line))
    }

    /// A range of those that are kept, counted from the newest, each with its number from 1; tracked.
    pub(super) fn newest(self, range: Range<usize>) -> Vec<(usize, Line)> {
        let kept = self.kept();
        range.filter_map(|back| self.line(kept.checked_sub(back + 1)?)).collect()
    }

    /// When messages came, as many as can be drawn; tracked.
    pub(super) fn marks(self) -> Vec<f64> {
        let step = self.kept() / MARKS + 1;
        self.lines
            .with_value(|lines| lines.iter().filter(|line| !line.sent).step_by(step).map(|line| line.at_ms).collect())
    }

    /// How far apart the messages were that came: least, on average, most.
    pub(super) fn gaps(self) -> Option<[f64; 3]> {
        let came: Vec<f64> = self.came(KEPT).iter().map(|line| line.at_ms).collect();
        let (mut least, mut most) = (f64::INFINITY, 0.0_f64);
        for pair in came.windows(2) {
            least = least.min(pair[1] - pair[0]);
            most = most.max(pair[1] - pair[0]);
        }
        let count = came.len().checked_sub(1).filter(|count| *count > 0)?;
        Some([least, (came.last()? - came.first()?) / count as f64, most])
    }
}
