//! A capture as it is told to whoever holds its trace id: the contract's form of it.

use std::{
    ops::Range,
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use crosstalk_proto::capture::{Capture, Chunk, Connection, Field, Kind, Message, Sender, Totals};
use crosstalk_wire as wire;

use super::{
    conversation::{Conversation, LIMITS, Said},
    recording::Recording,
    registry::Taken,
};
use crate::clock;

/// Dissects what there is of a capture. Takes its time: not to be done where others wait.
#[must_use]
pub fn told(taken: &Taken) -> Capture {
    let mut left = LIMITS;
    let connections: Vec<Connection> = taken
        .connections
        .iter()
        .map(|recording| {
            let conversation = Conversation::of(recording, taken.trace_id, &mut left);
            let opened = conversation.opened;
            Connection {
                protocol: conversation.protocol.name().to_owned(),
                hop: recording.hop(),
                client: recording.ends.0.to_string(),
                server: recording.ends.1.to_string(),
                opened_ms: ms(opened, 0),
                cut: conversation.cut,
                messages: conversation.messages.iter().flat_map(|said| messages(said, opened)).collect(),
                network: recording
                    .network()
                    .map_or_else(Vec::new, |network| records(&network, taken.trace_id, &mut left)),
            }
        })
        .collect();
    let mut totals = Totals::default();
    for message in connections.iter().flat_map(|connection| &connection.messages) {
        totals.framing += message.totals.framing;
        totals.headers += message.totals.headers;
        totals.payload += message.totals.payload;
    }
    Capture {
        trace_id: format!("{:032x}", taken.trace_id),
        armed_for_ms: whole_ms(taken.armed_for),
        kept_for_ms: whole_ms(taken.kept_for),
        connections,
        totals,
        missing: taken.missing.clone(),
    }
}

/// What the network saw: of an encrypted connection there is no telling which call a record belongs to, and nothing to be
/// read in it.
fn records(network: &Recording, trace: u128, left: &mut wire::Limits) -> Vec<Message> {
    let conversation = Conversation::of(network, trace, left);
    conversation.messages.iter().flat_map(|said| messages(said, conversation.opened)).collect()
}

/// A frame is one message; a message of HTTP/1.1 with a body is two, its head and its body.
fn messages(said: &Said, opened: Instant) -> Vec<Message> {
    let field = &said.field;
    let body = field.children.iter().position(|child| matches!(&*child.name, "body" | "chunked body"));
    let Some(body) = body.filter(|_| matches!(&*field.name, "request" | "answer")) else {
        let name = match &*field.name {
            name @ ("request" | "answer") => format!("{name} head"),
            name => name.to_owned(),
        };
        let fields = if field.children.is_empty() { std::slice::from_ref(field) } else { &field.children[..] };
        return vec![message(said, opened, name, field.value.clone(), fields)];
    };
    let (head, body) = field.children.split_at(body);
    let value = body.first().map(|body| body.value.clone()).unwrap_or_default();
    vec![
        message(said, opened, format!("{} head", field.name), field.value.clone(), head),
        message(said, opened, format!("{} body", field.name), value, body),
    ]
}

/// The part of a message that `fields` cover.
fn message(said: &Said, opened: Instant, name: String, value: String, fields: &[wire::Field]) -> Message {
    let base = said.field.range.start;
    let start = fields.first().map_or(base, |first| first.range.start);
    let end = fields.last().map_or(start, |last| last.range.end);
    let mut flat = Vec::new();
    let mut totals = Totals::default();
    for field in fields {
        flatten(field, 0, start, &mut flat);
        count(field, Class::Framing, false, &mut totals);
    }
    Message {
        from: match said.from {
            wire::Party::Client => Sender::Client,
            wire::Party::Server => Sender::Server,
        },
        name,
        value,
        offset: start as u64,
        bytes: STANDARD.encode(&said.bytes[start - base..end - base]),
        chunks: chunks(said, start - base..end - base, opened),
        fields: flat,
        totals,
    }
}

fn chunks(said: &Said, part: Range<usize>, opened: Instant) -> Vec<Chunk> {
    let mut at = 0;
    let mut chunks = Vec::new();
    for (nanos, len) in &said.pieces {
        let len_in = (at + len).min(part.end).saturating_sub(at.max(part.start));
        if len_in > 0 {
            chunks.push(Chunk { at_ms: ms(opened, *nanos), len: short(len_in) });
        }
        at += len;
    }
    chunks
}

fn flatten(field: &wire::Field, depth: u16, base: usize, flat: &mut Vec<Field>) {
    flat.push(Field {
        depth,
        start: short(field.range.start - base),
        len: short(field.len()),
        name: field.name.clone().into_owned(),
        value: field.value.clone(),
        rule: field.rule.clone().into_owned(),
        kind: match field.kind {
            wire::Kind::Framing => Kind::Framing,
            wire::Kind::Number => Kind::Number,
            wire::Kind::Text => Kind::Text,
            wire::Kind::Payload => Kind::Payload,
            wire::Kind::Malformed => Kind::Malformed,
            wire::Kind::Incomplete => Kind::Incomplete,
        },
        problem: field.problem.as_ref().map(|problem| problem.clone().into_owned()),
        masked: field.masked,
        decoded: field.decoded.as_ref().map(|decoded| STANDARD.encode(decoded)),
    });
    for child in &field.children {
        flatten(child, depth + 1, base, flat);
    }
}

/// What a byte is there for, in the coarse.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Framing,
    Headers,
    Payload,
}

/// Adds the leaves of a field. A leaf is of the class of the nearest field above that decides: payload is payload down to
/// its braces, unless a frame begins in it; whatever is of a text is said about the payload.
fn count(field: &wire::Field, above: Class, in_payload: bool, totals: &mut Totals) {
    let leaf = field.children.is_empty();
    let class = match field.kind {
        wire::Kind::Payload => Class::Payload,
        wire::Kind::Framing if in_payload && !leaf => Class::Framing,
        wire::Kind::Text if above == Class::Framing => Class::Headers,
        _ => above,
    };
    if leaf {
        let sum = match class {
            Class::Framing => &mut totals.framing,
            Class::Headers => &mut totals.headers,
            Class::Payload => &mut totals.payload,
        };
        *sum += short(field.len());
    }
    for child in &field.children {
        count(child, class, field.kind == wire::Kind::Payload, totals);
    }
}

fn ms(opened: Instant, nanos: u64) -> f64 {
    clock::to_ms(clock::nanos(opened + Duration::from_nanos(nanos)))
}

fn whole_ms(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX)
}

/// A place within what is kept of one connection, which is far below 4 GiB.
fn short(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use std::{net::SocketAddr, sync::Arc};

    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::capture::recording::Room;

    #[test]
    fn all_connections_of_a_capture_share_what_is_dissected() {
        let end = SocketAddr::from(([127, 0, 0, 1], 1));
        let json = format!("[{}1]", "1,".repeat(40_000));
        let parent = "00-000000000000000000000000000000ab-00f067aa0ba902b7-01";
        let request = format!(
            "POST / HTTP/1.1\r\ntraceparent: {parent}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{json}",
            json.len()
        );
        let recorded = || {
            let recording = Recording::new((end, end), CancellationToken::new(), Room::default());
            recording.push(wire::Party::Client, request.as_bytes());
            Arc::new(recording)
        };
        let taken = Taken {
            trace_id: 0xab,
            armed_for: Duration::ZERO,
            kept_for: Duration::ZERO,
            connections: (0..3).map(|_| recorded()).collect(),
            missing: None,
        };
        clock::start();
        let told = told(&taken);
        let fields = |connection: &Connection| connection.messages.iter().map(|message| message.fields.len()).sum();
        let fields: Vec<usize> = told.connections.iter().map(fields).collect();
        assert!(fields[0] > 80_000 && fields.iter().sum::<usize>() <= LIMITS.fields, "{fields:?}");
    }
}
