//! The broker's sockets. One task serves a connection, reading and writing without splitting it: first [`handshake`],
//! then [`connection`]. The latter decodes frames and methods ([`frame`], [`method`]), assembles contents
//! ([`content`]), hands them to the core and sends [`heartbeat`]s. No more is buffered than one frame, one content per
//! channel, and a bounded outbox.

mod connection;
mod content;
mod dispatch;
mod frame;
mod handshake;
mod heartbeat;
mod listener;
mod method;
mod signals;
mod stream;

pub(crate) use self::listener::{ServeContext, serve};
