//! A capture as the server sends it: the bytes of one trace on all sockets, message by message, with their meaning.
//! Credentials are masked byte for byte.

use serde::{Deserialize, Serialize};

/// The answer to arming a capture, `PUT /api/v1/captures/{trace}`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = capture::Armed))]
pub struct Armed {
    /// The trace: 32 hexadecimal digits, as in a `traceparent`.
    pub trace_id: String,
    /// The secret to read the capture with, sent as the header `Capture-Secret`: 32 hexadecimal digits. The trace id is
    /// no secret, since it is in every message.
    pub secret: String,
    /// For how many more milliseconds the capture records calls of its trace; 0 when it has ended.
    pub armed_for_ms: u32,
    /// For how many more milliseconds it can be read.
    pub kept_for_ms: u32,
}

/// Hides the secret.
impl core::fmt::Debug for Armed {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Armed").field("trace_id", &self.trace_id).finish_non_exhaustive()
    }
}

/// A capture of one trace: `PUT /api/v1/captures/{trace}` arms it, and calls with this trace fill it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = capture::Capture))]
pub struct Capture {
    /// The trace: 32 hexadecimal digits, as in a `traceparent`.
    pub trace_id: String,
    /// For how many more milliseconds the capture records calls of its trace; 0 when it has ended.
    pub armed_for_ms: u32,
    /// For how many more milliseconds it can be read.
    pub kept_for_ms: u32,
    /// All connections with a call of the trace.
    pub connections: Vec<Connection>,
    /// Bytes by category, of all connections together.
    pub totals: Totals,
    /// What is missing from the capture, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub missing: Option<String>,
}

/// A connection, recorded from its first byte, with the messages of the trace and those of the connection itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = capture::Connection))]
pub struct Connection {
    /// `HTTP/1.1`, `HTTP/2`, `WebSocket` or `AMQP 0-9-1`.
    pub protocol: String,
    /// The two ends of the connection.
    pub hop: Hop,
    /// The address of the party that opened it.
    pub client: String,
    /// The address it was opened to.
    pub server: String,
    /// When it was accepted, in milliseconds on the server's clock.
    pub opened_ms: f64,
    /// True if the connection had more bytes than are kept.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub cut: bool,
    /// In order of time.
    pub messages: Vec<Message>,
    /// What the network sees where that differs: TLS records. None without encryption.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub network: Vec<Message>,
}

/// The two ends of a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = capture::Hop))]
pub enum Hop {
    /// A client, possibly the page, to the server.
    #[default]
    Client,
    /// The server to itself, as a gRPC client.
    Own,
    /// The server to its broker.
    Broker,
}

/// The head or the body of an HTTP/1.1 message, or a frame of any other protocol.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = capture::Message))]
pub struct Message {
    /// The sender.
    pub from: Sender,
    /// The type of the message, `request head` or `frame`.
    pub name: String,
    /// A summary, `GET /api/v1/resource` or `basic.publish`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub value: String,
    /// Its position in all bytes that its sender sent on the connection.
    pub offset: u64,
    /// Its bytes, in base64.
    pub bytes: String,
    /// The chunks in which the bytes were captured.
    pub chunks: Vec<Chunk>,
    /// The fields: a tree in depth-first order. Its leaves cover the bytes without a gap.
    pub fields: Vec<Field>,
    /// Bytes by category.
    pub totals: Totals,
}

/// One of the two parties of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = capture::Sender))]
pub enum Sender {
    /// The party that opened it.
    Client,
    /// The party that accepted it.
    Server,
}

/// Bytes that were captured at once.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = capture::Chunk))]
pub struct Chunk {
    /// The time in milliseconds on the server's clock.
    pub at_ms: f64,
    /// The number of bytes.
    pub len: u32,
}

/// A named part of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = capture::Field))]
pub struct Field {
    /// 0 at the top. The children of a field follow it and have a higher depth.
    pub depth: u16,
    /// The first byte, counted from the start of the message.
    pub start: u32,
    /// The number of bytes.
    pub len: u32,
    /// The name in the format.
    pub name: String,
    /// The decoded value.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub value: String,
    /// The section that defines it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub rule: String,
    /// The kind of the field.
    pub kind: Kind,
    /// What is wrong with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub problem: Option<String>,
    /// True if its bytes are a credential and were masked.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub masked: bool,
    /// The decoded bytes in base64, where the captured ones are encoded (WebSocket mask or base64).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub decoded: Option<String>,
}

/// The kind of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = capture::Kind))]
pub enum Kind {
    /// Structure of the format.
    Framing,
    /// A number.
    Number,
    /// Text.
    Text,
    /// Application data.
    Payload,
    /// Violates a rule of the format.
    Malformed,
    /// Incomplete: the remaining bytes were not captured.
    Incomplete,
}

/// The number of bytes in each category; together they are all bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = capture::Totals))]
pub struct Totals {
    /// Lengths, types, flags, delimiters.
    pub framing: u32,
    /// Start lines, header fields and properties, which describe the payload.
    pub headers: u32,
    /// Application data.
    pub payload: u32,
}
