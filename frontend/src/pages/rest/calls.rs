//! The state of the REST bench: what the editor holds, the call in flight, the call on show, a story that is being told.
//! Leaving the page drops the call in flight, which aborts it.

use futures_util::future::{AbortHandle, abortable};
use leptos::prelude::*;

use super::{fields::Fields, past, telling::Telling};
use crate::{
    api::{
        browser::unix_ms,
        rest::{self, Exchange, Request},
    },
    components::sequence::Said,
    model::{
        address,
        exchange::{CallError, Cost},
        past::{
            Past,
            call::{self, Style},
        },
        rest::{
            check,
            draft::Draft,
            preset::{KEY, Known, Preset, learn},
            story::Story,
        },
    },
    pages::{tasks::Tasks, wire::Wire},
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
    pub(super) fields: Fields,
    pub(super) shown: RwSignal<Option<Shown>>,
    pub(super) telling: RwSignal<Option<Telling>>,
    pub(super) wire: Wire,
    past: PastCalls,
    known: RwSignal<Option<Known>>,
    /// The first request of the history that created a greeting with the key in the editor.
    first_use: Memo<Option<Draft>>,
    flight: RwSignal<Option<AbortHandle>>,
    tasks: Tasks,
}

impl Calls {
    pub(super) fn new() -> Self {
        let (fields, past) = (Fields::new(), PastCalls::get());
        let key = Memo::new(move |_| {
            let headers = fields.headers.chosen().into_iter();
            headers.rev().find_map(|(name, value)| name.eq_ignore_ascii_case(KEY).then_some(value))
        });
        let this = Self {
            preset: RwSignal::new(Some(Preset::Hello)),
            fields,
            shown: RwSignal::new(None),
            telling: RwSignal::new(None),
            wire: Wire::new("rest"),
            past,
            known: RwSignal::new(None),
            first_use: Memo::new(move |_| past.list().with(|list| first_use(list, &key.get()?))),
            flight: RwSignal::new(None),
            tasks: Tasks::new(),
        };
        this.choose(Preset::Hello);
        this
    }

    /// Fills the editor. A preset that speaks about a stored greeting stores one first, when there is none.
    pub(super) fn choose(self, preset: Preset) {
        if self.is_busy_untracked() {
            return;
        }
        let known = self.known.get_untracked();
        let draft = preset.draft(known.as_ref(), &fresh_key());
        self.start(draft, Some(preset));
        self.telling.set(preset.story().map(Telling::new));
        if preset.needs_known() && known.is_none() {
            self.spawn(async move {
                let create = Preset::Create.draft(None, &fresh_key());
                self.call(create).await;
                if let Some(known) = self.known.get_untracked() {
                    self.start(preset.draft(Some(&known), ""), Some(preset));
                }
            });
        }
    }

    /// Fills the editor again with the preset that was chosen last.
    pub(super) fn reset(self) {
        self.choose(self.preset.get_untracked().unwrap_or(Preset::Hello));
    }

    /// The call whose answer is on show, as the history names it; tracked.
    pub(super) fn shown_name(self) -> Option<u64> {
        self.shown.with(|shown| shown.as_ref().map(|shown| shown.name))
    }

    /// Sends what the editor holds.
    pub(super) fn send(self) {
        let draft = untrack(|| self.fields.draft());
        self.spawn(async move {
            self.call(draft).await;
        });
    }

    /// Tells a story from its beginning: sends its calls one after the other, each shown in the editor.
    pub(super) fn tell(self, story: Story) {
        let (own, preset) = (untrack(|| self.fields.draft()), self.preset.get_untracked());
        if self.is_busy_untracked() {
            return;
        }
        self.telling.set(Some(Telling::new(story)));
        self.spawn(async move {
            let mut seen = Vec::new();
            while let Some(draft) = story.next(&seen, &own) {
                self.start(draft.clone(), preset);
                let Some(shown) = self.call(draft).await else { break };
                let Ok(exchange) = &shown.outcome else { break };
                seen.push(past::seen(exchange));
                self.telling.update(|telling| {
                    if let Some(telling) = telling {
                        telling.add(shown.name, past::words(exchange), seen.last().cloned().unwrap_or_default());
                    }
                });
            }
        });
    }

    /// Sends a call of the history again, as it was.
    pub(super) fn again(self, call: &call::Call) {
        if let Some(Ok(draft)) = address::read::<Draft>(call.fragment())
            && !self.is_busy_untracked()
        {
            self.telling.set(None);
            self.start(draft.clone(), None);
            self.spawn(async move {
                self.call(draft).await;
            });
        }
    }

    /// Shows the answer of a call of the history.
    pub(super) fn show(self, call: &call::Call) {
        if let Some(Ok(request)) = address::read::<Draft>(call.fragment()) {
            let outcome = past::outcome(call);
            let is_of_this_visit = call.is_of_this_visit();
            self.wire.forget();
            self.shown.set(Some(Shown { name: call.at, request, outcome, is_of_this_visit }));
        }
    }

    /// Shows the answer of the call of this name.
    pub(super) fn show_named(self, name: u64) {
        if let Some(call) = self.past.list().with_untracked(|list| list.get(name).cloned()) {
            self.show(&call);
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

    fn is_busy_untracked(self) -> bool {
        self.flight.with_untracked(Option::is_some)
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
                ..Said::default()
            })
        });
        said.unwrap_or_default()
    }

    /// Whether the key in the editor belongs to another greeting; tracked.
    pub(super) fn reuses_key(self) -> bool {
        self.first_use.with(|first| first.as_ref().is_some_and(|first| check::reuses_key(&self.fields.draft(), first)))
    }

    /// Replaces the idempotency key in the editor by a fresh one.
    pub(super) fn renew_key(self) {
        self.fields.headers.set_value(KEY, &fresh_key());
    }

    /// Fills the editor with what is no preset.
    pub(super) fn restore(self, draft: Draft) {
        self.telling.set(None);
        self.start(draft, None);
    }

    fn start(self, draft: Draft, preset: Option<Preset>) {
        self.preset.set(preset);
        self.fields.fill(draft);
    }

    fn spawn(self, calls: impl Future<Output = ()> + 'static) {
        if !self.is_busy_untracked() {
            self.tasks.spawn(calls);
        }
    }

    /// Sends a request, shows what comes of it and keeps it. None when another call is in flight.
    async fn call(self, draft: Draft) -> Option<Shown> {
        if self.is_busy_untracked() {
            return None;
        }
        let mut request = request_of(&draft);
        let (call, handle) = abortable(async move {
            self.wire.arm(&mut request.headers).await;
            rest::send(&request).await
        });
        self.flight.set(Some(handle));
        let at = unix_ms();
        let outcome = call.await.unwrap_or(Err(CallError::Cancelled));
        self.learn(&draft, &outcome);
        let name = self.past.push(past::call(at, &draft, &outcome));
        let shown = Shown { name, request: draft, outcome, is_of_this_visit: true };
        self.shown.set(Some(shown.clone()));
        self.flight.set(None);
        self.wire.read();
        Some(shown)
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
        body: draft.bytes(),
    }
}

/// A message in a few words: what it is, and how big its body is if it has one.
fn with_body(what: &str, bytes: usize) -> String {
    if bytes == 0 { what.to_owned() } else { format!("{what}, {bytes} B") }
}

/// The first request of the history that created a greeting with this idempotency key.
fn first_use(list: &Past, key: &str) -> Option<Draft> {
    let created = list.of(Style::Rest).filter(|call| call.answer().is_some_and(|answer| answer.code == 201));
    let drafts = created.filter_map(|call| address::read::<Draft>(call.fragment())?.ok());
    drafts.filter(|draft| draft.header(KEY) == Some(key)).last()
}

fn fresh_key() -> String {
    // the random trace id is as good a key as any
    crate::api::browser::traceparent()[3..35].to_owned()
}
