//! Calls that other clients make of the same server: what is told of them, which is never what they carry.

use serde::{Deserialize, Serialize};

/// In which style a call is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Style {
    /// HTTP and REST.
    Rest,
    /// gRPC, native or gRPC-Web.
    Grpc,
    /// A message queue.
    Queue,
}

/// A call of another client, told when it is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OtherCall {
    /// When it began, in milliseconds since 1970.
    pub at_ms: f64,
    /// What was done: `POST`, `SayHello`, `basic.publish`.
    pub verb: String,
    /// To what: a path, a method's path, a routing key or a queue. Credentials in it are left out.
    pub what: String,
    /// HTTP status, `grpc-status` or AMQP reply code; absent when the client left before there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<u16>,
    /// How long it took, in milliseconds; absent where nothing says when it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took_ms: Option<f64>,
    /// Bytes of the body that the client sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes_out: Option<u64>,
    /// Bytes of the body that it got.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes_in: Option<u64>,
    /// What the client calls itself: its `User-Agent`, or product and version of its AMQP client properties.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub client: String,
}
