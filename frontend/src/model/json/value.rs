//! Values of no known type: as they are written, and what they mean where that is plain.

use super::{
    error::Error,
    reader::Reader,
    tape::{self, Kind},
    writer::write,
};

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// Its JSON.
    pub written: String,
    /// What it is.
    pub meaning: Meaning,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Nothing.
    Null,
    /// One of the two.
    Bool(bool),
    /// As its digits say.
    Number,
    /// Text, without quotes and escapes.
    Text(String),
    /// An array or an object.
    Other,
}

impl Value {
    /// A text as JSON.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self { written: write(text), meaning: Meaning::Text(text.to_owned()) }
    }

    /// Reads a value.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &str) -> Result<Self, Error> {
        let mut reader = Reader::new(text.as_bytes())?;
        let value = reader.value();
        reader.finish(Ok(value))
    }
}

/// Reads the members of an object in the order of the text, none if it is something else. Of those with one name the last one counts.
///
/// # Errors
/// What is wrong with it.
pub fn members(text: &str) -> Result<Option<Vec<(String, Value)>>, Error> {
    let mut reader = Reader::new(text.as_bytes())?;
    if reader.kind() != Kind::Object {
        let value = reader.value();
        return reader.finish(Ok(value)).map(|_| None);
    }
    let end = reader.enter(Kind::Object, &"an object");
    let mut members: Vec<(String, Value)> = Vec::new();
    while !reader.is_over(end) {
        let (key, value) = (reader.string(&"a key"), reader.value());
        members.retain(|(before, _)| *before != key);
        members.push((key, value));
    }
    reader.finish(Ok(Some(members)))
}

impl Reader<'_> {
    /// A value as it is written.
    fn value(&mut self) -> Value {
        let kind = self.kind();
        let rest = self.rest();
        let len = tape::len_of_value(rest.as_bytes()).unwrap_or_default();
        let written = rest.get(..len).unwrap_or_default().to_owned();
        let meaning = match kind {
            Kind::Null => {
                self.skip();
                Meaning::Null
            }
            Kind::False | Kind::True => Meaning::Bool(self.boolean(&"a boolean")),
            Kind::Number => {
                // none that a program could not hold
                self.number(&"a number");
                Meaning::Number
            }
            Kind::Plain | Kind::Escaped => Meaning::Text(self.string(&"a string")),
            Kind::Array | Kind::Object => {
                self.skip();
                Meaning::Other
            }
        };
        Value { written, meaning }
    }
}
