//! The last band of a bench: the calls before, each to be looked at and run again, two to be compared, all to be given
//! away as a file and taken from one.
//!
//! - [`HistoryBand`]: the whole band
//! - `table`: the calls, with `other` for those of other clients
//! - `compare`: two calls side by side
//! - `transfer`: export to a file, import from one
//! - [`Glimpse`]: how the last call ended, for the place where it was sent

#![expect(unreachable_pub, reason = "the component macro widens what is restricted")]

mod band;
mod compare;
mod glimpse;
mod other;
mod table;
mod transfer;

pub use self::{band::HistoryBand, glimpse::Glimpse};
use crate::{
    i18n::{I18n, Label, t_string},
    model::past::call::Call,
};

/// How a bench words what came of its calls. Without words of its own a call says how it ended, and what comes with an
/// answer is headers.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    /// How a call ended; empty when there is no answer.
    pub ended: fn(I18n, &Call) -> String,
    /// That some of the pairs beside a body differ, and that none does.
    pub pairs: [Label; 2],
    /// What such a pair is called, where its name is not one of the protocol's.
    pub named: fn(&str) -> Option<Label>,
}

impl Default for Words {
    fn default() -> Self {
        Self {
            ended: |_, call| call.status.clone(),
            pairs: [|i18n| t_string!(i18n, history.headers), |i18n| t_string!(i18n, history.headers_none)],
            named: |_| None,
        }
    }
}

/// How a call ended, or that it has no answer; tracked.
fn ending(i18n: I18n, words: Words, call: &Call) -> String {
    let words = (words.ended)(i18n, call);
    if words.is_empty() { t_string!(i18n, history.no_answer).to_owned() } else { words }
}
