//! Dissections of whole captures: examples from the RFCs, and generated ones for properties of all captures.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod amqp;
mod generated;
mod grpc;
mod h2;
mod http1;
mod json;
mod messages;
mod outline;
mod redacted_members;
mod redaction;
mod tls;
mod websocket;
