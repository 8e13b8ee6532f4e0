//! The fields of an encoded message, one after the other. What they mean, the descriptor knows.

use prost::encoding::{WireType, decode_key, decode_varint, encode_key, encode_varint};
use thiserror::Error;

/// The value of a field as it is on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// Of seven bits a byte.
    Varint(u64),
    /// Eight bytes, the lowest first.
    Fixed64(u64),
    /// Four bytes, the lowest first.
    Fixed32(u32),
    /// With its length before it: text, bytes, a message.
    Bytes(&'a [u8]),
}

/// Bytes that are no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("these bytes are no protobuf message")]
pub struct Malformed;

/// Tells each field of a message, in the order they come.
///
/// # Errors
/// When the bytes end within a field, or a tag is none; what came before it was told.
pub fn each<'a>(mut bytes: &'a [u8], told: &mut dyn FnMut(u32, Value<'a>)) -> Result<(), Malformed> {
    while !bytes.is_empty() {
        let (number, wire_type) = decode_key(&mut bytes).map_err(|_cut| Malformed)?;
        let value = match wire_type {
            WireType::Varint => Value::Varint(decode_varint(&mut bytes).map_err(|_cut| Malformed)?),
            WireType::SixtyFourBit => {
                let (head, rest) = bytes.split_first_chunk().ok_or(Malformed)?;
                bytes = rest;
                Value::Fixed64(u64::from_le_bytes(*head))
            }
            WireType::ThirtyTwoBit => {
                let (head, rest) = bytes.split_first_chunk().ok_or(Malformed)?;
                bytes = rest;
                Value::Fixed32(u32::from_le_bytes(*head))
            }
            WireType::LengthDelimited => {
                let length = decode_varint(&mut bytes).map_err(|_cut| Malformed)?;
                let length = usize::try_from(length).map_err(|_cut| Malformed)?;
                let (head, rest) = bytes.split_at_checked(length).ok_or(Malformed)?;
                bytes = rest;
                Value::Bytes(head)
            }
            WireType::StartGroup | WireType::EndGroup => return Err(Malformed),
        };
        told(number, value);
    }
    Ok(())
}

/// Appends a field.
pub fn put(bytes: &mut Vec<u8>, number: u32, value: Value<'_>) {
    match value {
        Value::Varint(value) => {
            encode_key(number, WireType::Varint, bytes);
            encode_varint(value, bytes);
        }
        Value::Fixed64(value) => {
            encode_key(number, WireType::SixtyFourBit, bytes);
            bytes.extend_from_slice(&value.to_le_bytes());
        }
        Value::Fixed32(value) => {
            encode_key(number, WireType::ThirtyTwoBit, bytes);
            bytes.extend_from_slice(&value.to_le_bytes());
        }
        Value::Bytes(value) => {
            encode_key(number, WireType::LengthDelimited, bytes);
            encode_varint(value.len() as u64, bytes);
            bytes.extend_from_slice(value);
        }
    }
}

impl<'a> Value<'a> {
    /// The bytes, or none for a number.
    pub fn bytes(self) -> &'a [u8] {
        if let Value::Bytes(bytes) = self { bytes } else { &[] }
    }

    /// The text, as far as it is one.
    pub fn text(self) -> String {
        String::from_utf8_lossy(self.bytes()).into_owned()
    }

    /// The number, or 0 for bytes.
    pub fn number(self) -> u64 {
        match self {
            Value::Varint(number) | Value::Fixed64(number) => number,
            Value::Fixed32(number) => number.into(),
            Value::Bytes(_) => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_cut_message_is_malformed_and_a_whole_one_is_told() {
        let mut bytes = Vec::new();
        put(&mut bytes, 1, Value::Bytes(b"Ada"));
        put(&mut bytes, 2, Value::Varint(300));
        put(&mut bytes, 3, Value::Fixed32(7));
        put(&mut bytes, 4, Value::Fixed64(8));
        let mut told = Vec::new();
        assert_eq!(each(&bytes, &mut |number, value| told.push((number, value))), Ok(()));
        assert_eq!(
            told,
            [(1, Value::Bytes(b"Ada")), (2, Value::Varint(300)), (3, Value::Fixed32(7)), (4, Value::Fixed64(8))]
        );
        for cut in [1, 3, 6, 7, 9, 12, 20] {
            assert_eq!(each(&bytes[..cut], &mut |_, _| {}), Err(Malformed), "{cut}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = each(&bytes, &mut |_, _| {});
        }
    }
}
