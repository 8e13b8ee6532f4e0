//! The length of a message body (RFC 9112 §6.3), and the chunked coding (§7.1).

use std::ops::Range;

use super::{Message, header, header::Headers, line, start::Start};
use crate::{field::Field, field_builder::FieldBuilder, text};

const LENGTH: &str = "RFC 9112 §6.3";
const CHUNKED: &str = "RFC 9112 §7.1";
const EXTENSION: &str = "RFC 9112 §7.1.1";

/// How the end of a body is determined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Length {
    None,
    Chunked,
    Bytes(usize),
    UntilClose,
}

/// The body of a message.
pub(crate) struct Body {
    /// The positions of its bytes, without the framing of chunks.
    pub(crate) ranges: Vec<Range<usize>>,
    /// True if its end was captured.
    pub(crate) complete: bool,
}

/// Determines how the body ends.
pub(crate) fn length(start: &Start, headers: &Headers, request: Option<&Message>) -> Length {
    let answer = matches!(start, Start::Answer { .. });
    let status = start.status();
    let bodiless = status / 100 == 1 || status == 204 || status == 304;
    if answer && (bodiless || request.is_some_and(|request| request.start.method() == "HEAD")) {
        return Length::None;
    }
    if let Some(coding) = headers.get("transfer-encoding") {
        let chunked = coding.rsplit(',').next().is_some_and(|last| last.trim().eq_ignore_ascii_case("chunked"));
        return if chunked { Length::Chunked } else { Length::UntilClose };
    }
    match headers.get("content-length").map(|length| length.trim().parse()) {
        Some(Ok(length)) => Length::Bytes(length),
        Some(Err(_)) | None if answer => Length::UntilClose,
        Some(Err(_)) | None => Length::None,
    }
}

/// Takes the body.
pub(crate) fn read(builder: &mut FieldBuilder<'_>, length: &Length) -> Body {
    match *length {
        Length::None => Body { ranges: Vec::new(), complete: true },
        Length::Chunked => chunked(builder),
        Length::Bytes(len) => {
            let complete = builder.left().len() >= len;
            Body { ranges: vec![data(builder, len, "body", LENGTH)], complete }
        }
        Length::UntilClose => Body { ranges: vec![data(builder, usize::MAX, "body", LENGTH)], complete: true },
    }
}

fn data(builder: &mut FieldBuilder<'_>, len: usize, name: &'static str, rule: &'static str) -> Range<usize> {
    let at = builder.at();
    let len = len.min(builder.left().len());
    builder.leaf(len, Field::payload(name, rule).value(text::bytes(len)));
    at..builder.at()
}

fn chunked(builder: &mut FieldBuilder<'_>) -> Body {
    let mut body = builder.rest();
    let mut ranges = Vec::new();
    let mut complete = false;
    while !body.is_empty() {
        let mut chunk = body.rest();
        let Some(size) = size(&mut chunk) else {
            body.push(chunk.close(Field::framing("chunk", CHUNKED)));
            break;
        };
        if size == 0 {
            complete = header::section(&mut chunk).1;
            if complete {
                chunk.end_here();
            }
            body.push(chunk.close(Field::framing("last chunk", CHUNKED)));
            break;
        }
        ranges.push(data(&mut chunk, size, "chunk data", CHUNKED));
        let whole = matches!(chunk.left(), [b'\r', b'\n', ..] | [b'\n', ..]);
        line::end(&mut chunk, "end of chunk");
        let mut field = Field::framing("chunk", CHUNKED).value(text::bytes(size));
        let cut_off = chunk.is_empty() && !whole && chunk.open();
        if !whole && !cut_off {
            field = field.problem("a chunk ends with CR LF");
        }
        if !cut_off {
            chunk.end_here();
        }
        body.push(chunk.close(field));
    }
    if complete || !body.is_empty() {
        body.end_here();
    }
    if !body.taken().is_empty() {
        builder.push(body.close(Field::framing("chunked body", CHUNKED)));
    }
    Body { ranges, complete }
}

/// Takes the line with the size of a chunk.
fn size(chunk: &mut FieldBuilder<'_>) -> Option<usize> {
    let (line, ends) = line::content(chunk);
    let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    if !ends && chunk.open() && line.len() <= 64 {
        chunk.incomplete("chunk size", CHUNKED);
        return None;
    }
    let number = std::str::from_utf8(&line[..digits]).ok().and_then(|digits| usize::from_str_radix(digits, 16).ok());
    let Some(size) = number.filter(|_| ends) else {
        chunk.malformed("chunk size", CHUNKED, "a chunk begins with its size in hexadecimal digits");
        return None;
    };
    chunk.leaf(digits, Field::number("chunk size", CHUNKED).value(size.to_string()));
    chunk.leaf(line.len() - digits, Field::text("chunk extension", EXTENSION).value(text::preview(&line[digits..])));
    line::end(chunk, "line end");
    Some(size)
}
