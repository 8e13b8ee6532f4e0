//! The captured bytes of one connection, with times.

use serde::{Deserialize, Serialize};

/// The bytes of one connection, from its beginning.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capture {
    /// All bytes from the client.
    pub client: Vec<u8>,
    /// All bytes from the server.
    pub server: Vec<u8>,
    /// The chunks in which the bytes were captured, in order of time.
    pub chunks: Vec<Chunk>,
}

/// Bytes that were captured at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chunk {
    /// The sender.
    pub from: Party,
    /// When they were captured, in nanoseconds since the start of the capture.
    pub at: u64,
    /// The number of bytes. They follow the bytes that the same party sent before.
    pub len: usize,
}

/// One of the two parties of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// The party that opened the connection.
    Client,
    /// The party that accepted it.
    Server,
}

impl Capture {
    /// Adds bytes from `from`, captured `at` nanoseconds after the start of the capture. `at` must not decrease.
    pub fn push(&mut self, from: Party, at: u64, bytes: &[u8]) {
        match from {
            Party::Client => self.client.extend_from_slice(bytes),
            Party::Server => self.server.extend_from_slice(bytes),
        }
        self.chunks.push(Chunk { from, at, len: bytes.len() });
    }
}
