//! What a command gave.

use serde::{Deserialize, Serialize};

use crate::amqp::{Body, Properties};

/// What a command gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(
    target_pointer_width = "64",
    expect(clippy::large_enum_variant, reason = "short-lived: parsed or made, then taken apart")
)]
pub enum Answer {
    /// Of [`Command::Ping`](super::Command::Ping): milliseconds on the server's clock.
    Pong {
        /// When the ping was read.
        received_ms: f64,
        /// When the pong was written.
        sent_ms: f64,
    },
    /// Of [`Command::Subscribe`](super::Command::Subscribe).
    Subscribed {
        /// Names the subscription on this socket.
        subscription: u32,
        /// The consumer's name at the broker.
        consumer_tag: String,
        /// The link it came over.
        epoch: u32,
    },
    /// Of [`Command::Unsubscribe`](super::Command::Unsubscribe).
    Unsubscribed {
        /// How many unacked messages went back to the queue.
        returned: u32,
    },
    /// Of [`Command::Ack`](super::Command::Ack) and [`super::Command::Nack`].
    Settled {
        /// How many deliveries this settled.
        count: u32,
        /// The delivery came over an earlier link: the broker has it back already, nothing was sent.
        stale: bool,
    },
    /// Of [`Command::Publish`](super::Command::Publish).
    Published {
        /// What the broker said.
        outcome: PublishOutcome,
    },
    /// Of [`Command::Call`](super::Command::Call).
    Reply {
        /// The reply's body.
        body: Body,
        /// Its properties.
        properties: Properties,
    },
    /// Of [`Command::InspectQueue`](super::Command::InspectQueue).
    Queue {
        /// Ready messages.
        messages: u32,
        /// Consumers.
        consumers: u32,
        /// Who they are; absent where the broker does not say, as AMQP has no method for it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        listed: Option<Vec<ConsumerListed>>,
    },
    /// Of [`Command::Greet`](super::Command::Greet).
    Greetings {
        /// What each call was answered.
        messages: Vec<String>,
    },
    /// Of [`Command::CallOpen`](super::Command::CallOpen).
    CallOpened {
        /// Names the call on this socket.
        call: u32,
    },
    /// It was done; there is nothing to tell.
    Done,
}

/// A consumer of a queue, whoever it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsumerListed {
    /// Its name at the broker.
    pub tag: String,
    /// The address its connection comes from.
    pub peer: String,
    /// How many unacked messages at most; 0 is no limit.
    pub prefetch: u16,
    /// `no-ack` of basic.consume: its deliveries are settled when they are sent.
    pub no_ack: bool,
    /// Deliveries it has not settled.
    pub unacked: u32,
}

/// The fate of a published message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PublishOutcome {
    /// basic.ack: the broker has taken charge of it.
    Confirmed,
    /// basic.return, then basic.ack: no queue took it.
    Returned {
        /// 312 is NO_ROUTE.
        reply_code: u16,
        /// In words.
        reply_text: String,
    },
    /// basic.nack: the broker could not take charge of it.
    Nacked,
}
