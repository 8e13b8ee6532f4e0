//! The builder of the tree: a window on bytes with a place in it. Whatever a dissector takes becomes a field that begins
//! where the last one ended, and `close` names the bytes that nobody took. So leaves always join to the window, however
//! wrong its content is.

use std::{borrow::Cow, ops::Range};

use crate::{
    budget::Budget,
    field::{Field, FieldKind},
};

/// A window on bytes, read from its start to its end.
#[derive(Debug)]
pub(crate) struct FieldBuilder<'a> {
    bytes: &'a [u8],
    start: usize,
    at: usize,
    end: usize,
    /// More bytes would follow had they been captured.
    open: bool,
    budget: &'a Budget,
    fields: Vec<Field>,
}

impl<'a> FieldBuilder<'a> {
    /// All of `bytes`. `open` says that more may follow: what ends too early is then incomplete and not malformed.
    pub(crate) fn new(bytes: &'a [u8], open: bool, budget: &'a Budget) -> Self {
        Self { bytes, start: 0, at: 0, end: bytes.len(), open, budget, fields: Vec::new() }
    }

    /// The next `len` bytes, or as many as there are, as a window of its own. `push` what it closes to.
    pub(crate) fn window(&self, len: usize) -> FieldBuilder<'a> {
        let end = self.at.saturating_add(len).min(self.end);
        let open = self.open && len > self.left().len();
        FieldBuilder { start: self.at, end, open, fields: Vec::new(), ..*self }
    }

    /// All bytes from here on as a window of its own, which ends as this one does.
    pub(crate) fn rest(&self) -> FieldBuilder<'a> {
        FieldBuilder { start: self.at, fields: Vec::new(), ..*self }
    }

    pub(crate) fn budget(&self) -> &'a Budget {
        self.budget
    }

    /// All bytes behind the places of the fields, not of this window alone.
    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// What was taken so far, to lay content on it.
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

    /// What was taken from this window so far.
    pub(crate) fn taken(&self) -> Range<usize> {
        self.start..self.at
    }

    /// The next `len` bytes become a leaf; gives these bytes. With fewer left, takes those.
    pub(crate) fn leaf(&mut self, len: usize, mut field: Field) -> &'a [u8] {
        let end = self.at.saturating_add(len).min(self.end);
        let bytes = &self.bytes[self.at..end];
        field.range = self.at..end;
        self.push(field);
        self.at = end;
        bytes
    }

    /// Adds a field that a window of this scope was closed to.
    pub(crate) fn push(&mut self, field: Field) {
        let end = field.range.end.clamp(self.at, self.end);
        if !field.is_empty() && self.budget.take(field.value.len()) {
            self.fill(field.range.start);
            self.fields.push(field);
        }
        self.at = end;
    }

    /// A number of `N` bytes, or nothing when there are fewer: then what is left is marked.
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

    /// What is left is too short for `field`: marks it, and gives nothing.
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

    /// Notes a problem on the last field, for want of bytes to put it on.
    pub(crate) fn mark(&mut self, problem: impl Into<Cow<'static, str>>) {
        if let Some(last) = self.fields.last_mut()
            && last.problem.is_none()
            && !self.open
        {
            last.problem = Some(problem.into());
        }
    }

    /// Everything left becomes one leaf that breaks a rule.
    pub(crate) fn malformed(&mut self, name: impl Into<Cow<'static, str>>, rule: &'static str, problem: &'static str) {
        self.leaf(usize::MAX, Field::framing(name, rule).malformed(problem));
    }

    /// Everything left becomes one leaf that the capture has cut off.
    pub(crate) fn incomplete(&mut self, name: impl Into<Cow<'static, str>>, rule: &'static str) {
        self.leaf(usize::MAX, Field::new(FieldKind::Incomplete, name, rule).problem("the capture ends here"));
    }

    /// Ends the window where it was read to, for a format that has no length in front.
    pub(crate) fn end_here(&mut self) {
        self.end = self.at;
        self.open = false;
    }

    /// The field over the window: with the fields that were taken as children.
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

    /// The fields over the window, for whoever has a field for it already.
    pub(crate) fn into_fields(mut self) -> Vec<Field> {
        self.fill(self.end);
        self.fields
    }

    /// Names the bytes up to `to` that no field has.
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
