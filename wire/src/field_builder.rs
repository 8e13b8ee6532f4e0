//! Builds the tree of fields over a window of bytes. Each taken field begins where the last one ended, and `close` adds
//! fields for bytes that were not taken. So the leaves always cover the window, whatever its content.

use std::{borrow::Cow, ops::Range};

use crate::{
    budget::Budget,
    field::{Field, FieldKind},
};

/// A window on bytes that is read from start to end.
#[derive(Debug)]
pub(crate) struct FieldBuilder<'a> {
    bytes: &'a [u8],
    start: usize,
    at: usize,
    end: usize,
    /// True if the capture may have ended before the data did.
    open: bool,
    budget: &'a Budget,
    fields: Vec<Field>,
}

impl<'a> FieldBuilder<'a> {
    /// A window on all of `bytes`. With `open`, data that ends early is incomplete, not malformed.
    pub(crate) fn new(bytes: &'a [u8], open: bool, budget: &'a Budget) -> Self {
        Self { bytes, start: 0, at: 0, end: bytes.len(), open, budget, fields: Vec::new() }
    }

    /// A window on the next `len` bytes, or on fewer if there are fewer. Add it with `push` after `close`.
    pub(crate) fn window(&self, len: usize) -> FieldBuilder<'a> {
        let end = self.at.saturating_add(len).min(self.end);
        let open = self.open && len > self.left().len();
        FieldBuilder { start: self.at, end, open, fields: Vec::new(), ..*self }
    }

    /// A window on all remaining bytes.
    pub(crate) fn rest(&self) -> FieldBuilder<'a> {
        FieldBuilder { start: self.at, fields: Vec::new(), ..*self }
    }

    pub(crate) fn budget(&self) -> &'a Budget {
        self.budget
    }

    /// All bytes that field positions refer to, not only those of this window.
    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The fields taken so far, to attach content to them.
    pub(crate) fn fields_mut(&mut self) -> &mut [Field] {
        &mut self.fields
    }

    pub(crate) fn at(&self) -> usize {
        self.at
    }

    pub(crate) fn open(&self) -> bool {
        self.open
    }

    pub(crate) fn left(&self) -> &'a [u8] {
        &self.bytes[self.at..self.end]
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.at == self.end
    }

    /// The range taken from this window so far.
    pub(crate) fn taken(&self) -> Range<usize> {
        self.start..self.at
    }

    /// Takes the next `len` bytes, or the remaining ones if there are fewer, as a leaf. Returns them.
    pub(crate) fn leaf(&mut self, len: usize, mut field: Field) -> &'a [u8] {
        let end = self.at.saturating_add(len).min(self.end);
        let bytes = &self.bytes[self.at..end];
        field.range = self.at..end;
        self.push(field);
        self.at = end;
        bytes
    }

    /// Adds a field made by closing a window of this builder.
    pub(crate) fn push(&mut self, field: Field) {
        let end = field.range.end.clamp(self.at, self.end);
        if !field.is_empty() && self.budget.take(field.value.len()) {
            self.fill(field.range.start);
            self.fields.push(field);
        }
        self.at = end;
    }

    /// The next `N` bytes without taking them; none if there are fewer.
    pub(crate) fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.left().first_chunk::<N>().copied()
    }

    pub(crate) fn u8(&mut self, name: impl Into<Cow<'static, str>>, rule: &'static str) -> Option<u8> {
        let field = Field::number(name, rule);
        let Some([number]) = self.take() else { return self.short(field) };
        self.leaf(1, field.value(number.to_string()));
        Some(number)
    }

    pub(crate) fn u16(&mut self, name: impl Into<Cow<'static, str>>, rule: &'static str) -> Option<u16> {
        let field = Field::number(name, rule);
        let Some(number) = self.take().map(u16::from_be_bytes) else { return self.short(field) };
        self.leaf(2, field.value(number.to_string()));
        Some(number)
    }

    pub(crate) fn u32(&mut self, name: impl Into<Cow<'static, str>>, rule: &'static str) -> Option<u32> {
        let field = Field::number(name, rule);
        let Some(number) = self.take().map(u32::from_be_bytes) else { return self.short(field) };
        self.leaf(4, field.value(number.to_string()));
        Some(number)
    }

    pub(crate) fn u64(&mut self, name: impl Into<Cow<'static, str>>, rule: &'static str) -> Option<u64> {
        let field = Field::number(name, rule);
        let Some(number) = self.take().map(u64::from_be_bytes) else { return self.short(field) };
        self.leaf(8, field.value(number.to_string()));
        Some(number)
    }

    /// Takes the remaining bytes, which are too short for `field`, as a leaf with a problem. Returns none.
    pub(crate) fn short<T>(&mut self, mut field: Field) -> Option<T> {
        let left = self.left().len();
        let found = if left == 0 { "is missing".to_owned() } else { format!("has {left} bytes only") };
        if left == 0 {
            self.mark(format!("{} {found}", field.name));
        } else if self.open {
            field.kind = FieldKind::Incomplete;
            self.leaf(left, field.problem("the capture ends here"));
        } else {
            self.leaf(left, field.malformed(found));
        }
        None
    }

    /// Adds a problem to the last field, for a problem without bytes of its own.
    pub(crate) fn mark(&mut self, problem: impl Into<Cow<'static, str>>) {
        if let Some(last) = self.fields.last_mut()
            && last.problem.is_none()
            && !self.open
        {
            last.problem = Some(problem.into());
        }
    }

    /// Takes the remaining bytes as one malformed leaf.
    pub(crate) fn malformed(&mut self, name: impl Into<Cow<'static, str>>, rule: &'static str, problem: &'static str) {
        self.leaf(usize::MAX, Field::framing(name, rule).malformed(problem));
    }

    /// Takes the remaining bytes as one incomplete leaf.
    pub(crate) fn incomplete(&mut self, name: impl Into<Cow<'static, str>>, rule: &'static str) {
        self.leaf(usize::MAX, Field::new(FieldKind::Incomplete, name, rule).problem("the capture ends here"));
    }

    /// Ends the window at the current position, for a format without a length.
    pub(crate) fn end_here(&mut self) {
        self.end = self.at;
        self.open = false;
    }

    /// Closes the window: the field over it, with the taken fields as children.
    pub(crate) fn close(mut self, mut field: Field) -> Field {
        self.fill(self.end);
        field.range = self.start..self.end;
        if self.open && field.problem.is_none() {
            field.problem = Some("the capture ends before its end".into());
        }
        field.masked |= self.fields.is_empty() && self.budget.is_spent();
        field.children = self.fields;
        field
    }

    /// Closes the window and returns its fields, for a caller that has the field over it already.
    pub(crate) fn into_fields(mut self) -> Vec<Field> {
        self.fill(self.end);
        self.fields
    }

    /// Adds a field for the bytes up to `to` that no field covers.
    fn fill(&mut self, to: usize) {
        let from = self.fields.last().map_or(self.start, |last| last.range.end);
        if from >= to || (from == self.start && to == self.end && self.fields.is_empty()) {
            return;
        }
        let mut field = if self.budget.is_spent() {
            // what is not dissected may hold a credential
            Field::framing("not dissected", "").problem("the capture has more fields than are shown").masked(true)
        } else {
            Field::framing("unexpected bytes", "").malformed("the format has nothing here")
        };
        field.range = from..to;
        self.fields.push(field);
    }
}
