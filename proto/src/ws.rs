//! The messages of the WebSocket bridge `/ws`: JSON text frames, tagged by `type`.
//!
//! A conversation: each side's first message is its hello. Then the page sends [`Request`]s, each with an
//! `id` of its own choosing, and the server answers each with exactly one [`ServerMessage::Answer`] or
//! [`ServerMessage::Refusal`] of that `id`; between them come deliveries and what else happens by itself.
//!
//! Deliveries are at-least-once: with [`AckMode::Manual`] a message is acked to the broker only when the page
//! says so, and a page that goes away gives back what it held. A delivery tag is valid with the `epoch` it came
//! with: after the link to the broker was re-made the broker delivers those messages again, and an ack of the old
//! epoch is answered ([`Answer::Settled`] with `stale`) and not forwarded.

use serde::{Deserialize, Serialize};

use crate::{
    amqp::{Body, Properties},
    problem::Problem,
    step::Step,
};

/// The version of this protocol, in both hellos.
pub const VERSION: u32 = 1;
/// The most bytes a client's message may have; more closes the socket with [`close::MESSAGE_TOO_BIG`].
pub const MAX_CLIENT_MESSAGE: usize = 256 * 1024;
/// The largest prefetch of a subscription; 0 (no limit) is not accepted.
pub const MAX_PREFETCH: u16 = 1_000;
/// The most subscriptions of one socket.
pub const MAX_SUBSCRIPTIONS: usize = 16;
/// The most gRPC calls a socket drives at once.
pub const MAX_CALLS: usize = 8;
/// The most deliveries in one [`ServerMessage::Deliveries`].
pub const MAX_BATCH: usize = 256;

/// Close codes (RFC 6455, section 7.4; from 4000 on our own) of `/ws` and `/ws/queues/{queue}`.
pub mod close {
    /// The server is going away: come back soon.
    pub const GOING_AWAY: u16 = 1001;
    /// Not a message of this protocol, or not in its turn.
    pub const PROTOCOL_ERROR: u16 = 1002;
    /// A binary frame where text was expected.
    pub const UNSUPPORTED_DATA: u16 = 1003;
    /// Text that is not UTF-8.
    pub const INVALID_UTF8: u16 = 1007;
    /// A message over [`super::MAX_CLIENT_MESSAGE`].
    pub const MESSAGE_TOO_BIG: u16 = 1009;
    /// Something broke on the server.
    pub const INTERNAL_ERROR: u16 = 1011;
    /// Too many sockets: try again later.
    pub const TRY_AGAIN_LATER: u16 = 1013;
    /// The peer neither answered a ping nor took what was sent, for too long.
    pub const UNRESPONSIVE: u16 = 4000;
    /// The queue does not exist.
    pub const NO_SUCH_QUEUE: u16 = 4404;
    /// The broker refused for another reason, told in the close reason.
    pub const BROKER_REFUSED: u16 = 4409;
    /// There is no link to the broker.
    pub const BROKER_DOWN: u16 = 4503;
}

/// What the page sends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
#[expect(clippy::large_enum_variant, reason = "short-lived: parsed or made, then taken apart")]
pub enum ClientMessage {
    /// The first message.
    Hello {
        /// [`VERSION`] of the page.
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

/// What the page can ask for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
#[cfg_attr(
    target_pointer_width = "64",
    expect(clippy::large_enum_variant, reason = "short-lived: parsed or made, then taken apart")
)]
pub enum Command {
    /// Estimates the offset between the clocks. Answered by [`Answer::Pong`].
    Ping,
    /// Starts a consumer. The queue `hello` is declared as stock tutorials do; any other must exist.
    /// Answered by [`Answer::Subscribed`].
    Subscribe {
        /// The queue.
        queue: String,
        /// How many unacked messages at most, 1 to [`MAX_PREFETCH`]; in automatic mode, how many that are not yet written.
        prefetch: u16,
        /// Who acks.
        ack_mode: AckMode,
    },
    /// Cancels a consumer; what it held goes back to the queue. Answered by [`Answer::Unsubscribed`].
    Unsubscribe {
        /// From [`Answer::Subscribed`].
        subscription: u32,
    },
    /// basic.ack. Answered by [`Answer::Settled`].
    Ack {
        /// From [`Answer::Subscribed`].
        subscription: u32,
        /// From the delivery's batch.
        epoch: u32,
        /// From the delivery.
        delivery_tag: u64,
        /// Also all before it.
        #[serde(default)]
        multiple: bool,
    },
    /// basic.nack. Answered by [`Answer::Settled`].
    Nack {
        /// From [`Answer::Subscribed`].
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
    /// Publishes one message with a confirm. Answered by [`Answer::Published`].
    Publish(Publish),
    /// A request to the queue `greeter.rpc`, answered by its worker. Answered by [`Answer::Reply`].
    Call {
        /// Who is to be greeted, in the encoding `content_type` names.
        body: Body,
        /// `application/json`, `application/x-protobuf` or `text/plain`.
        content_type: String,
        /// How long to wait for the reply, in milliseconds, 1 to 60000.
        timeout_ms: u32,
    },
    /// Counts of a queue, by a passive declare. Answered by [`Answer::Queue`].
    InspectQueue {
        /// The queue.
        queue: String,
    },
    /// Opens `SayHelloBidiStream` as native gRPC from the server. Answered by [`Answer::CallOpened`].
    #[serde(rename = "call.open")]
    CallOpen {
        /// Metadata to send, in order; `-bin` values in base64.
        #[serde(default)]
        metadata: Vec<(String, String)>,
        /// `grpc-timeout`, in milliseconds; none when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deadline_ms: Option<u32>,
    },
    /// Sends one HelloRequest. Answered by [`Answer::Done`].
    #[serde(rename = "call.send")]
    CallSend {
        /// From [`Answer::CallOpened`].
        call: u32,
        /// The name of the HelloRequest.
        name: String,
    },
    /// Ends the requests; replies go on. Answered by [`Answer::Done`].
    #[serde(rename = "call.half_close")]
    CallHalfClose {
        /// From [`Answer::CallOpened`].
        call: u32,
    },
    /// Resets the stream. Answered by [`Answer::Done`].
    #[serde(rename = "call.cancel")]
    CallCancel {
        /// From [`Answer::CallOpened`].
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

/// What the server sends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum ServerMessage {
    /// The first message.
    Hello {
        /// [`VERSION`] of the server.
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
        /// 1 to [`MAX_BATCH`] of them.
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
}

/// What a command gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
#[cfg_attr(
    target_pointer_width = "64",
    expect(clippy::large_enum_variant, reason = "short-lived: parsed or made, then taken apart")
)]
pub enum Answer {
    /// Of [`Command::Ping`]: milliseconds on the server's clock.
    Pong {
        /// When the ping was read.
        received_ms: f64,
        /// When the pong was written.
        sent_ms: f64,
    },
    /// Of [`Command::Subscribe`].
    Subscribed {
        /// Names the subscription on this socket.
        subscription: u32,
        /// The consumer's name at the broker.
        consumer_tag: String,
        /// The link it came over.
        epoch: u32,
    },
    /// Of [`Command::Unsubscribe`].
    Unsubscribed {
        /// How many unacked messages went back to the queue.
        returned: u32,
    },
    /// Of [`Command::Ack`] and [`Command::Nack`].
    Settled {
        /// How many deliveries this settled.
        count: u32,
        /// The delivery came over an earlier link: the broker has it back already, nothing was sent.
        stale: bool,
    },
    /// Of [`Command::Publish`].
    Published {
        /// What the broker said.
        outcome: PublishOutcome,
    },
    /// Of [`Command::Call`].
    Reply {
        /// The reply's body.
        body: Body,
        /// Its properties.
        properties: Properties,
    },
    /// Of [`Command::InspectQueue`].
    Queue {
        /// Ready messages.
        messages: u32,
        /// Consumers.
        consumers: u32,
    },
    /// Of [`Command::CallOpen`].
    CallOpened {
        /// Names the call on this socket.
        call: u32,
    },
    /// It was done; there is nothing to tell.
    Done,
}

/// The fate of a published message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
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
#[serde(tag = "event", rename_all = "kebab-case")]
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
#[serde(tag = "state", rename_all = "kebab-case")]
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
#[serde(tag = "event", rename_all = "kebab-case")]
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
