//! The last band of a bench: the calls before, each to be looked at and run again, two to be compared, all to be given
//! away as a file and taken from one.
//!
//! - `table`: the calls, with `other` for those of other clients; `compare`: two of them side by side; `transfer`: files

#![expect(unreachable_pub, reason = "the component macro widens what is restricted")]

mod compare;
mod other;
mod table;
mod transfer;

use leptos::prelude::*;

use self::{compare::Compared, table::Table, transfer::Transfer};
use crate::{
    api::bridge::Bridge,
    i18n::{I18n, Text, t, t_string, use_i18n},
    model::{
        number,
        past::{
            KEPT,
            call::{Call, Style},
            others::{Row, rows},
        },
    },
    past::PastCalls,
};

/// How a call ended, in words; empty when there is no answer.
pub type Ended = fn(I18n, &Call) -> String;

/// The calls of a bench.
#[component]
pub fn HistoryBand(
    /// Whose.
    style: Style,
    /// Heads of the two columns that say what was asked: the verb, and to what.
    heads: [Text; 2],
    /// How a call ended; without it as the call itself says.
    #[prop(default = |_, call| call.status.clone())]
    ended: Ended,
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
    let blank = move || rows.with(Vec::is_empty);
    let none_own = move || rows.with(|rows| !rows.iter().any(|row| matches!(row, Row::Own(_))));
    let missed = move || others.with(|others| others.missed(style));
    // the broker in the server's process tells who was there, a RabbitMQ does not
    let told = move || others.read().told && (style != Style::Queue || bridge.is_embedded());
    let pair = Memo::new(move |_| {
        let call = |name: &u64| list.with(|list| list.get(*name).cloned());
        let mut pair: Vec<Call> = picked.get().iter().filter_map(call).collect();
        pair.sort_by_key(|call| call.at);
        pair
    });
    view! {
        <section class="band history" aria-labelledby="hist-h">
            <div class="band-head">
                <h2 id="hist-h">{t!(i18n, history.title)}</h2>
                <p class="hint" data-testid="history-hint">
                    {move || {
                        if past.are_kept() {
                            t!(i18n, history.hint, kept = KEPT).into_any()
                        } else {
                            t!(i18n, history.hint_visit, kept = KEPT).into_any()
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
                <Table rows=rows style=style heads=heads ended=ended shown=shown picked=picked on_show=on_show on_again=on_again />
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
                    [first, second] => view! { <Compared first=first.clone() second=second.clone() ended=ended picked=picked /> }.into_any(),
                    [_] => view! { <p class="hint near">{t!(i18n, history.pick_one)}</p> }.into_any(),
                    _ => ().into_any(),
                }}
            </div>
        </section>
    }
}

/// How a call ended, or that it has no answer; tracked.
fn ending(i18n: I18n, ended: Ended, call: &Call) -> String {
    let words = ended(i18n, call);
    if words.is_empty() { t_string!(i18n, history.no_answer).to_owned() } else { words }
}
