//! What went over a socket, dissected down to single bytes.
//!
//! A [`Capture`] has what both parties of a connection sent, from its beginning. [`dissect`] makes of it two trees of
//! [`Field`]s: what each range of bytes is, what it says, and the rule of the format for it. The leaves of a tree lie side by
//! side, so that joined they are the capture; credentials are replaced byte for byte. Bytes that break a rule are marked with
//! the reason and the rest is read; a capture that ends in the middle is read up to there.
//!
//! # Map of the crate
//!
//! - [`capture`], [`dissection`]: what comes in and what goes out
//! - [`field`]: the tree; [`field_builder`]: how it is built without a gap; [`budget`]: how much of it
//! - [`reassembly`]: content in pieces; [`redact`]: what is masked
//! - [`connection`]: which protocols follow each other on a connection; [`messages`]: its messages, and whose they are
//! - [`http1`], [`h2`], [`websocket`], [`grpc`] (and gRPC-Web), [`amqp`],
//!   [`tls`], [`protobuf`], [`json`]; [`media`]: which body is what
//! - [`header_rules`], [`message_label`], [`text`]: where header fields are defined, what a message says it is, how bytes are shown
//!
//! There is no I/O here and nothing asynchronous.

mod amqp;
mod budget;
mod capture;
mod connection;
mod dissection;
mod field;
mod field_builder;
mod grpc;
mod h2;
mod header_rules;
mod http1;
mod json;
mod media;
mod message_label;
mod messages;
mod protobuf;
mod reassembly;
mod redact;
mod text;
mod tls;
mod websocket;

pub use self::{
    budget::Limits,
    capture::{Capture, Chunk, Party},
    dissection::{Dissection, Stream, dissect},
    field::{Field, FieldKind, FieldPart, Leaves},
    messages::{Message, Owner, Protocol},
    protobuf::{SchemaError, Schemas},
    redact::MASK,
};
