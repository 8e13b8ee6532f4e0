//! What the page can ask for.

use serde::{Deserialize, Serialize};

use crate::amqp::{Body, Properties};

/// What the page can ask for.
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
        /// How many unacked messages at most, 1 to [`MAX_PREFETCH`](super::MAX_PREFETCH); in automatic mode, how many that are not yet written.
        prefetch: u16,
        /// Who acks.
        ack_mode: AckMode,
    },
    /// Cancels a consumer; what it held goes back to the queue. Answered by [`Answer::Unsubscribed`](super::Answer::Unsubscribed).
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
        /// Also all before it.
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
        /// Also all before it.
        #[serde(default)]
        multiple: bool,
        /// Back to the queue, or dropped (dead-lettered where the queue says so).
        requeue: bool,
    },
    /// Publishes one message with a confirm. Answered by [`Answer::Published`](super::Answer::Published).
    Publish(Publish),
    /// A request to the queue `greeter.rpc`, answered by its worker. Answered by [`Answer::Reply`](super::Answer::Reply).
    Call {
        /// Who is to be greeted, in the encoding `content_type` names.
        body: Body,
        /// `application/json`, `application/x-protobuf` or `text/plain`.
        content_type: String,
        /// How long to wait for the reply, in milliseconds, 1 to 60000.
        timeout_ms: u32,
    },
    /// Counts of a queue, by a passive declare. Answered by [`Answer::Queue`](super::Answer::Queue).
    InspectQueue {
        /// The queue.
        queue: String,
    },
    /// Tries to reach the broker at once instead of when the next try is due. Answered by [`Answer::Done`](super::Answer::Done).
    RetryLink,
    /// Asks to be told of the calls of other clients from now on, by [`ServerMessage::Others`](super::ServerMessage::Others).
    /// Answered by [`Answer::Done`](super::Answer::Done); refused (403) unless all that listens is on loopback and no proxy
    /// stands before it.
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
    /// Ends the requests; replies go on. Answered by [`Answer::Done`](super::Answer::Done).
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

/// Who acks what a consumer gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AckMode {
    /// The server acks a message when it was written to the socket, so a page that vanishes can lose what was in flight.
    /// (Not `no-ack` of basic.consume, under which a broker floods a page that cannot keep up: prefetch holds here too.)
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
    /// Send it back when no queue takes it.
    #[serde(default)]
    pub mandatory: bool,
    /// Properties and headers.
    #[serde(default)]
    pub properties: Properties,
    /// The body.
    pub body: Body,
}
