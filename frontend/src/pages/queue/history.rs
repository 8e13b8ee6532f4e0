//! What was published before, each to be run again.

use leptos::prelude::*;

use super::publishing::{Fate, Job, Past, Publishing};
use crate::{
    api::browser::wall_clock,
    components::icon::{Glyph, Icon},
    i18n::{t, t_string, use_i18n},
    model::{history::KEPT, number},
};

/// The last band.
#[component]
pub(super) fn HistoryView(publishing: Publishing) -> impl IntoView {
    let i18n = use_i18n();
    let rows = move || {
        publishing.history.with(|history| history.iter().map(|(_, past)| row(publishing, past.clone())).collect_view())
    };
    let blank = move || publishing.history.with(|history| history.iter().next().is_none());
    view! {
        <section class="band" aria-labelledby="hist-h">
            <div class="band-head">
                <h2 id="hist-h">{t!(i18n, panels.history)}</h2>
                <p class="hint">{t!(i18n, panels.history_hint, kept = KEPT)}</p>
                <div class="tools">
                    <button
                        class="btn sm"
                        type="button"
                        on:click=move |_| publishing.history.update(|history| history.clear())
                    >
                        {t!(i18n, panels.clear)}
                    </button>
                </div>
            </div>
            <Show when=move || !blank() fallback=move || view! { <p class="hint">{t!(i18n, panels.history_blank)}</p> }>
                <div class="scroll-x" tabindex="0" role="group" aria-labelledby="hist-h">
                    <table class="table tight pad" data-testid="queue-history">
                        <thead>
                            <tr>
                                <th scope="col">{t!(i18n, panels.col_time)}</th>
                                <th scope="col">{t!(i18n, queue.what)}</th>
                                <th scope="col">{t!(i18n, queue.routing_key)}</th>
                                <th scope="col" class="num">{t!(i18n, queue.count)}</th>
                                <th scope="col">{t!(i18n, queue.fate)}</th>
                                <th scope="col" class="num">{t!(i18n, panels.col_ms)}</th>
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

fn row(publishing: Publishing, past: Past) -> impl IntoView {
    let i18n = use_i18n();
    let Past { at_unix_ms, job, outcome } = past;
    let (what, key, count) = match &job {
        Job::Publish { message, count } => ("basic.publish", message.routing_key.clone(), *count),
        Job::Ask { .. } => ("call", "greeter.rpc".to_owned(), 1),
    };
    let (badge, fate, ms) = match outcome {
        Ok(Fate { reply: Some(text), cost, .. }) => ("badge", text, number::ms(cost.total_ms())),
        Ok(Fate { returned, reason: Some((code, text)), cost, .. }) if returned > 0 => {
            ("badge bad", format!("{code} {text}"), number::ms(cost.total_ms()))
        }
        Ok(Fate { nacked, cost, .. }) if nacked > 0 => {
            ("badge bad", t_string!(i18n, queue.nacked).to_owned(), number::ms(cost.total_ms()))
        }
        Ok(fate) => ("badge", t_string!(i18n, queue.confirmed).to_owned(), number::ms(fate.cost.total_ms())),
        Err(_) => ("badge bad", t_string!(i18n, rest.no_answer).to_owned(), "–".to_owned()),
    };
    let label = format!("{what} {key}");
    view! {
        <tr>
            <td class="mono faint">{wall_clock(at_unix_ms)}</td>
            <th scope="row"><code>{what}</code></th>
            <td><code>{key}</code></td>
            <td class="num">{count}</td>
            <td><span class=badge>{fate}</span></td>
            <td class="num"><b>{ms}</b></td>
            <td class="num">
                <button
                    class="btn sm quiet"
                    type="button"
                    aria-label=move || format!("{}: {label}", t_string!(i18n, panels.again))
                    on:click=move |_| publishing.run(job.clone())
                >
                    <Icon glyph=Glyph::Again size=14 />
                    {t!(i18n, panels.again)}
                </button>
            </td>
        </tr>
    }
}
