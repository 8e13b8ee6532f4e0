//! The state of the REST bench: the editor's fields, the call in flight, the call on show. Leaving the page drops the
//! call in flight, which aborts it.

use futures_util::future::{AbortHandle, abortable};
use leptos::prelude::*;

use super::past;
use crate::{
    api::{
        browser::{absolute, unix_ms},
        rest::{self, Exchange, Request},
    },
    components::{pairs::Pairs, sequence::Said},
    model::{
        address,
        copy_as::{self, Snippet, rest::Call},
        exchange::{CallError, Cost},
        past::call,
        rest_preset::{Draft, Known, Preset, learn},
    },
    pages::tasks::Tasks,
    past::PastCalls,
};

/// What came of a call.
pub(super) type Outcome = Result<Exchange, CallError>;

/// The call whose answer is on show.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shown {
    /// As the history names it.
    pub(super) name: u64,
    pub(super) request: Draft,
    pub(super) outcome: Outcome,
    /// Its times are on the clock of this page load.
    pub(super) is_of_this_visit: bool,
}

/// Everything the parts of the bench share.
#[derive(Clone, Copy, Debug)]
pub(super) struct Calls {
    pub(super) preset: RwSignal<Option<Preset>>,
    pub(super) method: RwSignal<String>,
    pub(super) path: RwSignal<String>,
    pub(super) headers: Pairs,
    pub(super) body: RwSignal<String>,
    pub(super) shown: RwSignal<Option<Shown>>,
    past: PastCalls,
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
            shown: RwSignal::new(None),
            past: PastCalls::get(),
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
            self.run(Preset::Create.draft(None, &fresh_key()), move || self.choose(preset));
            return;
        }
        let draft = preset.draft(self.known.get_untracked().as_ref(), &fresh_key());
        self.start(draft, Some(preset));
    }

    /// Sends what the editor holds.
    pub(super) fn send(self) {
        self.run(untrack(|| self.draft()), || {});
    }

    /// Sends a call of the history again, as it was.
    pub(super) fn again(self, call: &call::Call) {
        if let Some(Ok(draft)) = address::read::<Draft>(call.fragment()) {
            self.start(draft.clone(), None);
            self.run(draft, || {});
        }
    }

    /// Shows the answer of a call of the history.
    pub(super) fn show(self, call: &call::Call) {
        if let Some(Ok(request)) = address::read::<Draft>(call.fragment()) {
            let outcome = past::outcome(call);
            let is_of_this_visit = call.is_of_this_visit();
            self.shown.set(Some(Shown { name: call.at, request, outcome, is_of_this_visit }));
        }
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

    /// What the call on show cost.
    pub(super) fn cost(self) -> Option<Cost> {
        self.shown.with(|shown| Some(shown.as_ref()?.outcome.as_ref().ok()?.cost.clone()))
    }

    /// Why it has no answer.
    pub(super) fn failed(self) -> Option<CallError> {
        self.shown.with(|shown| shown.as_ref()?.outcome.as_ref().err().cloned())
    }

    /// What it asked and was answered.
    pub(super) fn said(self) -> Said {
        let said = self.shown.with(|shown| {
            let shown = shown.as_ref()?;
            let exchange = shown.outcome.as_ref().ok()?;
            Some(Said {
                request: with_body(&shown.request.method, exchange.cost.bytes_out),
                answer: with_body(&past::words(exchange), exchange.cost.bytes_in),
            })
        });
        said.unwrap_or_default()
    }

    /// What the editor holds; tracked.
    pub(super) fn draft(self) -> Draft {
        Draft { method: self.method.get(), path: self.path.get(), headers: self.headers.rows(), body: self.body.get() }
    }

    /// What the editor holds in other languages; tracked.
    pub(super) fn snippets(self) -> Vec<Snippet> {
        let draft = self.draft();
        let url = absolute(draft.path.trim());
        let headers = draft.sent_headers();
        copy_as::rest::snippets(Call { method: &draft.method, url: &url, headers: &headers, body: &draft.body })
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

    fn run(self, draft: Draft, then: impl FnOnce() + 'static) {
        if self.flight.with_untracked(Option::is_some) {
            return;
        }
        let request = request_of(&draft);
        let (call, handle) = abortable(async move { rest::send(&request).await });
        self.flight.set(Some(handle));
        self.tasks.spawn(async move {
            let at = unix_ms();
            let outcome = call.await.unwrap_or(Err(CallError::Cancelled));
            self.flight.set(None);
            self.learn(&draft, &outcome);
            let succeeded = outcome.is_ok();
            let name = self.past.push(past::call(at, &draft, &outcome));
            self.shown.set(Some(Shown { name, request: draft, outcome, is_of_this_visit: true }));
            if succeeded && self.known.with_untracked(Option::is_some) {
                then();
            }
        });
    }

    /// What an answer tells about the stored greeting that presets speak about.
    fn learn(self, draft: &Draft, outcome: &Outcome) {
        let Ok(exchange) = outcome else { return };
        let learnt = (exchange.status < 300)
            .then(|| learn(&draft.path, exchange.header("location"), exchange.header("etag")))
            .flatten();
        if draft.method == "DELETE" {
            self.known.set(None);
        } else if learnt.is_some() {
            self.known.set(learnt);
        }
    }
}

fn request_of(draft: &Draft) -> Request {
    Request {
        method: draft.method.clone(),
        path: draft.path.trim().to_owned(),
        headers: draft.sent_headers(),
        body: draft.body.clone().into_bytes(),
    }
}

/// A message in a few words: what it is, and how big its body is if it has one.
fn with_body(what: &str, bytes: usize) -> String {
    if bytes == 0 { what.to_owned() } else { format!("{what}, {bytes} B") }
}

fn fresh_key() -> String {
    // the random trace id is as good a key as any
    crate::api::browser::traceparent()[3..35].to_owned()
}
