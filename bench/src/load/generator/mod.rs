//! A load generator for AMQP 0-9-1 brokers that is faster than a client library: a message is encoded once, and only
//! the necessary parts of the answers are decoded. [`connection`] publishes with confirms and consumes with acks;
//! [`progress`] is its state; [`frames`] encodes and decodes.
//!
//! The generator's own maximum is measured with the same load on [`crate::peers::mirror`], a broker without queues.

mod connection;
mod frames;
mod progress;

pub(crate) use self::{
    connection::Connection,
    frames::{Frame, Frames, encode},
    progress::Load,
};
