//! The page's end of the WebSocket bridge `/ws` (`proto::ws`): one socket for the whole page, re-made by itself.
//!
//! - [`Bridge`]: what pages use; provided as a context by the frame
//! - [`subscription`]: consumers, re-made after a reconnect
//! - [`errand`]: a socket beside it, for jobs that are captured
//! - [`bidi`]: `SayHelloBidiStream`, driven through the server
//! - `shared`: the state, and what happens when a message comes or the socket goes
//! - `request`: a command and its answer
//! - `ping`: the clocks of both ends, and whether the socket lives
//! - `speech`: its words, downloaded once the page is there
//! - `socket`: a browser WebSocket as one callback
//!
//! Every request is answered once: by the server, by its budget, or by the end of the socket.

use std::rc::Rc;

use crosstalk_proto::{
    amqp::{Body, Properties},
    step::Step,
    ws::{Answer, Command, ConsumerListed, LinkState, Publish, PublishOutcome},
};
use leptos::{ev, prelude::*};

pub mod bidi;
pub mod errand;
mod ping;
mod request;
mod shared;
mod socket;
mod speech;
pub mod subscription;

use self::{
    bidi::{Bidi, CallNews},
    shared::Shared,
    subscription::{News, Subscription, SubscriptionSpec},
};
use super::{
    browser::{now_ms, traceparent},
    flight::{self, Flight},
};
use crate::model::{
    clock::Offset,
    exchange::{CallError, Cost, Greeted},
    past::{call::Style, others::Others},
    payload,
};

/// How long the server may take for a command, in milliseconds.
const REQUEST_BUDGET_MS: u32 = 10_000;
/// How much longer the page waits than the server does for the reply of a worker.
const CALL_GRACE_MS: u32 = 2_000;

/// The socket between the page and its server.
#[derive(Clone, Debug, PartialEq)]
pub enum Connection {
    /// It is being opened.
    Connecting,
    /// Both hellos were said.
    Open {
        /// Name and version of the server.
        server: String,
    },
    /// It is closed, and will be opened again.
    Waiting {
        /// When, on the page's clock.
        retry_at_ms: f64,
        /// The close code; 1006 when there was no goodbye.
        code: u16,
    },
    /// The server speaks another version: only loading the page again helps.
    Outdated,
}

/// The last word on the broker link.
#[derive(Clone, Debug, PartialEq)]
pub struct BrokerLink {
    /// As the server told it.
    pub state: LinkState,
    /// When, on the page's clock: `retry_in_ms` counts from here.
    pub at_ms: f64,
}

/// The answer to a command and what it cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    /// What the server gave.
    pub answer: Answer,
    /// When; steps of the server, the link and the worker are among it. Byte counts are of the bodies.
    pub cost: Cost,
}

/// A published message.
#[derive(Clone, Debug, PartialEq)]
pub struct Published {
    /// What the broker said.
    pub outcome: PublishOutcome,
    /// When and how big.
    pub cost: Cost,
}

/// A queue at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Inspected {
    /// Ready messages.
    pub messages: u32,
    /// Consumers, of whomever.
    pub consumers: u32,
    /// Who they are, where the broker tells.
    pub listed: Option<Vec<ConsumerListed>>,
}

/// A worker's reply.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// The greeting, as text.
    pub greeted: Greeted,
    /// The reply's body as it came.
    pub body: Body,
    /// Its properties.
    pub properties: Properties,
}

/// The page's socket. Cheap to copy; lives as long as the page.
#[derive(Clone, Copy, Debug)]
pub struct Bridge {
    shared: StoredValue<Rc<Shared>, LocalStorage>,
}

impl Bridge {
    /// Opens the socket and makes the bridge a context. Once for each page, in its frame.
    pub fn provide() -> Self {
        flight::show();
        let shared = Rc::new(Shared::default());
        shared.connect();
        let left = Rc::clone(&shared);
        // as long as the page: a browser may keep one that was left, frozen, and with its socket it would go on consuming
        let _ = window_event_listener(ev::pagehide, move |_| left.leave());
        let bridge = Self { shared: StoredValue::new_local(shared) };
        provide_context(bridge);
        bridge
    }

    /// The bridge of this page.
    pub fn get() -> Self {
        expect_context()
    }

    /// The socket's state.
    pub fn connection(&self) -> Signal<Connection> {
        self.shared().connection.into()
    }

    /// The broker link's state; none while the socket is not open.
    pub fn broker(&self) -> Signal<Option<BrokerLink>> {
        self.shared().broker.into()
    }

    /// The offset between the page's clock and the server's, as far as it is known.
    pub fn clock_offset(&self) -> Signal<Option<Offset>> {
        self.shared().offset.into()
    }

    /// The id of the server's process, of the last one while the socket is not open; empty before the first.
    pub fn instance(&self) -> Signal<String> {
        self.shared().instance.into()
    }

    /// The broker is the one in the server's process; tracked.
    pub fn is_embedded(&self) -> bool {
        let link = self.broker();
        link.with(|link| matches!(link, Some(BrokerLink { state: LinkState::Up { client_url: Some(_), .. }, .. })))
    }

    /// Calls of other clients, as the server tells of them.
    pub fn others(&self) -> Signal<Others> {
        self.shared().others.into()
    }

    /// Forgets the calls of other clients of a bench.
    pub fn forget_others(&self, style: Style) {
        self.shared().others.update(|others| others.clear(style));
    }

    /// Opens the socket now, when it waits to be opened.
    pub fn retry_now(&self) {
        let shared = self.shared();
        if matches!(shared.connection.get_untracked(), Connection::Waiting { .. }) {
            shared.connect();
        }
    }

    /// Waits while the socket is being opened, as a page is there before it is; not long.
    pub async fn opening(&self) {
        self.shared().opening().await;
    }

    /// Sends a command within a trace and waits for its answer, if need be until the socket is open.
    ///
    /// # Errors
    /// [`CallError::Problem`] when the server refuses, others when there is no answer.
    pub async fn request(&self, command: Command, traceparent: String, budget_ms: u32) -> Result<Answered, CallError> {
        let _flight = Flight::start();
        self.opening().await;
        self.shared().request_traced(command, traceparent, budget_ms).await
    }

    /// The job over the queue: asks `greeter.rpc` and waits for its worker's reply, within a trace of the caller's or one
    /// of its own.
    ///
    /// # Errors
    /// As [`Bridge::request`]; a worker's problem comes as [`CallError::Problem`].
    pub async fn call(
        &self,
        body: Body,
        content_type: &str,
        timeout_ms: u32,
        trace: Option<String>,
    ) -> Result<Reply, CallError> {
        let bytes_out = payload::size(&body);
        let command = Command::Call { body, content_type: content_type.to_owned(), timeout_ms };
        let trace = trace.unwrap_or_else(traceparent);
        let answered = self.request(command, trace, timeout_ms.saturating_add(CALL_GRACE_MS)).await?;
        let Answer::Reply { body, properties } = answered.answer else {
            return Err(unexpected());
        };
        let content_type = properties.content_type.clone().unwrap_or_default();
        let text = payload::greeting(&body, &content_type)?;
        let cost = Cost { bytes_out, bytes_in: payload::size(&body), ..answered.cost };
        Ok(Reply { greeted: Greeted { text, cost }, body, properties })
    }

    /// Has the server do the job natively, so many times over one connection to itself.
    ///
    /// # Errors
    /// As [`Bridge::request`].
    pub async fn greet(&self, calls: u32, traceparent: String) -> Result<(), CallError> {
        let command = Command::Greet { name: String::new(), calls };
        self.request(command, traceparent, REQUEST_BUDGET_MS).await.map(|_| ())
    }

    /// Publishes one message; `fate` is called once, with the broker's word or why there is none. No future and no timer
    /// for each of many: the server answers within its own budget, and the end of the socket answers for it.
    pub fn publish(
        &self,
        publish: Publish,
        traceparent: String,
        fate: impl FnOnce(Result<Published, CallError>) + 'static,
    ) {
        let flight = Flight::start();
        let bytes_out = payload::size(&publish.body);
        let started_ms = now_ms();
        let waiter = move |result: Result<(Answer, Vec<Step>), CallError>, read_ms| {
            drop(flight);
            fate(match result {
                Ok((Answer::Published { outcome }, steps)) => {
                    let steps = with_browser_steps(started_ms, read_ms, now_ms(), steps);
                    let cost = Cost { started_ms, ended_ms: read_ms, steps, bytes_out, bytes_in: 0 };
                    Ok(Published { outcome, cost })
                }
                Ok(_) => Err(unexpected()),
                Err(error) => Err(error),
            });
        };
        self.shared().send_traced(Command::Publish(publish), traceparent, Box::new(waiter));
    }

    /// What is in a queue, and who consumes it.
    ///
    /// # Errors
    /// As [`Bridge::request`].
    pub async fn inspect(&self, queue: &str) -> Result<Inspected, CallError> {
        let command = Command::InspectQueue { queue: queue.to_owned() };
        // asked again and again by a page that is idle: not a flight
        match self.shared().request(command, REQUEST_BUDGET_MS).await?.answer {
            Answer::Queue { messages, consumers, listed } => Ok(Inspected { messages, consumers, listed }),
            _ => Err(unexpected()),
        }
    }

    /// Has the server try to reach its broker now, when it waits to.
    pub fn retry_link(&self) {
        self.shared().send_and_forget(Command::RetryLink);
    }

    /// Starts a consumer. What happens to it goes to `sink`, in order, until the subscription is dropped.
    pub fn subscribe(&self, spec: SubscriptionSpec, sink: impl Fn(News) + 'static) -> Subscription {
        Subscription::start(&self.shared(), spec, Rc::new(sink))
    }

    /// Opens `SayHelloBidiStream`, driven by the server. What comes goes to `sink`.
    ///
    /// # Errors
    /// As [`Bridge::request`].
    pub async fn open_call(
        &self,
        metadata: Vec<(String, String)>,
        deadline_ms: Option<u32>,
        sink: impl Fn(CallNews) + 'static,
    ) -> Result<(Bidi, Vec<Step>), CallError> {
        self.opening().await;
        Bidi::open(self.shared(), metadata, deadline_ms, Rc::new(sink)).await
    }

    fn shared(&self) -> Rc<Shared> {
        self.shared.get_value()
    }
}

fn unexpected() -> CallError {
    CallError::Unreadable("an answer of another kind".to_owned())
}

/// The steps of a command that the page itself measured, before those of the others.
fn with_browser_steps(started_ms: f64, read_ms: f64, done_ms: f64, others: Vec<Step>) -> Vec<Step> {
    use crate::model::exchange::{BUSY, browser_step};
    let mut steps = vec![browser_step("send", started_ms, started_ms), browser_step("receive", read_ms, read_ms)];
    steps.extend((done_ms > read_ms).then(|| browser_step(BUSY, read_ms, done_ms)));
    steps.extend(others);
    steps
}
