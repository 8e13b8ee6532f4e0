//! The state of the gRPC bench: the call in flight, or on show, with all that has come of it. Leaving the page drops the
//! call in flight, which aborts it.

use std::{cell::RefCell, rc::Rc, sync::Arc};

use crosstalk_proto::step::Party;
use futures_util::future::{AbortHandle, abortable};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;

use super::{
    bidi::Driven,
    log::{Line, Log},
    past,
    request::{Request, Typed},
};
use crate::{
    api::{
        bridge::errand::Errand,
        browser::{now_ms, unix_ms},
        grpc::{self, Call, End, Event, counts},
    },
    components::sequence::Said,
    model::{
        address,
        exchange::{CallError, Cost},
        grpc_draft::Draft,
        grpc_record::{DATA, HEADERS, Record, TRAILERS},
        grpc_status::{self, Status},
        grpc_web::{HEAD, Metadata},
        outcome::grpc::EndedBy,
        past::call,
        rpc_status::Details,
        trace::TRACEPARENT,
    },
    pages::{tasks::Tasks, wire::Wire},
    past::PastCalls,
};

/// How often the server is asked whether it has noticed, and how far apart, in milliseconds.
const LOOKS: usize = 20;
const LOOKS_APART_MS: u32 = 100;

/// What came around the messages of a call, each with when, in milliseconds since it began.
#[derive(Clone, Debug, Default)]
pub(super) struct Around {
    pub(super) headers: Option<(f64, Metadata)>,
    pub(super) http_status: Option<u16>,
    pub(super) trailers: Option<(f64, Metadata)>,
    /// Of the trailers' frame.
    pub(super) trailer_bytes: usize,
}

/// A call that has ended.
#[derive(Clone, Debug)]
pub(super) struct Ended {
    pub(super) status: Status,
    /// What the status was made from.
    pub(super) by: EndedBy,
    pub(super) details: Details,
    pub(super) record: Record,
}

/// How a call ended.
pub(super) type Outcome = Result<Ended, CallError>;

/// The call whose answer is on show, once it has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    /// As the history names it.
    pub(super) name: u64,
    /// Its times are on the clock of this page load.
    pub(super) is_of_this_visit: bool,
}

/// Whether the server noticed that a call was given up: its own count of such calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Noticed {
    /// Nothing was given up.
    Nothing,
    /// It is asked.
    Asking,
    /// Its count before, when that is known, and now.
    Yes { before: Option<u64>, now: u64 },
    /// Its count did not move while it was looked at.
    No,
}

/// Everything the parts of the bench share.
#[derive(Clone, Copy, Debug)]
pub(super) struct Calls {
    pub(super) typed: Typed,
    pub(super) log: Log,
    pub(super) around: RwSignal<Around>,
    pub(super) outcome: RwSignal<Option<Outcome>>,
    pub(super) noticed: RwSignal<Noticed>,
    pub(super) wire: Wire,
    pub(super) bidi: Driven,
    pub(super) shown: RwSignal<Option<Shown>>,
    past: PastCalls,
    /// When the call was made, in milliseconds since 1970.
    at: StoredValue<f64>,
    /// The call in flight, or on show.
    pub(super) asked: RwSignal<Option<Request>>,
    record: StoredValue<Rc<RefCell<Record>>, LocalStorage>,
    /// The server's count of calls that were given up, before this one.
    before: StoredValue<Option<u64>>,
    flight: RwSignal<Option<AbortHandle>>,
    tasks: Tasks,
}

impl Calls {
    pub(super) fn new() -> Self {
        let tasks = Tasks::new();
        Self {
            typed: Typed::new(),
            log: Log::new(),
            around: RwSignal::new(Around::default()),
            outcome: RwSignal::new(None),
            noticed: RwSignal::new(Noticed::Nothing),
            wire: Wire::new("grpc"),
            bidi: Driven::new(tasks),
            shown: RwSignal::new(None),
            past: PastCalls::get(),
            at: StoredValue::new(0.0),
            asked: RwSignal::new(None),
            record: StoredValue::new_local(Rc::default()),
            before: StoredValue::new(None),
            flight: RwSignal::new(None),
            tasks,
        }
    }

    /// The call whose answer is on show, as the history names it; tracked.
    pub(super) fn shown_name(self) -> Option<u64> {
        self.shown.get().map(|shown| shown.name)
    }

    /// Sends what the editor holds; within an open stream, its next message.
    pub(super) fn send(self) {
        let Some(request) = untrack(|| self.typed.request()) else {
            return;
        };
        if untrack(|| self.bidi.takes_messages()) {
            self.bidi.send(self, &request);
        } else if !untrack(|| self.is_busy()) {
            self.run(request);
        }
    }

    /// Sends a call of the history again, as it was.
    pub(super) fn again(self, call: &call::Call) {
        if let Some(Ok(draft)) = address::read::<Draft>(call.fragment())
            && !untrack(|| self.is_busy())
        {
            self.typed.restore(draft);
            self.send();
        }
    }

    /// Shows the answer of a call of the history.
    pub(super) fn show(self, call: &call::Call) {
        let Some(Ok(draft)) = address::read::<Draft>(call.fragment()) else { return };
        let Some(request) = untrack(|| self.typed.make(draft)) else { return };
        if untrack(|| self.is_busy()) {
            return;
        }
        let method = Arc::clone(&request.method);
        self.begin(request);
        self.wire.forget();
        if let Some(answer) = call.answer() {
            self.around.set(past::around(answer));
            self.log.replace(past::lines(&method, answer));
        }
        self.outcome.set(Some(past::outcome(call)));
        self.shown.set(Some(Shown { name: call.at, is_of_this_visit: call.is_of_this_visit() }));
    }

    /// Gives up the call in flight.
    pub(super) fn cancel(self) {
        if let Some(flight) = self.flight.get_untracked() {
            flight.abort();
        }
        self.bidi.cancel(self);
    }

    /// Whether a call is in flight.
    pub(super) fn is_busy(self) -> bool {
        self.flight.with(Option::is_some) || self.bidi.is_open()
    }

    /// What the last call cost.
    pub(super) fn cost(self) -> Option<Cost> {
        self.outcome.with(|outcome| Some(outcome.as_ref()?.as_ref().ok()?.record.cost()))
    }

    /// Why the last call could not be made.
    pub(super) fn failed(self) -> Option<CallError> {
        self.outcome.with(|outcome| outcome.as_ref()?.as_ref().err().cloned())
    }

    /// What the last call asked and was answered.
    pub(super) fn said(self) -> Said {
        let Some(request) = self.asked.get() else {
            return Said::default();
        };
        let around = self.around.read();
        let (message, method) = (request.message.len(), &request.method);
        let mut parts = vec![("encode", format!("{}, {message} B", method.request.short_name()))];
        parts.extend(around.http_status.map(|status| (HEADERS, format!("headers: {status}"))));
        parts.extend(
            self.log
                .line(0)
                .filter(|(_, line)| !line.sent)
                .map(|(_, line)| (DATA, format!("{}, {} B", method.reply.short_name(), line.bytes.len() + HEAD))),
        );
        let code = self.outcome.with(|outcome| Some(outcome.as_ref()?.as_ref().ok()?.status.code));
        if let Some(code) = code.filter(|_| around.trailers.is_some()) {
            let size = if around.trailer_bytes > 0 { format!(", {} B", around.trailer_bytes) } else { String::new() };
            parts.push((TRAILERS, format!("grpc-status: {code}{size}")));
        }
        let post = format!("POST …/{}, {} B", method.name, message + HEAD);
        let driven = self.cost().is_some_and(|cost| cost.steps.iter().any(|step| step.party == Party::Caller));
        let (request, forwarded) = if driven { (String::new(), post) } else { (post, String::new()) };
        Said { request, forwarded, parts, ..Said::default() }
    }

    /// Writes something down of the call in flight.
    pub(super) fn note<T>(self, write: impl FnOnce(&mut Record) -> T) -> T {
        self.record.with_value(|record| write(&mut record.borrow_mut()))
    }

    /// Forgets the last answer: a new call begins.
    pub(super) fn begin(self, request: Request) -> Rc<RefCell<Record>> {
        let record = Rc::new(RefCell::new(Record::begin(request.began_ms)));
        self.record.set_value(Rc::clone(&record));
        self.outcome.set(None);
        self.around.set(Around::default());
        self.log.clear();
        self.noticed.set(Noticed::Nothing);
        self.before.set_value(None);
        self.shown.set(None);
        self.at.set_value(unix_ms());
        self.asked.set(Some(request));
        record
    }

    /// A message came or went; when, on the page's clock.
    pub(super) fn line(self, at_ms: f64, bytes: Vec<u8>, sent: bool) {
        let at_ms = self.note(|record| record.since(at_ms));
        self.log.push(Line { at_ms, bytes, sent });
    }

    /// Headers came; when, on the page's clock. A stream has begun that can be given up: what the server counted before?
    pub(super) fn headers(self, at_ms: f64, http_status: Option<u16>, metadata: Metadata) {
        let since = self.note(|record| record.since(at_ms));
        self.around.update(|around| {
            around.headers = Some((since, metadata));
            around.http_status = http_status;
        });
        if self.asked.with_untracked(|asked| asked.as_ref().is_some_and(|request| request.method.server_streams)) {
            self.tasks.spawn(async move {
                self.before.set_value(counts::cancelled().await);
            });
        }
    }

    /// The trailers came; when, on the page's clock.
    pub(super) fn trailers(self, at_ms: f64, metadata: Metadata, bytes: usize) {
        let since = self.note(|record| record.since(at_ms));
        self.around.update(|around| {
            around.trailers = Some((since, metadata));
            around.trailer_bytes = bytes;
        });
    }

    /// The call has ended.
    pub(super) fn end(self, ended: Result<End, CallError>) {
        let outcome = ended.map(|End { status, by }| {
            let around = self.around.read_untracked();
            let told = around.trailers.as_ref().or(around.headers.as_ref());
            let details = told.map(|(_, metadata)| Details::of(metadata)).unwrap_or_default();
            Ended { status, by, details, record: self.note(|record| record.clone()) }
        });
        self.wire.read();
        let cancelled =
            matches!(&outcome, Ok(ended) if ended.by == EndedBy::Page && ended.status.code == grpc_status::CANCELLED);
        self.outcome.set(Some(outcome.clone()));
        if let Some(request) = self.asked.get_untracked() {
            let around = self.around.read_untracked();
            let call = past::call(self.at.get_value(), &request, &outcome, &around, &self.log.came(past::MOST));
            self.shown.set(Some(Shown { name: self.past.push(call), is_of_this_visit: true }));
        }
        if cancelled {
            self.look_whether_noticed();
        }
    }

    /// How a call ended that the page gave up.
    pub(super) fn given_up(self) -> End {
        self.note(|record| record.ended_ms = now_ms());
        End { status: Status { code: grpc_status::CANCELLED, message: String::new() }, by: EndedBy::Page }
    }

    fn run(self, request: Request) {
        if request.method.client_streams {
            return self.bidi.open(self, request);
        }
        let Request { method, message, metadata, deadline_ms, .. } = request.clone();
        let record = self.begin(request);
        let mut call = Call { method: method.path(), message, metadata, deadline_ms };
        let (call, handle) = abortable(async move {
            self.arm(&mut call.metadata).await;
            grpc::call(&call, &record, |event| self.on_event(event)).await
        });
        self.flight.set(Some(handle));
        self.tasks.spawn(async move {
            let ended = call.await.unwrap_or_else(|_aborted| Ok(self.given_up()));
            self.flight.set(None);
            self.end(ended);
        });
    }

    /// Has the call that has just begun captured, if that is wanted; what this takes is no part of the call.
    pub(super) async fn arm(self, metadata: &mut Metadata) {
        let since_ms = now_ms();
        self.wire.arm(metadata).await;
        self.note(|record| record.put_off(now_ms() - since_ms));
    }

    /// The same for a call that goes over a WebSocket: if it is captured, over one of its own, so that this way is in the
    /// capture as well.
    pub(super) async fn arm_errand(self, metadata: &mut Metadata) -> Option<Errand> {
        self.arm(metadata).await;
        let since_ms = now_ms();
        let parent = metadata.iter().find(|(name, _)| self.wire.is_armed() && name.eq_ignore_ascii_case(TRACEPARENT));
        let errand = Errand::begin(parent.map(|(_, parent)| parent.as_str())).await;
        self.note(|record| record.put_off(now_ms() - since_ms));
        errand
    }

    fn on_event(self, event: Event) {
        match event {
            Event::Headers { at_ms, http_status, metadata } => self.headers(at_ms, Some(http_status), metadata),
            Event::Message { at_ms, message } => self.line(at_ms, message, false),
            Event::Trailers { at_ms, metadata, bytes } => self.trailers(at_ms, metadata, bytes),
        }
    }

    fn look_whether_noticed(self) {
        self.noticed.set(Noticed::Asking);
        let before = self.before.get_value();
        self.tasks.spawn(async move {
            for _ in 0..LOOKS {
                match counts::cancelled().await {
                    Some(now) if before.is_none_or(|before| now > before) => {
                        self.noticed.set(Noticed::Yes { before, now });
                        return;
                    }
                    _ => TimeoutFuture::new(LOOKS_APART_MS).await,
                }
            }
            self.noticed.set(Noticed::No);
        });
    }
}
