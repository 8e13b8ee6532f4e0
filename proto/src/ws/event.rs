//! What comes by itself: deliveries, and what became of a subscription, the link to the broker, a call.

use serde::{Deserialize, Serialize};

use crate::{
    amqp::{Body, Properties},
    problem::Problem,
};

/// A message that the broker delivered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    /// Its number on this consumer's channel.
    pub delivery_tag: u64,
    /// Whether it was delivered before, to anybody.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub redelivered: bool,
    /// Where it was published.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub exchange: String,
    /// With which key.
    pub routing_key: String,
    /// Its properties.
    #[serde(default)]
    pub properties: Properties,
    /// Its body.
    pub body: Body,
    /// When our link read it, in milliseconds on the server's clock.
    pub at_ms: f64,
}

/// What happened to a subscription by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubscriptionEvent {
    /// The link broke: the broker has back what was unacked and will deliver it again, marked redelivered.
    Suspended {
        /// How many were unacked.
        unacked: u32,
    },
    /// It consumes again over a new link.
    Resumed {
        /// The new link.
        epoch: u32,
        /// Its new name at the broker.
        consumer_tag: String,
    },
    /// It is over: the queue was deleted, or the broker closed the channel.
    Ended {
        /// The broker's words and what to do.
        problem: Problem,
    },
}

/// The link to the broker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkState {
    /// The first attempt, or a new one.
    Connecting {
        /// The broker's address, without credentials.
        address: String,
    },
    /// It works.
    Up {
        /// The broker's address, without credentials.
        address: String,
        /// What the broker calls itself, `RabbitMQ 3.10.8`.
        product: String,
        /// Counts the links since the server started, from 1.
        epoch: u32,
        /// What other clients connect with, credentials included, when the broker is the one in the server's process.
        client_url: Option<String>,
    },
    /// It does not.
    Down {
        /// The broker's address, without credentials.
        address: String,
        /// Why, in a sentence.
        reason: String,
        /// When the next attempt starts, in milliseconds from now.
        retry_in_ms: u32,
    },
}

/// What came back on a call.
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
