//! The envelopes: what each side sends.

use serde::{Deserialize, Serialize};

use super::{Answer, CallEvent, Command, Delivery, LinkState, OtherCall, Style, SubscriptionEvent};
use crate::{problem::Problem, step::Step};

/// What the page sends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
#[expect(clippy::large_enum_variant, reason = "short-lived: parsed or made, then taken apart")]
pub enum ClientMessage {
    /// The first message.
    Hello {
        /// [`VERSION`](super::VERSION) of the page.
        version: u32,
    },
    /// Anything after it.
    Request(Request),
}

/// A command with its id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// Repeated by the answer. Unique among the requests in flight.
    pub id: u64,
    /// W3C trace context of the job this belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
    /// What to do.
    pub command: Command,
}

/// What the server sends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServerMessage {
    /// The first message.
    Hello {
        /// [`VERSION`](super::VERSION) of the server.
        version: u32,
        /// Name and version of the server, `crosstalk/0.1.0`.
        server: String,
        /// Names this process: steps of another instance are on another clock.
        instance: String,
    },
    /// A command was carried out.
    Answer {
        /// Of the request.
        id: u64,
        /// Its result.
        answer: Answer,
        /// What was measured on the way.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        steps: Vec<Step>,
    },
    /// A command was not carried out.
    Refusal {
        /// Of the request.
        id: u64,
        /// Why.
        problem: Problem,
        /// What was measured on the way.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        steps: Vec<Step>,
    },
    /// Messages of a subscription, in order.
    Deliveries {
        /// From [`Answer::Subscribed`].
        subscription: u32,
        /// Which link to the broker they came over.
        epoch: u32,
        /// 1 to [`MAX_BATCH`](super::MAX_BATCH) of them.
        messages: Vec<Delivery>,
    },
    /// A subscription could not go on, or goes on after trouble.
    Subscription {
        /// From [`Answer::Subscribed`].
        subscription: u32,
        /// What happened to it.
        event: SubscriptionEvent,
    },
    /// The link to the broker changed. Also sent right after the hello.
    Link(LinkState),
    /// A call's answer headers, a reply or its end.
    Call {
        /// From [`Answer::CallOpened`].
        call: u32,
        /// What came.
        event: CallEvent,
        /// When, in milliseconds on the server's clock.
        at_ms: f64,
    },
    /// Calls of other clients, after [`Command::WatchOthers`].
    Others {
        /// In which style they were made.
        style: Style,
        /// In the order in which they ended.
        calls: Vec<OtherCall>,
        /// How many more there were, too many at once to be told one by one.
        #[serde(default, skip_serializing_if = "is_zero")]
        missed: u64,
    },
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}
