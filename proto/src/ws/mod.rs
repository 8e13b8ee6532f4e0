//! The messages of the WebSocket bridge `/ws`: JSON text frames. Messages of the page are tagged by `type`. Messages of
//! the server are objects with one member, named after the kind of message, so that the page can parse them in one
//! pass.
//!
//! The first message of each side is its hello. Then the page sends [`Request`]s, each with an `id`. The server answers
//! each with exactly one [`ServerMessage::Answer`] or [`ServerMessage::Refusal`] with the same `id`. Deliveries and
//! other events come in between.
//!
//! Deliveries are at-least-once: with [`AckMode::Manual`] a message is acked to the broker only when the page acks it,
//! and the messages of a page that disconnects are requeued. A delivery tag is valid only with the `epoch` it came
//! with: after a reconnect the broker delivers those messages again. An ack with an old epoch is answered
//! ([`Answer::Settled`] with `stale`) and not forwarded.

//!
//! A capture contains new connections with its trace. A page cannot set headers of the handshake, so the address may
//! have the trace: with `/ws?traceparent=00-…` the whole socket, from the handshake to the close, is part of the
//! capture of that trace, if one is armed. Each request still has its own `traceparent`.

mod answer;
pub mod close;
mod command;
mod event;
mod message;
mod others;

pub use self::{
    answer::{Answer, ConsumerListed, PublishOutcome},
    command::{AckMode, Command, Publish},
    event::{CallEvent, Delivery, LinkState, SubscriptionEvent},
    message::{ClientMessage, Request, ServerMessage},
    others::{OtherCall, Style},
};

/// The version of this protocol, in both hellos.
pub const VERSION: u32 = 1;
/// The maximum size of a client's message in bytes; a larger one closes the socket with [`close::MESSAGE_TOO_BIG`].
pub const MAX_CLIENT_MESSAGE: usize = 256 * 1024;
/// The largest prefetch of a subscription; 0 (no limit) is not accepted.
pub const MAX_PREFETCH: u16 = 1_000;
/// The maximum number of subscriptions of one socket.
pub const MAX_SUBSCRIPTIONS: usize = 16;
/// The maximum number of concurrent gRPC calls of one socket.
pub const MAX_CALLS: usize = 8;
/// The maximum number of deliveries in one [`ServerMessage::Deliveries`].
pub const MAX_BATCH: usize = 256;
