//! The fields of an encoded table: read in place, found by name, and encoded again.

use std::iter;

use super::{
    octets::{long, take},
    value::{FieldValue, values},
};

/// The maximum nesting of tables and arrays.
const DEEPEST: usize = 64;

/// A field of a table: its name and its value.
pub(crate) type Field<'a> = (&'a [u8], FieldValue<'a>);

/// The fields of a table that begins with its length; further bytes may follow. The last item is none if the table is
/// malformed.
pub(crate) fn entries(table: &[u8]) -> impl Iterator<Item = Option<Field<'_>>> {
    let mut inside = Some(long(table).and_then(|size| table.get(4..4 + size)));
    let mut rest: &[u8] = &[];
    iter::from_fn(move || {
        match inside.take() {
            Some(Some(inside)) => rest = inside,
            Some(None) => return Some(None),
            None => {}
        }
        if rest.is_empty() {
            return None;
        }
        let entry = entry(&mut rest);
        if entry.is_none() {
            rest = &[];
        }
        Some(entry)
    })
}

/// The value of the first field with this name.
pub(crate) fn find(table: &[u8], name: impl AsRef<[u8]>) -> Option<FieldValue<'_>> {
    entries(table).flatten().find(|(held, _value)| *held == name.as_ref()).map(|(_name, value)| value)
}

/// A table of these fields sorted by name, which is how RabbitMQ encodes changed tables.
pub(crate) fn sorted<'a>(fields: impl IntoIterator<Item = Field<'a>>) -> Vec<u8> {
    let mut fields: Vec<Field<'a>> = fields.into_iter().collect();
    fields.sort_by_key(|(name, _value)| *name);
    table(fields)
}

/// An encoded table of these fields, with its length.
pub(crate) fn table<'a>(fields: impl IntoIterator<Item = Field<'a>>) -> Vec<u8> {
    let mut written = vec![0; 4];
    for (name, value) in fields {
        written.push(name.len() as u8);
        written.extend_from_slice(name);
        written.extend_from_slice(value.written());
    }
    let size = (written.len() - 4) as u32;
    written[..4].copy_from_slice(&size.to_be_bytes());
    written
}

/// True if a table, which begins with its length, is well-formed and not nested deeper than [`DEEPEST`].
pub(crate) fn is_shallow<'a>(table: &'a [u8]) -> bool {
    // the inner tables and arrays, level by level
    let mut level: Vec<(u8, &'a [u8])> = vec![(b'F', table)];
    for _depth in 0..DEEPEST {
        let mut next = Vec::new();
        for (kind, inside) in level {
            let inner =
                |value: FieldValue<'a>| matches!(value.kind(), b'A' | b'F').then(|| (value.kind(), value.content()));
            if kind == b'F' {
                for entry in entries(inside) {
                    let Some((_name, value)) = entry else { return false };
                    next.extend(inner(value));
                }
            } else {
                let Some(values) = values(inside) else { return false };
                next.extend(values.into_iter().filter_map(inner));
            }
        }
        if next.is_empty() {
            return true;
        }
        level = next;
    }
    false
}

fn entry<'a>(rest: &mut &'a [u8]) -> Option<Field<'a>> {
    let length = usize::from(*rest.first()?);
    let name = &take(rest, 1 + length)?[1..];
    Some((name, FieldValue::take(rest)?))
}

#[cfg(test)]
mod tests {
    use amq_protocol::types::{AMQPValue, FieldTable, generation::gen_field_table, parsing::parse_field_table};
    use proptest::prelude::*;

    use super::{super::write, *};

    fn written(fields: &FieldTable) -> Vec<u8> {
        gen_field_table(fields)(Vec::new().into()).unwrap().write
    }

    /// Tables nested this deep.
    fn nested(depth: usize) -> Vec<u8> {
        (1..depth).fold(vec![0; 4], |inner, _level| table([(&b"t"[..], FieldValue::of(&write::nested(&inner)))]))
    }

    #[test]
    fn a_field_is_found_by_its_name() {
        let mut fields = FieldTable::default();
        fields.insert("a".into(), AMQPValue::LongString("b".into())).insert("n".into(), AMQPValue::LongLongInt(7));
        let written = written(&fields);
        assert_eq!(find(&written, "a").map(FieldValue::written), Some(&b"S\0\0\0\x01b"[..]));
        assert!(find(&written, "b").is_none());
        assert_eq!(table(entries(&written).flatten()), written);
    }

    #[test]
    fn nesting_has_an_end() {
        assert!(is_shallow(&nested(1)) && is_shallow(&nested(DEEPEST)));
        assert!(!is_shallow(&nested(DEEPEST + 1)));
        assert!(!is_shallow(&nested(20_000)), "the codec would not survive it");
    }

    proptest! {
        #[test]
        fn what_is_shallow_can_be_parsed_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let size = u32::try_from(bytes.len()).unwrap().to_be_bytes();
            let table = [&size[..], &bytes].concat();
            if is_shallow(&table) {
                let _either = parse_field_table(&table[..]);
            }
            prop_assert!(entries(&table).flatten().count() <= bytes.len());
            prop_assert!(values(&table).is_none_or(|values| values.len() <= bytes.len()));
        }
    }
}
