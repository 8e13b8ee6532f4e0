//! The messages of a connection in order of time: the top-level fields of both trees. Each message belongs to the
//! connection itself or to a call, so that the messages of one call can be selected.

use std::{collections::BTreeMap, ops::Range};

use serde::{Deserialize, Serialize};

use crate::{
    capture::{Capture, Party},
    dissection::Stream,
};

/// One message: a request or an answer in HTTP/1.1, a frame in all other protocols. Its field is the top-level field of
/// the sender's tree with this range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The sender.
    pub from: Party,
    /// Its position, in bytes from the start of what the sender sent.
    pub range: Range<usize>,
    /// What it belongs to.
    pub owner: Owner,
}

/// What a message belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// The connection itself: handshake, settings, close.
    Connection,
    /// A call, with the `traceparent` of its request, if any.
    Call(Option<String>),
}

/// The protocol of a connection after a switch: a WebSocket begins as HTTP/1.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Protocol {
    /// RFC 9112
    #[serde(rename = "HTTP/1.1")]
    Http1,
    /// RFC 9113
    #[serde(rename = "HTTP/2")]
    Http2,
    /// RFC 6455
    WebSocket,
    /// AMQP 0-9-1
    #[serde(rename = "AMQP 0-9-1")]
    Amqp,
    /// RFC 8446; the encrypted content is not visible.
    #[serde(rename = "TLS")]
    Tls,
}

impl Protocol {
    /// The usual name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Http1 => "HTTP/1.1",
            Self::Http2 => "HTTP/2",
            Self::WebSocket => "WebSocket",
            Self::Amqp => "AMQP 0-9-1",
            Self::Tls => "TLS",
        }
    }
}

/// The owners of the bytes of one party. The owner at a position is that of the last entry at or before it.
#[derive(Debug, Default)]
pub(crate) struct Owners(BTreeMap<usize, Owner>);

impl Owners {
    /// Sets the owner from `start` up to the next entry.
    pub(crate) fn from(&mut self, start: usize, owner: Owner) {
        self.0.insert(start, owner);
    }

    /// Sets the owner of a range. The bytes after it belong to an unknown call.
    pub(crate) fn range(&mut self, range: &Range<usize>, owner: Owner) {
        self.0.insert(range.start, owner);
        self.0.insert(range.end, Owner::Call(None));
    }

    fn of(&self, start: usize) -> Option<&Owner> {
        self.0.range(..=start).next_back().map(|(_, owner)| owner)
    }
}

/// The protocol, and the owners of all messages.
#[derive(Debug)]
pub(crate) struct Attribution {
    pub(crate) protocol: Protocol,
    pub(crate) client: Owners,
    pub(crate) server: Owners,
}

impl Attribution {
    pub(crate) fn new(protocol: Protocol) -> Self {
        Self { protocol, client: Owners::default(), server: Owners::default() }
    }

    /// The messages, ordered by the time of their first byte.
    pub(crate) fn messages(&self, capture: &Capture, client: &Stream, server: &Stream) -> Vec<Message> {
        let default = match self.protocol {
            Protocol::Http1 | Protocol::WebSocket => Owner::Call(None),
            Protocol::Http2 | Protocol::Amqp | Protocol::Tls => Owner::Connection,
        };
        let mut messages = Vec::new();
        for (from, owners, stream) in [(Party::Client, &self.client, client), (Party::Server, &self.server, server)] {
            let chunks = starts(capture, from);
            for field in &stream.root.children {
                let chunk = chunks.partition_point(|(start, _)| *start <= field.range.start).saturating_sub(1);
                let order = chunks.get(chunk).map_or(0, |(_, order)| *order);
                let owner = owners.of(field.range.start).unwrap_or(&default).clone();
                messages.push((order, Message { from, range: field.range.clone(), owner }));
            }
        }
        messages.sort_by_key(|(order, message)| (*order, message.range.start));
        messages.into_iter().map(|(_, message)| message).collect()
    }
}

/// The start of each chunk of one party in its bytes, and its index among all chunks.
fn starts(capture: &Capture, from: Party) -> Vec<(usize, usize)> {
    let mut at = 0;
    let mut starts = Vec::new();
    for (order, chunk) in capture.chunks.iter().enumerate() {
        if chunk.from == from && chunk.len > 0 {
            starts.push((at, order));
            at += chunk.len;
        }
    }
    starts
}
