//! Writes plain data as JSON, as compact as serde_json does and with the same text for the same value but for very small and
//! very large fractions. Nothing in it can fail, so what serde's derive makes for each type has no way out.

use std::fmt::{self, Arguments, Display, Write as _};

use serde::ser::{
    self, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

use super::escape::plain_len;

/// Writes a value. A key of a map has to be a text.
pub fn write<T: Serialize + ?Sized>(value: &T) -> String {
    let mut writer = Writer { text: String::new() };
    let Ok(()) = value.serialize(&mut writer);
    writer.text
}

/// What goes wrong while plain data is written: nothing.
#[derive(Debug)]
pub(super) enum Never {}

impl Display for Never {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}

impl std::error::Error for Never {}

impl ser::Error for Never {
    fn custom<T: Display>(what: T) -> Self {
        unreachable!("plain data can be written: {what}")
    }
}

pub(super) struct Writer {
    text: String,
}

impl Writer {
    /// Where an item or a key begins: after an opening bracket there is no comma. Texts end with a quote.
    #[inline(never)]
    fn next(&mut self) {
        if !self.text.ends_with(['[', '{']) {
            self.text.push(',');
        }
    }

    #[inline(never)]
    fn key(&mut self, key: &str) {
        self.next();
        self.string(key);
        self.text.push(':');
    }

    #[inline(never)]
    fn raw(&mut self, text: &str) {
        self.text.push_str(text);
    }

    #[inline(never)]
    fn number(&mut self, number: Arguments<'_>) {
        let _ = self.text.write_fmt(number);
    }

    #[inline(never)]
    fn string(&mut self, mut rest: &str) {
        self.text.push('"');
        loop {
            let (before, behind) = rest.split_at(plain_len(rest.as_bytes()));
            self.text.push_str(before);
            let Some(letter) = behind.bytes().next() else { break };
            match letter {
                b'"' => self.text.push_str("\\\""),
                b'\\' => self.text.push_str("\\\\"),
                b'\n' => self.text.push_str("\\n"),
                b'\r' => self.text.push_str("\\r"),
                b'\t' => self.text.push_str("\\t"),
                0x8 => self.text.push_str("\\b"),
                0xc => self.text.push_str("\\f"),
                _ => self.number(format_args!("\\u{letter:04x}")),
            }
            rest = &behind[1..];
        }
        self.text.push('"');
    }

    /// The beginning of a variant's content.
    #[inline(never)]
    fn variant(&mut self, name: &str, bracket: &str) {
        self.raw("{");
        self.key(name);
        self.raw(bracket);
    }
}

/// The methods for numbers: the widest type writes for all.
macro_rules! numbers {
    ($($method:ident $number:ty, $wide:ident;)*) => {$(
        fn $method(self, number: $number) -> Result<(), Never> {
            self.$wide(number.into())
        }
    )*};
}

/// The methods that open something: text, then what follows is written by the same writer.
type Opened<'w> = Result<&'w mut Writer, Never>;

impl<'w> Serializer for &'w mut Writer {
    type Ok = ();
    type Error = Never;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    numbers! {
        serialize_i8 i8, serialize_i64;
        serialize_i16 i16, serialize_i64;
        serialize_i32 i32, serialize_i64;
        serialize_u8 u8, serialize_u64;
        serialize_u16 u16, serialize_u64;
        serialize_u32 u32, serialize_u64;
    }

    fn serialize_i64(self, number: i64) -> Result<(), Never> {
        self.number(format_args!("{number}"));
        Ok(())
    }

    fn serialize_u64(self, number: u64) -> Result<(), Never> {
        self.number(format_args!("{number}"));
        Ok(())
    }

    fn serialize_f32(self, number: f32) -> Result<(), Never> {
        if number.is_finite() {
            self.number(format_args!("{number:?}"))
        } else {
            self.raw("null")
        }
        Ok(())
    }

    fn serialize_f64(self, number: f64) -> Result<(), Never> {
        if number.is_finite() {
            self.number(format_args!("{number:?}"))
        } else {
            self.raw("null")
        }
        Ok(())
    }

    fn serialize_bool(self, value: bool) -> Result<(), Never> {
        self.raw(if value { "true" } else { "false" });
        Ok(())
    }

    fn serialize_char(self, letter: char) -> Result<(), Never> {
        self.serialize_str(letter.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> Result<(), Never> {
        self.string(text);
        Ok(())
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), Never> {
        bytes.serialize(self)
    }

    fn serialize_none(self) -> Result<(), Never> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Never> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Never> {
        self.raw("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Never> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, name: &'static str) -> Result<(), Never> {
        self.serialize_str(name)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Never> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        value: &T,
    ) -> Result<(), Never> {
        self.variant(name, "");
        let Ok(()) = value.serialize(&mut *self);
        self.raw("}");
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Opened<'w> {
        self.raw("[");
        Ok(self)
    }

    fn serialize_tuple(self, _: usize) -> Opened<'w> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Opened<'w> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_variant(self, _: &'static str, _: u32, name: &'static str, _: usize) -> Opened<'w> {
        self.variant(name, "[");
        Ok(self)
    }

    fn serialize_map(self, _: Option<usize>) -> Opened<'w> {
        self.raw("{");
        Ok(self)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Opened<'w> {
        self.serialize_map(None)
    }

    fn serialize_struct_variant(self, _: &'static str, _: u32, name: &'static str, _: usize) -> Opened<'w> {
        self.variant(name, "{");
        Ok(self)
    }
}

/// Lists: the trait, its method for an item, and what closes it.
macro_rules! lists {
    ($($list:ident $method:ident $end:literal;)*) => {$(
        impl $list for &mut Writer {
            type Ok = ();
            type Error = Never;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Never> {
                self.next();
                value.serialize(&mut **self)
            }

            fn end(self) -> Result<(), Never> {
                self.raw($end);
                Ok(())
            }
        }
    )*};
}

lists! {
    SerializeSeq serialize_element "]";
    SerializeTuple serialize_element "]";
    SerializeTupleStruct serialize_field "]";
    SerializeTupleVariant serialize_field "]}";
}

/// Objects with known keys, and what closes them.
macro_rules! objects {
    ($($object:ident $end:literal;)*) => {$(
        impl $object for &mut Writer {
            type Ok = ();
            type Error = Never;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Never> {
                self.key(key);
                value.serialize(&mut **self)
            }

            fn end(self) -> Result<(), Never> {
                self.raw($end);
                Ok(())
            }
        }
    )*};
}

objects! {
    SerializeStruct "}";
    SerializeStructVariant "}}";
}

impl SerializeMap for &mut Writer {
    type Ok = ();
    type Error = Never;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Never> {
        self.next();
        key.serialize(&mut **self)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Never> {
        self.raw(":");
        value.serialize(&mut **self)
    }

    fn end(self) -> Result<(), Never> {
        self.raw("}");
        Ok(())
    }
}
