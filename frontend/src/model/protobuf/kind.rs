//! The types that a field can have, each with its JSON and its bytes (protobuf.dev, "ProtoJSON Format" and "Encoding").
//! Of messages, enums and groups within a message this page knows only that they are there.

use base64::{
    Engine as _,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde_json::{Value as Json, value::RawValue};

use super::wire::Value;

/// As ProtoJSON and gRPC read it, with or without padding.
pub const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The type of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `string`
    Text,
    /// `bytes`
    Bytes,
    /// `bool`
    Bool,
    /// `double`
    Double,
    /// `float`
    Float,
    /// Any of the whole numbers.
    Whole(Whole),
    /// A message, an enum, a group, or a list of anything.
    Other,
}

/// A type of whole numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whole {
    /// As the language has it.
    pub name: &'static str,
    /// 64 bits, not 32.
    pub long: bool,
    /// May be negative.
    pub signed: bool,
    /// How it is encoded.
    pub form: Form,
}

/// How a whole number is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Short when it is small.
    Varint,
    /// Short when it is near 0.
    Zigzag,
    /// Always 4 or 8 bytes.
    Fixed,
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Datum {
    /// Of [`Kind::Text`].
    Text(String),
    /// Of [`Kind::Bytes`].
    Bytes(Vec<u8>),
    /// Of [`Kind::Bool`].
    Bool(bool),
    /// Of [`Kind::Double`] and [`Kind::Float`].
    Float(f64),
    /// Of [`Kind::Whole`]: its 64 bits, extended by its sign.
    Whole(u64),
}

impl Kind {
    /// From the number that `FieldDescriptorProto.Type` gives it.
    pub const fn of(number: u64) -> Self {
        use Form::{Fixed, Varint, Zigzag};
        let (name, long, signed, form) = match number {
            1 => return Self::Double,
            2 => return Self::Float,
            8 => return Self::Bool,
            9 => return Self::Text,
            12 => return Self::Bytes,
            3 => ("int64", true, true, Varint),
            4 => ("uint64", true, false, Varint),
            5 => ("int32", false, true, Varint),
            6 => ("fixed64", true, false, Fixed),
            7 => ("fixed32", false, false, Fixed),
            13 => ("uint32", false, false, Varint),
            15 => ("sfixed32", false, true, Fixed),
            16 => ("sfixed64", true, true, Fixed),
            17 => ("sint32", false, true, Zigzag),
            18 => ("sint64", true, true, Zigzag),
            _ => return Self::Other,
        };
        Self::Whole(Whole { name, long, signed, form })
    }

    /// As the language has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Bytes => "bytes",
            Self::Bool => "bool",
            Self::Double => "double",
            Self::Float => "float",
            Self::Whole(Whole { name, .. }) => name,
            Self::Other => "…",
        }
    }

    /// The value of a JSON value; none when it is not of this type.
    pub fn read(self, json: &RawValue) -> Option<Datum> {
        Some(match (self, serde_json::from_str(json.get()).ok()?) {
            (Self::Text, Json::String(text)) => Datum::Text(text),
            (Self::Bytes, Json::String(text)) => Datum::Bytes(BASE64.decode(text).ok()?),
            (Self::Bool, Json::Bool(value)) => Datum::Bool(value),
            (Self::Double | Self::Float, Json::Number(number)) => Datum::Float(number.as_f64()?),
            (Self::Double | Self::Float, Json::String(text)) => Datum::Float(serde_json::from_str(&text).ok()?),
            (Self::Whole(whole), Json::Number(_)) => Datum::Whole(whole.read(json.get())?),
            (Self::Whole(whole), Json::String(text)) => Datum::Whole(whole.read(&text)?),
            _ => return None,
        })
    }

    /// A value as JSON.
    pub fn write(self, datum: &Datum) -> String {
        let json = match (self, datum) {
            (_, Datum::Text(text)) => Json::from(text.as_str()),
            (_, Datum::Bytes(bytes)) => Json::from(BASE64.encode(bytes)),
            (_, Datum::Bool(value)) => Json::from(*value),
            (_, Datum::Float(value)) => Json::from(*value),
            // a number of JSON holds 53 bits
            (Self::Whole(Whole { long: true, signed: true, .. }), Datum::Whole(bits)) => {
                (*bits as i64).to_string().into()
            }
            (Self::Whole(Whole { long: true, .. }), Datum::Whole(bits)) => bits.to_string().into(),
            (Self::Whole(Whole { signed: true, .. }), Datum::Whole(bits)) => Json::from(*bits as i64),
            (_, Datum::Whole(bits)) => Json::from(*bits),
        };
        json.to_string()
    }

    /// A value on the wire.
    pub fn encode(self, datum: &Datum) -> Value<'_> {
        match (self, datum) {
            (_, Datum::Text(text)) => Value::Bytes(text.as_bytes()),
            (_, Datum::Bytes(bytes)) => Value::Bytes(bytes),
            (_, Datum::Bool(value)) => Value::Varint(u64::from(*value)),
            (Self::Float, Datum::Float(value)) => Value::Fixed32((*value as f32).to_bits()),
            (_, Datum::Float(value)) => Value::Fixed64(value.to_bits()),
            (Self::Whole(Whole { form: Form::Zigzag, .. }), Datum::Whole(bits)) => {
                let signed = *bits as i64;
                Value::Varint(((signed << 1) ^ (signed >> 63)) as u64)
            }
            (Self::Whole(Whole { form: Form::Fixed, long, .. }), Datum::Whole(bits)) => {
                if long {
                    Value::Fixed64(*bits)
                } else {
                    Value::Fixed32(*bits as u32)
                }
            }
            (_, Datum::Whole(bits)) => Value::Varint(*bits),
        }
    }

    /// A value of the wire; none when it cannot be one of this type.
    pub fn decode(self, value: Value<'_>) -> Option<Datum> {
        Some(match (self, value) {
            (Self::Text, Value::Bytes(bytes)) => Datum::Text(String::from_utf8(bytes.to_vec()).ok()?),
            (Self::Bytes, Value::Bytes(bytes)) => Datum::Bytes(bytes.to_vec()),
            (Self::Bool, Value::Varint(number)) => Datum::Bool(number != 0),
            (Self::Float, Value::Fixed32(bits)) => Datum::Float(f32::from_bits(bits).into()),
            (Self::Double, Value::Fixed64(bits)) => Datum::Float(f64::from_bits(bits)),
            (Self::Whole(Whole { form: Form::Zigzag, .. }), Value::Varint(number)) => {
                Datum::Whole((number >> 1) ^ (number & 1).wrapping_neg())
            }
            (Self::Whole(Whole { signed: true, .. }), Value::Fixed32(bits)) => {
                Datum::Whole(i64::from(bits as i32) as u64)
            }
            (Self::Whole(_), Value::Varint(_) | Value::Fixed64(_) | Value::Fixed32(_)) => Datum::Whole(value.number()),
            _ => return None,
        })
    }
}

impl Whole {
    fn read(self, digits: &str) -> Option<u64> {
        if self.signed {
            let number: i64 = digits.parse().ok()?;
            (self.long || i32::try_from(number).is_ok()).then_some(number as u64)
        } else {
            let number: u64 = digits.parse().ok()?;
            (self.long || u32::try_from(number).is_ok()).then_some(number)
        }
    }
}

impl Datum {
    /// What a field has that is not sent.
    pub fn is_default(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::Bytes(bytes) => bytes.is_empty(),
            Self::Bool(value) => !value,
            Self::Float(value) => value.to_bits() == 0,
            Self::Whole(bits) => *bits == 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn json(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).expect("it is JSON")
    }

    const NUMBERS: [u64; 15] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 15, 16, 17, 18];

    #[test]
    fn each_type_survives_its_json_and_its_bytes() {
        let candidates = ["\"Ada\"", "\"AAEC\"", "true", "1.5", "-7", "7", "\"-9000000000\""].map(json);
        for number in NUMBERS {
            let kind = Kind::of(number);
            // a float holds 24 bits
            let exact = |datum: &Datum| kind != Kind::Float || *datum != Datum::Float(-9e9);
            let fitting: Vec<Datum> = candidates.iter().filter_map(|json| kind.read(json)).filter(exact).collect();
            assert!(!fitting.is_empty(), "{kind:?}");
            for datum in fitting {
                assert_eq!(kind.read(&json(&kind.write(&datum))).as_ref(), Some(&datum), "{kind:?}");
                assert_eq!(kind.decode(kind.encode(&datum)).as_ref(), Some(&datum), "{kind:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn numbers_are_exact(double in any::<f64>().prop_filter("JSON has finite numbers", |double| double.is_finite()), whole: u64) {
            prop_assert_eq!(Kind::Double.read(&json(&Kind::Double.write(&Datum::Float(double)))), Some(Datum::Float(double)));
            prop_assert_eq!(Kind::of(4).read(&json(&whole.to_string())), Some(Datum::Whole(whole)));
            prop_assert_eq!(Kind::of(3).read(&json(&(whole as i64).to_string())), Some(Datum::Whole(whole)));
        }
    }

    #[test]
    fn what_a_type_cannot_hold_is_refused() {
        assert_eq!(Kind::Text.read(&json("1")), None);
        assert_eq!(Kind::Bytes.read(&json("\"not base64!\"")), None);
        assert_eq!(Kind::of(5).read(&json("2147483648")), None);
        assert_eq!(Kind::of(13).read(&json("-1")), None);
        assert_eq!(Kind::of(3).read(&json("1.5")), None);
        assert_eq!(Kind::of(11).read(&json("{}")), None);
    }
}
