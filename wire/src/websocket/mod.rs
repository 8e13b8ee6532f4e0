//! WebSocket frames (RFC 6455 §5). What a client sends is masked: the bytes stay as captured, the unmasked ones are beside
//! them, and the fields are those of the message, laid over its fragments.

use std::ops::Range;

use crate::{reassembly, field::Field, json, field_builder::Scope, message_label, text};

const FRAME: &str = "RFC 6455 §5.2";
const MASKING: &str = "RFC 6455 §5.3";
const FRAGMENTS: &str = "RFC 6455 §5.4";
const CONTROL: &str = "RFC 6455 §5.5";
const CLOSE: &str = "RFC 6455 §7.4";
const DATA: &str = "RFC 6455 §5.6";

const CONTINUATION: u8 = 0;
const TEXT: u8 = 1;
const BINARY: u8 = 2;

/// A message whose last fragment has not come yet.
#[derive(Default)]
struct Message {
    opcode: u8,
    compressed: bool,
    ranges: Vec<Range<usize>>,
    bytes: Vec<u8>,
}

/// Reads frames to the end of the stream. `from_client` says whether they have to be masked.
pub(crate) fn frames(stream: &mut Scope<'_>, from_client: bool) {
    let mut message: Option<Message> = None;
    while !stream.is_empty() {
        let mut scope = stream.rest();
        let mut problem = None;
        let frame = frame(&mut scope, from_client, &mut problem);
        let ended = frame.as_ref().is_some_and(|frame| frame.whole);
        if ended {
            scope.end_here();
        } else if !scope.is_empty() {
            scope.malformed("unexpected bytes", FRAME, "not a frame");
        }
        let name = frame.as_ref().map_or("", |frame| opcode_name(frame.opcode));
        let mut field = Field::framing("frame", FRAME).value(name);
        let Some(frame) = frame else {
            stream.push(scope.close(field));
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
        stream.push(scope.close(field));
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
    /// Where its payload is, and what is behind the mask.
    range: Range<usize>,
    bytes: Vec<u8>,
    whole: bool,
}

fn frame(scope: &mut Scope<'_>, from_client: bool, problem: &mut Option<&'static str>) -> Option<Frame> {
    let [first] = scope.take()?;
    let (last, reserved, opcode) = (first & 0x80 != 0, first >> 4 & 7, first & 0x0f);
    let flag = if last { "last fragment, " } else { "" };
    scope.leaf(1, Field::framing("flags and opcode", FRAME).value(format!("{flag}{}", opcode_name(opcode))));
    if reserved & 3 != 0 || (reserved != 0 && opcode >= 8) {
        *problem = Some("a reserved bit is set");
    } else if matches!(opcode, 3..=7 | 11..) {
        *problem = Some("the opcode is reserved");
    }
    let Some([second]) = scope.take() else { return scope.short(Field::number("length", FRAME)) };
    let (masked, short) = (second & 0x80 != 0, second & 0x7f);
    let shown = if masked { format!("masked, {short}") } else { short.to_string() };
    scope.leaf(1, Field::number("mask bit and length", FRAME).value(shown));
    let len = match short {
        126 => scope.u16("extended length", FRAME)?.into(),
        127 => scope.u64("extended length", FRAME)?,
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
        let Some(found) = scope.take() else { return scope.short(Field::framing("masking key", MASKING)) };
        scope.leaf(4, Field::framing("masking key", MASKING).value(text::hex(&found)));
        key = found;
    }
    let len = usize::try_from(len).unwrap_or(usize::MAX);
    let whole = scope.left().len() >= len;
    let payload = &scope.left()[..len.min(scope.left().len())];
    let bytes: Vec<u8> = payload.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key).collect();
    let mut field = Field::payload("payload", DATA).value(text::bytes(payload.len()));
    field.decoded = masked.then(|| bytes.clone());
    let at = scope.at();
    scope.leaf(payload.len(), field);
    Some(Frame { opcode, last, compressed: reserved & 4 != 0, range: at..scope.at(), bytes, whole })
}

/// Lays what a message says over the payloads of its frames.
fn content(stream: &mut Scope<'_>, message: Message, open: bool) {
    let pieces = reassembly::pieces(&message.ranges);
    let bytes = message.bytes;
    if bytes.is_empty() || message.compressed {
        return;
    }
    let mut scope = Scope::new(&bytes, open, stream.budget());
    let fields = match message.opcode {
        TEXT if matches!(bytes.trim_ascii_start(), [b'{' | b'[', ..]) => json::dissect(scope),
        TEXT if !open && std::str::from_utf8(&bytes).is_err() => {
            scope.malformed("text", DATA, "not UTF-8");
            scope.into_fields()
        }
        TEXT => {
            scope.leaf(bytes.len(), Field::text("text", DATA).value(text::lossy(&bytes)));
            scope.into_fields()
        }
        8 => {
            close(&mut scope);
            scope.into_fields()
        }
        opcode => {
            let (name, rule) = if opcode >= 8 { ("application data", CONTROL) } else { ("data", FRAGMENTS) };
            scope.leaf(bytes.len(), Field::payload(name, rule).value(text::preview(&bytes)));
            scope.into_fields()
        }
    };
    if message.opcode == TEXT
        && let Some(tag) = message_label::of(&fields)
        && let Some(frame) = frame_of(stream.fields_mut(), &message.ranges)
    {
        frame.value = format!("{}, {tag}", frame.value);
    }
    let budget = stream.budget();
    reassembly::install(stream.fields_mut(), fields, &pieces, budget);
}

/// The frame in which a message begins.
fn frame_of<'a>(frames: &'a mut [Field], payloads: &[Range<usize>]) -> Option<&'a mut Field> {
    let payload = payloads.first()?;
    let at = frames.partition_point(|frame| frame.range.end < payload.start);
    frames.get_mut(at)
}

fn close(scope: &mut Scope<'_>) {
    let field = Field::number("close code", CLOSE);
    let Some(code) = scope.take().map(u16::from_be_bytes) else {
        scope.short::<()>(field);
        return;
    };
    let meaning = match code {
        1000 => "normal",
        1001 => "going away",
        1002 => "protocol error",
        1003 => "data not acceptable",
        1007 => "inconsistent data",
        1008 => "policy violation",
        1009 => "message too big",
        1010 => "extension expected",
        1011 => "unexpected condition",
        1012 => "service restart",
        1013 => "try again later",
        3000..=3999 => "registered",
        4000..=4999 => "private",
        _ => "",
    };
    let field = field.value(format!("{code} {meaning}").trim_end());
    let known = !meaning.is_empty();
    scope.leaf(2, if known { field } else { field.problem("not a code that may be sent") });
    let reason = scope.left();
    scope.leaf(reason.len(), Field::text("reason", CONTROL).value(text::lossy(reason)));
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
