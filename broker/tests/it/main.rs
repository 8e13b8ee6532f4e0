//! The broker from the outside, over TCP.

#[expect(dead_code, reason = "the cases that use the rest of the client follow")]
mod contract;
