//! The answer: the status with what that means, messages as they arrive, headers and trailers apart.

use leptos::prelude::*;

use super::{
    calls::{Calls, Line, SHOWN},
    explain,
};
use crate::{
    api::grpc::End,
    components::{cost::CostFacts, failure::Failure, headers::HeadersTable},
    i18n::{t, t_string, use_i18n},
    model::{grpc_status, number},
};

/// The right column.
#[component]
pub(super) fn AnswerView(calls: Calls) -> impl IntoView {
    let i18n = use_i18n();
    let status = move || match calls.outcome.get() {
        Some(Ok(end)) => view! { <Ended end=end /> }.into_any(),
        Some(Err(error)) => view! { <Failure error=error /> }.into_any(),
        None if calls.progress.with(Option::is_some) => view! {
            <p class="muted" data-testid="grpc-status">{t!(i18n, grpc.going_on)}</p>
        }
        .into_any(),
        None => view! {
            <div class="blank">
                <p>{t!(i18n, grpc.answer_blank)}</p>
            </div>
        }
        .into_any(),
    };
    let metadata = move || {
        let (headers, trailers) = calls.progress.with(|progress| {
            let progress = progress.as_ref();
            (progress.and_then(|at| at.headers.clone()), progress.and_then(|at| at.trailers.clone()))
        });
        let caption = |word: &str, at: f64| format!("{word}, {} ms", number::ms(at));
        view! {
            {headers
                .map(|(at, rows)| {
                    let caption = caption(t_string!(i18n, panels.headers), at);
                    view! { <div data-testid="grpc-headers"><HeadersTable caption=caption rows=rows /></div> }
                })}
            {trailers
                .map(|(at, rows)| {
                    let caption = caption(t_string!(i18n, panels.trailers), at);
                    view! {
                        <div data-testid="grpc-trailers">
                            <HeadersTable caption=caption rows=rows lit="grpc-status" />
                        </div>
                    }
                })}
        }
    };
    view! {
        <div class="ans">
            <section class="stack-s" aria-labelledby="ans-h">
                <h2 id="ans-h">{t!(i18n, panels.answer)}</h2>
                <div class="stack-s" aria-live="polite">{status}</div>
                <Messages calls=calls />
                <div class="stack">{metadata}</div>
            </section>
        </div>
    }
}

#[component]
fn Ended(end: End) -> impl IntoView {
    let i18n = use_i18n();
    let End { status, by_page, cost } = end;
    let code = status.code;
    view! {
        <div class="row row-between base">
            <span class="reading lg" data-testid="grpc-status">
                <b>{code}</b>
                " "
                <small>{grpc_status::name(code)}</small>
            </span>
            <CostFacts cost=cost />
        </div>
        {(!status.message.is_empty()).then(|| view! { <p><code>"grpc-message"</code> ": " {status.message}</p> })}
        <p class="muted">{move || explain::sentence(i18n, code, by_page)}</p>
    }
}

#[component]
fn Messages(calls: Calls) -> impl IntoView {
    let i18n = use_i18n();
    let lines = move || {
        calls.progress.with(|progress| {
            progress.as_ref().map(|progress| progress.lines.iter().cloned().collect::<Vec<_>>()).unwrap_or_default()
        })
    };
    let count = move || calls.progress.with(|progress| progress.as_ref().map_or(0, |progress| progress.count));
    view! {
        <Show when=move || count() != 0>
            <div class="live" tabindex="0" role="group" aria-label=move || t_string!(i18n, grpc.messages)>
                <table class="table tight pad" data-testid="grpc-messages" data-count=count>
                    <thead>
                        <tr>
                            <th scope="col" class="num">"#"</th>
                            <th scope="col" class="num">{t!(i18n, grpc.at_ms)}</th>
                            <th scope="col" class="num">"B"</th>
                            <th scope="col">{t!(i18n, grpc.message)}</th>
                        </tr>
                    </thead>
                    <tbody>
                        <For each=lines key=|line| line.number let:line>
                            <Message line=line />
                        </For>
                    </tbody>
                </table>
            </div>
            <Show when=move || SHOWN < count()>
                <p class="hint">{move || t!(i18n, grpc.only_last, shown = SHOWN, count = count())}</p>
            </Show>
        </Show>
    }
}

#[component]
fn Message(line: Line) -> impl IntoView {
    let i18n = use_i18n();
    let Line { number, at_ms, bytes, text, sent } = line;
    view! {
        <tr class="fresh">
            <td class="num mono">{number}</td>
            <td class="num">{number::ms(at_ms)}</td>
            <td class="num">{bytes}</td>
            <td data-testid=if sent { "grpc-sent" } else { "grpc-message" }>
                {sent.then(|| view! { <span class="badge out">{t!(i18n, grpc.sent)}</span> })}
                " "
                <code>{text}</code>
            </td>
        </tr>
    }
}
