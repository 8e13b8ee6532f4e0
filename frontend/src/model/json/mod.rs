//! Reads and writes JSON, and tells what is wrong with a text that should be JSON of a given shape: where it stops being JSON, by
//! line and column, or which member is not as the contract has it, by JSON pointer (RFC 6901). The words are serde's own.
//!
//! A text becomes tokens ([`tape`]), which a [`reader`] goes along for serde ([`access`]). serde_json does both at once, and is in
//! the program once for each type; what it reads and refuses is what is read and refused here, but that a struct is no array, and
//! what it writes is what the [`writer`] writes.

mod access;
mod error;
mod escape;
mod reader;
mod tape;
#[cfg(test)]
mod tests;
mod value;
mod writer;

use serde::de::DeserializeOwned;

use self::reader::Reader;
pub use self::{
    error::Error,
    value::{Meaning, Value, members},
    writer::write,
};

/// Why a text is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is not JSON.
    Syntax {
        /// From 1.
        line: usize,
        /// From 1, in bytes as serde counts them.
        column: usize,
        /// In serde's words.
        what: String,
    },
    /// It is JSON of another shape.
    Shape {
        /// To the value; empty is the whole text.
        pointer: String,
        /// In serde's words.
        what: String,
    },
}

/// Reads JSON.
///
/// # Errors
/// What is wrong with it: that it is no JSON comes before that it is of another shape.
pub fn read<T: DeserializeOwned>(text: impl AsRef<[u8]>) -> Result<T, Error> {
    let mut reader = Reader::new(text.as_ref())?;
    let read = T::deserialize(&mut reader);
    reader.finish(read)
}

/// Checks that a text is one JSON object of the shape of `T`.
///
/// # Errors
/// The first fault: what is no JSON at all comes before what has another shape.
pub fn check<T: DeserializeOwned>(text: &str) -> Result<(), Fault> {
    is_json(text)?;
    let shape = |pointer, what: &str| Fault::Shape { pointer, what: what.to_owned() };
    if !text.trim_start().starts_with('{') {
        return Err(shape(String::new(), "it is not an object"));
    }
    let mut reader = Reader::new(text.as_bytes()).map_err(|error| shape(String::new(), error.what()))?;
    let read = T::deserialize(&mut reader);
    reader.finish(read).map(drop).map_err(|error| shape(reader.pointer(), error.what()))
}

/// Checks that a text is JSON.
///
/// # Errors
/// [`Fault::Syntax`]
pub fn is_json(text: &str) -> Result<(), Fault> {
    let syntax =
        |error: Error| Fault::Syntax { line: error.line(), column: error.column(), what: error.what().to_owned() };
    tape::scan(text.as_bytes()).map(drop).map_err(syntax)
}

/// Where a place of a text is, in bytes from its start; its end when it has no such place.
#[must_use]
pub fn offset(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let mut at = (before + column.saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
