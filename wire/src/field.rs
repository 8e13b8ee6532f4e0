//! A field: a named range of captured bytes, its meaning, and the rule of the format that defines it. Fields nest. The
//! leaves of a tree cover the bytes without a gap, so joined they are the bytes again; [`crate::field_builder`]
//! guarantees that.

use std::{borrow::Cow, ops::Range};

use serde::{Deserialize, Serialize};

/// A named range of the bytes that one party sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// The position, in bytes from the start of what the sender sent on this connection. The children cover it without
    /// a gap.
    pub range: Range<usize>,
    /// The name in the format.
    pub name: Cow<'static, str>,
    /// The decoded value, cut when long; empty where the children have the details.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub value: String,
    /// The section that defines it, for instance `RFC 9113 §6.1`.
    pub rule: Cow<'static, str>,
    /// The kind of the field.
    pub kind: FieldKind,
    /// Why it could not be decoded correctly, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Cow<'static, str>>,
    /// True if the bytes are a credential: they are masked after the dissection.
    #[serde(default, skip_serializing_if = "is_false")]
    pub masked: bool,
    /// Which part of a field this is, where the framing of a lower layer splits the field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<FieldPart>,
    /// The decoded bytes, where the captured ones are encoded (WebSocket mask or base64). The children then describe
    /// the decoded bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decoded: Option<Vec<u8>>,
    /// The parts of the field, in the order of the bytes; a leaf has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Field>,
}

/// The kind of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// Structure of the format: a line end, a frame, a type, a flag.
    Framing,
    /// A number.
    Number,
    /// Text.
    Text,
    /// Application data; all other kinds are overhead.
    Payload,
    /// Violates a rule of the format; `problem` says how.
    Malformed,
    /// Incomplete: the remaining bytes were not captured.
    Incomplete,
}

/// The part of a field that a lower layer has split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldPart {
    /// The first part.
    First,
    /// A part between the first and the last.
    Middle,
    /// The last part.
    Last,
}

impl Field {
    /// A field without a position; a [`crate::field_builder::FieldBuilder`] sets it.
    pub(crate) fn new(kind: FieldKind, name: impl Into<Cow<'static, str>>, rule: &'static str) -> Self {
        Self {
            range: 0..0,
            name: name.into(),
            value: String::new(),
            rule: rule.into(),
            kind,
            problem: None,
            masked: false,
            part: None,
            decoded: None,
            children: Vec::new(),
        }
    }

    pub(crate) fn framing(name: impl Into<Cow<'static, str>>, rule: &'static str) -> Self {
        Self::new(FieldKind::Framing, name, rule)
    }

    pub(crate) fn number(name: impl Into<Cow<'static, str>>, rule: &'static str) -> Self {
        Self::new(FieldKind::Number, name, rule)
    }

    pub(crate) fn text(name: impl Into<Cow<'static, str>>, rule: &'static str) -> Self {
        Self::new(FieldKind::Text, name, rule)
    }

    pub(crate) fn payload(name: impl Into<Cow<'static, str>>, rule: &'static str) -> Self {
        Self::new(FieldKind::Payload, name, rule)
    }

    pub(crate) fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// Adds a problem to a field that violates a rule but could be decoded.
    pub(crate) fn problem(mut self, problem: impl Into<Cow<'static, str>>) -> Self {
        self.problem = Some(problem.into());
        self
    }

    pub(crate) fn malformed(mut self, problem: impl Into<Cow<'static, str>>) -> Self {
        self.kind = FieldKind::Malformed;
        self.problem(problem)
    }

    pub(crate) fn masked(mut self, masked: bool) -> Self {
        self.masked = masked;
        self
    }

    /// The number of bytes.
    pub fn len(&self) -> usize {
        self.range.len()
    }

    /// True if it has no bytes, which is only so for the root of an empty stream.
    pub fn is_empty(&self) -> bool {
        self.range.is_empty()
    }

    /// The leaves, in the order of the bytes.
    pub fn leaves(&self) -> Leaves<'_> {
        Leaves { stack: vec![self] }
    }

    /// The first field with this name in the tree, in the order of the bytes. The field itself counts.
    pub fn find(&self, name: &str) -> Option<&Field> {
        if self.name == name {
            return Some(self);
        }
        self.children.iter().find_map(|child| child.find(name))
    }
}

/// Iterates over the leaves of a tree.
#[derive(Debug)]
pub struct Leaves<'a> {
    stack: Vec<&'a Field>,
}

impl<'a> Iterator for Leaves<'a> {
    type Item = &'a Field;

    fn next(&mut self) -> Option<&'a Field> {
        loop {
            let field = self.stack.pop()?;
            if field.children.is_empty() {
                return Some(field);
            }
            self.stack.extend(field.children.iter().rev());
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde asks for")]
fn is_false(value: &bool) -> bool {
    !value
}
