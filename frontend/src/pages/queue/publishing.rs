//! The publisher's state: the editor's fields, what is in flight, the last fate, those before.

use crosstalk_proto::{
    DEFAULT_NAME,
    amqp::{Body, Properties},
    helloworld::HelloRequest,
    ws::{Publish, PublishOutcome},
};
use futures_util::{StreamExt as _, stream};
use leptos::prelude::*;
use prost::Message as _;

use crate::{
    api::{bridge::Bridge, browser::unix_ms},
    components::sequence::Said,
    model::{
        exchange::{CallError, Cost},
        history::History,
        payload,
    },
    pages::tasks::Tasks,
};

/// How long a worker's reply is awaited, in milliseconds.
const ASK_TIMEOUT_MS: u32 = 5_000;
/// The most messages of one press of the button.
pub(super) const MAX_COUNT: u32 = 1_000;
/// How many of them await their confirm at once.
const IN_FLIGHT: usize = 32;

/// A publish that teaches something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Preset {
    /// One message for the queue.
    Hello,
    /// A hundred of them.
    Hundred,
    /// A key that no queue has, and mandatory.
    Nobody,
    /// A request for `greeter.rpc` whose reply is awaited.
    Ask,
}

/// What is sent.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Job {
    /// So many copies of a message.
    Publish { message: Box<Publish>, count: u32 },
    /// A request to the worker.
    Ask { body: Body, content_type: String },
}

/// What became of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fate {
    pub(super) confirmed: u32,
    pub(super) nacked: u32,
    pub(super) returned: u32,
    /// Code and text of the last message that was returned.
    pub(super) reason: Option<(u16, String)>,
    /// The worker's greeting.
    pub(super) reply: Option<String>,
    /// Of the last message.
    pub(super) cost: Cost,
}

/// A run of the history.
#[derive(Clone, Debug)]
pub(super) struct Past {
    pub(super) at_unix_ms: f64,
    pub(super) job: Job,
    pub(super) outcome: Result<Fate, CallError>,
}

/// Everything the publisher's views share.
#[derive(Clone, Copy, Debug)]
pub(super) struct Publishing {
    pub(super) preset: RwSignal<Preset>,
    pub(super) exchange: RwSignal<String>,
    pub(super) routing_key: RwSignal<String>,
    pub(super) body: RwSignal<String>,
    pub(super) content_type: RwSignal<String>,
    pub(super) persistent: RwSignal<bool>,
    pub(super) mandatory: RwSignal<bool>,
    pub(super) count: RwSignal<String>,
    pub(super) outcome: RwSignal<Option<Result<Fate, CallError>>>,
    pub(super) history: RwSignal<History<Past>>,
    pub(super) busy: RwSignal<bool>,
    bridge: Bridge,
    tasks: Tasks,
}

impl Publishing {
    pub(super) fn new() -> Self {
        let this = Self {
            preset: RwSignal::new(Preset::Hello),
            exchange: RwSignal::default(),
            routing_key: RwSignal::default(),
            body: RwSignal::default(),
            content_type: RwSignal::default(),
            persistent: RwSignal::new(false),
            mandatory: RwSignal::new(false),
            count: RwSignal::default(),
            outcome: RwSignal::new(None),
            history: RwSignal::new(History::default()),
            busy: RwSignal::new(false),
            bridge: Bridge::get(),
            tasks: Tasks::new(),
        };
        this.choose(Preset::Hello);
        this
    }

    /// Fills the editor.
    pub(super) fn choose(self, preset: Preset) {
        self.preset.set(preset);
        self.exchange.set(String::new());
        let key = match preset {
            Preset::Hello | Preset::Hundred => super::QUEUE,
            Preset::Nobody => "helo",
            Preset::Ask => "greeter.rpc",
        };
        self.routing_key.set(key.to_owned());
        self.mandatory.set(preset == Preset::Nobody);
        self.persistent.set(false);
        self.count.set(if preset == Preset::Hundred { "100" } else { "1" }.to_owned());
        self.choose_kind("application/json");
    }

    /// Sets the content type, and a body of that kind.
    pub(super) fn choose_kind(self, content_type: &str) {
        self.content_type.set(content_type.to_owned());
        let json = content_type == "application/json";
        self.body.set(if json { format!(r#"{{"name":"{DEFAULT_NAME}"}}"#) } else { DEFAULT_NAME.to_owned() });
    }

    /// How many messages, when that is a number within bounds.
    pub(super) fn valid_count(self) -> Option<u32> {
        self.count.get().trim().parse().ok().filter(|count| (1..=MAX_COUNT).contains(count))
    }

    /// Sends what the editor holds.
    pub(super) fn send(self) {
        let body = self.body.get_untracked();
        let content_type = self.content_type.get_untracked().trim().to_owned();
        let job = if self.preset.get_untracked() == Preset::Ask {
            // of protobuf a person writes the name, the page the bytes
            let body = if content_type == "application/x-protobuf" {
                payload::to_body(HelloRequest { name: body }.encode_to_vec())
            } else {
                Body::Text(body)
            };
            Job::Ask { body, content_type }
        } else {
            let Some(count) = untrack(|| self.valid_count()) else {
                return;
            };
            let properties = Properties {
                content_type: (!content_type.is_empty()).then_some(content_type),
                delivery_mode: Some(if self.persistent.get_untracked() { 2 } else { 1 }),
                ..Properties::default()
            };
            let message = Publish {
                exchange: self.exchange.get_untracked(),
                routing_key: self.routing_key.get_untracked(),
                mandatory: self.mandatory.get_untracked(),
                properties,
                body: Body::Text(body),
            };
            Job::Publish { message: Box::new(message), count }
        };
        self.run(job);
    }

    /// Carries a job out, one at a time.
    pub(super) fn run(self, job: Job) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.tasks.spawn(async move {
            let outcome = match job.clone() {
                Job::Publish { message, count } => self.publish(*message, count).await,
                Job::Ask { body, content_type } => self.ask(body, &content_type).await,
            };
            self.busy.set(false);
            self.outcome.set(Some(outcome.clone()));
            self.history.update(|history| {
                history.push(Past { at_unix_ms: unix_ms(), job, outcome });
            });
        });
    }

    /// What the last message cost.
    pub(super) fn cost(self) -> Option<Cost> {
        self.outcome.with(|outcome| Some(outcome.as_ref()?.as_ref().ok()?.cost.clone()))
    }

    /// Why the last job could not be done.
    pub(super) fn failed(self) -> Option<CallError> {
        self.outcome.with(|outcome| outcome.as_ref()?.as_ref().err().cloned())
    }

    /// What the last job asked for.
    pub(super) fn said(self) -> Said {
        let last = self.history.with(|history| {
            let (_, past) = history.iter().next()?;
            // the commands of the socket, by the names they have there
            let request = if matches!(past.job, Job::Ask { .. }) { "call" } else { "publish" };
            Some(Said { request: request.to_owned(), answer: String::new() })
        });
        last.unwrap_or_default()
    }

    async fn publish(self, message: Publish, count: u32) -> Result<Fate, CallError> {
        let mut published =
            stream::iter((0..count).map(|_| self.bridge.publish(message.clone()))).buffer_unordered(IN_FLIGHT);
        let mut fate: Option<Fate> = None;
        while let Some(published) = published.next().await {
            let published = published?;
            let (confirmed, returned, nacked, reason) = match published.outcome {
                PublishOutcome::Confirmed => (1, 0, 0, None),
                PublishOutcome::Returned { reply_code, reply_text } => (1, 1, 0, Some((reply_code, reply_text))),
                PublishOutcome::Nacked => (0, 0, 1, None),
            };
            let before = fate.take();
            let sum = |of: fn(&Fate) -> u32| before.as_ref().map_or(0, of);
            fate = Some(Fate {
                confirmed: sum(|fate| fate.confirmed) + confirmed,
                returned: sum(|fate| fate.returned) + returned,
                nacked: sum(|fate| fate.nacked) + nacked,
                reason: reason.or_else(|| before.as_ref().and_then(|fate| fate.reason.clone())),
                reply: None,
                cost: published.cost,
            });
        }
        fate.ok_or_else(|| CallError::Refused("0".to_owned()))
    }

    async fn ask(self, body: Body, content_type: &str) -> Result<Fate, CallError> {
        let reply = self.bridge.call(body, content_type, ASK_TIMEOUT_MS).await?;
        Ok(Fate {
            confirmed: 1,
            nacked: 0,
            returned: 0,
            reason: None,
            reply: Some(reply.greeted.text),
            cost: reply.greeted.cost,
        })
    }
}
