//! Reads JSON, and tells what is wrong with a text that should be JSON of a given shape: where it stops being JSON, by line and column, or
//! which member is not as the contract has it, by JSON pointer (RFC 6901). The words are serde's own.

use serde::de::{DeserializeOwned, IgnoredAny};
use serde_path_to_error::Segment;

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

/// Reads JSON, and is the one way to do so: each kind of input that serde_json knows is a parser of its own in the program.
///
/// # Errors
/// What serde_json says of it.
pub fn read<T: DeserializeOwned>(text: impl AsRef<[u8]>) -> serde_json::Result<T> {
    serde_json::from_slice(text.as_ref())
}

/// Checks that a text is one JSON object of the shape of `T`.
///
/// # Errors
/// The first fault: what is no JSON at all comes before what has another shape.
pub fn check<T: DeserializeOwned>(text: &str) -> Result<(), Fault> {
    is_json(text)?;
    // serde takes an array for a struct as well, member by member
    if !text.trim_start().starts_with('{') {
        return Err(Fault::Shape { pointer: String::new(), what: "it is not an object".to_owned() });
    }
    let mut deserializer = serde_json::Deserializer::from_slice(text.as_bytes());
    let read: Result<T, _> = serde_path_to_error::deserialize(&mut deserializer);
    read.map(drop).map_err(|error| Fault::Shape { pointer: pointer(error.path()), what: without_place(error.inner()) })
}

/// Checks that a text is JSON.
///
/// # Errors
/// [`Fault::Syntax`]
pub fn is_json(text: &str) -> Result<(), Fault> {
    let read: Result<IgnoredAny, _> = read(text);
    read.map(drop).map_err(|error| Fault::Syntax {
        line: error.line(),
        column: error.column().max(1),
        what: without_place(&error),
    })
}

/// The message alone: serde_json appends ` at line 1 column 2`.
pub fn without_place(error: &serde_json::Error) -> String {
    let mut text = error.to_string();
    text.truncate(text.rfind(" at line ").unwrap_or(text.len()));
    text
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

fn pointer(path: &serde_path_to_error::Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        pointer.push('/');
        match segment {
            Segment::Seq { index } => pointer.push_str(&index.to_string()),
            Segment::Map { key: name } | Segment::Enum { variant: name } => {
                pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
            }
            Segment::Unknown => {
                pointer.pop();
                break;
            }
        }
    }
    pointer
}

#[cfg(test)]
mod tests {
    use crosstalk_proto::rest::{GreetingPatch, NewGreeting};

    use super::*;

    #[track_caller]
    fn shape(text: &str, pointer: &str, what: &str) {
        let expected = Fault::Shape { pointer: pointer.to_owned(), what: what.to_owned() };
        assert_eq!(check::<NewGreeting>(text), Err(expected), "{text}");
    }

    #[test]
    fn a_wrong_member_is_named_by_its_pointer() {
        shape("{}", "", "missing field `name`");
        shape(r#"{"name":1}"#, "/name", "invalid type: integer `1`, expected a string");
        shape(r#"{"name":"Ada","a/b~":1}"#, "/a~1b~0", "unknown field `a/b~`, expected `name`");
        shape("[\"Ada\"]", "", "it is not an object");
        assert_eq!(check::<NewGreeting>(r#"{"name":"Ada"}"#), Ok(()));
        assert_eq!(check::<GreetingPatch>("{}"), Ok(()));
    }

    #[test]
    fn what_is_no_json_is_placed_by_line_and_column() {
        let text = "{\"name\":\n  Ada}";
        let Err(Fault::Syntax { line, column, what }) = check::<NewGreeting>(text) else { panic!("{text} is no JSON") };
        assert_eq!((line, column, what.as_str()), (2, 3, "expected value"));
        assert_eq!(&text[offset(text, line, column)..], "Ada}");
        assert!(matches!(check::<NewGreeting>(""), Err(Fault::Syntax { line: 1, column: 1, .. })));
        // what ends in the middle is no JSON, whatever is wrong with its part
        assert!(matches!(check::<NewGreeting>("{\"nam\":1"), Err(Fault::Syntax { .. })));
    }

    #[test]
    fn a_place_is_never_within_a_letter() {
        assert_eq!([offset("你好", 1, 2), offset("a\nb", 2, 1), offset("a\nb", 9, 9)], [0, 2, 3]);
    }
}
