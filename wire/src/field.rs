//! A field: a named range of captured bytes, what it means, and the rule of the format that says so. Fields nest; the
//! leaves of a tree lie side by side without a gap, so that joined they are the bytes again. `scope` builds them so.

use std::{borrow::Cow, ops::Range};

use serde::{Deserialize, Serialize};

/// A named part of the bytes that one party sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Where it is, in bytes from the start of what its sender sent on this connection. Children cover it without a gap.
    pub range: Range<usize>,
    /// What the format calls it.
    pub name: Cow<'static, str>,
    /// What the bytes say, decoded for reading and cut when long; empty where the children say it better.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub value: String,
    /// Where the format defines it, for instance `RFC 9113 §6.1`.
    pub rule: Cow<'static, str>,
    /// What it is there for.
    pub kind: FieldKind,
    /// Why it could not be read as it should, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Cow<'static, str>>,
    /// Whether the bytes are a credential: after dissecting they are replaced by as many others.
    #[serde(default, skip_serializing_if = "is_false")]
    pub masked: bool,
    /// Which part of the field this is, where the framing of a lower layer runs through it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<FieldPart>,
    /// The bytes behind these, where these are encoded (masked by a WebSocket client, or base64), and the children are of
    /// those.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decoded: Option<Vec<u8>>,
    /// What it consists of, in the order of the bytes; a leaf has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Field>,
}

/// What a field is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// It keeps parts together or apart: a line end, a frame, a type, a flag.
    Framing,
    /// It is a number.
    Number,
    /// It is text.
    Text,
    /// It is what the application sends: everything else is overhead.
    Payload,
    /// It breaks the rule of the format; `problem` says how.
    Malformed,
    /// It ends before its end: the rest was not captured.
    Incomplete,
}

/// Which part of a field that a lower layer cut into pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldPart {
    /// It begins here and goes on in a later piece.
    First,
    /// It began before and goes on after.
    Middle,
    /// It began in an earlier piece and ends here.
    Last,
}

impl Field {
    /// A field without a place yet: a scope gives it one.
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

    /// Marks a field that breaks a rule but was read all the same.
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

    /// How many bytes it has.
    pub fn len(&self) -> usize {
        self.range.len()
    }

    /// Whether it has no bytes, as only the root of an empty stream does.
    pub fn is_empty(&self) -> bool {
        self.range.is_empty()
    }

    /// The leaves in the order of their bytes.
    pub fn leaves(&self) -> Leaves<'_> {
        Leaves { stack: vec![self] }
    }

    /// The first field of this name in the tree, itself included, in the order of the bytes.
    pub fn find(&self, name: &str) -> Option<&Field> {
        if self.name == name {
            return Some(self);
        }
        self.children.iter().find_map(|child| child.find(name))
    }
}

/// Walks the leaves of a tree.
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
