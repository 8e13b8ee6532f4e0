//! The messages of the WebSocket bridge `/ws`: JSON text frames. Those of the page are tagged by `type`; those of the server
//! are objects of one member, named after the kind, so that the page can read them in one pass.
//!
//! A conversation: each side's first message is its hello. Then the page sends [`Request`]s, each with an
//! `id` of its own choosing, and the server answers each with exactly one [`ServerMessage::Answer`] or
//! [`ServerMessage::Refusal`] of that `id`; between them come deliveries and what else happens by itself.
//!
//! Deliveries are at-least-once: with [`AckMode::Manual`] a message is acked to the broker only when the page
//! says so, and a page that goes away gives back what it held. A delivery tag is valid with the `epoch` it came
//! with: after the link to the broker was re-made the broker delivers those messages again, and an ack of the old
//! epoch is answered ([`Answer::Settled`] with `stale`) and not forwarded.

//!
//! A capture is of fresh connections that carry its trace. A browser sends no header of a page's choice with the handshake, so the
//! address may name the trace: with `/ws?traceparent=00-…` the socket, from its handshake to its goodbye, is part of the
//! capture of that trace, if one is armed. Each request still has a `traceparent` of its own.

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
