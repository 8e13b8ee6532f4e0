//! Between what the server's clock may be moved, so that nothing is there before it left.

use crosstalk_proto::step::Step;

use super::{Block, Placement, passes};
use crate::model::clock::Offset;

/// How far, in milliseconds to add to it.
pub(super) struct Bounds {
    earliest: f64,
    latest: f64,
}

impl Bounds {
    /// None without steps to place.
    pub(super) fn of(others: &[&Step], passed: &[&Step], own: &[Block], sent: f64, answered: f64) -> Option<Self> {
        let first = others.iter().map(|step| step.start_ms).min_by(f64::total_cmp)?;
        let last = others.iter().map(|step| step.start_ms + step.dur_ms).max_by(f64::total_cmp)?;
        let had = |step: &Step| own.iter().find(|block| passes(step, block)).map(|block| block.from - step.start_ms);
        let latest = passed.iter().filter_map(|step| had(step)).fold(answered - last, f64::min);
        Some(Self { earliest: sent - first, latest })
    }

    /// What to add to the server's clock, and why that.
    pub(super) fn shift(&self, started_ms: f64, offset: Option<Offset>) -> (f64, Placement) {
        let Self { earliest, latest } = *self;
        let middle = f64::midpoint(earliest, latest);
        match offset {
            // work that took longer than the page saw it take: the clocks disagree, spread the difference
            _ if earliest > latest => (middle, Placement::Centred),
            Some(offset) => (
                (-offset.server_minus_page_ms - started_ms).clamp(earliest, latest),
                Placement::Clocks { uncertainty_ms: offset.uncertainty_ms },
            ),
            None => (middle, Placement::Centred),
        }
    }
}
