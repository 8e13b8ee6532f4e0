//! The only code that talks to the network.
//!
//! - [`rest`]: HTTP calls and `get_greeting`
//! - [`grpc`]: gRPC-Web calls and `say_hello`
//! - [`bridge`]: the one WebSocket of the page: queue commands, deliveries, calls driven by the server
//! - [`captures`]: what the server recorded of the sockets
//! - [`browser`]: the clock, randomness, `traceparent`
//!
//! Everything compiles natively too, but works in a browser only. Dropping a future aborts what it waits for.

pub mod bridge;
pub mod browser;
pub mod captures;
mod fetch;
mod flight;
pub mod grpc;
pub mod rest;
