//! The calls before, each to be run again.

use leptos::prelude::*;

use super::calls::{Calls, Past};
use crate::{
    api::browser::wall_clock,
    components::icon::{Glyph, Icon},
    i18n::{t, t_string, use_i18n},
    model::{exchange::Cost, grpc_status, history::KEPT, number},
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
                    <table class="table tight pad" data-testid="grpc-history">
                        <thead>
                            <tr>
                                <th scope="col">{t!(i18n, panels.col_time)}</th>
                                <th scope="col">{t!(i18n, grpc.method)}</th>
                                <th scope="col">"name"</th>
                                <th scope="col">"grpc-status"</th>
                                <th scope="col" class="num">{t!(i18n, grpc.messages)}</th>
                                <th scope="col" class="num">{t!(i18n, panels.col_ms)}</th>
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
    let Past { at_unix_ms, request, messages, outcome } = past;
    let (method, name) = (request.chosen.name(), request.name.clone());
    let what = format!("{method} {name}");
    let (badge, word, cost) = match outcome {
        Ok(end) if end.status.code == grpc_status::OK => ("badge", "OK".to_owned(), Some(end.cost)),
        Ok(end) => ("badge bad", grpc_status::name(end.status.code).to_owned(), Some(end.cost)),
        Err(_) => ("badge bad", t_string!(i18n, rest.no_answer).to_owned(), None),
    };
    let figure = |of: fn(&Cost) -> String| cost.as_ref().map_or_else(|| "–".to_owned(), of);
    view! {
        <tr>
            <td class="mono faint">{wall_clock(at_unix_ms)}</td>
            <th scope="row"><code>{method}</code></th>
            <td>{name}</td>
            <td><span class=badge>{word}</span></td>
            <td class="num">{messages}</td>
            <td class="num"><b>{figure(|cost| number::ms(cost.total_ms()))}</b></td>
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
