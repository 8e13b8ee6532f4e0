//! The state of the REST bench: the editor's fields, the call in flight, the last answer, those before.
//! Leaving the page drops the call in flight, which aborts it.

use futures_util::future::{AbortHandle, abortable};
use leptos::prelude::*;

use super::explain;
use crate::{
    api::{
        browser::{absolute, unix_ms},
        rest::{self, Exchange, Request},
    },
    components::{pairs::Pairs, sequence::Said},
    model::{
        copy_as::{self, Snippet, rest::Call},
        exchange::{CallError, Cost},
        history::History,
        rest_preset::{Draft, Known, Preset, learn},
    },
    pages::tasks::Tasks,
};

/// What came of a call.
pub(super) type Outcome = Result<Exchange, CallError>;

/// A call of the history.
#[derive(Clone, Debug)]
pub(super) struct Past {
    /// When, in milliseconds since 1970.
    pub(super) at_unix_ms: f64,
    pub(super) request: Request,
    pub(super) outcome: Outcome,
}

/// Everything the parts of the bench share.
#[derive(Clone, Copy, Debug)]
pub(super) struct Calls {
    pub(super) preset: RwSignal<Option<Preset>>,
    pub(super) method: RwSignal<String>,
    pub(super) path: RwSignal<String>,
    pub(super) headers: Pairs,
    pub(super) body: RwSignal<String>,
    pub(super) outcome: RwSignal<Option<Outcome>>,
    pub(super) history: RwSignal<History<Past>>,
    known: RwSignal<Option<Known>>,
    flight: RwSignal<Option<AbortHandle>>,
    tasks: Tasks,
}

impl Calls {
    pub(super) fn new() -> Self {
        let this = Self {
            preset: RwSignal::new(Some(Preset::Hello)),
            method: RwSignal::new(String::new()),
            path: RwSignal::new(String::new()),
            headers: Pairs::new(&[]),
            body: RwSignal::new(String::new()),
            outcome: RwSignal::new(None),
            history: RwSignal::new(History::default()),
            known: RwSignal::new(None),
            flight: RwSignal::new(None),
            tasks: Tasks::new(),
        };
        this.choose(Preset::Hello);
        this
    }

    /// Fills the editor. A preset that speaks about a stored greeting stores one first, when there is none.
    pub(super) fn choose(self, preset: Preset) {
        if preset.needs_known() && self.known.with_untracked(Option::is_none) {
            self.start(preset.draft(None, ""), Some(preset));
            let create = Preset::Create.draft(None, &fresh_key());
            self.run(request_of(create), move || self.choose(preset));
            return;
        }
        let draft = preset.draft(self.known.get_untracked().as_ref(), &fresh_key());
        self.start(draft, Some(preset));
    }

    /// Sends what the editor holds.
    pub(super) fn send(self) {
        let request = Request {
            method: self.method.get_untracked(),
            path: self.path.get_untracked().trim().to_owned(),
            headers: untrack(|| self.headers.chosen()),
            body: self.body.get_untracked().into_bytes(),
        };
        self.run(request, || {});
    }

    /// Sends a call of the history again, as it was.
    pub(super) fn again(self, request: Request) {
        self.preset.set(None);
        self.method.set(request.method.clone());
        self.path.set(request.path.clone());
        self.headers.set(request.headers.clone());
        self.body.set(String::from_utf8_lossy(&request.body).into_owned());
        self.run(request, || {});
    }

    /// Gives up the call in flight.
    pub(super) fn cancel(self) {
        if let Some(flight) = self.flight.get_untracked() {
            flight.abort();
        }
    }

    /// Whether a call is in flight.
    pub(super) fn is_busy(self) -> bool {
        self.flight.with(Option::is_some)
    }

    /// What the last call cost.
    pub(super) fn cost(self) -> Option<Cost> {
        self.outcome.with(|outcome| Some(outcome.as_ref()?.as_ref().ok()?.cost.clone()))
    }

    /// Why the last call has no answer.
    pub(super) fn failed(self) -> Option<CallError> {
        self.outcome.with(|outcome| outcome.as_ref()?.as_ref().err().cloned())
    }

    /// What the last call asked and was answered.
    pub(super) fn said(self) -> Said {
        let last = self.history.with(|history| {
            let (_, past) = history.iter().next()?;
            let exchange = past.outcome.as_ref().ok()?;
            let (method, status) = (&past.request.method, exchange.status);
            let reason = if exchange.reason.is_empty() { explain::reason(status) } else { &exchange.reason };
            Some(Said {
                request: with_body(method, exchange.cost.bytes_out),
                answer: with_body(&format!("{status} {reason}"), exchange.cost.bytes_in),
            })
        });
        last.unwrap_or_default()
    }

    /// What the editor holds; tracked.
    pub(super) fn draft(self) -> Draft {
        Draft { method: self.method.get(), path: self.path.get(), headers: self.headers.rows(), body: self.body.get() }
    }

    /// What the editor holds in other languages; tracked.
    pub(super) fn snippets(self) -> Vec<Snippet> {
        let (method, path, body) = (self.method.get(), self.path.get(), self.body.get());
        let url = absolute(path.trim());
        copy_as::rest::snippets(Call { method: &method, url: &url, headers: &self.headers.chosen(), body: &body })
    }

    /// Fills the editor with what is no preset.
    pub(super) fn restore(self, draft: Draft) {
        self.start(draft, None);
    }

    fn start(self, draft: Draft, preset: Option<Preset>) {
        self.preset.set(preset);
        self.method.set(draft.method);
        self.path.set(draft.path);
        self.headers.set_rows(draft.headers);
        self.body.set(draft.body);
    }

    fn run(self, request: Request, then: impl FnOnce() + 'static) {
        if self.flight.with_untracked(Option::is_some) {
            return;
        }
        let sent = request.clone();
        let (call, handle) = abortable(async move { rest::send(&sent).await });
        self.flight.set(Some(handle));
        self.tasks.spawn(async move {
            let outcome = call.await.unwrap_or(Err(CallError::Cancelled));
            self.flight.set(None);
            let learnt = outcome
                .as_ref()
                .ok()
                .filter(|exchange| exchange.status < 300)
                .and_then(|exchange| learn(&request.path, exchange.header("location"), exchange.header("etag")));
            let succeeded = outcome.is_ok();
            if request.method == "DELETE" && succeeded {
                self.known.set(None);
            } else if learnt.is_some() {
                self.known.set(learnt);
            }
            self.outcome.set(Some(outcome.clone()));
            let past = Past { at_unix_ms: unix_ms(), request, outcome };
            self.history.update(|history| {
                history.push(past);
            });
            if succeeded && self.known.with_untracked(Option::is_some) {
                then();
            }
        });
    }
}

fn request_of(draft: Draft) -> Request {
    let headers = draft.headers.into_iter().map(|row| (row.name, row.value)).collect();
    Request { method: draft.method, path: draft.path, headers, body: draft.body.into_bytes() }
}

/// A message in a few words: what it is, and how big its body is if it has one.
fn with_body(what: &str, bytes: usize) -> String {
    if bytes == 0 { what.to_owned() } else { format!("{what}, {bytes} B") }
}

fn fresh_key() -> String {
    // the random trace id is as good a key as any
    crate::api::browser::traceparent()[3..35].to_owned()
}
