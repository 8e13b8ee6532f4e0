//! The properties of a message (AMQP 0-9-1, sections 4.2.6.1 and 4.2.5.5), still encoded. Properties are forwarded byte
//! for byte. Only those that the broker needs are decoded, and only changed ones are encoded again.

use crate::table::{is_shallow, long, take};

/// The encoding of a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PropertyType {
    ShortString,
    Table,
    Octet,
    Timestamp,
}

/// A property; its number is the position of its flag, from the highest bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Property {
    Headers = 2,
    DeliveryMode = 3,
    Priority = 4,
    ReplyTo = 6,
    Expiration = 7,
    UserId = 11,
}

/// The properties of class `basic`, in the order in which they are encoded.
const PROPERTY_TYPES: [PropertyType; 14] = [
    PropertyType::ShortString,
    PropertyType::ShortString,
    PropertyType::Table,
    PropertyType::Octet,
    PropertyType::Octet,
    PropertyType::ShortString,
    PropertyType::ShortString,
    PropertyType::ShortString,
    PropertyType::ShortString,
    PropertyType::Timestamp,
    PropertyType::ShortString,
    PropertyType::ShortString,
    PropertyType::ShortString,
    PropertyType::ShortString,
];
/// Flags without a property.
const UNUSED: u16 = 0b11;

/// The encoded properties.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Properties<'a> {
    fields: [Option<&'a [u8]>; PROPERTY_TYPES.len()],
}

impl<'a> Properties<'a> {
    /// Splits flags and list; none if they are malformed.
    pub(super) fn read(mut bytes: &'a [u8]) -> Option<Self> {
        let flags = u16::from_be_bytes(*take(&mut bytes, 2)?.first_chunk()?);
        if flags & UNUSED != 0 {
            return None;
        }
        let mut fields = [None; PROPERTY_TYPES.len()];
        for (at, (field, kind)) in fields.iter_mut().zip(PROPERTY_TYPES).enumerate() {
            if flags & (0x8000 >> at) != 0 {
                let size = match kind {
                    PropertyType::ShortString => 1 + usize::from(*bytes.first()?),
                    PropertyType::Table => 4 + long(bytes)?,
                    PropertyType::Octet => 1,
                    PropertyType::Timestamp => 8,
                };
                *field = Some(take(&mut bytes, size)?);
            }
        }
        if !bytes.is_empty() {
            return None;
        }
        let read = Self { fields };
        read.headers().is_none_or(is_shallow).then_some(read)
    }

    /// Joins flags and list.
    pub(super) fn write(&self) -> Box<[u8]> {
        let flags = self.fields.iter().enumerate().filter(|(_at, field)| field.is_some());
        let flags = flags.fold(0_u16, |flags, (at, _field)| flags | (0x8000 >> at));
        let list = self.fields.iter().flatten().copied();
        std::iter::once(&flags.to_be_bytes()[..]).chain(list).collect::<Vec<_>>().concat().into()
    }

    /// A property that is a short string.
    pub(super) fn text(&self, property: Property) -> Option<&'a [u8]> {
        self.fields[property as usize]?.get(1..)
    }

    /// A property that is an octet.
    pub(super) fn octet(&self, property: Property) -> Option<u8> {
        self.fields[property as usize]?.first().copied()
    }

    /// The field table of the headers, with its length.
    pub(super) fn headers(&self) -> Option<&'a [u8]> {
        self.fields[Property::Headers as usize]
    }

    /// The same with another encoded value, or without the property.
    pub(super) fn with(mut self, property: Property, written: Option<&'a [u8]>) -> Self {
        self.fields[property as usize] = written;
        self
    }
}

/// An encoded short string; longer texts are cut.
pub(super) fn short_string(text: &str) -> Vec<u8> {
    let text = &text.as_bytes()[..text.floor_char_boundary(255)];
    [&[text.len() as u8], text].concat()
}

#[cfg(test)]
mod tests {
    use amq_protocol::{
        protocol::{BasicProperties, basic::gen_properties},
        types::{AMQPValue, FieldTable},
    };
    use proptest::prelude::*;

    use super::*;

    fn written(properties: &BasicProperties) -> Vec<u8> {
        gen_properties(properties)(Vec::new().into()).unwrap().write
    }

    fn all() -> BasicProperties {
        let mut headers = FieldTable::default();
        headers.insert("a".into(), AMQPValue::LongString("b".into())).insert("n".into(), AMQPValue::LongLongInt(7));
        headers.insert("t".into(), AMQPValue::FieldTable(headers.clone()));
        BasicProperties::default()
            .with_content_type("text/plain".into())
            .with_content_encoding("utf-8".into())
            .with_headers(headers)
            .with_delivery_mode(2)
            .with_priority(7)
            .with_correlation_id("correlation".into())
            .with_reply_to("reply".into())
            .with_expiration("1000".into())
            .with_message_id("id".into())
            .with_timestamp(1)
            .with_type("kind".into())
            .with_user_id("guest".into())
            .with_app_id("app".into())
            .with_cluster_id("cluster".into())
    }

    #[test]
    fn what_is_read_is_what_was_written() {
        let bytes = written(&all());
        let read = Properties::read(&bytes).unwrap();
        assert_eq!(read.write()[..], bytes[..]);
        assert_eq!(read.text(Property::ReplyTo), Some(&b"reply"[..]));
        assert_eq!(read.text(Property::Expiration), Some(&b"1000"[..]));
        assert_eq!(read.text(Property::UserId), Some(&b"guest"[..]));
        assert_eq!(read.octet(Property::DeliveryMode), Some(2));
        assert_eq!(read.octet(Property::Priority), Some(7));
    }

    #[test]
    fn a_property_is_replaced_or_removed() {
        let bytes = written(&all());
        let reply_to = short_string("elsewhere");
        let read = Properties::read(&bytes).unwrap();
        let changed = read.with(Property::ReplyTo, Some(&reply_to)).with(Property::Expiration, None).write();
        let expected = all().with_reply_to("elsewhere".into());
        let expected = written(&expected);
        let expected = Properties::read(&expected).unwrap().with(Property::Expiration, None).write();
        assert_eq!(changed, expected);
    }

    #[test]
    fn malformed_properties_are_not_read() {
        let cut = written(&all());
        for bytes in [&b""[..], b"\x80", b"\x80\x00\x05ab", b"\x00\x00x", b"\x00\x01", &cut[..cut.len() - 1]] {
            assert!(Properties::read(bytes).is_none(), "{bytes:?}");
        }
        let unknown_type = b"\x20\x00\x00\x00\x00\x03\x01a?";
        assert!(Properties::read(unknown_type).is_none());
    }

    proptest! {
        #[test]
        fn garbage_is_read_or_not(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Some(read) = Properties::read(&bytes) {
                prop_assert_eq!(&read.write()[..], &bytes[..]);
            }
        }
    }
}
