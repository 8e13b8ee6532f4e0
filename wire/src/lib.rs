//! Dissects the bytes of a connection, down to single bytes.
//!
//! A [`Capture`] has the bytes of both parties of a connection, from its start. [`dissect`] turns it into two trees of
//! [`Field`]s. A field has a range of bytes, their meaning, and the section of the specification that defines it. The
//! leaves of a tree cover the bytes without a gap, so joined they are the capture. Credentials are masked byte for
//! byte. Malformed bytes are marked with the reason and the rest is dissected. A capture may end anywhere.
//!
//! # Map of the crate
//!
//! - [`capture`], [`dissection`]: input and output
//! - [`field`]: the tree; [`field_builder`]: builds it without gaps; [`budget`]: limits its size
//! - [`reassembly`]: content that is split into pieces; [`redact`]: masks credentials
//! - [`connection`]: the sequence of protocols on a connection; [`messages`]: its messages and the calls they belong to
//! - [`http1`], [`h2`], [`websocket`], [`grpc`] (and gRPC-Web), [`amqp`], [`tls`], [`protobuf`], [`json`]: one module
//!   for each format
//! - [`media`]: chooses the format of a body by its media type
//! - [`header_rules`]: where header fields are defined; [`message_label`]: titles of JSON messages; [`text`]: how bytes
//!   are shown
//!
//! The crate does no I/O and is not asynchronous.

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
