//! The broker's sockets. One task serves a connection, reading and writing without splitting it: [`handshake`], then
//! [`connection`], which reads frames and methods ([`frame`], [`method`]), puts contents together ([`content`]) and tells the core, and keeps to its
//! [`heartbeat`]. Nothing is buffered beyond one frame, one content per channel, and an outbox that is bounded.

mod connection;
mod content;
mod dispatch;
mod frame;
mod handshake;
mod heartbeat;
mod listener;
mod method;
mod stream;

pub(crate) use self::listener::{ServeContext, serve};
