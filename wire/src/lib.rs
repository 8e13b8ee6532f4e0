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
mod reassembly;
mod budget;
mod capture;
mod connection;
mod messages;
mod dissection;
mod field;
mod grpc;
mod h2;
mod http1;
mod json;
mod header_rules;
mod media;
mod protobuf;
mod field_builder;
mod redact;
mod message_label;
mod text;
mod tls;
mod websocket;

pub use self::{
    budget::Limits,
    capture::{Capture, Chunk, Party},
    messages::{Message, Owner, Protocol},
    dissection::{Dissection, Stream, dissect},
    field::{Field, FieldKind, Leaves, FieldPart},
    protobuf::{SchemaError, Schemas},
    redact::MASK,
};
