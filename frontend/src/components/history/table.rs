//! The calls in a table, their times on one scale.

use leptos::prelude::*;

use super::{Words, ending, other::other};
use crate::{
    api::browser::wall_clock,
    components::icon::{Glyph, Icon},
    i18n::{Label, t, t_string, use_i18n},
    model::{
        axis::Axis,
        number,
        past::{
            call::{Call, Style},
            others::Row,
        },
    },
};

/// How many calls are compared.
const PAIR: usize = 2;

/// What the table is of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Listed {
    /// Newest first.
    pub(super) rows: Memo<Vec<Row>>,
    /// Of which bench.
    pub(super) style: Style,
    /// Of the two columns that say what was asked.
    pub(super) heads: [Label; 2],
    /// What came of them.
    pub(super) words: Words,
    /// The call whose answer is on show.
    pub(super) shown: Signal<Option<u64>>,
    /// The calls to compare.
    pub(super) picked: RwSignal<Vec<u64>>,
    /// Shows the answer of a call.
    pub(super) on_show: Callback<Call>,
    /// Sends a call again.
    pub(super) on_again: Callback<Call>,
}

/// The table.
pub(super) fn table(listed: Listed) -> impl IntoView {
    let Listed { rows, style, heads, .. } = listed;
    let i18n = use_i18n();
    let axis = Memo::new(move |_| {
        let took = |row: &Row| match row {
            Row::Own(call) => call.answer().map_or(0.0, |answer| answer.cost.total_ms()),
            Row::Other(other) => other.call.took_ms.unwrap_or_default(),
        };
        // where no call has an answer, there is nothing to scale
        let longest = rows.with(|rows| rows.iter().map(took).fold(0.0, f64::max));
        if longest > 0.0 { Axis::fit(longest) } else { Axis::blank() }
    });
    let end = move || axis.read().ticks.last().map_or_else(String::new, |tick| tick.label.clone());
    let [verb, what] = heads;
    view! {
        <div class="scroll-x" tabindex="0" role="group" aria-labelledby="hist-h">
            <table class="table tight pad calls" role="table" data-testid="history">
                <thead role="rowgroup">
                    <tr role="row">
                        <th scope="col" role="columnheader"><span class="vh">{t!(i18n, history.pick)}</span></th>
                        <th scope="col" role="columnheader">{t!(i18n, history.col_time)}</th>
                        <th scope="col" role="columnheader">{move || verb(i18n)}</th>
                        <th scope="col" role="columnheader">{move || what(i18n)}</th>
                        <th scope="col" role="columnheader">{t!(i18n, history.col_status)}</th>
                        <th scope="col" role="columnheader" class="num">{t!(i18n, history.col_ms)}</th>
                        <th scope="col" role="columnheader" class="scale">{move || {
                            let end = end();
                            if end.is_empty() { "–".to_owned() } else { t_string!(i18n, history.scale, end = end) }
                        }}</th>
                        <th scope="col" role="columnheader" class="num">{t!(i18n, history.col_out)}</th>
                        <th scope="col" role="columnheader" class="num">{t!(i18n, history.col_in)}</th>
                        <th scope="col" role="columnheader"><span class="vh">{t!(i18n, history.col_actions)}</span></th>
                    </tr>
                </thead>
                <tbody role="rowgroup">
                    <For each=move || rows.get() key=Row::name let:row>
                        {match row {
                            Row::Own(call) => own(call, axis, listed).into_any(),
                            Row::Other(call) => other(style, call.call, axis).into_any(),
                        }}
                    </For>
                </tbody>
            </table>
        </div>
    }
}

/// The cell of a figure, or of none. Roles are named for a row that is laid out as a block: not every browser keeps them.
pub(super) fn figure(class: &'static str, value: Option<String>) -> impl IntoView {
    let none = value.is_none().then_some("");
    view! { <td role="cell" class=class data-none=none>{value.unwrap_or_else(|| "–".to_owned())}</td> }
}

fn own(call: Call, axis: Memo<Axis>, listed: Listed) -> impl IntoView {
    let Listed { words, shown, picked, on_show, on_again, .. } = listed;
    let i18n = use_i18n();
    let at = call.at;
    let name = StoredValue::new(format!("{} {}", call.verb, call.what));
    let about = move |word: &str| name.with_value(|name| format!("{word}: {name}"));
    let cost = call.answer().map(|answer| answer.cost.clone());
    let (ms, bytes_out, bytes_in) = (
        figure("ms num", cost.as_ref().map(|cost| number::ms(cost.total_ms()))),
        figure("out num", cost.as_ref().map(|cost| cost.bytes_out.to_string())),
        figure("in num", cost.as_ref().map(|cost| cost.bytes_in.to_string())),
    );
    let total = cost.map_or(0.0, |cost| cost.total_ms());
    let width = move || format!("{:.1}%", axis.read().percent(total));
    let is_shown = move || shown.get() == Some(at);
    let pick = move |on: bool| {
        picked.update(|picked| {
            picked.retain(|name| *name != at);
            if on {
                picked.push(at);
                // the one that was picked first makes room
                picked.drain(..picked.len().saturating_sub(PAIR));
            }
        });
    };
    let (verb, what, badge) = (call.verb.clone(), call.what.clone(), if call.failed { "badge bad" } else { "badge" });
    let withheld = call.withheld;
    let call = StoredValue::new(call);
    let status = move || call.with_value(|call| ending(i18n, words, call));
    view! {
        <tr role="row" data-now=move || is_shown().then_some("")>
            <td role="cell" class="pick">
                <input
                    type="checkbox"
                    data-testid="history-pick"
                    aria-label=move || about(t_string!(i18n, history.pick))
                    prop:checked=move || picked.read().contains(&at)
                    on:change=move |event| pick(event_target_checked(&event))
                />
            </td>
            <td role="cell" class="at mono faint nowrap">{wall_clock(at as f64)}</td>
            <td role="cell" class="verb"><code>{verb}</code></td>
            <th scope="row" role="rowheader" class="what">
                <button
                    type="button"
                    class="open"
                    data-testid="history-show"
                    aria-label=move || about(t_string!(i18n, history.show))
                    aria-current=move || is_shown().then_some("true")
                    on:click=move |_| on_show.run(call.get_value())
                >
                    <code>{what}</code>
                </button>
                {withheld.then(|| view! { <small class="faint">" " {t!(i18n, history.withheld)}</small> })}
            </th>
            <td role="cell" class="status"><span class=badge>{status}</span></td>
            {ms}
            <td role="cell" class="scale">
                <svg class="bar" aria-hidden="true">
                    <rect class="g" width="100%" height="3" y="4.5"></rect>
                    <rect class="b" width=width height="9" y="1.5"></rect>
                </svg>
            </td>
            {bytes_out}
            {bytes_in}
            <td role="cell" class="again num">
                <button
                    class="btn sm quiet"
                    type="button"
                    data-testid="history-again"
                    aria-label=move || about(t_string!(i18n, history.again))
                    on:click=move |_| on_again.run(call.get_value())
                >
                    <Icon glyph=Glyph::Again size=14 />
                    {t!(i18n, history.again)}
                </button>
            </td>
        </tr>
    }
}
