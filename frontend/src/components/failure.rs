//! Why there is no answer, in words, in the place of the answer: what happened, where, and what to do.

use crosstalk_proto::problem::{FieldProblem, Problem};
use leptos::prelude::*;

use crate::{
    i18n::{I18n, t, t_string, use_i18n},
    model::{exchange::CallError, grpc_status},
};

/// What a status says by itself, in the language of the page: a server's own words are English.
pub fn by_status(i18n: I18n, status: u16) -> &'static str {
    match status {
        400 => t_string!(i18n, rest.s400),
        503 => t_string!(i18n, rest.s503),
        100..=299 => t_string!(i18n, rest.s2xx),
        300..=399 => t_string!(i18n, rest.s3xx),
        401..=499 => t_string!(i18n, rest.s4xx),
        _ => t_string!(i18n, rest.s5xx),
    }
}

/// A problem of the server's (RFC 9457).
#[component]
pub fn ProblemView(
    /// The problem.
    problem: Problem,
) -> impl IntoView {
    let i18n = use_i18n();
    let Problem { title, status, detail, request_id, errors, .. } = problem;
    view! {
        <div class="problem" data-style="bad" data-testid="problem">
            <header>
                <span class="badge bad mono">{status}</span>
                <h3>{title}</h3>
            </header>
            <p>{detail}</p>
            {(!errors.is_empty())
                .then(|| view! { <ul>{errors.into_iter().map(field).collect_view()}</ul> })}
            <footer>
                <span>{t!(i18n, panels.request_id)} " " <code>{request_id}</code></span>
            </footer>
        </div>
    }
}

/// Any error of a call.
#[component]
pub fn Failure(
    /// The error.
    error: CallError,
) -> impl IntoView {
    let i18n = use_i18n();
    let words = match error {
        CallError::Problem(problem) => {
            let status = problem.status;
            return view! {
                <p class="muted">{move || by_status(i18n, status)}</p>
                <ProblemView problem=*problem />
            }
            .into_any();
        }
        CallError::Status { code, message } => {
            let name = grpc_status::name(code);
            view! {
                <header>
                    <span class="badge bad mono">{code}</span>
                    <h3>{name}</h3>
                </header>
                <p>{message}</p>
            }
            .into_any()
        }
        CallError::Unreachable => told(t!(i18n, panels.unreachable), t!(i18n, panels.unreachable_why)).into_any(),
        CallError::NotConnected => told(t!(i18n, panels.not_connected), t!(i18n, panels.not_connected_why)).into_any(),
        CallError::Lost => told(t!(i18n, panels.lost), t!(i18n, panels.lost_why)).into_any(),
        CallError::TimedOut { after_ms } => {
            told(t!(i18n, panels.timed_out, ms = after_ms), t!(i18n, panels.timed_out_why)).into_any()
        }
        CallError::Cancelled => told(t!(i18n, panels.cancelled), t!(i18n, panels.cancelled_why)).into_any(),
        CallError::Refused(words) => told(t!(i18n, panels.refused), words).into_any(),
        CallError::Unreadable(words) => told(t!(i18n, panels.unreadable), words).into_any(),
    };
    view! {
        <div class="problem" data-style="bad" data-testid="problem">
            {words}
        </div>
    }
    .into_any()
}

fn told(what: impl IntoView, why: impl IntoView) -> impl IntoView {
    view! {
        <header>
            <h3>{what}</h3>
        </header>
        <p>{why}</p>
    }
}

fn field(error: FieldProblem) -> impl IntoView {
    let place = match (error.line, error.column) {
        (Some(line), Some(column)) => format!("{line}:{column}"),
        _ if error.pointer.is_empty() => "/".to_owned(),
        _ => error.pointer,
    };
    view! {
        <li>
            <code>{place}</code>
            <span>{error.detail}</span>
        </li>
    }
}
