//! Checks texts that should be JSON. Errors are typed, for the page to translate: a syntax error has a line and a column, a
//! value of another shape than expected has a JSON pointer (RFC 6901). The reading itself is done by serde_json.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Value, value::RawValue};
use serde_path_to_error::{Path, Segment};

/// Why a text is not JSON of the expected shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JsonError {
    /// The text is not JSON.
    Syntax {
        /// From 1.
        line: usize,
        /// From 1, in bytes.
        column: usize,
        /// What is wrong there.
        fault: SyntaxFault,
    },
    /// The text is JSON of another shape.
    Shape {
        /// The value that is wrong; empty is the whole text.
        pointer: String,
        /// What is wrong with it.
        fault: ShapeFault,
    },
}

/// What is wrong at a place of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyntaxFault {
    /// The text ends before the JSON is complete.
    End,
    /// No JSON goes on with this character.
    Unexpected(char),
    /// The grammar allows the value, but it is nested too deeply, or its number or its escape is out of range.
    Limit,
}

/// How a value differs from the expected shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShapeFault {
    /// The value is of another type.
    Type {
        /// The type it should have.
        expected: ValueType,
        /// The type it has.
        found: ValueType,
    },
    /// The object lacks this member.
    Missing(&'static str),
    /// No member may have this name.
    Unknown {
        /// The only name there is.
        known: &'static str,
    },
    /// The object has this member more than once.
    Duplicate(&'static str),
    /// The string has more characters than allowed.
    TooLong {
        /// The most characters.
        max: usize,
        /// The characters there are.
        found: usize,
    },
    /// The string has a control character.
    Control,
}

/// The types of JSON values (RFC 8259, section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueType {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean,
    /// A number.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

/// The members of an object as they are written, in the order of the text; a name may come twice.
#[derive(Debug)]
pub struct Members<'t>(pub Vec<(String, &'t RawValue)>);

/// Checks that a text is JSON.
///
/// # Errors
/// [`JsonError::Syntax`]
pub fn check_syntax(text: &str) -> Result<(), JsonError> {
    if serde_json::from_str::<IgnoredAny>(text).is_ok() {
        return Ok(());
    }
    // where IgnoredAny finds a control character is one byte off
    let Err(error) = serde_json::from_str::<Value>(text) else { return Ok(()) };
    let (mut line, mut column) = (error.line(), error.column());
    if column == 0 && line > 1 && error.is_syntax() {
        // a line break inside of a string: serde_json is already in the next line
        line -= 1;
        column = text.split('\n').nth(line - 1).map_or(0, str::len) + 1;
    }
    let column = column.max(1);
    let found = text[offset(text, line, column)..].chars().next();
    let fault = found.filter(|_| !error.is_eof()).map_or(SyntaxFault::End, SyntaxFault::Unexpected);
    Err(JsonError::Syntax { line, column, fault })
}

/// The members of a text that is an object.
///
/// # Errors
/// When the text is not JSON, holds a value out of range, or is not an object.
pub fn object(text: &str) -> Result<Members<'_>, JsonError> {
    check_syntax(text)?;
    let limit = |error: serde_json::Error| JsonError::Syntax {
        line: error.line(),
        column: error.column().max(1),
        fault: SyntaxFault::Limit,
    };
    // neither raw values nor the check above look at depth, ranges and surrogates
    serde_json::from_str::<Value>(text).map_err(limit)?;
    match type_of(serde_json::from_str(text).map_err(limit)?) {
        ValueType::Object => serde_json::from_str(text).map_err(limit),
        found => {
            let fault = ShapeFault::Type { expected: ValueType::Object, found };
            Err(JsonError::Shape { pointer: String::new(), fault })
        }
    }
}

/// The byte at a line and a column, from the start of the text; the end of the text when it has no such place.
#[must_use]
pub fn offset(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    text.floor_char_boundary((before + column.saturating_sub(1)).min(text.len()))
}

/// A path of `serde_path_to_error` as a JSON pointer.
#[must_use]
pub fn pointer(path: &Path) -> String {
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key: name } | Segment::Enum { variant: name } => reference(name),
            Segment::Unknown => String::new(),
        })
        .collect()
}

/// The part of a JSON pointer that goes to a member.
#[must_use]
pub fn reference(key: &str) -> String {
    format!("/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// The type of a value.
#[must_use]
pub fn type_of(value: &RawValue) -> ValueType {
    match value.get().as_bytes() {
        [b'n', ..] => ValueType::Null,
        [b't' | b'f', ..] => ValueType::Boolean,
        [b'"', ..] => ValueType::String,
        [b'[', ..] => ValueType::Array,
        [b'{', ..] => ValueType::Object,
        _ => ValueType::Number,
    }
}

impl<'de: 't, 't> Deserialize<'de> for Members<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(members)
            }
        }

        deserializer.deserialize_map(InOrder).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, line: usize, column: usize, fault: SyntaxFault) {
        assert_eq!(check_syntax(text), Err(JsonError::Syntax { line, column, fault }), "{text}");
    }

    #[test]
    fn a_syntax_error_has_its_place_and_the_character_that_is_wrong() {
        use SyntaxFault::{End, Unexpected};
        check("", 1, 1, End);
        check("{\"name\":\"A", 1, 10, End);
        check("[1,\n 2", 2, 2, End);
        check("{\"name\":\n  Ada}", 2, 3, Unexpected('A'));
        check("{\"name\" 1}", 1, 9, Unexpected('1'));
        check("[1 2]", 1, 4, Unexpected('2'));
        check("[1,]", 1, 4, Unexpected(']'));
        check("{name:1}", 1, 2, Unexpected('n'));
        check("[nul]", 1, 5, Unexpected(']'));
        check("[01]", 1, 3, Unexpected('1'));
        check(r#"["\q"]"#, 1, 4, Unexpected('q'));
        check("{} 你", 1, 4, Unexpected('你'));
        check("[\"a\tb\"]", 1, 4, Unexpected('\t'));
        check("{\n\"name\":\"a\n\"}", 2, 10, Unexpected('\n'));
        assert_eq!(check_syntax("{\"name\":\"Ada\"}"), Ok(()));
    }

    #[test]
    fn what_serde_json_cannot_hold_is_a_limit_at_its_place() {
        let deep = "[".repeat(200) + &"]".repeat(200);
        for (text, at) in [(deep.as_str(), 128), (r#"{"a":"\ud800"}"#, 13), (r#"{"a":1e999}"#, 10)] {
            let error = JsonError::Syntax { line: 1, column: at, fault: SyntaxFault::Limit };
            assert_eq!(check_syntax(text), Ok(()), "{text}");
            assert_eq!(object(text).map(|_| ()), Err(error), "{text}");
        }
    }

    #[test]
    fn members_are_as_they_are_written() {
        let text = r#"{"b": 1.50, "a":[1, {}], "b":18446744073709551616, "\u0061":" x" }"#;
        let members = object(text).expect("an object").0;
        let members: Vec<_> = members.iter().map(|(key, value)| (key.as_str(), value.get())).collect();
        assert_eq!(members, [("b", "1.50"), ("a", "[1, {}]"), ("b", "18446744073709551616"), ("a", "\" x\"")]);
    }

    #[test]
    fn what_is_no_object_is_named_by_its_type() {
        use ValueType::{Array, Boolean, Null, Number, String};
        for (text, found) in [("null", Null), ("true", Boolean), ("1", Number), ("\"\"", String), ("[]", Array)] {
            let fault = ShapeFault::Type { expected: ValueType::Object, found };
            assert_eq!(object(text).map(|_| ()), Err(JsonError::Shape { pointer: "".to_owned(), fault }), "{text}");
        }
    }

    #[test]
    fn a_path_becomes_a_pointer() {
        type Nested = std::collections::BTreeMap<String, Vec<Result<u8, u8>>>;
        let mut deserializer = serde_json::Deserializer::from_str(r#"{"a/b~":[{"Ok":1},{"Err":"x"}]}"#);
        let error = serde_path_to_error::deserialize::<_, Nested>(&mut deserializer).expect_err("not a number");
        assert_eq!(pointer(error.path()), "/a~1b~0/1/Err");
    }

    #[test]
    fn an_offset_is_never_within_a_character() {
        assert_eq!([offset("你好", 1, 2), offset("a\nb", 2, 1), offset("a\nb", 9, 9)], [0, 2, 3]);
    }
}
