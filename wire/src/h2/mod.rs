//! HTTP/2 (RFC 9113): the preface, then frames. Header blocks are decoded in order, since their table depends on all
//! earlier blocks. Bodies are reassembled from the DATA frames of their stream.
//!
//! - [`payload`]: frame payloads by type; [`hpack`]: header blocks; [`names`]: types, flags, settings and errors

mod hpack;
mod names;
mod payload;

use std::{collections::BTreeMap, ops::Range};

use self::payload::Content;
use crate::{field::Field, field_builder::FieldBuilder, http1::Headers, media, protobuf::Schemas, reassembly};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

const PREFACE_RULE: &str = "RFC 9113 §3.4";
const FRAME: &str = "RFC 9113 §4.1";

const END_STREAM: u8 = 0x1;
const END_HEADERS: u8 = 0x4;

/// The position of a frame and its stream.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) range: Range<usize>,
    pub(crate) stream: u32,
}

/// The headers and the body that one party sent on one stream.
#[derive(Debug, Default)]
pub(crate) struct StreamMessage {
    pub(crate) headers: Headers,
    body: Vec<Range<usize>>,
    ended: bool,
}

/// An incomplete header block.
struct Block {
    stream: u32,
    ranges: Vec<Range<usize>>,
}

/// One direction of a connection.
#[derive(Default)]
pub(crate) struct Direction {
    pub(crate) frames: Vec<Frame>,
    pub(crate) streams: BTreeMap<u32, StreamMessage>,
}

/// True if a connection that begins with these bytes uses HTTP/2.
pub(crate) fn begins(bytes: &[u8]) -> bool {
    bytes.len() >= 3 && PREFACE.starts_with(&bytes[..bytes.len().min(PREFACE.len())])
}

/// Dissects all frames of one direction. `requests` are the client's streams, when these are the frames of the server.
pub(crate) fn frames(
    stream: &mut FieldBuilder<'_>,
    requests: Option<&BTreeMap<u32, StreamMessage>>,
    schemas: &Schemas,
) -> Direction {
    let mut direction = Direction::default();
    let mut table = hpack::Table::new();
    let mut block: Option<Block> = None;
    if requests.is_none() {
        preface(stream);
    }
    while !stream.is_empty() {
        let mut builder = stream.rest();
        let Some(mut found) = frame(&mut builder) else {
            stream.push(builder.close(Field::framing("frame", FRAME)));
            break;
        };
        if found.whole {
            builder.end_here();
        }
        let range = builder.taken();
        if let Some(open) = &block
            && (found.kind != names::CONTINUATION || found.stream != open.stream)
        {
            found.problem = Some("a header block goes on in the very next frame");
        }
        let field = Field::framing("frame", FRAME).value(format!("{}, stream {}", found.name, found.stream));
        stream.push(builder.close(match found.problem {
            Some(problem) => field.problem(problem),
            None => field,
        }));
        direction.frames.push(Frame { range, stream: found.stream });
        if found.problem.is_some()
            && let Some(block) = block.take()
        {
            headers(stream, block, &mut table, &mut direction, false);
        }
        if let Content::Data(range) = &found.content {
            direction.streams.entry(found.stream).or_default().body.push(range.clone());
        }
        if let Content::Headers(range) = found.content {
            let block = block.get_or_insert(Block { stream: found.stream, ranges: Vec::new() });
            block.ranges.push(range);
        }
        if found.flags & END_STREAM != 0 && matches!(found.kind, names::DATA | names::HEADERS) {
            direction.streams.entry(found.stream).or_default().ended = found.whole;
        }
        if found.flags & END_HEADERS != 0
            && found.whole
            && let Some(block) = block.take()
        {
            headers(stream, block, &mut table, &mut direction, false);
        }
    }
    if let Some(block) = block {
        headers(stream, block, &mut table, &mut direction, true);
    }
    bodies(stream, &direction, requests, schemas);
    direction
}

fn preface(stream: &mut FieldBuilder<'_>) {
    let left = stream.left();
    let len = left.iter().zip(PREFACE).take_while(|(byte, due)| byte == due).count();
    if len == PREFACE.len() {
        stream.leaf(len, Field::framing("connection preface", PREFACE_RULE).value("PRI * HTTP/2.0 … SM"));
    } else if len == left.len() {
        stream.incomplete("connection preface", PREFACE_RULE);
    } else {
        let wrong = Field::framing("connection preface", PREFACE_RULE).malformed("it is not the one of HTTP/2");
        stream.leaf(PREFACE.len(), wrong);
    }
}

struct Found {
    kind: u8,
    name: &'static str,
    flags: u8,
    stream: u32,
    content: Content,
    whole: bool,
    problem: Option<&'static str>,
}

fn frame(builder: &mut FieldBuilder<'_>) -> Option<Found> {
    let length = Field::number("length", FRAME);
    let Some([high, middle, low]) = builder.take() else { return builder.short(length) };
    let len = u32::from_be_bytes([0, high, middle, low]) as usize;
    builder.leaf(3, length.value(len.to_string()));
    let Some([kind]) = builder.take() else { return builder.short(Field::number("type", FRAME)) };
    let name = names::kind(kind);
    builder.leaf(1, Field::number("type", FRAME).value(format!("{kind} {name}")));
    let Some([flags]) = builder.take() else { return builder.short(Field::framing("flags", FRAME)) };
    builder.leaf(1, Field::framing("flags", FRAME).value(names::flags(kind, flags)));
    let field = Field::number("stream", FRAME);
    let Some(id) = builder.take().map(u32::from_be_bytes) else { return builder.short(field) };
    let stream = id & 0x7fff_ffff;
    builder.leaf(4, field.value(stream.to_string()));
    let whole = builder.left().len() >= len;
    let mut inner = builder.window(len);
    let (content, problem) = payload::read(&mut inner, len, kind, flags, stream);
    builder.push(inner.close(Field::framing("payload", names::rule(kind))));
    Some(Found { kind, name, flags, stream, content, whole, problem })
}

/// Decodes a header block and attaches its fields to the frames that carry it.
fn headers(
    stream: &mut FieldBuilder<'_>,
    block: Block,
    table: &mut hpack::Table,
    direction: &mut Direction,
    open: bool,
) {
    let pieces = reassembly::pieces(&block.ranges);
    let bytes = reassembly::join(stream.bytes(), &pieces);
    let heads = direction.streams.entry(block.stream).or_default();
    let budget = stream.budget();
    let fields = hpack::block(FieldBuilder::new(&bytes, open, budget), table, &mut heads.headers);
    reassembly::attach(stream.fields_mut(), fields, &pieces, budget);
}

/// Dissects the body of each stream and attaches it to the DATA frames.
fn bodies(
    stream: &mut FieldBuilder<'_>,
    direction: &Direction,
    requests: Option<&BTreeMap<u32, StreamMessage>>,
    schemas: &Schemas,
) {
    for (id, heads) in &direction.streams {
        let pieces = reassembly::pieces(&heads.body);
        if pieces.is_empty() {
            continue;
        }
        let asked = requests.map_or(Some(heads), |requests| requests.get(id));
        let path = asked.and_then(|asked| asked.headers.get(":path")).unwrap_or_default();
        let content = media::Content::new(&heads.headers, path, requests.is_some());
        let bytes = reassembly::join(stream.bytes(), &pieces);
        let budget = stream.budget();
        let fields = media::dissect(&content, &bytes, !heads.ended, schemas, budget);
        reassembly::attach(stream.fields_mut(), fields, &pieces, budget);
    }
}
