//! The commands of the page.

use serde::{Deserialize, Serialize};

use crate::amqp::{Body, Properties};

/// A command of the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
#[cfg_attr(
    target_pointer_width = "64",
    expect(clippy::large_enum_variant, reason = "short-lived: parsed or made, then taken apart")
)]
pub enum Command {
    /// Estimates the offset between the clocks. Answered by [`Answer::Pong`](super::Answer::Pong).
    Ping,
    /// Starts a consumer. The queue `hello` is declared as stock tutorials do; any other must exist.
    /// Answered by [`Answer::Subscribed`](super::Answer::Subscribed).
    Subscribe {
        /// The queue.
        queue: String,
        /// The maximum number of unacked messages, 1 to [`MAX_PREFETCH`](super::MAX_PREFETCH); in automatic mode, of
        /// messages that are not yet written.
        prefetch: u16,
        /// Whether the server or the page acks.
        ack_mode: AckMode,
    },
    /// Cancels a consumer; its unacked messages are requeued. Answered by
    /// [`Answer::Unsubscribed`](super::Answer::Unsubscribed).
    Unsubscribe {
        /// From [`Answer::Subscribed`](super::Answer::Subscribed).
        subscription: u32,
    },
    /// basic.ack. Answered by [`Answer::Settled`](super::Answer::Settled).
    Ack {
        /// From [`Answer::Subscribed`](super::Answer::Subscribed).
        subscription: u32,
        /// From the delivery's batch.
        epoch: u32,
        /// From the delivery.
        delivery_tag: u64,
        /// Settle all earlier deliveries too.
        #[serde(default)]
        multiple: bool,
    },
    /// basic.nack. Answered by [`Answer::Settled`](super::Answer::Settled).
    Nack {
        /// From [`Answer::Subscribed`](super::Answer::Subscribed).
        subscription: u32,
        /// From the delivery's batch.
        epoch: u32,
        /// From the delivery.
        delivery_tag: u64,
        /// Settle all earlier deliveries too.
        #[serde(default)]
        multiple: bool,
        /// Requeue the message; otherwise it is dropped, or dead-lettered if the queue has a dead-letter exchange.
        requeue: bool,
    },
    /// Publishes one message with a confirm. Answered by [`Answer::Published`](super::Answer::Published).
    Publish(Publish),
    /// Sends a request to the queue `greeter.rpc`. Answered by [`Answer::Reply`](super::Answer::Reply).
    Call {
        /// The name to greet, encoded as `content_type` says.
        body: Body,
        /// `application/json`, `application/x-protobuf` or `text/plain`.
        content_type: String,
        /// The time limit for the reply in milliseconds, 1 to 60000.
        timeout_ms: u32,
    },
    /// Counts the messages and consumers of a queue, by a passive declare. Answered by
    /// [`Answer::Queue`](super::Answer::Queue).
    InspectQueue {
        /// The queue.
        queue: String,
    },
    /// Connects to the broker at once instead of at the next scheduled attempt. Answered by
    /// [`Answer::Done`](super::Answer::Done).
    RetryLink,
    /// Reports the calls of other clients from now on, with [`ServerMessage::Others`](super::ServerMessage::Others).
    /// Answered by [`Answer::Done`](super::Answer::Done). Refused with 403 unless every listener is on loopback and
    /// there is no proxy.
    WatchOthers,
    /// Calls `SayHello` as native gRPC from the server to itself, one call after the other over one connection. Answered by
    /// [`Answer::Greetings`](super::Answer::Greetings).
    Greet {
        /// The name of the HelloRequest.
        name: String,
        /// How many calls, 1 to 10.
        calls: u32,
    },
    /// Opens `SayHelloBidiStream` as native gRPC from the server. Answered by [`Answer::CallOpened`](super::Answer::CallOpened).
    #[serde(rename = "call.open")]
    CallOpen {
        /// Metadata to send, in order; `-bin` values in base64.
        #[serde(default)]
        metadata: Vec<(String, String)>,
        /// `grpc-timeout`, in milliseconds; none when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deadline_ms: Option<u32>,
    },
    /// Sends one HelloRequest. Answered by [`Answer::Done`](super::Answer::Done).
    #[serde(rename = "call.send")]
    CallSend {
        /// From [`Answer::CallOpened`](super::Answer::CallOpened).
        call: u32,
        /// The name of the HelloRequest.
        name: String,
    },
    /// Ends the requests; replies continue. Answered by [`Answer::Done`](super::Answer::Done).
    #[serde(rename = "call.half_close")]
    CallHalfClose {
        /// From [`Answer::CallOpened`](super::Answer::CallOpened).
        call: u32,
    },
    /// Resets the stream. Answered by [`Answer::Done`](super::Answer::Done).
    #[serde(rename = "call.cancel")]
    CallCancel {
        /// From [`Answer::CallOpened`](super::Answer::CallOpened).
        call: u32,
    },
}

/// Whether the server or the page acks deliveries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AckMode {
    /// The server acks a message once it is written to the socket, so a page that vanishes can lose messages in flight.
    /// This is not `no-ack` of basic.consume, under which a broker floods a slow page: the prefetch applies here too.
    Automatic,
    /// The page acks.
    Manual,
}

/// A message to publish.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Publish {
    /// The exchange; empty is the default one, which routes by queue name.
    #[serde(default)]
    pub exchange: String,
    /// The routing key.
    pub routing_key: String,
    /// Return the message if no queue matches.
    #[serde(default)]
    pub mandatory: bool,
    /// Properties and headers.
    #[serde(default)]
    pub properties: Properties,
    /// The body.
    pub body: Body,
}
