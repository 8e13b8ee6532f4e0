//! The server from outside: every test starts one of its own, in this process, and talks to it over real sockets.
//!
//! - [`support`]: the server under test
//! - `capture_*`: what went over the sockets, beside what an observer on the path saw
//! - `grpc_*`: the job over gRPC and gRPC-Web
//! - `http_*`: what is around every request
//! - [`others`]: calls of other clients, as a page hears of them
//! - `rest_*`: the job over HTTP/REST
//! - `queue_*`: the job over AMQP, asked by a plain client; [`amqp_raw`] lets out what no client library does
//! - [`tls`]: the same behind TLS
//! - `bridge_*`: WebSockets; [`bridge_client`] is a page as the tests play it
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

mod amqp_raw;
mod bridge_call;
mod bridge_client;
mod bridge_feed;
mod bridge_memory;
mod bridge_outage;
mod bridge_page;
mod bridge_subscription;
mod bridge_upgrade;
mod capture_amqp;
mod capture_amqps;
mod capture_file;
mod capture_http;
mod capture_memory;
mod capture_support;
mod grpc_lifetime;
mod grpc_native;
mod grpc_native_call;
mod grpc_standard;
mod grpc_support;
mod grpc_web;
mod http_edge;
mod http_panic;
mod others;
mod queue_limits;
mod queue_rpc;
mod queue_settle;
mod queue_unreadable;
mod rest_bad_input;
mod rest_collection;
mod rest_conditional;
mod rest_create;
mod rest_docs;
mod rest_hello;
mod rest_item;
mod support;
mod tls;
