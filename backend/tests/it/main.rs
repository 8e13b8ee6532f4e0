//! The server from outside: every test starts one of its own, in this process, and talks to it over real sockets.
//!
//! - [`support`]: the server under test
//! - `http_*`: what is around every request
//! - `rest_*`: the job over HTTP/REST
#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

mod http_edge;
mod support;
