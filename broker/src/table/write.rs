//! Encodes new values, each with its type.

use super::value::FieldValue;

/// A long string.
pub(crate) fn text(text: &[u8]) -> Vec<u8> {
    [b"S", &(text.len() as u32).to_be_bytes()[..], text].concat()
}

/// A signed number of 64 bits.
pub(crate) fn long(number: i64) -> Vec<u8> {
    [b"l", &number.to_be_bytes()[..]].concat()
}

/// Seconds since 1970.
pub(crate) fn timestamp(seconds: u64) -> Vec<u8> {
    [b"T", &seconds.to_be_bytes()[..]].concat()
}

/// An array.
pub(crate) fn array<'a>(values: impl IntoIterator<Item = FieldValue<'a>>) -> Vec<u8> {
    let values: Vec<u8> = values.into_iter().flat_map(FieldValue::written).copied().collect();
    [b"A", &(values.len() as u32).to_be_bytes()[..], &values].concat()
}

/// A nested table, made of one that begins with its length.
pub(crate) fn nested(table: &[u8]) -> Vec<u8> {
    [b"F", table].concat()
}
