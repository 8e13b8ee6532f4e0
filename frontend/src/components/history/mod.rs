//! The last band of a bench: the calls before, each to be looked at and run again, two to be compared, all to be given
//! away as a file and taken from one.
//!
//! - `band`: all of it; `table`: the calls, with `other` for those of other clients; `compare`: two of them side by side; `transfer`: files
//! - [`Glimpse`]: how the last of them ended, for the place where it was sent

#![expect(unreachable_pub, reason = "the component macro widens what is restricted")]

mod band;
mod compare;
mod glimpse;
mod other;
mod table;
mod transfer;

use leptos::prelude::*;

pub use self::glimpse::Glimpse;
use crate::{
    dom::Node,
    i18n::{I18n, Text, keys::history as key, t_string},
    model::past::call::{Call, Style},
    part::part,
};

/// How a bench words what came of its calls. Without words of its own a call says how it ended, and what comes with an
/// answer is headers.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    /// How a call ended; empty when there is no answer.
    pub ended: fn(I18n, &Call) -> String,
    /// That some of the pairs beside a body differ, and that none does.
    pub pairs: [Text; 2],
    /// What such a pair is called, where its name is not one of the protocol's.
    pub named: fn(&str) -> Option<Text>,
}

impl Default for Words {
    fn default() -> Self {
        Self { ended: |_, call| call.status.clone(), pairs: [key::headers, key::headers_none], named: |_| None }
    }
}

/// What the band is of.
#[derive(Clone, Copy, Debug)]
pub struct Band {
    style: Style,
    heads: [Text; 2],
    words: Words,
    shown: Signal<Option<u64>>,
    on_show: Callback<Call>,
    on_again: Callback<Call>,
}

part!(
    /// The band: a part of the program of its own, at the end of the page.
    pub BAND: fn(Band) -> Node = band::band, in later
);

/// The calls of a bench.
#[component]
pub fn HistoryBand(
    /// Whose.
    style: Style,
    /// Heads of the two columns that say what was asked: the verb, and to what.
    heads: [Text; 2],
    /// What came of the calls.
    #[prop(default = Words::default())]
    words: Words,
    /// The call whose answer is on show.
    #[prop(into)]
    shown: Signal<Option<u64>>,
    /// Shows the answer of a call again.
    #[prop(into)]
    on_show: Callback<Call>,
    /// Sends a call again.
    #[prop(into)]
    on_again: Callback<Call>,
) -> impl IntoView {
    let band = Band { style, heads, words, shown, on_show, on_again };
    BAND.draw(move |draw| draw(band))
}

/// How a call ended, or that it has no answer; tracked.
pub(super) fn ending(i18n: I18n, words: Words, call: &Call) -> String {
    let words = (words.ended)(i18n, call);
    if words.is_empty() { t_string!(i18n, history.no_answer).to_owned() } else { words }
}
