//! What one dissection may allocate. A capture is bounded, but a byte of it can stand for a whole header field or a node of
//! a tree: so fields and the text in them are counted, and when they are used up the rest stays undissected.

use std::cell::Cell;

/// How much one dissection may allocate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many fields.
    pub fields: usize,
    /// How many bytes of text in all values together.
    pub text: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { fields: 400_000, text: 16 << 20 }
    }
}

/// What is left of the limits, counted down as fields are made.
#[derive(Debug)]
pub(crate) struct Budget {
    fields: Cell<usize>,
    text: Cell<usize>,
}

impl Budget {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { fields: Cell::new(limits.fields), text: Cell::new(limits.text) }
    }

    /// Takes one field with so much text, if there is enough left.
    pub(crate) fn take(&self, text: usize) -> bool {
        let (fields, left) = (self.fields.get(), self.text.get());
        if fields == 0 || left < text {
            self.fields.set(0);
            return false;
        }
        self.fields.set(fields - 1);
        self.text.set(left - text);
        true
    }

    pub(crate) fn is_spent(&self) -> bool {
        self.fields.get() == 0
    }
}
