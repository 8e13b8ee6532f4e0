//! What went over the sockets for one trace, as the server told it: messages with their bytes and what each of these is.
//! Credentials are masked, byte for byte.

use serde::{Deserialize, Serialize};

/// The answer to arming a capture, `PUT /api/v1/captures/{trace}`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = capture::Armed))]
pub struct Armed {
    /// The trace: 32 hexadecimal digits, as in a `traceparent`.
    pub trace_id: String,
    /// By which the capture is read, as the header `Capture-Secret`: 32 hexadecimal digits. The trace id is in every message.
    pub secret: String,
    /// For how many more milliseconds it takes calls of its trace; 0 when it takes no more.
    pub armed_for_ms: u32,
    /// For how many more milliseconds it can be read.
    pub kept_for_ms: u32,
}

/// Without the secret.
impl core::fmt::Debug for Armed {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Armed").field("trace_id", &self.trace_id).finish_non_exhaustive()
    }
}

/// A capture of one trace: `PUT /api/v1/captures/{trace}` arms it, calls that carry the trace fill it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = capture::Capture))]
pub struct Capture {
    /// The trace: 32 hexadecimal digits, as in a `traceparent`.
    pub trace_id: String,
    /// For how many more milliseconds it takes calls of its trace; 0 when it takes no more.
    pub armed_for_ms: u32,
    /// For how many more milliseconds it can be read.
    pub kept_for_ms: u32,
    /// All connections that a call of the trace went over.
    pub connections: Vec<Connection>,
    /// Where the bytes went, all connections together.
    pub totals: Totals,
    /// What should be here and is not, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub missing: Option<String>,
}

/// A connection that was recorded from its first byte, and what of it belongs to the trace or to the connection itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = capture::Connection))]
pub struct Connection {
    /// `HTTP/1.1`, `HTTP/2`, `WebSocket` or `AMQP 0-9-1`.
    pub protocol: String,
    /// Between whom it is.
    pub hop: Hop,
    /// Who opened it.
    pub client: String,
    /// Where it was opened to.
    pub server: String,
    /// When it was accepted, in milliseconds on the server's clock.
    pub opened_ms: f64,
    /// It went on after what is kept of one connection.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub cut: bool,
    /// In the order of time.
    pub messages: Vec<Message>,
    /// What the network saw of it where that is something else: TLS records. None where nothing is encrypted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub network: Vec<Message>,
}

/// Between whom a connection is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = capture::Hop))]
pub enum Hop {
    /// Somebody, the page maybe, called the server.
    #[default]
    Client,
    /// The server called itself, as a gRPC client.
    Own,
    /// The server called its broker.
    Broker,
}

/// A head or a body of HTTP/1.1, or a frame of anything else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = capture::Message))]
pub struct Message {
    /// Who sent it.
    pub from: Sender,
    /// What it is, `request head` or `frame`.
    pub name: String,
    /// What it says in short, `GET /api/v1/resource` or `basic.publish`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub value: String,
    /// Where it starts in all that its sender sent on the connection.
    pub offset: u64,
    /// Its bytes, in base64.
    pub bytes: String,
    /// In which pieces they were seen.
    pub chunks: Vec<Chunk>,
    /// What they are: a tree in depth-first order. The fields without fields below them cover the bytes without a gap.
    pub fields: Vec<Field>,
    /// Where the bytes went.
    pub totals: Totals,
}

/// One of the two that talk on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = capture::Sender))]
pub enum Sender {
    /// Who opened it.
    Client,
    /// Who accepted it.
    Server,
}

/// Bytes that were seen at once.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = capture::Chunk))]
pub struct Chunk {
    /// When, in milliseconds on the server's clock.
    pub at_ms: f64,
    /// How many.
    pub len: u32,
}

/// A named part of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = capture::Field))]
pub struct Field {
    /// 0 at the top; the fields below this one follow it and are deeper.
    pub depth: u16,
    /// Its first byte, counted from the start of the message.
    pub start: u32,
    /// How many bytes it has.
    pub len: u32,
    /// What the format calls it.
    pub name: String,
    /// What its bytes say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub value: String,
    /// Where the format defines it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub rule: String,
    /// What it is there for.
    pub kind: Kind,
    /// What is wrong with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub problem: Option<String>,
    /// Its bytes are a credential, and others stand for them.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub masked: bool,
    /// The bytes behind its bytes where these are encoded, in base64: unmasked (WebSocket) or decoded (base64).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub decoded: Option<String>,
}

/// What a field is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = capture::Kind))]
pub enum Kind {
    /// It keeps parts together or apart.
    Framing,
    /// A number.
    Number,
    /// Text.
    Text,
    /// What the application sends.
    Payload,
    /// It breaks the rule of the format.
    Malformed,
    /// It ends too early: the rest was not captured.
    Incomplete,
}

/// Where bytes went. Their sum is all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = capture::Totals))]
pub struct Totals {
    /// Lengths, types, flags, delimiters.
    pub framing: u32,
    /// Start lines, header fields, properties: what is said about the payload.
    pub headers: u32,
    /// What the application sends.
    pub payload: u32,
}
