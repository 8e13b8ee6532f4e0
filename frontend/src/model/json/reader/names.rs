//! Names: of the fields of a struct, and of the variants of an enum. serde's derive is told of each which one it is, in the order
//! in which it gave them, so that it need not compare them itself, for each type anew.

use serde::de::{Error as _, Expected, Unexpected};

use super::super::{error::Error, tape::Kind};
use super::Reader;

/// Of a name: it is not among those that are known.
const UNKNOWN: usize = usize::MAX;
/// Instead of a name: there is none left.
pub(in super::super) const OVER: usize = usize::MAX - 1;

/// What is known of the fields of a struct while it is read.
#[derive(Debug)]
pub(in super::super) struct Fields {
    /// The token behind the object.
    pub(in super::super) end: usize,
    /// At most 64.
    pub(in super::super) names: &'static [&'static str],
    /// The field that would come next.
    next: usize,
    /// A bit for each field that was there.
    seen: u64,
}

impl Fields {
    pub(in super::super) fn new(names: &'static [&'static str], end: usize) -> Self {
        Self { end, names, next: 0, seen: 0 }
    }
}

impl Reader<'_> {
    /// Takes a key of a struct. Which field it is is the answer, [`UNKNOWN`], or [`OVER`] at the end. None comes twice.
    #[inline(never)]
    pub(in super::super) fn field(&mut self, fields: &mut Fields) -> usize {
        if self.is_over(fields.end) {
            return OVER;
        }
        let key = self.text(&"a key");
        // they mostly come in their order
        let is_next = fields.names.get(fields.next).is_some_and(|name| *name == key);
        let at = if is_next { fields.next } else { index(fields.names, &key) };
        if at == UNKNOWN {
            return UNKNOWN;
        }
        let bit = 1_u64 << at;
        if fields.seen & bit != 0 {
            self.note(Error::custom(format_args!("duplicate field `{key}`")));
            return OVER;
        }
        fields.seen |= bit;
        fields.next = at + 1;
        at
    }

    /// The key before is none of the struct's.
    #[cold]
    #[inline(never)]
    pub(in super::super) fn is_unknown(&mut self, fields: &Fields) {
        let name = self.tokens.get(self.blamed).and_then(|key| self.meant(*key).ok()).unwrap_or_default();
        self.note(Error::unknown_field(&name, fields.names));
    }

    /// Goes to the name of an enum's variant; whether there is nothing but the name.
    #[inline(never)]
    pub(in super::super) fn enter_variant(&mut self, wanted: &dyn Expected) -> bool {
        if matches!(self.kind(), Kind::Plain | Kind::Escaped) {
            return true;
        }
        let token = self.next();
        let is_one = token.kind == Kind::Object && self.at < token.end && self.behind(self.at + 1) == token.end;
        if !is_one {
            self.mismatch(token, wanted);
        }
        false
    }

    /// Takes the name of a variant. Which one it is is the answer, or [`UNKNOWN`].
    #[inline(never)]
    pub(in super::super) fn variant(&mut self, names: &'static [&'static str]) -> usize {
        let name = self.text(&"a name");
        let at = index(names, &name);
        if at == UNKNOWN {
            self.note(Error::unknown_variant(&name, names));
        }
        at
    }

    /// What is in a variant, of which there may be nothing but the name.
    #[inline(never)]
    pub(in super::super) fn enter_content(&mut self, is_bare: bool, wanted: &'static str) {
        if is_bare {
            self.note(Error::invalid_type(Unexpected::UnitVariant, &wanted));
        }
    }
}

fn index(names: &[&str], name: &str) -> usize {
    names.iter().position(|known| *known == name).unwrap_or(UNKNOWN)
}
