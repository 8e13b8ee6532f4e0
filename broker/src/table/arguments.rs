//! The field table of a method, in a canonical form.

use super::{
    canonical::canonical,
    fields::{Field, entries, find, is_shallow, sorted},
    value::FieldValue,
};

/// The arguments of a method in canonical form: sorted by name, and each value in the one encoding that RabbitMQ would
/// use. Equal octets are therefore equal arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Arguments(Box<[u8]>);

impl Arguments {
    /// Reads a table that begins with its length; none if it is malformed or too deep.
    pub(crate) fn read(table: &[u8]) -> Option<Self> {
        is_shallow(table).then(|| {
            let fields: Vec<_> = entries(table).flatten().map(|(name, value)| (name, canonical(value))).collect();
            let fields = fields.iter().map(|(name, value)| (*name, FieldValue::of(value)));
            Self(sorted(fields).into())
        })
    }

    /// The value of an argument.
    pub(crate) fn get(&self, name: &str) -> Option<FieldValue<'_>> {
        find(&self.0, name)
    }

    /// All arguments, sorted by name.
    pub(crate) fn entries(&self) -> impl Iterator<Item = Field<'_>> {
        entries(&self.0).flatten()
    }
}

impl Default for Arguments {
    fn default() -> Self {
        Self(Box::new([0; 4]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_with_the_same_meaning_are_equal() {
        let read = |fields: &[(&[u8], &[u8])]| {
            let fields = fields.iter().map(|(name, value)| (*name, FieldValue::of(value)));
            Arguments::read(&super::super::table(fields)).unwrap()
        };
        let (yes, number, list) = (&b"t\x01"[..], &b"l\0\0\0\0\0\0\0\x01"[..], &b"A\0\0\0\x02t\x01"[..]);
        let one = read(&[(b"a", yes), (b"\xff", number), (b"c", list)]);
        let other = read(&[(b"c", b"A\0\0\0\x02t\xff"), (b"\xff", b"L\0\0\0\0\0\0\0\x01"), (b"a", b"t\x02")]);
        assert_eq!(one, other);
        assert_ne!(one, read(&[(b"a", yes), (b"\xff", b"I\0\0\0\x01"), (b"c", list)]), "another type is another value");
        assert_eq!(Arguments::read(&[0; 4]), Some(Arguments::default()));
        assert_eq!(Arguments::read(b"\0\0\0\x03\x01a?"), None);
    }
}
