//! The results of commands.

use serde::{Deserialize, Serialize};

use crate::amqp::{Body, Properties};

/// The result of a command.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(
    target_pointer_width = "64",
    expect(clippy::large_enum_variant, reason = "short-lived: parsed or made, then taken apart")
)]
pub enum Answer {
    /// For [`Command::Ping`](super::Command::Ping): milliseconds on the server's clock.
    Pong {
        /// When the ping was read.
        received_ms: f64,
        /// When the pong was written.
        sent_ms: f64,
    },
    /// For [`Command::Subscribe`](super::Command::Subscribe).
    Subscribed {
        /// The number of the subscription on this socket.
        subscription: u32,
        /// The consumer tag at the broker.
        consumer_tag: String,
        /// The epoch of the broker link.
        epoch: u32,
    },
    /// For [`Command::Unsubscribe`](super::Command::Unsubscribe).
    Unsubscribed {
        /// The number of unacked messages that were requeued.
        returned: u32,
    },
    /// For [`Command::Ack`](super::Command::Ack) and [`super::Command::Nack`].
    Settled {
        /// The number of deliveries that were settled.
        count: u32,
        /// The delivery is of an earlier link: the broker has requeued it already, and nothing was sent.
        stale: bool,
    },
    /// For [`Command::Publish`](super::Command::Publish).
    Published {
        /// The broker's answer.
        outcome: PublishOutcome,
    },
    /// For [`Command::Call`](super::Command::Call).
    Reply {
        /// The reply's body.
        body: Body,
        /// Its properties.
        properties: Properties,
    },
    /// For [`Command::InspectQueue`](super::Command::InspectQueue).
    Queue {
        /// The number of ready messages.
        messages: u32,
        /// The number of consumers.
        consumers: u32,
        /// The consumers; absent if the broker cannot list them, since AMQP has no method for it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        listed: Option<Vec<ConsumerListed>>,
    },
    /// For [`Command::Greet`](super::Command::Greet).
    Greetings {
        /// The answer of each call.
        messages: Vec<String>,
    },
    /// For [`Command::CallOpen`](super::Command::CallOpen).
    CallOpened {
        /// The number of the call on this socket.
        call: u32,
    },
    /// For commands without a result.
    Done,
}

/// A consumer of a queue, of any client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsumerListed {
    /// The consumer tag.
    pub tag: String,
    /// The address of its client.
    pub peer: String,
    /// The maximum number of unacked messages; 0 means no limit.
    pub prefetch: u16,
    /// `no-ack` of basic.consume: its deliveries need no ack.
    pub no_ack: bool,
    /// Unsettled deliveries.
    pub unacked: u32,
}

/// The outcome of a publish.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PublishOutcome {
    /// basic.ack: the broker has accepted the message.
    Confirmed,
    /// basic.return, then basic.ack: no queue matched.
    Returned {
        /// 312 is NO_ROUTE.
        reply_code: u16,
        /// The text of the code.
        reply_text: String,
    },
    /// basic.nack: the broker could not accept the message.
    Nacked,
}
