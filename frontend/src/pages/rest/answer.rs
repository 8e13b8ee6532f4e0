//! The answer: its status with what that means in this case, what it cost, its body in three forms, its headers, where
//! the time went.

use leptos::prelude::*;

use super::{
    calls::{Calls, Shown},
    explain, past,
};
use crate::{
    api::{bridge::Bridge, browser::wall_clock, rest::Exchange},
    components::{
        copy::Copy,
        copy_as::CopyAs,
        cost::CostFacts,
        failure::{Failure, ProblemView},
        headers::HeadersTable,
        tabs::{Tab, Tabs},
        timing::Timing,
    },
    i18n::{t, t_string, use_i18n},
    model::{payload, rest::case::Case},
    past::PastCalls,
};

/// The tabs, in their order.
const PRETTY: usize = 0;
const RAW: usize = 1;
const HEADERS: usize = 2;
const TIMING: usize = 3;

/// The right column.
#[component]
pub(super) fn AnswerView(calls: Calls) -> impl IntoView {
    let i18n = use_i18n();
    let tab = RwSignal::new(PRETTY);
    let content = move || match calls.shown.get() {
        None => view! {
            <div class="blank">
                <p>{t!(i18n, panels.answer_blank)}</p>
            </div>
        }
        .into_any(),
        Some(shown) => answer(shown, tab),
    };
    let snippets = Signal::derive(move || calls.fields.snippets());
    let secret = Signal::derive(move || calls.fields.draft().holds_secret());
    view! {
        <div class="ans">
            <section class="stack-s" aria-labelledby="ans-h" aria-live="polite">
                <h2 id="ans-h" tabindex="-1">{t!(i18n, panels.answer)}</h2>
                {content}
            </section>
            <CopyAs snippets=snippets secret=secret />
        </div>
    }
}

fn answer(shown: Shown, tab: RwSignal<usize>) -> AnyView {
    let to = format!("{} {}", shown.request.method, shown.request.open_path());
    let asked = view! {
        <p class="hint asked">
            <code>{to}</code>
            <span class="nowrap">{wall_clock(shown.name as f64)}</span>
        </p>
    };
    match shown.outcome.clone() {
        Err(error) => view! {
            {asked}
            <Failure error=error />
        }
        .into_any(),
        Ok(exchange) => view! {
            <Answer shown=shown exchange=exchange tab=tab />
            {asked}
        }
        .into_any(),
    }
}

#[component]
fn Answer(shown: Shown, exchange: Exchange, tab: RwSignal<usize>) -> impl IntoView {
    let i18n = use_i18n();
    let status = exchange.status;
    let case = explain::case(&shown, &exchange);
    let saved = saved(&case).filter(|_| shown.request.method != "HEAD");
    let (problem, cost) = (exchange.problem(), exchange.cost.clone());
    let reason = past::reason(&exchange).to_owned();
    let (headers, steps) = (exchange.headers.len(), exchange.network.len());
    let tabs = move || {
        let tab = |word: &str, count: usize| Tab {
            word: word.to_owned(),
            figure: if count == 0 { String::new() } else { count.to_string() },
        };
        vec![
            tab(t_string!(i18n, panels.pretty), 0),
            tab(t_string!(i18n, panels.raw), 0),
            tab(t_string!(i18n, panels.headers), headers),
            tab(t_string!(i18n, timing.title), steps),
            tab(t_string!(i18n, panels.hex), 0),
        ]
    };
    let offset = Bridge::get().clock_offset();
    let is_of_this_visit = shown.is_of_this_visit;
    let panel = move || match tab.get() {
        HEADERS => view! { <HeadersTable caption="" rows=exchange.headers.clone() /> }.into_any(),
        TIMING => {
            let offset = offset.get_untracked().filter(|_| is_of_this_visit);
            view! { <Timing cost=exchange.cost.clone() network=exchange.network.clone() offset=offset /> }.into_any()
        }
        form => body_view(&exchange, form),
    };
    view! {
        <div class="row row-between base">
            <span class="reading lg" data-testid="rest-status">
                <b>{status}</b>
                " "
                <small>{reason}</small>
            </span>
            <CostFacts cost=cost />
        </div>
        <p class="muted" data-testid="rest-case">
            {move || explain::words(i18n, status, &case, saved)}
        </p>
        {problem.map(|problem| view! { <ProblemView problem=problem /> })}
        <Tabs id="ans" label=Signal::derive(move || t_string!(i18n, panels.answer).to_owned()) tabs=Signal::derive(tabs) selected=tab />
        <div role="tabpanel" id="ans-panel" tabindex="0" aria-labelledby=move || format!("ans-{}", tab.get())>
            {panel}
        </div>
    }
}

/// How many bytes a 304 did not send again: those of the answer that gave the tag.
fn saved(case: &Case) -> Option<usize> {
    let Case::Unchanged { tag } = case else { return None };
    let list = PastCalls::get().list();
    let list = list.read_untracked();
    let mut answers = list.calls().iter().filter_map(|call| call.answer());
    let with_tag = |name: &str, value: &str| name == "etag" && value == tag;
    let given =
        answers.find(|answer| answer.code < 300 && answer.headers.iter().any(|(name, value)| with_tag(name, value)))?;
    Some(given.cost.bytes_in)
}

/// The body in one of its forms.
fn body_view(exchange: &Exchange, form: usize) -> AnyView {
    let i18n = use_i18n();
    let body = &exchange.body;
    if body.is_empty() {
        let is_empty = exchange.cost.bytes_in == 0;
        let word = move || match is_empty {
            true => t_string!(i18n, panels.empty_body),
            false => t_string!(i18n, panels.body_not_kept),
        };
        return view! { <p class="hint" data-testid="rest-body">{word}</p> }.into_any();
    }
    let shown = match form {
        PRETTY => payload::pretty(exchange.header("content-type").unwrap_or_default(), body),
        RAW => payload::text(body).map(str::to_owned),
        _ => None,
    };
    let is_text = shown.is_some();
    let shown = shown.unwrap_or_else(|| payload::hex_dump(body));
    let lines = is_text && form == PRETTY;
    let text = shown.clone();
    let content = if lines {
        shown.lines().map(|line| view! { <span>{format!("{line}\n")}</span> }).collect_view().into_any()
    } else {
        shown.into_any()
    };
    let copy = Signal::derive(move || t_string!(i18n, panels.copy).to_owned());
    let what = Signal::derive(move || format!("{}: {}", t_string!(i18n, panels.copy), t_string!(i18n, panels.body)));
    view! {
        <div class="code">
            <Copy testid="rest-body-copy" text=text what=what word=copy small=true />
            <pre tabindex="0" data-testid="rest-body" class:lines=lines>
                {content}
            </pre>
        </div>
    }
    .into_any()
}
