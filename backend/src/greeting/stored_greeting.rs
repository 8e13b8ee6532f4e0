//! A greeting that is kept: its id, its name and which revision of it this is.

use std::fmt;

use jiff::Timestamp;

use super::{Error, Name, greet};

/// The most characters an id may have.
pub const MAX_ID_CHARS: usize = 64;

/// Names a kept greeting: 1 to [`MAX_ID_CHARS`] of `A-Z a-z 0-9 _ -`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Id(String);

impl Id {
    /// Checks an id that a caller chose.
    ///
    /// # Errors
    /// [`Error::InvalidId`] when it is too long, empty or has other characters.
    pub fn new(text: impl Into<String>) -> Result<Self, Error> {
        let text = text.into();
        let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        if (1..=MAX_ID_CHARS).contains(&text.len()) && text.bytes().all(known) {
            Ok(Self(text))
        } else {
            Err(Error::InvalidId(format!("an id is 1 to {MAX_ID_CHARS} of the characters A-Z a-z 0-9 _ -")))
        }
    }

    /// A new id, a ULID.
    #[must_use]
    pub fn generate() -> Self {
        Self(ulid::Ulid::generate().to_string())
    }

    /// The id itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which state of which row: what an entity tag is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Counts the changes, from 1.
    pub version: i64,
    /// Drawn when the row was made, so that a greeting deleted and made again under its old id is not taken for the
    /// one before.
    pub incarnation: i64,
}

/// A greeting in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredGreeting {
    /// Its name in the collection.
    pub id: Id,
    /// Who is greeted.
    pub name: Name,
    /// Which state of it this is.
    pub revision: Revision,
    /// To the millisecond.
    pub created: Timestamp,
    /// To the millisecond.
    pub updated: Timestamp,
}

impl StoredGreeting {
    /// The greeting itself.
    #[must_use]
    pub fn message(&self) -> String {
        greet(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::Id;

    #[test]
    fn an_id_goes_into_a_path_as_it_is() {
        assert!(Id::new("Ada_1-x").is_ok());
        assert!(Id::new("a".repeat(64)).is_ok());
        for bad in ["", "a b", "a/b", "ä", "..", &"a".repeat(65)] {
            assert!(Id::new(bad).is_err(), "{bad}");
        }
        assert!(Id::new(Id::generate().as_str()).is_ok());
    }
}
