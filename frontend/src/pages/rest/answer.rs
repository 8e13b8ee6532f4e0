//! The answer: its status with what that means, what it cost, its body in three forms, its headers.

use leptos::prelude::*;

use super::{calls::Calls, explain};
use crate::{
    api::rest::Exchange,
    components::{
        copy_as::CopyAs,
        cost::CostFacts,
        failure::{Failure, ProblemView},
        headers::HeadersTable,
        tabs::{Tab, Tabs},
    },
    i18n::{t, t_string, use_i18n},
    model::payload,
};

const HEADERS: usize = 3;

/// The right column.
#[component]
pub(super) fn AnswerView(calls: Calls) -> impl IntoView {
    let i18n = use_i18n();
    let tab = RwSignal::new(0);
    let content = move || match calls.shown.get().map(|shown| shown.outcome) {
        None => view! {
            <div class="blank">
                <p>{t!(i18n, panels.answer_blank)}</p>
            </div>
        }
        .into_any(),
        Some(Err(error)) => view! { <Failure error=error /> }.into_any(),
        Some(Ok(exchange)) => view! { <Answer exchange=exchange tab=tab /> }.into_any(),
    };
    view! {
        <div class="ans">
            <section class="stack-s" aria-labelledby="ans-h" aria-live="polite">
                <h2 id="ans-h">{t!(i18n, panels.answer)}</h2>
                {content}
            </section>
            <CopyAs snippets=Signal::derive(move || calls.snippets()) />
        </div>
    }
}

#[component]
fn Answer(exchange: Exchange, tab: RwSignal<usize>) -> impl IntoView {
    let i18n = use_i18n();
    let status = exchange.status;
    let reason = if exchange.reason.is_empty() { explain::reason(status).to_owned() } else { exchange.reason.clone() };
    let problem = exchange.problem();
    let count = exchange.headers.len();
    let tabs = move || {
        let plain = |word: &str| Tab { word: word.to_owned(), figure: String::new() };
        vec![
            plain(t_string!(i18n, panels.pretty)),
            plain(t_string!(i18n, panels.raw)),
            plain(t_string!(i18n, panels.hex)),
            Tab { word: t_string!(i18n, panels.headers).to_owned(), figure: count.to_string() },
        ]
    };
    let (headers, body) = (exchange.headers, exchange.body);
    let panel = move || match tab.get() {
        HEADERS => view! { <HeadersTable caption="" rows=headers.clone() /> }.into_any(),
        at => body_view(&body, at),
    };
    view! {
        <div class="row row-between base">
            <span class="reading lg" data-testid="rest-status">
                <b>{status}</b>
                " "
                <small>{reason}</small>
            </span>
            <CostFacts cost=exchange.cost />
        </div>
        <p class="muted">{move || explain::sentence(i18n, status)}</p>
        {problem.map(|problem| view! { <ProblemView problem=problem /> })}
        <Tabs id="ans" label=Signal::derive(move || t_string!(i18n, panels.answer).to_owned()) tabs=Signal::derive(tabs) selected=tab />
        <div role="tabpanel" id="ans-panel" tabindex="0" aria-labelledby=move || format!("ans-{}", tab.get())>
            {panel}
        </div>
    }
}

/// The body: 0 pretty, 1 raw, 2 hexadecimal.
fn body_view(body: &[u8], form: usize) -> AnyView {
    let i18n = use_i18n();
    if body.is_empty() {
        return view! { <p class="hint" data-testid="rest-body">{t!(i18n, panels.empty_body)}</p> }.into_any();
    }
    let text = std::str::from_utf8(body).ok();
    let shown = match (form, text) {
        (0, Some(text)) => payload::pretty_json(text).unwrap_or_else(|| text.to_owned()),
        (1, Some(text)) => text.to_owned(),
        _ => payload::hex_dump(body),
    };
    view! {
        <div class="code">
            <pre tabindex="0" data-testid="rest-body">{shown}</pre>
        </div>
    }
    .into_any()
}
