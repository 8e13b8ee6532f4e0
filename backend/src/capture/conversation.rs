//! What of a recorded connection belongs to a trace: its messages, dissected and masked. What others said on the same
//! connection is left out; behind a proxy that may belong to any client.

use std::{sync::LazyLock, time::Instant};

use crosstalk_wire::{Chunk, Dissection, Field, Limits, Owner, Party, Protocol, Schemas, dissect};

use super::recording::{Content, Recording};
use crate::trace::TraceContext;

/// How much all connections of a capture together are dissected to; what is beyond is masked, for it may hold a credential.
pub(super) const LIMITS: Limits = Limits { fields: 100_000, text: 4 << 20 };

static SCHEMAS: LazyLock<Schemas> = LazyLock::new(|| {
    let mut schemas = Schemas::default();
    schemas.add(crosstalk_proto::helloworld::FILE_DESCRIPTOR_SET).expect("the compiler of the contract wrote it");
    schemas
});

/// What was said of a trace on one connection.
pub(super) struct Conversation {
    pub(super) protocol: Protocol,
    pub(super) opened: Instant,
    /// More was said than is kept.
    pub(super) cut: bool,
    pub(super) messages: Vec<Said>,
}

/// One message.
pub(super) struct Said {
    pub(super) from: Party,
    /// Without credentials.
    pub(super) bytes: Vec<u8>,
    /// In which pieces it was seen: when, in nanoseconds after the connection was accepted, and how many bytes.
    pub(super) pieces: Vec<(u64, usize)>,
    /// What it is; places are counted from the start of all that its sender sent.
    pub(super) field: Field,
}

impl Conversation {
    /// Takes what it is dissected to from `left`.
    pub(super) fn of(recording: &Recording, trace: u128, left: &mut Limits) -> Self {
        let Content { capture, cut } = recording.content();
        let Dissection { protocol, messages, client, server } = dissect(&capture, &SCHEMAS, *left);
        spend(&client.root, left);
        spend(&server.root, left);
        let (mut client_fields, mut server_fields) =
            (client.root.children.into_iter(), server.root.children.into_iter());
        let chunks = |from: Party| capture.chunks.iter().filter(move |chunk| chunk.from == from);
        let mut said = Vec::new();
        for message in messages {
            let (fields, bytes) = match message.from {
                Party::Client => (&mut client_fields, &client.bytes),
                Party::Server => (&mut server_fields, &server.bytes),
            };
            // messages of one party are in the order of its fields
            let Some(field) = fields.next() else { break };
            if belongs(&message.owner, trace) {
                let bytes = bytes[field.range.clone()].to_vec();
                let pieces = pieces(chunks(message.from), field.range.start, field.range.end);
                said.push(Said { from: message.from, bytes, pieces, field });
            }
        }
        Self { protocol, opened: recording.opened, cut, messages: said }
    }
}

fn spend(field: &Field, left: &mut Limits) {
    left.fields = left.fields.saturating_sub(1);
    left.text = left.text.saturating_sub(field.value.len());
    field.children.iter().for_each(|child| spend(child, left));
}

fn belongs(owner: &Owner, trace: u128) -> bool {
    match owner {
        Owner::Connection => true,
        Owner::Call(parent) => {
            parent.as_deref().and_then(TraceContext::parse).is_some_and(|parent| parent.trace_id() == trace)
        }
    }
}

/// How the bytes from `start` to `end` were cut when they were seen.
fn pieces<'a>(chunks: impl Iterator<Item = &'a Chunk>, start: usize, end: usize) -> Vec<(u64, usize)> {
    let mut at = 0;
    let mut pieces = Vec::new();
    for chunk in chunks {
        let (from, to) = (at.max(start), (at + chunk.len).min(end));
        if from < to {
            pieces.push((chunk.at, to - from));
        }
        at += chunk.len;
        if at >= end {
            break;
        }
    }
    pieces
}
