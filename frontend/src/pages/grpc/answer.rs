//! The answer: the status with what that means, messages as they arrive, headers and trailers apart, times.

use leptos::prelude::*;

use super::{
    calls::{Calls, Ended},
    explain,
    messages::Messages,
    timing::Timing,
};
use crate::{
    components::{
        copy_as::CopyAs,
        cost::CostFacts,
        failure::Failure,
        headers::HeadersTable,
        tabs::{Tab, Tabs},
    },
    i18n::{t, t_string, use_i18n},
    model::{grpc_status, number, outcome::grpc::EndedBy},
};

const METADATA: usize = 1;
const TIMING: usize = 2;

/// The right column.
#[component]
pub(super) fn AnswerView(calls: Calls) -> impl IntoView {
    let i18n = use_i18n();
    let tab = RwSignal::new(0);
    let begun = Memo::new(move |_| calls.asked.with(Option::is_some));
    let status = move || match calls.outcome.get() {
        Some(Ok(ended)) => view! { <Status calls=calls ended=ended /> }.into_any(),
        Some(Err(error)) => view! { <Failure error=error /> }.into_any(),
        None if begun.get() => view! {
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
    view! {
        <div class="ans">
            <section class="stack-s" aria-labelledby="ans-h">
                <h2 id="ans-h" tabindex="-1">{t!(i18n, panels.answer)}</h2>
                <div class="stack-s" aria-live="polite">
                    {status}
                    {move || {
                        explain::noticed(i18n, calls.noticed.get())
                            .map(|words| view! { <p class="muted" data-testid="grpc-noticed">{words}</p> })
                    }}
                </div>
                <Show when=move || begun.get()>
                    <AnswerTabs calls=calls tab=tab />
                </Show>
            </section>
            <CopyAs snippets=Signal::derive(move || calls.typed.snippets()) />
        </div>
    }
}

/// Messages, metadata and times of the call, in three tabs.
#[component]
fn AnswerTabs(calls: Calls, tab: RwSignal<usize>) -> impl IntoView {
    let i18n = use_i18n();
    let tabs = move || {
        let tab = |word: &str, figure: String| Tab { word: word.to_owned(), figure };
        vec![
            tab(t_string!(i18n, grpc.messages), calls.log.count().to_string()),
            tab(t_string!(i18n, grpc.metadata_both), String::new()),
            tab(t_string!(i18n, grpc.timing), String::new()),
        ]
    };
    let label = move || t_string!(i18n, panels.answer).to_owned();
    view! {
        <Tabs id="ans" label=Signal::derive(label) tabs=Signal::derive(tabs) selected=tab />
        <div
            role="tabpanel"
            id="ans-panel"
            class="stack"
            tabindex="0"
            aria-labelledby=move || format!("ans-{}", tab.get())
        >
            {move || match tab.get() {
                METADATA => view! { <Metadata calls=calls /> }.into_any(),
                TIMING => view! { <Timing calls=calls /> }.into_any(),
                _ => view! { <Messages calls=calls /> }.into_any(),
            }}
        </div>
    }
}

#[component]
fn Status(calls: Calls, ended: Ended) -> impl IntoView {
    let i18n = use_i18n();
    let code = ended.status.code;
    let limit = calls.asked.with_untracked(|asked| asked.as_ref().and_then(|request| request.deadline_ms));
    let message = ended.status.message.clone();
    let (violations, request_id) = (ended.details.violations.clone(), ended.details.request_id.clone());
    let problem = (!message.is_empty() || !violations.is_empty()).then(|| {
        let field = |(field, description): (String, String)| {
            view! {
                <li>
                    <code>{field}</code>
                    <span>{description}</span>
                </li>
            }
        };
        view! {
            <div class="problem" data-style="bad" data-testid="problem">
                <p>{message}</p>
                {(!violations.is_empty()).then(|| view! { <ul>{violations.into_iter().map(field).collect_view()}</ul> })}
                {(!request_id.is_empty())
                    .then(|| {
                        view! {
                            <footer>
                                <span>{t!(i18n, panels.request_id)} " " <code>{request_id}</code></span>
                            </footer>
                        }
                    })}
            </div>
        }
    });
    let cost = ended.record.cost();
    view! {
        <div class="row row-between base">
            <span class="reading lg" data-testid="grpc-status">
                {match ended.by {
                    EndedBy::Cut(_) => view! { <small>{t!(i18n, grpc.no_status)}</small> }.into_any(),
                    _ => view! {
                        <b>{code}</b>
                        " "
                        <small>{grpc_status::name(code)}</small>
                    }
                    .into_any(),
                }}
            </span>
            <CostFacts cost=cost />
        </div>
        {problem}
        <p class="muted" data-testid="grpc-explained">{move || explain::sentences(i18n, &ended, limit)}</p>
    }
}

/// Headers and trailers, each with when it came.
#[component]
fn Metadata(calls: Calls) -> impl IntoView {
    let i18n = use_i18n();
    let table = move |part: Option<(f64, Vec<(String, String)>)>, testid: &'static str, word: &'static str| match part {
        Some((at, rows)) => {
            let caption = t_string!(i18n, grpc.caption, word = word, at = number::ms(at));
            view! { <div data-testid=testid><HeadersTable caption=caption rows=rows lit="grpc-status" /></div> }
                .into_any()
        }
        None => view! { <p class="hint">{t_string!(i18n, grpc.not_yet, word = word)}</p> }.into_any(),
    };
    view! {
        {move || table(calls.around.with(|around| around.headers.clone()), "grpc-headers", t_string!(i18n, panels.headers))}
        {move || {
            table(calls.around.with(|around| around.trailers.clone()), "grpc-trailers", t_string!(i18n, panels.trailers))
        }}
    }
}
