//! AMQP 0-9-1: the protocol header, then frames; methods with their arguments, and contents with properties and body.
//!
//! - [`spec`]: methods and properties by name; [`value`]: the encoding of arguments and field tables

mod spec;
mod value;

use std::{collections::HashMap, ops::Range};

use crate::{
    field::Field,
    field_builder::FieldBuilder,
    media::{self, Content},
    protobuf::Schemas,
    reassembly, text,
};

const HEADER: &str = "AMQP 0-9-1 §4.2.2";
const FRAME: &str = "AMQP 0-9-1 §4.2.3";
const METHOD: &str = "AMQP 0-9-1 §4.2.4";
const CONTENT: &str = "AMQP 0-9-1 §4.2.6";
const CONTENT_HEADER: &str = "AMQP 0-9-1 §4.2.6.1";
const CONTENT_BODY: &str = "AMQP 0-9-1 §4.2.6.2";
const HEARTBEAT: &str = "AMQP 0-9-1 §4.2.7";

const FRAME_END: u8 = 0xce;

/// A content whose body is incomplete.
#[derive(Default)]
struct PartialContent {
    size: u64,
    content_type: String,
    coding: String,
    ranges: Vec<Range<usize>>,
}

/// True if a connection that begins with these bytes uses AMQP.
pub(crate) fn begins(bytes: &[u8]) -> bool {
    bytes.starts_with(b"AMQP")
}

/// Reads frames to the end of the stream.
pub(crate) fn frames(stream: &mut FieldBuilder<'_>, schemas: &Schemas) {
    let mut contents: HashMap<u16, PartialContent> = HashMap::new();
    while !stream.is_empty() {
        let mut builder = stream.rest();
        if begins(builder.left()) {
            let field = protocol_header(&mut builder);
            stream.push(builder.close(field));
            continue;
        }
        let found = frame(&mut builder);
        let Some(found) = found.filter(|found| found.whole || stream.open()) else {
            let mut field = Field::framing("frame", FRAME);
            if !builder.is_empty() {
                builder.malformed("unexpected bytes", FRAME, "not a frame");
                field = field.problem("what begins here is no frame");
            }
            stream.push(builder.close(field));
            break;
        };
        if found.whole {
            builder.end_here();
        }
        let mut field = Field::framing("frame", FRAME).value(found.name);
        let problem = track_content(&mut contents, &found);
        if let Some(problem) = problem.or(found.problem) {
            field = field.problem(problem);
        }
        stream.push(builder.close(field));
        if contents.get(&found.channel).is_some_and(PartialContent::is_whole)
            && let Some(content) = contents.remove(&found.channel)
        {
            body(stream, content, schemas, false);
        }
    }
    // in the order of channels, so that a spent budget cuts the same fields in every run
    let mut unfinished: Vec<_> = contents.into_iter().collect();
    unfinished.sort_by_key(|(channel, _)| *channel);
    for (_, content) in unfinished {
        body(stream, content, schemas, true);
    }
}

impl PartialContent {
    fn is_whole(&self) -> bool {
        self.ranges.iter().map(|range| range.len() as u64).sum::<u64>() >= self.size
    }
}

/// Adds a part to the content of its channel. Returns the problem of the frame, if it is not allowed here.
fn track_content(contents: &mut HashMap<u16, PartialContent>, found: &Found) -> Option<&'static str> {
    match &found.content {
        ContentPart::None if found.name == "heartbeat" => None,
        ContentPart::None => contents.remove(&found.channel).map(|_| "the content before is not finished"),
        ContentPart::Header { size, content_type, coding } => {
            let (size, content_type, coding) = (*size, content_type.clone(), coding.clone());
            let before =
                contents.insert(found.channel, PartialContent { size, content_type, coding, ranges: Vec::new() });
            before.map(|_| "the content before is not finished")
        }
        ContentPart::Body(range) => match contents.get_mut(&found.channel) {
            Some(content) => {
                content.ranges.push(range.clone());
                None
            }
            None => Some("it belongs to no content"),
        },
    }
}

/// Attaches the dissected body to the frames that carry it.
fn body(stream: &mut FieldBuilder<'_>, content: PartialContent, schemas: &Schemas, open: bool) {
    let pieces = reassembly::pieces(&content.ranges);
    let bytes = reassembly::join(stream.bytes(), &pieces);
    let media = Content::of_type(&content.content_type, &content.coding);
    let budget = stream.budget();
    let fields = media::dissect(&media, &bytes, open, schemas, budget);
    reassembly::attach(stream.fields_mut(), fields, &pieces, budget);
}

fn protocol_header(builder: &mut FieldBuilder<'_>) -> Field {
    builder.leaf(4, Field::text("protocol", HEADER).value("AMQP"));
    for name in ["protocol id", "major version", "minor version", "revision"] {
        if builder.u8(name, HEADER).is_none() {
            return Field::framing("protocol header", HEADER);
        }
    }
    let version = &builder.bytes()[builder.taken()][4..];
    builder.end_here();
    let field =
        Field::framing("protocol header", HEADER).value(format!("{}-{}-{}", version[1], version[2], version[3]));
    if version == [0, 0, 9, 1] { field } else { field.problem("only version 0-9-1 is read here") }
}

/// The part of a content in a frame.
enum ContentPart {
    None,
    Header { size: u64, content_type: String, coding: String },
    Body(Range<usize>),
}

struct Found {
    channel: u16,
    name: &'static str,
    content: ContentPart,
    whole: bool,
    problem: Option<&'static str>,
}

fn frame(builder: &mut FieldBuilder<'_>) -> Option<Found> {
    let [kind] = builder.take()?;
    let name = match kind {
        1 => "method",
        2 => "content header",
        3 => "content body",
        8 => "heartbeat",
        _ => "frame of no known type",
    };
    let field = Field::framing("type", FRAME).value(format!("{kind} {name}"));
    if matches!(kind, 1..=3 | 8) {
        builder.leaf(1, field);
    } else {
        let ends = has_valid_end(builder.left());
        builder.leaf(1, field.malformed("not a type of frame"));
        if !ends {
            return None;
        }
    }
    let channel = builder.u16("channel", FRAME)?;
    let size = builder.u32("size", FRAME)? as usize;
    let mut payload = builder.window(size);
    let mut found = Found { channel, name, content: ContentPart::None, whole: false, problem: None };
    match kind {
        1 => {
            let mut whole = true;
            found.name = method(&mut payload, &mut whole).unwrap_or("method");
            // where the arguments cannot be separated, the credential among them cannot be found
            let lost = !credential_argument(found.name).is_empty() && !whole;
            builder.push(payload.close(Field::framing("method", METHOD).value(found.name).masked(lost)));
        }
        2 => {
            let (size, content_type, coding) = content_header(&mut payload);
            found.content = ContentPart::Header { size: size.unwrap_or(0), content_type, coding };
            builder.push(payload.close(Field::framing("content header", CONTENT_HEADER)));
        }
        3 => {
            let at = builder.at();
            builder.push(
                payload.close(Field::payload("body", CONTENT_BODY).value(text::bytes(size.min(builder.left().len())))),
            );
            found.content = ContentPart::Body(at..builder.at());
        }
        8 => {
            let unexpected = !payload.is_empty() || channel != 0;
            builder.push(payload.close(Field::framing("content", HEARTBEAT)));
            found.problem = unexpected.then_some("a heartbeat is empty and on channel 0");
        }
        _ => builder.push(payload.close(Field::framing("content", FRAME))),
    }
    match builder.left() {
        [FRAME_END, ..] => {
            builder.leaf(1, Field::framing("frame end", FRAME).value("0xce"));
            found.whole = true;
        }
        [] => {}
        _ => {
            builder.leaf(1, Field::framing("frame end", FRAME).malformed("a frame ends with 0xce"));
            found.whole = true;
        }
    }
    Some(found)
}

/// True if a frame that begins here ends where its size says.
fn has_valid_end(bytes: &[u8]) -> bool {
    let size = bytes.get(3..).and_then(|bytes| bytes.first_chunk()).map(|size| u32::from_be_bytes(*size) as usize);
    size.is_some_and(|size| bytes.get(7 + size) == Some(&FRAME_END))
}

fn method(builder: &mut FieldBuilder<'_>, whole: &mut bool) -> Option<&'static str> {
    let ids = builder.take::<4>().map(|[a, b, c, d]| (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])));
    let known = ids.and_then(|(class, number)| spec::method(class, number));
    let names = known.and_then(|known| known.2.split_once('.'));
    let shown = |id: u16, name: Option<&str>| name.map_or_else(|| id.to_string(), |name| format!("{id} {name}"));
    let Some((class, number)) = ids else { return builder.short(Field::number("class and method", METHOD)) };
    builder.leaf(2, Field::number("class", METHOD).value(shown(class, names.map(|names| names.0))));
    builder.leaf(2, Field::number("method", METHOD).value(shown(number, names.map(|names| names.1))));
    let Some((_, _, name, arguments)) = known else {
        builder.malformed("arguments", METHOD, "not a method of AMQP 0-9-1");
        return None;
    };
    *whole = value::arguments(builder, arguments, credential_argument(name)).is_some();
    Some(name)
}

/// The argument of a method that is a credential; empty if there is none.
fn credential_argument(method: &str) -> &'static str {
    match method {
        "connection.start-ok" | "connection.secure-ok" => "response",
        "connection.update-secret" => "new-secret",
        _ => "",
    }
}

/// Reads the properties. Returns the size of the body, its media type and its coding.
fn content_header(builder: &mut FieldBuilder<'_>) -> (Option<u64>, String, String) {
    let mut size = None;
    let (mut content_type, mut coding) = (String::new(), String::new());
    let mut read = || {
        builder.u16("class", CONTENT_HEADER)?;
        builder.u16("weight", CONTENT_HEADER)?;
        size = Some(builder.u64("body size", CONTENT)?);
        let flags = builder.take().map(u16::from_be_bytes);
        let field = Field::framing("property flags", CONTENT_HEADER);
        let Some(flags) = flags else { return builder.short(field) };
        builder.leaf(2, field.value(format!("{flags:#018b}")));
        for (nth, (name, kind)) in spec::PROPERTIES.iter().enumerate() {
            if flags & 0x8000 >> nth != 0 {
                let text = value::argument(builder, name, *kind, false, CONTENT_HEADER)?;
                match *name {
                    "content-type" => content_type = text,
                    "content-encoding" => coding = text,
                    _ => {}
                }
            }
        }
        Some(())
    };
    read();
    (size, content_type, coding)
}
