//! A capture as it is reported to the holder of its secret: the contract's form of it, `crosstalk_proto::capture::Capture`. It is
//! written as it is dissected, and never there as a whole.

use std::{
    cell::RefCell,
    io,
    ops::Range,
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use crosstalk_proto::capture::{Chunk, Connection, Field, Kind, Message, Sender, Totals};
use crosstalk_wire as wire;
use serde::{Serialize, Serializer};

use super::{
    conversation::{Conversation, LIMITS, Said},
    recording::Recording,
    snapshot::Snapshot,
};
use crate::clock;

/// What comes first, and differs whenever a capture is read: its trace, and how long it waits and is kept.
pub(super) fn told_head(taken: &Snapshot) -> Bytes {
    #[derive(Serialize)]
    struct Head {
        trace_id: String,
        armed_for_ms: u32,
        kept_for_ms: u32,
    }
    let head = Head {
        trace_id: format!("{:032x}", taken.trace_id),
        armed_for_ms: whole_ms(taken.armed_for),
        kept_for_ms: whole_ms(taken.kept_for),
    };
    let mut json = serde_json::to_vec(&head).expect("they are text and numbers");
    // the rest of the same object follows
    json.pop();
    json.push(b',');
    json.into()
}

/// Writes the rest down, connection by connection. Takes its time: not to be done where others wait.
///
/// # Errors
/// Those of the writer.
pub(super) fn told(taken: &Snapshot, writer: &mut dyn io::Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Rest<'a> {
        connections: Connections<'a>,
        // after the connections, which fill them
        totals: &'a RefCell<Totals>,
        #[serde(skip_serializing_if = "Option::is_none")]
        missing: Option<&'a str>,
    }
    let totals = RefCell::default();
    let connections = Connections { taken, left: RefCell::new(LIMITS), totals: &totals };
    let rest = Rest { connections, totals: &totals, missing: taken.missing.as_deref() };
    serde_json::to_writer(Inside { writer, is_begun: false }, &rest).map_err(io::Error::from)
}

/// The members of an object, whose brace was written before.
struct Inside<'a> {
    writer: &'a mut dyn io::Write,
    is_begun: bool,
}

impl io::Write for Inside<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_begun || bytes.is_empty() {
            return self.writer.write(bytes);
        }
        self.is_begun = true;
        self.writer.write_all(&bytes[1..])?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// The connections of a capture, each dissected when it is its turn to be written.
struct Connections<'a> {
    taken: &'a Snapshot,
    left: RefCell<wire::Limits>,
    totals: &'a RefCell<Totals>,
}

impl Serialize for Connections<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.taken.connections.iter().map(|recording| self.told(recording)))
    }
}

impl Connections<'_> {
    fn told(&self, recording: &Recording) -> Connection {
        let trace = self.taken.trace_id;
        let left = &mut *self.left.borrow_mut();
        let conversation = Conversation::of(recording, trace, left);
        let opened = conversation.opened;
        let messages: Vec<Message> = conversation.messages.iter().flat_map(|said| messages(said, opened)).collect();
        let mut totals = self.totals.borrow_mut();
        for message in &messages {
            totals.framing += message.totals.framing;
            totals.headers += message.totals.headers;
            totals.payload += message.totals.payload;
        }
        Connection {
            protocol: conversation.protocol.name().to_owned(),
            hop: recording.hop(),
            client: recording.ends.0.to_string(),
            server: recording.ends.1.to_string(),
            opened_ms: ms(opened, 0),
            cut: conversation.cut,
            messages,
            network: recording.network().map_or_else(Vec::new, |network| records(&network, trace, left)),
        }
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
            wire::FieldKind::Framing => Kind::Framing,
            wire::FieldKind::Number => Kind::Number,
            wire::FieldKind::Text => Kind::Text,
            wire::FieldKind::Payload => Kind::Payload,
            wire::FieldKind::Malformed => Kind::Malformed,
            wire::FieldKind::Incomplete => Kind::Incomplete,
        },
        problem: field.problem.as_ref().map(|problem| problem.clone().into_owned()),
        masked: field.masked,
        decoded: field.decoded.as_ref().map(|decoded| STANDARD.encode(decoded)),
    });
    for child in &field.children {
        flatten(child, depth + 1, base, flat);
    }
}

/// The category of a byte: framing, header or payload.
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
        wire::FieldKind::Payload => Class::Payload,
        wire::FieldKind::Framing if in_payload && !leaf => Class::Framing,
        wire::FieldKind::Text if above == Class::Framing => Class::Headers,
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
        count(child, class, field.kind == wire::FieldKind::Payload, totals);
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

    use crosstalk_proto::capture::Capture;
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
        let taken = Snapshot {
            trace_id: 0xab,
            since: Instant::now(),
            armed_for: Duration::ZERO,
            kept_for: Duration::ZERO,
            connections: (0..3).map(|_| recorded()).collect(),
            missing: None,
        };
        clock::start();
        let mut json = told_head(&taken).to_vec();
        told(&taken, &mut json).unwrap();
        let told: Capture = serde_json::from_slice(&json).unwrap();
        let fields = |connection: &Connection| connection.messages.iter().map(|message| message.fields.len()).sum();
        let fields: Vec<usize> = told.connections.iter().map(fields).collect();
        assert!(fields[0] > 80_000 && fields.iter().sum::<usize>() <= LIMITS.fields, "{fields:?}");
    }
}
