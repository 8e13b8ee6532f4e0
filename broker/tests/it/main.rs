//! The broker over TCP.

mod answers;
mod contract;
mod encode;
mod frames;
mod fuzz;
mod handles;
mod handshake;
mod heartbeats;
mod limits;
mod raw;
