//! What was said on a connection, message by message: the trees at their top, cut where the protocol cuts, in the order of
//! time. Each message is the connection's own or belongs to a call, so that one call can be told from all others.

use std::{collections::BTreeMap, ops::Range};

use serde::{Deserialize, Serialize};

use crate::{
    capture::{Capture, Party},
    dissection::Stream,
};

/// One message: of HTTP/1.1 a request or an answer, of all else a frame. Its field is the one at the top of its sender's
/// tree that has this range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Who sent it.
    pub from: Party,
    /// Where it is, in bytes from the start of what its sender sent.
    pub range: Range<usize>,
    /// To what it belongs.
    pub owner: Owner,
}

/// To what a message belongs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// The connection itself: its handshake, its settings, its end.
    Connection,
    /// A call, with the `traceparent` of its request, if it has one.
    Call(Option<String>),
}

/// What a connection speaks, in the end: a WebSocket begins as HTTP/1.1.
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
    /// RFC 8446; what it protects is not seen here.
    #[serde(rename = "TLS")]
    Tls,
}

impl Protocol {
    /// Its name, as people write it.
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

/// Whose the bytes of one party are. What begins at a place has the owner of the last entry at or before it.
#[derive(Debug, Default)]
pub(crate) struct Owners(BTreeMap<usize, Owner>);

impl Owners {
    /// All from `start` on, up to the next entry.
    pub(crate) fn from(&mut self, start: usize, owner: Owner) {
        self.0.insert(start, owner);
    }

    /// This range; what is behind it belongs to nobody that is known.
    pub(crate) fn range(&mut self, range: &Range<usize>, owner: Owner) {
        self.0.insert(range.start, owner);
        self.0.insert(range.end, Owner::Call(None));
    }

    fn of(&self, start: usize) -> Option<&Owner> {
        self.0.range(..=start).next_back().map(|(_, owner)| owner)
    }
}

/// What reading a connection found out beside the trees.
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

    /// The messages in the order in which their first bytes were seen.
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

/// Where each chunk of one party starts in its bytes, and its place among all chunks.
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
