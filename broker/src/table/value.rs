//! A value of a field table or an array. The types are those of RabbitMQ's variant of the grammar, listed in its
//! errata: `s` is a number of 16 bits, `x` are octets, and `L` is signed like `l`.

use super::octets::{long, take};

/// An encoded value: its type, which is one octet, and its content.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FieldValue<'a>(&'a [u8]);

impl<'a> FieldValue<'a> {
    /// A value that this broker encoded.
    pub(crate) fn of(written: &'a [u8]) -> Self {
        debug_assert!(!written.is_empty(), "a value has a type");
        Self(written)
    }

    /// Takes a value off the front; none if it is malformed.
    pub(super) fn take(rest: &mut &'a [u8]) -> Option<Self> {
        let (kind, after) = rest.split_first()?;
        let size = match kind {
            b'V' => 0,
            b't' | b'b' | b'B' => 1,
            b's' | b'u' | b'U' => 2,
            b'I' | b'i' | b'f' => 4,
            b'D' => 5,
            b'l' | b'L' | b'd' | b'T' => 8,
            b'S' | b'x' | b'A' | b'F' => 4 + long(after)?,
            _unknown => return None,
        };
        take(rest, 1 + size).map(Self)
    }

    /// The octet of the type.
    pub(crate) fn kind(self) -> u8 {
        self.0[0]
    }

    /// The encoded content, without the type.
    pub(crate) fn content(self) -> &'a [u8] {
        &self.0[1..]
    }

    /// The encoded value with its type.
    pub(crate) fn written(self) -> &'a [u8] {
        self.0
    }

    /// RabbitMQ's name of the type.
    pub(crate) fn type_name(self) -> &'static str {
        match self.kind() {
            b't' => "bool",
            b'b' => "byte",
            b'B' => "unsignedbyte",
            b's' | b'U' => "short",
            b'u' => "unsignedshort",
            b'I' => "signedint",
            b'i' => "unsignedint",
            b'l' | b'L' => "long",
            b'f' => "float",
            b'd' => "double",
            b'D' => "decimal",
            b'S' => "longstr",
            b'A' => "array",
            b'T' => "timestamp",
            b'F' => "table",
            b'x' => "binary",
            _void => "void",
        }
    }

    /// The octets of a long string.
    pub(crate) fn text(self) -> Option<&'a [u8]> {
        (self.kind() == b'S').then(|| self.content().get(4..)).flatten()
    }

    /// The octets of a long string or a byte array.
    pub(crate) fn octets(self) -> Option<&'a [u8]> {
        matches!(self.kind(), b'S' | b'x').then(|| self.content().get(4..)).flatten()
    }

    /// A boolean.
    pub(crate) fn boolean(self) -> Option<bool> {
        (self.kind() == b't').then(|| self.content() != [0])
    }

    /// An integer of any width, signed or not. A timestamp is not an integer.
    pub(crate) fn integer(self) -> Option<i128> {
        let content = self.content();
        Some(match self.kind() {
            b'b' => i8::from_be_bytes(*content.first_chunk()?).into(),
            b'B' => u8::from_be_bytes(*content.first_chunk()?).into(),
            b's' | b'U' => i16::from_be_bytes(*content.first_chunk()?).into(),
            b'u' => u16::from_be_bytes(*content.first_chunk()?).into(),
            b'I' => i32::from_be_bytes(*content.first_chunk()?).into(),
            b'i' => u32::from_be_bytes(*content.first_chunk()?).into(),
            b'l' | b'L' => i64::from_be_bytes(*content.first_chunk()?).into(),
            _other => return None,
        })
    }

    /// An integer, or a timestamp in seconds.
    pub(crate) fn whole(self) -> Option<i128> {
        match self.kind() {
            b'T' => Some(u64::from_be_bytes(*self.content().first_chunk()?).into()),
            _other => self.integer(),
        }
    }

    /// A float or double.
    pub(crate) fn real(self) -> Option<f64> {
        match self.kind() {
            b'f' => Some(f32::from_be_bytes(*self.content().first_chunk()?).into()),
            b'd' => Some(f64::from_be_bytes(*self.content().first_chunk()?)),
            _other => None,
        }
    }

    /// The fields of a table, with their length.
    pub(crate) fn table(self) -> Option<&'a [u8]> {
        (self.kind() == b'F').then(|| self.content())
    }

    /// The values of an array.
    pub(crate) fn array(self) -> Option<Vec<FieldValue<'a>>> {
        (self.kind() == b'A').then(|| values(self.content())).flatten()
    }
}

/// The values of an array that begins with its length.
pub(super) fn values(array: &[u8]) -> Option<Vec<FieldValue<'_>>> {
    let mut rest = array.get(4..4 + long(array)?)?;
    let mut values = Vec::new();
    while !rest.is_empty() {
        values.push(FieldValue::take(&mut rest)?);
    }
    Some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_integer_type_is_a_whole_number() {
        for (written, number) in [
            (&b"b\xff"[..], -1),
            (b"B\xff", 255),
            (b"s\xff\xff", -1),
            (b"u\xff\xff", 65_535),
            (b"I\xff\xff\xff\xff", -1),
            (b"i\xff\xff\xff\xff", 4_294_967_295),
            (b"l\xff\xff\xff\xff\xff\xff\xff\xff", -1),
            (b"L\xff\xff\xff\xff\xff\xff\xff\xff", -1),
        ] {
            let value = FieldValue::take(&mut &written[..]).unwrap();
            assert_eq!((value.integer(), value.whole()), (Some(number), Some(number)), "{}", value.type_name());
        }
        let time = FieldValue::take(&mut &b"T\0\0\0\0\0\0\0\x07"[..]).unwrap();
        assert_eq!((time.integer(), time.whole()), (None, Some(7)));
    }
}
