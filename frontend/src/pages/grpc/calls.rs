//! The state of the gRPC bench: the editor's fields, the call in flight with all that has come of it, those before.
//! Leaving the page drops the call in flight, which aborts it.

use crosstalk_proto::{DEFAULT_NAME, helloworld::HelloRequest, step::Step};
use futures_util::future::{AbortHandle, abortable};
use leptos::prelude::*;
use prost::Message as _;

use super::bidi::Driven;
use crate::{
    api::{
        browser::{now_ms, unix_ms},
        grpc::{self, Call, End, Event, Method},
    },
    components::{pairs::Pairs, sequence::Said},
    model::{
        exchange::{CallError, Cost, browser_step},
        grpc_status::{self, Status},
        grpc_web::{HEAD, Metadata},
        history::History,
    },
    pages::tasks::Tasks,
};

/// How many messages of a call are shown, the last ones.
pub(super) const SHOWN: usize = 500;

/// The three methods of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chosen {
    /// One that the browser calls itself.
    Direct(Method),
    /// `SayHelloBidiStream`, called by the server.
    Bidi,
}

impl Chosen {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Direct(method) => method.name(),
            Self::Bidi => "SayHelloBidiStream",
        }
    }
}

/// A message of the call.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    /// Counts the messages of the call, from 1.
    pub(super) number: usize,
    /// Since the call began.
    pub(super) at_ms: f64,
    /// Encoded, without the frame's head.
    pub(super) bytes: usize,
    /// The name that was sent, or the greeting that came.
    pub(super) text: String,
    /// Whether the page sent it.
    pub(super) sent: bool,
}

/// All that has come of a call so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Progress {
    pub(super) started_ms: f64,
    pub(super) headers: Option<(f64, Metadata)>,
    pub(super) trailers: Option<(f64, Metadata)>,
    /// The last [`SHOWN`] of `count`.
    pub(super) lines: std::collections::VecDeque<Line>,
    pub(super) count: usize,
    /// Encoded bytes with their frame heads, each way.
    pub(super) bytes_in: usize,
    pub(super) bytes_out: usize,
    /// What the others measured.
    pub(super) steps: Vec<Step>,
}

impl Progress {
    pub(super) fn line(&mut self, at_ms: f64, text: String, bytes: usize, sent: bool) {
        self.count += 1;
        if sent {
            self.bytes_out += bytes + HEAD;
        } else {
            self.bytes_in += bytes + HEAD;
        }
        if self.lines.len() == SHOWN {
            self.lines.pop_front();
        }
        let at_ms = at_ms - self.started_ms;
        self.lines.push_back(Line { number: self.count, at_ms, bytes, text, sent });
    }
}

/// What is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) chosen: Chosen,
    pub(super) name: String,
    pub(super) metadata: Metadata,
    pub(super) deadline_ms: Option<u32>,
}

/// A call of the history.
#[derive(Clone, Debug)]
pub(super) struct Past {
    /// When, in milliseconds since 1970.
    pub(super) at_unix_ms: f64,
    pub(super) request: Request,
    pub(super) messages: usize,
    pub(super) outcome: Outcome,
}

/// How a call ended.
pub(super) type Outcome = Result<End, CallError>;

/// Everything the parts of the bench share.
#[derive(Clone, Copy, Debug)]
pub(super) struct Calls {
    pub(super) chosen: RwSignal<Chosen>,
    pub(super) name: RwSignal<String>,
    pub(super) count: RwSignal<String>,
    pub(super) interval: RwSignal<String>,
    pub(super) metadata: Pairs,
    pub(super) deadline: RwSignal<String>,
    pub(super) progress: RwSignal<Option<Progress>>,
    pub(super) outcome: RwSignal<Option<Outcome>>,
    pub(super) history: RwSignal<History<Past>>,
    pub(super) bidi: Driven,
    flight: RwSignal<Option<AbortHandle>>,
    tasks: Tasks,
}

impl Calls {
    pub(super) fn new() -> Self {
        let tasks = Tasks::new();
        Self {
            chosen: RwSignal::new(Chosen::Direct(Method::SayHello)),
            name: RwSignal::new(DEFAULT_NAME.to_owned()),
            count: RwSignal::new("5".to_owned()),
            interval: RwSignal::new("200".to_owned()),
            metadata: Pairs::new(&[]),
            deadline: RwSignal::new("10000".to_owned()),
            progress: RwSignal::new(None),
            outcome: RwSignal::new(None),
            history: RwSignal::new(History::default()),
            bidi: Driven::new(tasks),
            flight: RwSignal::new(None),
            tasks,
        }
    }

    /// What the editor holds; `None` where a field is not a number.
    pub(super) fn request(self) -> Option<Request> {
        let chosen = self.chosen.get();
        let mut metadata: Metadata =
            self.metadata.chosen().into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
        if chosen == Chosen::Direct(Method::SayHelloStreamReply) {
            for (name, value) in [("x-count", self.count.get()), ("x-interval-ms", self.interval.get())] {
                metadata.push((name.to_owned(), value.trim().to_owned()));
            }
        }
        let deadline_ms = match self.deadline.get().trim() {
            "" => None,
            digits => Some(digits.parse().ok().filter(|ms| *ms > 0)?),
        };
        Some(Request { chosen, name: self.name.get(), metadata, deadline_ms })
    }

    /// Sends what the editor holds.
    pub(super) fn send(self) {
        if let Some(request) = untrack(|| self.request()) {
            self.run(request);
        }
    }

    /// Sends a call of the history again, as it was.
    pub(super) fn again(self, request: Request) {
        self.chosen.set(request.chosen);
        self.name.set(request.name.clone());
        self.deadline.set(request.deadline_ms.map(|ms| ms.to_string()).unwrap_or_default());
        let own = |name: &str| name == "x-count" || name == "x-interval-ms";
        self.metadata.set(request.metadata.iter().filter(|(name, _)| !own(name)).cloned());
        for (name, value) in &request.metadata {
            match name.as_str() {
                "x-count" => self.count.set(value.clone()),
                "x-interval-ms" => self.interval.set(value.clone()),
                _ => {}
            }
        }
        self.run(request);
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
        self.outcome.with(|outcome| Some(outcome.as_ref()?.as_ref().ok()?.cost.clone()))
    }

    /// Why the last call could not be made.
    pub(super) fn failed(self) -> Option<CallError> {
        self.outcome.with(|outcome| outcome.as_ref()?.as_ref().err().cloned())
    }

    /// What the last call asked and was answered.
    pub(super) fn said(self) -> Said {
        let last = self.history.with(|history| {
            let (_, past) = history.iter().next()?;
            let end = past.outcome.as_ref().ok()?;
            // what the page gave up has no answer
            let answer = if end.by_page { String::new() } else { format!("grpc-status {}", end.status.code) };
            Some(Said { request: past.request.chosen.name().to_owned(), answer })
        });
        last.unwrap_or_default()
    }

    /// Forgets the last answer: a new call begins.
    pub(super) fn begin(self) {
        self.outcome.set(None);
        self.progress.set(Some(Progress { started_ms: now_ms(), ..Progress::default() }));
    }

    /// The call has ended.
    pub(super) fn end(self, request: Request, outcome: Outcome) {
        let messages = self.progress.with_untracked(|progress| progress.as_ref().map_or(0, |progress| progress.count));
        let past = Past { at_unix_ms: unix_ms(), request, messages, outcome: outcome.clone() };
        self.outcome.set(Some(outcome));
        self.history.update(|history| {
            history.push(past);
        });
    }

    /// How a call ended that the page itself gave up, from what had come by then.
    pub(super) fn given_up(self, code: i32) -> End {
        let progress = self.progress.get_untracked().unwrap_or_default();
        let ended_ms = now_ms();
        let mut steps = vec![browser_step("send", progress.started_ms, progress.started_ms)];
        if let Some((at_ms, _)) = progress.trailers {
            steps.push(browser_step("receive", progress.started_ms + at_ms, ended_ms));
        }
        steps.extend(progress.steps);
        End {
            status: Status { code, message: String::new() },
            by_page: true,
            cost: Cost {
                started_ms: progress.started_ms,
                ended_ms,
                steps,
                bytes_out: progress.bytes_out,
                bytes_in: progress.bytes_in,
            },
        }
    }

    fn run(self, request: Request) {
        if untrack(|| self.is_busy()) {
            return;
        }
        let method = match request.chosen {
            Chosen::Bidi => return self.bidi.open(self, request),
            Chosen::Direct(method) => method,
        };
        self.begin();
        let bytes_out = HelloRequest { name: request.name.clone() }.encoded_len() + HEAD;
        self.progress.update(|progress| {
            if let Some(progress) = progress {
                progress.bytes_out = bytes_out;
            }
        });
        let call = Call {
            method,
            name: request.name.clone(),
            metadata: request.metadata.clone(),
            deadline_ms: request.deadline_ms,
        };
        let (call, handle) = abortable(async move { grpc::call(&call, |event| self.on_event(event)).await });
        self.flight.set(Some(handle));
        self.tasks.spawn(async move {
            let outcome = call.await.unwrap_or_else(|_aborted| Ok(self.given_up(grpc_status::CANCELLED)));
            self.flight.set(None);
            self.end(request, outcome);
        });
    }

    fn on_event(self, event: Event) {
        self.progress.update(|progress| {
            let Some(progress) = progress else {
                return;
            };
            let since = progress.started_ms;
            match event {
                Event::Headers { at_ms, metadata, .. } => progress.headers = Some((at_ms - since, metadata)),
                Event::Message { at_ms, message, bytes } => progress.line(at_ms, message, bytes, false),
                Event::Trailers { at_ms, metadata } => progress.trailers = Some((at_ms - since, metadata)),
            }
        });
    }
}
