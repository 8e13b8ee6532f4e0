//! Calls of other clients on the same server. They are described; their content is never included.

use serde::{Deserialize, Serialize};

/// The style of a call.
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

/// A call of another client, reported when it has ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OtherCall {
    /// The start, in milliseconds since 1970.
    pub at_ms: f64,
    /// The method: `POST`, `SayHello`, `basic.publish`.
    pub verb: String,
    /// The target: a path, a method's path, a routing key or a queue, without credentials.
    pub what: String,
    /// HTTP status, `grpc-status` or AMQP reply code; absent if the client left before there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<u16>,
    /// The duration in milliseconds; absent if the end is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took_ms: Option<f64>,
    /// The number of bytes in the request body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes_out: Option<u64>,
    /// The number of bytes in the response body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes_in: Option<u64>,
    /// The client's name: its `User-Agent`, or product and version of its AMQP client properties.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub client: String,
}
