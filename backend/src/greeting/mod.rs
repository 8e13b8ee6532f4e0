//! The job: `greet(name) -> "Hello, {name}"`, and the greetings that are kept. Every style does this same job.
//! Nothing here knows HTTP, gRPC or AMQP.

use std::fmt;

use crosstalk_proto::MAX_NAME_CHARS;

pub mod condition;
pub mod error;
pub mod kept;
pub mod store;

pub use self::{
    condition::{Condition, Revisions},
    error::Error,
    kept::{Id, Kept, Revision},
};

/// Who is greeted: at most [`MAX_NAME_CHARS`] characters, none of them a control character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// Checks a name. An empty one is the default.
    ///
    /// # Errors
    /// [`Error::InvalidName`] when it is too long or has control characters.
    pub fn new(text: impl Into<String>) -> Result<Self, Error> {
        let text = text.into();
        if text.is_empty() {
            return Ok(Self::default());
        }
        if text.len() > MAX_NAME_CHARS {
            let chars = text.chars().count();
            if chars > MAX_NAME_CHARS {
                return Err(Error::InvalidName(format!(
                    "a name has at most {MAX_NAME_CHARS} characters, this one has {chars}"
                )));
            }
        }
        if text.chars().any(char::is_control) {
            return Err(Error::InvalidName("a name has no control characters".into()));
        }
        Ok(Self(text))
    }

    /// The name itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Name {
    fn default() -> Self {
        Self(crosstalk_proto::DEFAULT_NAME.to_owned())
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The job itself.
#[must_use]
pub fn greet(name: &Name) -> String {
    format!("Hello, {name}")
}

#[cfg(test)]
mod tests {
    use super::{Name, greet};

    #[test]
    fn an_empty_name_greets_the_world() {
        assert_eq!(greet(&Name::new("").unwrap()), "Hello, World!");
    }

    #[test]
    fn a_name_is_counted_in_characters_not_bytes() {
        assert!(Name::new("雷".repeat(200)).is_ok());
        assert!(Name::new("a".repeat(201)).is_err());
    }

    #[test]
    fn control_characters_are_refused() {
        assert!(Name::new("A\nda").is_err());
    }
}
