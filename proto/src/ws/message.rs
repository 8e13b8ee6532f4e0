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
    /// Any later message.
    Request(Request),
}

/// A command with its id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// Repeated in the answer. Unique among the pending requests.
    pub id: u64,
    /// The W3C trace context of the job this belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
    /// The command.
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
        /// The id of this process. Steps of another process are on another clock.
        instance: String,
    },
    /// A command was carried out.
    Answer {
        /// The id of the request.
        id: u64,
        /// Its result.
        answer: Answer,
        /// The measured steps.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        steps: Vec<Step>,
    },
    /// A command was refused.
    Refusal {
        /// The id of the request.
        id: u64,
        /// The reason.
        problem: Problem,
        /// The measured steps.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        steps: Vec<Step>,
    },
    /// Messages of a subscription, in order.
    Deliveries {
        /// From [`Answer::Subscribed`].
        subscription: u32,
        /// The epoch of the broker link.
        epoch: u32,
        /// 1 to [`MAX_BATCH`](super::MAX_BATCH) messages.
        messages: Vec<Delivery>,
    },
    /// A subscription was suspended, resumed or ended.
    Subscription {
        /// From [`Answer::Subscribed`].
        subscription: u32,
        /// The change.
        event: SubscriptionEvent,
    },
    /// The broker link changed. Also sent right after the hello.
    Link(LinkState),
    /// The headers, a message or the trailers of a call.
    Call {
        /// From [`Answer::CallOpened`].
        call: u32,
        /// The event.
        event: CallEvent,
        /// The time in milliseconds on the server's clock.
        at_ms: f64,
    },
    /// Calls of other clients, after [`Command::WatchOthers`].
    Others {
        /// The style of the calls.
        style: Style,
        /// In the order in which they ended.
        calls: Vec<OtherCall>,
        /// The number of further calls, which were too many to list.
        #[serde(default, skip_serializing_if = "is_zero")]
        missed: u64,
    },
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}
