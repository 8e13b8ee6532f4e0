//! Loads an AMQP 0-9-1 broker harder than a client library can: what is published is encoded once, and of what comes
//! back only the parts that count are read. [`connection`] is one connection that publishes with confirms and consumes
//! with acks; [`progress`] is how far it is; [`frames`] writes and reads its bytes.
//!
//! How far this goes by itself is known from the same load on [`crate::peers::mirror`], which does nothing but answer.

mod connection;
mod frames;
mod progress;

pub(crate) use self::{
    connection::Connection,
    frames::{Frame, Frames, encode},
    progress::Load,
};
