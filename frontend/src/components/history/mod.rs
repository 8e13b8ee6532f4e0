//! The last band of a bench: the calls before, each to be looked at and run again, two to be compared, all to be given
//! away as a file and taken from one.
//!
//! - `table`: the calls, with `other` for those of other clients; `compare`: two of them side by side; `transfer`: files
//! - [`Glimpse`]: how the last of them ended, for the place where it was sent

#![expect(unreachable_pub, reason = "the component macro widens what is restricted")]

mod compare;
mod glimpse;
mod other;
mod table;
mod transfer;

use crosstalk_view::view;
use leptos::prelude::*;

pub use self::glimpse::Glimpse;
use self::{
    compare::Compared,
    table::{Listed, table},
    transfer::Transfer,
};
use crate::{
    api::bridge::Bridge,
    dom::{IntoNode as _, Node},
    i18n::{I18n, Text, keys::history as key, t, t_string, use_i18n},
    model::{
        number,
        past::{
            KEPT,
            call::{Call, Style},
            others::{Row, rows},
        },
    },
    part::part,
    past::PastCalls,
};

/// What is drawn of calls once there are any: a part of the program of its own.
#[derive(Debug)]
pub struct Drawn {
    table: fn(Listed) -> Node,
    compared: fn(Call, Call, Words, RwSignal<Vec<u64>>) -> Node,
}

part!(
    /// The part.
    pub DRAWN: Drawn = Drawn {
        table,
        compared: |first, second, words, picked| {
            view! { <Compared first=first second=second words=words picked=picked /> }
        },
    },
    in later
);

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
    let i18n = use_i18n();
    let past = PastCalls::get();
    let list = past.list();
    let bridge = Bridge::get();
    let others = bridge.others();
    let rows = Memo::new(move |_| rows(&list.read(), &others.read(), style));
    // names of calls, no more than two
    let picked = RwSignal::new(Vec::<u64>::new());
    let on_show = Callback::new(move |call| {
        on_show.run(call);
        glimpse::look_at_answer();
    });
    let blank = move || rows.with(Vec::is_empty);
    let none_own = move || rows.with(|rows| !rows.iter().any(|row| matches!(row, Row::Own(_))));
    let missed = move || others.with(|others| others.missed(style));
    // the broker in the server's process tells who was there, a RabbitMQ does not
    let told = move || others.read().told && (style != Style::Queue || bridge.is_embedded());
    let pair = Memo::new(move |_| {
        let call = |name: &u64| list.with(|list| list.get(*name).cloned());
        let mut pair: Vec<Call> = picked.get().iter().filter_map(call).collect();
        if let [first, second] = pair.as_slice()
            && first.at > second.at
        {
            pair.reverse();
        }
        pair
    });
    let listed = Listed { rows, style, heads, words, shown, picked, on_show, on_again };
    view! {
        <section class="band history" aria-labelledby="hist-h">
            <div class="band-head">
                <h2 id="hist-h">{t!(i18n, history.title)}</h2>
                <p class="hint" data-testid="history-hint">
                    {move || {
                        if past.are_kept() {
                            t!(i18n, history.hint, kept = KEPT).into_node()
                        } else {
                            t!(i18n, history.hint_visit, kept = KEPT).into_node()
                        }
                    }}
                    {move || told().then(|| t!(i18n, history.hint_others))}
                </p>
                <Transfer
                    style=style
                    blank=Signal::derive(blank)
                    none_own=Signal::derive(none_own)
                    on_clear=move || {
                        picked.set(Vec::new());
                        past.clear(style);
                        bridge.forget_others(style);
                    }
                />
            </div>
            <Show
                when=move || !blank()
                fallback=move || view! { <p class="hint" data-testid="history-blank">{t!(i18n, history.blank)}</p> }
            >
                {DRAWN.draw(move |drawn| (drawn.table)(listed))}
            </Show>
            {move || {
                (missed() > 0)
                    .then(|| {
                        let count = number::count(missed());
                        view! { <p class="hint near" data-testid="history-missed">{t!(i18n, history.missed, count = count)}</p> }
                    })
            }}
            <div aria-live="polite">
                {move || match pair.get().as_slice() {
                    [first, second] => {
                        let (first, second) = (first.clone(), second.clone());
                        DRAWN.draw(move |drawn| (drawn.compared)(first.clone(), second.clone(), words, picked))
                    }
                    [_] => view! { <p class="hint near">{t!(i18n, history.pick_one)}</p> },
                    _ => ().into_node(),
                }}
            </div>
        </section>
    }
}

/// How a call ended, or that it has no answer; tracked.
pub(super) fn ending(i18n: I18n, words: Words, call: &Call) -> String {
    let words = (words.ended)(i18n, call);
    if words.is_empty() { t_string!(i18n, history.no_answer).to_owned() } else { words }
}
