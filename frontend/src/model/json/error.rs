//! What is wrong with a JSON text, in serde's words: [`crate::i18n`] knows these by heart.

use std::fmt::{Arguments, Display, Formatter, Result};

use serde::de::{Error as Wrong, Expected, Unexpected};

/// Why a text was not read. One word wide, so that what passes it on is small.
#[derive(Debug)]
pub struct Error(Box<Fault>);

#[derive(Debug)]
struct Fault {
    what: String,
    /// From 1; 0 as long as nobody said where it is.
    line: usize,
    column: usize,
}

impl Error {
    /// Of no known place.
    #[cold]
    #[inline(never)]
    fn new(what: Arguments<'_>) -> Self {
        Self(Box::new(Fault { what: what.to_string(), line: 0, column: 0 }))
    }

    /// Of the text that ends at `end`: that is where the wrong byte is, and its column is counted from the line's start.
    #[cold]
    #[inline(never)]
    pub(super) fn at(text: &[u8], end: usize, what: &str) -> Self {
        Self::new(format_args!("{what}")).placed(text, end)
    }

    /// Says where it is.
    #[cold]
    #[inline(never)]
    pub(super) fn placed(mut self, text: &[u8], end: usize) -> Self {
        let before = &text[..end.min(text.len())];
        let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        self.0.line = before[..line_start].iter().filter(|byte| **byte == b'\n').count() + 1;
        self.0.column = before.len() - line_start;
        self
    }

    /// What is wrong.
    #[must_use]
    pub fn what(&self) -> &str {
        &self.0.what
    }

    /// From 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.0.line
    }

    /// From 1, in bytes.
    #[must_use]
    pub fn column(&self) -> usize {
        self.0.column.max(1)
    }
}

impl Display for Error {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        write!(formatter, "{} at line {} column {}", self.what(), self.line(), self.column())
    }
}

impl std::error::Error for Error {}

impl Wrong for Error {
    fn custom<T: Display>(what: T) -> Self {
        Self::new(format_args!("{what}"))
    }

    #[cold]
    #[inline(never)]
    fn invalid_type(found: Unexpected<'_>, wanted: &dyn Expected) -> Self {
        match found {
            Unexpected::Unit => Self::new(format_args!("invalid type: null, expected {wanted}")),
            found => Self::new(format_args!("invalid type: {found}, expected {wanted}")),
        }
    }

    #[cold]
    #[inline(never)]
    fn invalid_value(found: Unexpected<'_>, wanted: &dyn Expected) -> Self {
        Self::new(format_args!("invalid value: {found}, expected {wanted}"))
    }

    #[cold]
    #[inline(never)]
    fn invalid_length(found: usize, wanted: &dyn Expected) -> Self {
        Self::new(format_args!("invalid length {found}, expected {wanted}"))
    }

    #[cold]
    #[inline(never)]
    fn unknown_variant(name: &str, known: &'static [&'static str]) -> Self {
        unknown("variant", name, known)
    }

    #[cold]
    #[inline(never)]
    fn unknown_field(name: &str, known: &'static [&'static str]) -> Self {
        unknown("field", name, known)
    }

    #[cold]
    #[inline(never)]
    fn missing_field(name: &'static str) -> Self {
        Self::new(format_args!("missing field `{name}`"))
    }

    /// The reader has seen to that: saying so here leaves a way out for each field out of the program. Only what is read by way of
    /// serde's own buffer could come here, flattened structs and internally tagged enums: the page reads none.
    fn duplicate_field(_: &'static str) -> Self {
        unreachable!("the reader gives no field twice")
    }
}

fn unknown(kind: &str, name: &str, known: &[&str]) -> Error {
    let one_of = if known.len() > 2 { "one of " } else { "" };
    let between = if known.len() > 2 { "`, `" } else { "` or `" };
    Error::new(format_args!("unknown {kind} `{name}`, expected {one_of}`{}`", known.join(between)))
}
