//! WebSocket frames (RFC 6455 §5). The payloads of a client are masked: the captured bytes stay as they are, with the
//! unmasked bytes beside them. Fields describe the whole message and are attached to its fragments.
//!
//! - [`mask`]: unmasks a payload; [`close_code`]: the body of a close frame

mod close_code;
mod mask;

use std::ops::Range;

use crate::{field::Field, field_builder::FieldBuilder, json, message_label, reassembly, text};

const FRAME: &str = "RFC 6455 §5.2";
const MASKING: &str = "RFC 6455 §5.3";
const FRAGMENTS: &str = "RFC 6455 §5.4";
const CONTROL: &str = "RFC 6455 §5.5";
const DATA: &str = "RFC 6455 §5.6";

const CONTINUATION: u8 = 0;
const TEXT: u8 = 1;
const BINARY: u8 = 2;

/// A message whose last fragment is missing.
#[derive(Default)]
struct Message {
    opcode: u8,
    compressed: bool,
    ranges: Vec<Range<usize>>,
    bytes: Vec<u8>,
}

/// Dissects all frames of one direction. The frames of a client must be masked.
pub(crate) fn frames(stream: &mut FieldBuilder<'_>, from_client: bool) {
    let mut message: Option<Message> = None;
    while !stream.is_empty() {
        let mut builder = stream.rest();
        let mut problem = None;
        let frame = frame(&mut builder, from_client, &mut problem);
        let ended = frame.as_ref().is_some_and(|frame| frame.whole);
        if ended {
            builder.end_here();
        } else if !builder.is_empty() {
            builder.malformed("unexpected bytes", FRAME, "not a frame");
        }
        let name = frame.as_ref().map_or("", |frame| opcode_name(frame.opcode));
        let mut field = Field::framing("frame", FRAME).value(name);
        let Some(frame) = frame else {
            stream.push(builder.close(field));
            return;
        };
        if frame.opcode == CONTINUATION && message.is_none() {
            problem = problem.or(Some("it continues no message"));
        } else if matches!(frame.opcode, TEXT | BINARY) && message.is_some() {
            problem = problem.or(Some("the message before is not finished"));
        }
        if let Some(problem) = problem {
            field = field.problem(problem);
        }
        stream.push(builder.close(field));
        if frame.opcode >= 8 {
            let control =
                Message { opcode: frame.opcode, ranges: vec![frame.range], bytes: frame.bytes, compressed: false };
            content(stream, control, !frame.whole);
            continue;
        }
        if frame.opcode != CONTINUATION
            && let Some(unfinished) = message.take()
        {
            content(stream, unfinished, false);
        }
        let whole = message.get_or_insert_with(|| Message {
            opcode: frame.opcode,
            compressed: frame.compressed,
            ..Message::default()
        });
        whole.ranges.push(frame.range);
        whole.bytes.extend(frame.bytes);
        if frame.last
            && frame.whole
            && let Some(message) = message.take()
        {
            content(stream, message, false);
        }
    }
    if let Some(message) = message {
        content(stream, message, true);
    }
}

struct Frame {
    opcode: u8,
    last: bool,
    compressed: bool,
    /// The position of the payload, and its unmasked bytes.
    range: Range<usize>,
    bytes: Vec<u8>,
    whole: bool,
}

fn frame(builder: &mut FieldBuilder<'_>, from_client: bool, problem: &mut Option<&'static str>) -> Option<Frame> {
    let [first] = builder.take()?;
    let (last, reserved, opcode) = (first & 0x80 != 0, first >> 4 & 7, first & 0x0f);
    let flag = if last { "last fragment, " } else { "" };
    builder.leaf(1, Field::framing("flags and opcode", FRAME).value(format!("{flag}{}", opcode_name(opcode))));
    if reserved & 3 != 0 || (reserved != 0 && opcode >= 8) {
        *problem = Some("a reserved bit is set");
    } else if matches!(opcode, 3..=7 | 11..) {
        *problem = Some("the opcode is reserved");
    }
    let Some([second]) = builder.take() else { return builder.short(Field::number("length", FRAME)) };
    let (masked, short) = (second & 0x80 != 0, second & 0x7f);
    let shown = if masked { format!("masked, {short}") } else { short.to_string() };
    builder.leaf(1, Field::number("mask bit and length", FRAME).value(shown));
    let len = match short {
        126 => builder.u16("extended length", FRAME)?.into(),
        127 => builder.u64("extended length", FRAME)?,
        short => short.into(),
    };
    if (short == 126 && len < 126) || (short == 127 && len <= 0xffff) {
        *problem = Some("the length is longer than it needs to be");
    }
    if opcode >= 8 && (len > 125 || !last) {
        *problem = Some("a control frame is short and in one piece");
    }
    if masked != from_client {
        *problem = Some(if from_client { "a client masks its frames" } else { "a server does not mask its frames" });
    }
    let mut key = [0; 4];
    if masked {
        let Some(found) = builder.take() else { return builder.short(Field::framing("masking key", MASKING)) };
        builder.leaf(4, Field::framing("masking key", MASKING).value(text::hex(&found)));
        key = found;
    }
    let len = usize::try_from(len).unwrap_or(usize::MAX);
    let whole = builder.left().len() >= len;
    let payload = &builder.left()[..len.min(builder.left().len())];
    let bytes = mask::unmask(payload, key);
    let mut field = Field::payload("payload", DATA).value(text::bytes(payload.len()));
    field.decoded = masked.then(|| bytes.clone());
    let at = builder.at();
    builder.leaf(payload.len(), field);
    Some(Frame { opcode, last, compressed: reserved & 4 != 0, range: at..builder.at(), bytes, whole })
}

/// Attaches the dissected message to the payloads of its frames.
fn content(stream: &mut FieldBuilder<'_>, message: Message, open: bool) {
    let pieces = reassembly::pieces(&message.ranges);
    let bytes = message.bytes;
    if bytes.is_empty() || message.compressed {
        return;
    }
    let mut builder = FieldBuilder::new(&bytes, open, stream.budget());
    let fields = match message.opcode {
        TEXT if matches!(bytes.trim_ascii_start(), [b'{' | b'[', ..]) => json::dissect(builder),
        TEXT if !open && std::str::from_utf8(&bytes).is_err() => {
            builder.malformed("text", DATA, "not UTF-8");
            builder.into_fields()
        }
        TEXT => {
            builder.leaf(bytes.len(), Field::text("text", DATA).value(text::lossy(&bytes)));
            builder.into_fields()
        }
        8 => {
            close_code::read(&mut builder);
            builder.into_fields()
        }
        opcode => {
            let (name, rule) = if opcode >= 8 { ("application data", CONTROL) } else { ("data", FRAGMENTS) };
            builder.leaf(bytes.len(), Field::payload(name, rule).value(text::preview(&bytes)));
            builder.into_fields()
        }
    };
    if message.opcode == TEXT
        && let Some(tag) = message_label::label(&fields)
        && let Some(frame) = frame_of(stream.fields_mut(), &message.ranges)
    {
        frame.value = format!("{}, {tag}", frame.value);
    }
    let budget = stream.budget();
    reassembly::attach(stream.fields_mut(), fields, &pieces, budget);
}

/// The first frame of a message.
fn frame_of<'a>(frames: &'a mut [Field], payloads: &[Range<usize>]) -> Option<&'a mut Field> {
    let payload = payloads.first()?;
    let at = frames.partition_point(|frame| frame.range.end < payload.start);
    frames.get_mut(at)
}

fn opcode_name(opcode: u8) -> &'static str {
    match opcode {
        CONTINUATION => "continuation",
        TEXT => "text",
        BINARY => "binary",
        8 => "close",
        9 => "ping",
        10 => "pong",
        _ => "reserved opcode",
    }
}
