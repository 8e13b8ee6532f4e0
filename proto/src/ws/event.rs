//! Events that no command asked for: deliveries, and changes of subscriptions, of the broker link and of calls.

use serde::{Deserialize, Serialize};

use crate::{
    amqp::{Body, Properties},
    problem::Problem,
};

/// A message that the broker delivered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    /// The delivery tag on this consumer's channel.
    pub delivery_tag: u64,
    /// True if it was delivered before, to any consumer.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub redelivered: bool,
    /// The exchange it was published to.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub exchange: String,
    /// The routing key.
    pub routing_key: String,
    /// Its properties.
    #[serde(default)]
    pub properties: Properties,
    /// Its body.
    pub body: Body,
    /// When the server's link read it, in milliseconds on the server's clock.
    pub at_ms: f64,
}

/// A change of a subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubscriptionEvent {
    /// The link broke. The broker has requeued all unacked messages and will deliver them again, marked redelivered.
    Suspended {
        /// The number of unacked messages.
        unacked: u32,
    },
    /// The subscription consumes again over a new link.
    Resumed {
        /// The epoch of the new link.
        epoch: u32,
        /// The new consumer tag.
        consumer_tag: String,
    },
    /// The subscription has ended: the queue was deleted, or the broker closed the channel.
    Ended {
        /// The broker's reason and the remedy.
        problem: Problem,
    },
}

/// The state of the broker link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkState {
    /// Connecting.
    Connecting {
        /// The broker's address, without credentials.
        address: String,
    },
    /// Connected.
    Up {
        /// The broker's address, without credentials.
        address: String,
        /// Product and version of the broker, `RabbitMQ 3.10.8`.
        product: String,
        /// The number of the link since the server started, from 1.
        epoch: u32,
        /// The address for other clients, with credentials, if the broker is embedded in the server.
        client_url: Option<String>,
    },
    /// Not connected.
    Down {
        /// The broker's address, without credentials.
        address: String,
        /// The reason, in a sentence.
        reason: String,
        /// When the next attempt starts, in milliseconds from now.
        retry_in_ms: u32,
    },
}

/// An event of a gRPC call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallEvent {
    /// The initial metadata.
    Headers {
        /// In order.
        metadata: Vec<(String, String)>,
    },
    /// A HelloReply.
    Message {
        /// Its message.
        message: String,
    },
    /// The end: status and trailing metadata.
    Trailers {
        /// `grpc-status`.
        code: i32,
        /// `grpc-message`.
        message: String,
        /// In order.
        metadata: Vec<(String, String)>,
    },
}
