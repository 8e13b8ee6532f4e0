//! The limits of one dissection. A capture is bounded, but one byte of it can stand for a whole header field or a node
//! of a tree. So fields and the text in them are counted. Once a limit is reached, the remaining bytes are not
//! dissected.

use std::cell::Cell;

/// The limits of one dissection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The maximum number of fields.
    pub fields: usize,
    /// The maximum number of bytes of text in all values together.
    pub text: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { fields: 400_000, text: 16 << 20 }
    }
}

/// The remaining limits, counted down as fields are created.
#[derive(Debug)]
pub(crate) struct Budget {
    fields: Cell<usize>,
    text: Cell<usize>,
}

impl Budget {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { fields: Cell::new(limits.fields), text: Cell::new(limits.text) }
    }

    /// Takes one field with this many bytes of text. False if the limits are reached.
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
