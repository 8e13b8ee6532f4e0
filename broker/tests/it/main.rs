//! The broker from the outside, over TCP.

mod answers;
mod contract;
mod frames;
mod handles;
mod handshake;
mod heartbeats;
mod limits;
mod raw;
