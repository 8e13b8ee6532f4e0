//! What was seen of one connection: the bytes of both parties, and when they came.

use serde::{Deserialize, Serialize};

/// The bytes of one connection, from its beginning.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capture {
    /// All that the client sent.
    pub client: Vec<u8>,
    /// All that the server sent.
    pub server: Vec<u8>,
    /// In which pieces it was seen, in the order of time.
    pub chunks: Vec<Chunk>,
}

/// Some bytes that were seen at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chunk {
    /// Who sent them.
    pub from: Party,
    /// When they were seen, in nanoseconds since the capture began.
    pub at: u64,
    /// How many they are. They follow those that the same party sent before.
    pub len: usize,
}

/// One of the two that talk on a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// Who opened the connection.
    Client,
    /// Who accepted it.
    Server,
}

impl Capture {
    /// Adds bytes that `from` sent, seen `at` nanoseconds after the capture began and not before those that were added last.
    pub fn push(&mut self, from: Party, at: u64, bytes: &[u8]) {
        match from {
            Party::Client => self.client.extend_from_slice(bytes),
            Party::Server => self.server.extend_from_slice(bytes),
        }
        self.chunks.push(Chunk { from, at, len: bytes.len() });
    }
}
