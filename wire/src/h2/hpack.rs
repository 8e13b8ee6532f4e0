//! HPACK header blocks (RFC 7541). A library keeps the table and decodes. This module finds the bytes of each header
//! field and passes them to the library one field at a time.

use loona_hpack::Decoder;

use crate::{
    field::{Field, FieldKind},
    field_builder::FieldBuilder,
    header_rules,
    http1::Headers,
    redact, text,
};

const INTEGER: &str = "RFC 7541 §5.1";
const STRING: &str = "RFC 7541 §5.2";
const INDEXED: &str = "RFC 7541 §6.1";
const UPDATE: &str = "RFC 7541 §6.3";
const LITERAL: &str = "RFC 7541 §6.2";

/// The largest dynamic table that is followed, in bytes. Usual ones have 4 to 64 KiB.
const MAX_TABLE: usize = 1 << 20;

/// The highest index of the static table (RFC 7541, Appendix A).
const STATIC: usize = 61;

/// The header fields that describe the body and identify the call. Others are not kept, because one byte of a block can
/// stand for a long value.
const KEPT: &[&str] = &[":method", ":path", ":status", "content-type", "content-encoding", "traceparent"];

/// The state after the blocks of one direction so far.
pub(super) struct Table {
    decoder: Decoder<'static>,
    /// Bytes of table size updates; the library decodes them together with the next field.
    updates: Vec<u8>,
    /// True after a block that could not be decoded: the dynamic table may then be wrong.
    broken: bool,
}

impl Table {
    pub(super) fn new() -> Self {
        let mut decoder = Decoder::new();
        decoder.set_max_allowed_table_size(MAX_TABLE);
        Self { decoder, updates: Vec::new(), broken: false }
    }

    /// Decodes one representation.
    fn decode(&mut self, representation: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
        let mut bytes = std::mem::take(&mut self.updates);
        bytes.extend_from_slice(representation);
        self.decoder.decode(&bytes).ok()?.pop()
    }
}

/// Dissects a block and keeps the header fields in [`KEPT`].
pub(super) fn block(mut builder: FieldBuilder<'_>, table: &mut Table, headers: &mut Headers) -> Vec<Field> {
    while !builder.is_empty() {
        let mut inner = builder.rest();
        let Some(field) = representation(&mut inner, table, headers) else {
            // bytes that cannot be decoded may be a credential
            let cut_off = builder.open();
            table.broken = true;
            let field = Field::text("header field", LITERAL);
            let field = if cut_off {
                Field { kind: FieldKind::Incomplete, ..field }.problem("the capture ends here")
            } else {
                field.malformed("not HPACK, or not after the blocks before it")
            };
            builder.leaf(usize::MAX, field.masked(true));
            break;
        };
        inner.end_here();
        builder.push(inner.close(field));
    }
    if !table.updates.is_empty() {
        // they are not allowed at the end of a block, but take effect
        let updates = std::mem::take(&mut table.updates);
        table.broken |= table.decoder.decode(&updates).is_err() && !builder.open();
        builder.mark("a block does not end with a change of the table");
    }
    builder.into_fields()
}

fn representation(builder: &mut FieldBuilder<'_>, table: &mut Table, headers: &mut Headers) -> Option<Field> {
    let bytes = builder.left();
    let first = *bytes.first()?;
    let (prefix, name, rule) = match first {
        0x80.. => (7, "indexed", INDEXED),
        0x40.. => (6, "literal, added to the table", LITERAL),
        0x20.. => (5, "table size update", UPDATE),
        0x10.. => (4, "literal, never to be indexed", LITERAL),
        _ => (4, "literal, not indexed", LITERAL),
    };
    let (index, len) = integer(bytes, prefix)?;
    if prefix == 5 {
        table.updates.extend_from_slice(&bytes[..len]);
        builder.leaf(len, Field::number("maximum size", UPDATE).value(index.to_string()));
        return Some(Field::framing(name, rule).value(index.to_string()));
    }
    let mut end = len;
    let literal = prefix != 7;
    let mut strings = Vec::new();
    if literal {
        for _ in 0..if index == 0 { 2 } else { 1 } {
            let string = string(&bytes[end..])?;
            end += string.prefix + string.len;
            strings.push(string);
        }
    }
    let decoded = table.decode(&bytes[..end]);
    let (header, value) = decoded?;
    let lost = table.broken && index > STATIC;
    // a URL in :path or referer may have credentials; a Huffman coded value cannot be masked in part
    let masked = redact::is_credential(&header) || !redact::credentials_in_url(&value).is_empty() || lost;
    let header_rule = header_rules::header_rule(&header).unwrap_or(rule);
    builder.leaf(len, Field::framing("representation", INTEGER).value(shown(name, index)));
    let value_at = strings.len().wrapping_sub(1);
    for (nth, string) in strings.iter().enumerate() {
        let (name, content, masked) =
            if nth == value_at { ("value", &value, masked) } else { ("name", &header, false) };
        let coding = if string.huffman { ", Huffman code" } else { "" };
        let field = Field::number(format!("{name} length"), STRING);
        builder.leaf(string.prefix, field.value(format!("{}{coding}", text::bytes(string.len))));
        let rule = if string.huffman { redact::HUFFMAN } else { STRING };
        let field = Field::text(name, rule);
        builder.leaf(string.len, if masked { field.masked(true) } else { field.value(text::preview(content)) });
    }
    if lost {
        return Some(
            Field::text("header field", rule).problem("not known: its index is of a table that could not be followed"),
        );
    }
    keep(headers, &header, &value);
    let field = Field::text(text::lossy(&header), header_rule);
    Some(field.value(if masked { "(masked)".to_owned() } else { text::preview(&value) }))
}

fn shown(name: &str, index: usize) -> String {
    if index == 0 { format!("{name}, new name") } else { format!("{name}, index {index}") }
}

fn keep(headers: &mut Headers, name: &[u8], value: &[u8]) {
    let kept = KEPT.iter().find(|kept| kept.as_bytes() == name);
    // the second of several is kept too, so that the duplicate is known
    if kept.is_some_and(|kept| headers.get(kept).is_none() || headers.only(kept).is_some()) {
        headers.push(name, value);
    }
}

struct Text {
    huffman: bool,
    /// The number of bytes of its length.
    prefix: usize,
    len: usize,
}

fn string(bytes: &[u8]) -> Option<Text> {
    let huffman = bytes.first()? & 0x80 != 0;
    let (len, prefix) = integer(bytes, 7)?;
    (bytes.len() - prefix >= len).then_some(Text { huffman, prefix, len })
}

/// The number in the low `prefix` bits and the following bytes, and how many bytes it has.
fn integer(bytes: &[u8], prefix: u32) -> Option<(usize, usize)> {
    let mask = (1_usize << prefix) - 1;
    let mut number = usize::from(*bytes.first()?) & mask;
    if number < mask {
        return Some((number, 1));
    }
    for (at, byte) in bytes.iter().enumerate().skip(1).take(4) {
        number += usize::from(byte & 0x7f) << (7 * (at - 1));
        if byte & 0x80 == 0 {
            return Some((number, at + 1));
        }
    }
    None
}
