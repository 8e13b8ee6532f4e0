//! The canonical encoding of values, in which equal octets are equal values; and when values of different types are equal.

use super::{
    fields::{entries, table},
    value::FieldValue,
    write,
};

impl FieldValue<'_> {
    /// True if RabbitMQ considers two values the same, whatever their types: a timestamp is its number of seconds, and
    /// a string its octets. An integer is never equal to a float here.
    pub(crate) fn is(self, other: Self) -> bool {
        match (self.whole(), other.whole()) {
            (Some(one), Some(other)) => one == other,
            (None, None) => {
                self.real().is_some_and(|one| other.real() == Some(one))
                    || self.octets().is_some_and(|one| other.octets() == Some(one))
                    || canonical(self) == canonical(other)
            }
            _only_one => false,
        }
    }

    /// As [`FieldValue::is`], but 1 equals 1.0.
    pub(crate) fn equals(self, other: Self) -> bool {
        let number = |value: Self| value.real().or_else(|| value.whole().map(|whole| whole as f64));
        self.is(other)
            || (self.real().is_some() != other.real().is_some())
                && number(self).is_some_and(|one| number(other) == Some(one))
    }
}

/// A value as RabbitMQ would encode it: `true` is 1, and a type with two letters gets one of them. The fields of inner
/// tables keep their order.
pub(super) fn canonical(value: FieldValue<'_>) -> Vec<u8> {
    match value.kind() {
        b'L' => [b"l", value.content()].concat(),
        b'U' => [b"s", value.content()].concat(),
        b't' => vec![b't', value.boolean().unwrap_or_default().into()],
        b'A' => {
            let values: Vec<_> = value.array().unwrap_or_default().into_iter().map(canonical).collect();
            write::array(values.iter().map(|value| FieldValue::of(value)))
        }
        b'F' => {
            let fields: Vec<_> =
                entries(value.content()).flatten().map(|(name, value)| (name, canonical(value))).collect();
            write::nested(&table(fields.iter().map(|(name, value)| (*name, FieldValue::of(value)))))
        }
        _only_form => value.written().to_vec(),
    }
}
