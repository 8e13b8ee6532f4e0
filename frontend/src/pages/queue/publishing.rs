//! The publisher's state: the editor's fields, what is in flight, the last fate, those before.

use std::cell::Cell;

use crosstalk_proto::amqp::Body;
use leptos::prelude::*;

use super::{
    job::Job,
    journey::Journey,
    past,
    run::{self, Order, Wish},
};
use crate::{
    api::{
        bridge::{Bridge, errand::Errand},
        browser::{traceparent, unix_ms},
    },
    components::{pairs::Pairs, sequence::Said},
    model::{
        exchange::{CallError, Cost},
        past::call::Call,
        queue::{
            draft::{self, MAX_BODY, MessageDraft},
            message::{Fault, Header},
            preset::{self, Preset},
            tally::Tally,
        },
    },
    pages::{tasks::Tasks, wire::Wire},
    past::PastCalls,
};

/// How long a worker's reply is awaited, in milliseconds.
const ASK_TIMEOUT_MS: u32 = 5_000;

/// What became of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fate {
    /// How many were ordered.
    pub(super) count: u32,
    pub(super) tally: Tally,
    /// It goes on.
    pub(super) going: bool,
    /// The worker's greeting.
    pub(super) reply: Option<String>,
    /// Of the last message.
    pub(super) cost: Option<Cost>,
}

/// A run, and what became of it, so far.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    /// Its name in the history; none while it goes on.
    pub(super) name: Option<u64>,
    /// It asked the worker.
    asks: bool,
    pub(super) outcome: Result<Fate, CallError>,
    /// Its times are on the clock of this page load.
    pub(super) is_of_this_visit: bool,
}

/// Everything the publisher's views share.
#[derive(Clone, Copy, Debug)]
pub(super) struct Publishing {
    pub(super) preset: RwSignal<Option<Preset>>,
    /// The content type of a question to the worker; none is a message for whom it may concern.
    pub(super) ask: RwSignal<Option<String>>,
    pub(super) exchange: RwSignal<String>,
    pub(super) routing_key: RwSignal<String>,
    pub(super) body: RwSignal<String>,
    pub(super) properties: Pairs,
    pub(super) headers: Pairs,
    pub(super) count: RwSignal<String>,
    pub(super) rate: RwSignal<String>,
    pub(super) mandatory: RwSignal<bool>,
    pub(super) shown: RwSignal<Option<Shown>>,
    pub(super) wire: Wire,
    pub(super) busy: RwSignal<bool>,
    pub(super) wish: RwSignal<Wish>,
    /// How many messages this page has sent, in all its runs.
    pub(super) sent: StoredValue<u64>,
    past: PastCalls,
    journey: Journey,
    bridge: Bridge,
    tasks: Tasks,
}

impl Publishing {
    pub(super) fn new(journey: Journey) -> Self {
        let this = Self {
            preset: RwSignal::new(None),
            ask: RwSignal::new(None),
            exchange: RwSignal::default(),
            routing_key: RwSignal::default(),
            body: RwSignal::default(),
            properties: Pairs::new(&[]),
            headers: Pairs::new(&[]),
            count: RwSignal::default(),
            rate: RwSignal::default(),
            mandatory: RwSignal::new(false),
            shown: RwSignal::new(None),
            wire: Wire::new("queue"),
            busy: RwSignal::new(false),
            wish: RwSignal::new(Wish::GoOn),
            sent: StoredValue::new(0),
            past: PastCalls::get(),
            journey,
            bridge: Bridge::get(),
            tasks: Tasks::new(),
        };
        this.choose(Preset::Hello);
        this
    }

    /// The run on show, as the history names it, once it has ended; tracked.
    pub(super) fn shown_name(self) -> Option<u64> {
        self.shown.with(|shown| shown.as_ref().and_then(|shown| shown.name))
    }

    /// Fills the editor.
    pub(super) fn choose(self, preset: Preset) {
        self.restore(preset.draft());
        self.preset.set(Some(preset));
    }

    /// Fills the editor again with the preset that was chosen last.
    pub(super) fn reset(self) {
        self.choose(self.preset.get_untracked().unwrap_or(Preset::Hello));
    }

    /// Fills the editor with what is no preset.
    pub(super) fn restore(self, draft: MessageDraft) {
        self.preset.set(None);
        self.ask.set(draft.ask);
        self.exchange.set(draft.exchange);
        self.routing_key.set(draft.routing_key);
        self.body.set(draft.body);
        self.properties.set_rows(draft.properties);
        self.headers.set_typed(draft.headers.into_iter().map(|Header { kind, row }| (kind, row)));
        self.count.set(draft.count);
        self.rate.set(draft.rate);
        self.mandatory.set(draft.mandatory);
    }

    /// What the editor holds; tracked.
    pub(super) fn draft(self) -> MessageDraft {
        let header = |(kind, row)| Header { kind, row };
        MessageDraft {
            ask: self.ask.get(),
            exchange: self.exchange.get(),
            routing_key: self.routing_key.get(),
            body: self.body.get(),
            properties: self.properties.rows(),
            headers: self.headers.typed().into_iter().map(header).collect(),
            count: self.count.get(),
            rate: self.rate.get(),
            mandatory: self.mandatory.get(),
        }
    }

    /// Sets the content type of a question, and a body of that kind.
    pub(super) fn choose_kind(self, content_type: String) {
        self.body.set(preset::body(&content_type));
        self.ask.set(Some(content_type));
    }

    /// What is wrong with exchange, routing key, properties and headers; tracked.
    pub(super) fn faults(self) -> Vec<Fault> {
        self.draft().publish().err().unwrap_or_default()
    }

    /// Whether all that is typed can be sent; tracked.
    pub(super) fn is_sendable(self) -> bool {
        self.body.with(|body| body.len() <= MAX_BODY)
            && (self.ask.with(Option::is_some)
                || draft::count(&self.count.read()).is_some()
                    && draft::rate(&self.rate.read()).is_some()
                    && self.faults().is_empty())
    }

    /// Sends what the editor holds.
    pub(super) fn send(self) {
        self.run(untrack(|| self.draft()));
    }

    /// Sends what the history holds again, as it was.
    pub(super) fn again(self, call: &Call) {
        if let Some(draft) = past::draft(call) {
            self.restore(draft.clone());
            self.run(draft);
        }
    }

    /// Shows what became of something in the history.
    pub(super) fn show(self, call: &Call) {
        if let Some(draft) = past::draft(call) {
            self.journey.follow(None);
            self.wire.forget();
            self.shown.set(Some(Shown {
                name: Some(call.at),
                asks: draft.ask.is_some(),
                outcome: past::fate(call),
                is_of_this_visit: call.is_of_this_visit(),
            }));
        }
    }

    /// Carries a draft out, one at a time; nothing happens when it cannot be sent.
    fn run(self, draft: MessageDraft) {
        let Some(job) = Job::of(&draft).filter(|_| !self.busy.get_untracked()) else {
            return;
        };
        self.busy.set(true);
        self.wish.set(Wish::GoOn);
        self.tasks.spawn(async move {
            let at = unix_ms();
            let outcome = match job {
                Job::Publish(order) => self.publish(&order).await,
                Job::Ask { body, content_type } => self.ask(body, &content_type).await,
            };
            self.busy.set(false);
            self.wire.read();
            let name = self.past.push(past::call(at, &draft, &outcome));
            self.shown.set(Some(Shown {
                name: Some(name),
                asks: draft.ask.is_some(),
                outcome,
                is_of_this_visit: true,
            }));
        });
    }

    /// What the last message cost.
    pub(super) fn cost(self) -> Option<Cost> {
        self.shown.with(|shown| shown.as_ref()?.outcome.as_ref().ok()?.cost.clone())
    }

    /// Why there is no outcome.
    pub(super) fn failed(self) -> Option<CallError> {
        self.shown.with(|shown| shown.as_ref()?.outcome.as_ref().err().cloned())
    }

    /// What was asked for: the commands of the socket, by the names they have there.
    pub(super) fn said(self) -> Said {
        let asks = self.shown.with(|shown| shown.as_ref().map(|shown| shown.asks));
        asks.map_or_else(Said::default, |asks| Said {
            request: if asks { "call" } else { "publish" }.to_owned(),
            ..Said::default()
        })
    }

    /// Whether what is on show was measured by the clock of this page load; tracked.
    pub(super) fn is_of_this_visit(self) -> bool {
        self.shown.with(|shown| shown.as_ref().is_none_or(|shown| shown.is_of_this_visit))
    }

    async fn publish(self, order: &Order) -> Result<Fate, CallError> {
        let count = order.count;
        let fate = |tally: Tally, going, cost| Fate { count, tally, going, reply: None, cost };
        let counted = Cell::new(0);
        let sent = |tally: &Tally| {
            let more = tally.sent - counted.replace(tally.sent);
            self.sent.update_value(|sent| *sent += u64::from(more));
        };
        let told = |tally: &Tally| {
            sent(tally);
            let outcome = Ok(fate(tally.clone(), true, None));
            self.shown.set(Some(Shown { name: None, asks: false, outcome, is_of_this_visit: true }));
        };
        // of many the last one is shown, and which that is nobody knows before: the first is captured, and none followed
        let traced = self.wire.trace().await;
        self.bridge.opening().await;
        let errand = Errand::begin(traced.as_deref()).await;
        let traceparent = traced.or_else(|| (count == 1).then(traceparent));
        self.journey.follow(traceparent.as_deref().filter(|_| count == 1));
        let wish = || self.wish.get_untracked();
        let first = traceparent.map(|parent| (self.over(errand.as_ref()), parent));
        let (mut tally, cost) = run::carry_out(self.bridge, order, first, wish, told).await;
        end(errand).await;
        sent(&tally);
        match tally.error.take() {
            // a single message is told as any call that failed
            Some(error) if count == 1 => Err(error),
            error => Ok(fate(Tally { error, ..tally }, false, cost)),
        }
    }

    async fn ask(self, body: Body, content_type: &str) -> Result<Fate, CallError> {
        self.journey.follow(None);
        let trace = self.wire.trace().await;
        let errand = Errand::begin(trace.as_deref()).await;
        let reply = self.over(errand.as_ref()).call(body, content_type, ASK_TIMEOUT_MS, trace).await;
        end(errand).await;
        let reply = reply?;
        let tally = Tally { sent: 1, confirmed: 1, ..Tally::default() };
        let greeted = reply.greeted;
        Ok(Fate { count: 1, tally, going: false, reply: Some(greeted.text), cost: Some(greeted.cost) })
    }

    /// The way of what is captured, or that of all else.
    fn over(self, errand: Option<&Errand>) -> Bridge {
        errand.map_or(self.bridge, Errand::bridge)
    }
}

async fn end(errand: Option<Errand>) {
    if let Some(errand) = errand {
        errand.end().await;
    }
}
