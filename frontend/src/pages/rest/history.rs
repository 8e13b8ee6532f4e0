//! The calls before, each to be run again.

use leptos::prelude::*;

use super::{
    calls::{Calls, Past},
    explain,
};
use crate::{
    api::browser::wall_clock,
    components::icon::{Glyph, Icon},
    i18n::{t, t_string, use_i18n},
    model::{history::KEPT, number},
};

/// The band below the bench.
#[component]
pub(super) fn HistoryView(calls: Calls) -> impl IntoView {
    let i18n = use_i18n();
    let rows =
        move || calls.history.with(|history| history.iter().map(|(_, past)| row(calls, past.clone())).collect_view());
    let blank = move || calls.history.with(|history| history.iter().next().is_none());
    view! {
        <section class="band" aria-labelledby="hist-h">
            <div class="band-head">
                <h2 id="hist-h">{t!(i18n, panels.history)}</h2>
                <p class="hint">{t!(i18n, panels.history_hint, kept = KEPT)}</p>
                <div class="tools">
                    <button class="btn sm" type="button" on:click=move |_| calls.history.update(|history| history.clear())>
                        {t!(i18n, panels.clear)}
                    </button>
                </div>
            </div>
            <Show when=move || !blank() fallback=move || view! { <p class="hint">{t!(i18n, panels.history_blank)}</p> }>
                <div class="scroll-x" tabindex="0" role="group" aria-labelledby="hist-h">
                    <table class="table tight pad" data-testid="rest-history">
                        <thead>
                            <tr>
                                <th scope="col">{t!(i18n, panels.col_time)}</th>
                                <th scope="col">{t!(i18n, rest.method)}</th>
                                <th scope="col">{t!(i18n, rest.path)}</th>
                                <th scope="col">{t!(i18n, rest.status)}</th>
                                <th scope="col" class="num">{t!(i18n, panels.col_ms)}</th>
                                <th scope="col" class="num">{t!(i18n, panels.col_out)}</th>
                                <th scope="col" class="num">{t!(i18n, panels.col_in)}</th>
                                <th scope="col"><span class="vh">{t!(i18n, panels.col_actions)}</span></th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </Show>
        </section>
    }
}

fn row(calls: Calls, past: Past) -> impl IntoView {
    let i18n = use_i18n();
    let Past { at_unix_ms, request, outcome } = past;
    let (method, path) = (request.method.clone(), request.path.clone());
    let what = format!("{method} {path}");
    let (badge, word, cost) = match outcome {
        Ok(exchange) => {
            let class = if exchange.status >= 400 { "badge bad" } else { "badge" };
            let word = format!("{} {}", exchange.status, explain::reason(exchange.status));
            (class, word, Some(exchange.cost))
        }
        Err(_) => ("badge bad", t_string!(i18n, rest.no_answer).to_owned(), None),
    };
    let figure = |of: fn(&crate::model::exchange::Cost) -> String| cost.as_ref().map_or_else(|| "–".to_owned(), of);
    view! {
        <tr>
            <td class="mono faint">{wall_clock(at_unix_ms)}</td>
            <td><code>{method}</code></td>
            <th scope="row"><code>{path}</code></th>
            <td><span class=badge>{word}</span></td>
            <td class="num"><b>{figure(|cost| number::ms(cost.total_ms()))}</b></td>
            <td class="num">{figure(|cost| cost.bytes_out.to_string())}</td>
            <td class="num">{figure(|cost| cost.bytes_in.to_string())}</td>
            <td class="num">
                <button
                    class="btn sm quiet"
                    type="button"
                    aria-label=move || format!("{}: {what}", t_string!(i18n, panels.again))
                    on:click=move |_| calls.again(request.clone())
                >
                    <Icon glyph=Glyph::Again size=14 />
                    {t!(i18n, panels.again)}
                </button>
            </td>
        </tr>
    }
}
