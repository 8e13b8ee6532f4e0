//! The band: the tools, the table, the comparison.

use leptos::prelude::*;

use super::{
    Words,
    compare::Compared,
    glimpse,
    table::{Listed, table},
    transfer::Transfer,
};
use crate::{
    api::bridge::Bridge,
    i18n::{Label, t, use_i18n},
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

/// The calls of a bench.
#[component]
pub fn HistoryBand(
    /// Whose.
    style: Style,
    /// Heads of the two columns that say what was asked: the verb, and to what.
    heads: [Label; 2],
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
                            t!(i18n, history.hint, kept = KEPT).into_any()
                        } else {
                            t!(i18n, history.hint_visit, kept = KEPT).into_any()
                        }
                    }}
                    {move || told().then_some(t!(i18n, history.hint_others))}
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
                {table(listed)}
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
                        view! { <Compared first=first.clone() second=second.clone() words=words picked=picked /> }.into_any()
                    }
                    [_] => view! { <p class="hint near">{t!(i18n, history.pick_another)}</p> }.into_any(),
                    _ => ().into_any(),
                }}
            </div>
        </section>
    }
}
