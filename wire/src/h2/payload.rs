//! The payload of each type of frame (RFC 9113 §6).

use std::ops::Range;

use super::names;
use crate::{
    field::{Field, FieldKind},
    field_builder::FieldBuilder,
    text,
};

const PADDED: u8 = 0x8;
const PRIORITY: u8 = 0x20;
const ACK: u8 = 0x1;

/// What a frame contributes to its stream.
pub(super) enum Content {
    None,
    /// The position of a piece of the body.
    Data(Range<usize>),
    /// The position of a piece of a header block.
    Headers(Range<usize>),
}

/// Dissects a payload. Returns its contribution, and the problem if the frame is not allowed on this stream.
pub(super) fn read(
    builder: &mut FieldBuilder<'_>,
    len: usize,
    kind: u8,
    flags: u8,
    stream: u32,
) -> (Content, Option<&'static str>) {
    let on_stream = matches!(kind, names::DATA..=names::RST_STREAM | names::PUSH_PROMISE | names::CONTINUATION);
    let on_connection = matches!(kind, names::SETTINGS | names::PING | names::GOAWAY);
    let problem = match stream {
        0 if on_stream => Some("it belongs on a stream"),
        1.. if on_connection => Some("it belongs on stream 0"),
        _ => None,
    };
    let content = fields(builder, len, kind, flags).unwrap_or(Content::None);
    if matches!(kind, names::PRIORITY..=names::SETTINGS | names::PING..=names::WINDOW_UPDATE) && !builder.is_empty() {
        builder.malformed("unexpected bytes", names::rule(kind), "the frame is longer than its type");
    }
    (content, problem)
}

fn fields(builder: &mut FieldBuilder<'_>, len: usize, kind: u8, flags: u8) -> Option<Content> {
    let rule = names::rule(kind);
    match kind {
        names::DATA => {
            let padding = padding(builder, flags, rule)?;
            let data = Field::payload("data", rule);
            let range = inside(builder, len, padding, data, rule);
            return Some(Content::Data(range));
        }
        names::HEADERS | names::PUSH_PROMISE => {
            let padding = padding(builder, flags, rule)?;
            if kind == names::PUSH_PROMISE {
                builder.u32("promised stream", rule)?;
            } else if flags & PRIORITY != 0 {
                priority(builder)?;
            }
            let range = inside(builder, len, padding, Field::framing("header block", rule), rule);
            return Some(Content::Headers(range));
        }
        names::CONTINUATION => {
            let range = inside(builder, len, 0, Field::framing("header block", rule), rule);
            return Some(Content::Headers(range));
        }
        names::PRIORITY => priority(builder)?,
        names::RST_STREAM => error(builder, rule)?,
        names::SETTINGS if flags & ACK == 0 => {
            while !builder.is_empty() {
                setting(builder, rule);
            }
        }
        names::PING => {
            let Some(data) = builder.take::<8>() else { return builder.short(Field::framing("opaque data", rule)) };
            builder.leaf(8, Field::framing("opaque data", rule).value(text::hex(&data)));
        }
        names::GOAWAY => {
            builder.u32("last stream", rule)?;
            error(builder, rule)?;
            let debug = builder.left();
            builder.leaf(debug.len(), Field::text("debug data", rule).value(text::preview(debug)));
        }
        names::WINDOW_UPDATE => {
            builder.u32("increment", rule)?;
        }
        names::SETTINGS => {}
        _ => {
            let content = builder.left();
            builder.leaf(content.len(), Field::framing("content", rule).value(text::preview(content)));
        }
    }
    Some(Content::None)
}

/// Takes the content before the padding as a leaf, and the padding. `len` is the length of the frame.
fn inside(
    builder: &mut FieldBuilder<'_>,
    len: usize,
    padding: usize,
    field: Field,
    rule: &'static str,
) -> Range<usize> {
    let at = builder.at();
    let Some(len) = (len - builder.taken().len().min(len)).checked_sub(padding) else {
        // it may hold header fields, which cannot be separated
        let secret = field.kind != FieldKind::Payload;
        builder.leaf(usize::MAX, field.malformed("there is more padding than payload").masked(secret));
        return at..at;
    };
    let len = len.min(builder.left().len());
    builder.leaf(len, field.value(text::bytes(len)));
    let range = at..builder.at();
    builder.leaf(usize::MAX, Field::framing("padding", rule).value(text::bytes(padding)));
    range
}

/// Takes the length of the padding, if there is any.
fn padding(builder: &mut FieldBuilder<'_>, flags: u8, rule: &'static str) -> Option<usize> {
    if flags & PADDED == 0 { Some(0) } else { builder.u8("padding length", rule).map(usize::from) }
}

fn priority(builder: &mut FieldBuilder<'_>) -> Option<()> {
    let rule = names::rule(names::PRIORITY);
    let field = Field::number("dependency", rule);
    let Some(id) = builder.take().map(u32::from_be_bytes) else { return builder.short(field) };
    let exclusive = if id >> 31 == 1 { ", exclusive" } else { "" };
    builder.leaf(4, field.value(format!("stream {}{exclusive}", id & 0x7fff_ffff)));
    builder.u8("weight", rule)?;
    Some(())
}

fn error(builder: &mut FieldBuilder<'_>, rule: &'static str) -> Option<()> {
    let field = Field::number("error code", rule);
    let Some(code) = builder.take().map(u32::from_be_bytes) else { return builder.short(field) };
    builder.leaf(4, field.value(format!("{code} {}", names::error(code))));
    Some(())
}

fn setting(builder: &mut FieldBuilder<'_>, rule: &'static str) {
    let Some([a, b, c, d, e, f]) = builder.take() else {
        builder.short::<()>(Field::framing("setting", rule));
        return;
    };
    let (id, value) = (u16::from_be_bytes([a, b]), u32::from_be_bytes([c, d, e, f]));
    let name = names::setting(id);
    let mut inner = builder.window(6);
    inner.leaf(2, Field::number("identifier", rule).value(format!("{id} {name}")));
    inner.leaf(4, Field::number("value", rule).value(value.to_string()));
    builder.push(inner.close(Field::number(name, rule).value(value.to_string())));
}
