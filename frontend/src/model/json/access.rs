//! The reader as serde knows one: each method asks [`Reader`] and hands a visitor what it says. A struct is an object and nothing
//! else, so that the code for one from an array is left out of the program.

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor, value::U64Deserializer,
};

use super::{
    error::Error,
    reader::{Fields, Number, OVER, Reader},
    tape::Kind,
};

/// The methods for whole numbers.
macro_rules! whole {
    ($($method:ident $visit:ident $number:ident)*) => {$(
        #[inline(always)]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            let value = self.whole($number::MIN as i64, $number::MAX as u64, &visitor);
            visitor.$visit(value as $number)
        }
    )*};
}

impl<'de> Deserializer<'de> for &mut Reader<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.kind() {
            Kind::Null => self.deserialize_unit(visitor),
            Kind::False | Kind::True => self.deserialize_bool(visitor),
            Kind::Number => match self.number(&visitor) {
                Number::Unsigned(number) => visitor.visit_u64(number),
                Number::Signed(number) => visitor.visit_i64(number),
                Number::Float(number) => visitor.visit_f64(number),
            },
            Kind::Plain | Kind::Escaped => self.deserialize_string(visitor),
            Kind::Array => self.deserialize_seq(visitor),
            Kind::Object => self.deserialize_map(visitor),
        }
    }

    whole! {
        deserialize_i8 visit_i8 i8
        deserialize_i16 visit_i16 i16
        deserialize_i32 visit_i32 i32
        deserialize_i64 visit_i64 i64
        deserialize_u8 visit_u8 u8
        deserialize_u16 visit_u16 u16
        deserialize_u32 visit_u32 u32
        deserialize_u64 visit_u64 u64
    }

    #[inline(always)]
    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_f64(visitor)
    }

    #[inline(always)]
    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let value = self.float(&visitor);
        visitor.visit_f64(value)
    }

    #[inline(always)]
    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let value = self.boolean(&visitor);
        visitor.visit_bool(value)
    }

    #[inline(always)]
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_string(visitor)
    }

    #[inline(always)]
    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let value = self.string(&visitor);
        visitor.visit_string(value)
    }

    #[inline(always)]
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let name = self.text(&visitor);
        visitor.visit_str(&name)
    }

    #[inline(always)]
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    #[inline(always)]
    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.null(&visitor);
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let end = self.enter(Kind::Array, &visitor);
        visitor.visit_seq(Content { reader: self, end })
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        let end = self.enter_tuple(len, &visitor);
        visitor.visit_seq(Content { reader: self, end })
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let end = self.enter(Kind::Object, &visitor);
        visitor.visit_map(Content { reader: self, end })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let end = self.enter(Kind::Object, &visitor);
        visitor.visit_map(Members { reader: self, fields: Fields::new(names, end) })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let is_bare = self.enter_variant(&visitor);
        visitor.visit_enum(Variant { reader: self, names, is_bare })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.skip();
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! { i128 u128 char bytes byte_buf unit_struct tuple_struct }
}

/// What is in an array or an object.
struct Content<'r, 't> {
    reader: &'r mut Reader<'t>,
    /// The token behind it.
    end: usize,
}

impl<'de> SeqAccess<'de> for Content<'_, '_> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        if self.reader.is_over(self.end) { Ok(None) } else { seed.deserialize(&mut *self.reader).map(Some) }
    }
}

impl<'de> MapAccess<'de> for Content<'_, '_> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        if self.reader.is_over(self.end) { Ok(None) } else { seed.deserialize(&mut *self.reader).map(Some) }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        seed.deserialize(&mut *self.reader)
    }
}

/// What is in a struct. Its fields are known by their places in the list of their names: no name is in the code.
struct Members<'r, 't> {
    reader: &'r mut Reader<'t>,
    fields: Fields,
}

impl<'de> MapAccess<'de> for Members<'_, '_> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        let index = self.reader.field(&mut self.fields);
        if index == OVER {
            return Ok(None);
        }
        let field: Result<_, Error> = seed.deserialize(U64Deserializer::new(index as u64));
        if field.is_err() {
            self.reader.is_unknown(&self.fields);
        }
        Ok(field.ok())
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        seed.deserialize(&mut *self.reader)
    }
}

/// A value of an enum: its name, or an object of one member, named after it.
struct Variant<'r, 't> {
    reader: &'r mut Reader<'t>,
    names: &'static [&'static str],
    is_bare: bool,
}

impl<'de> EnumAccess<'de> for Variant<'_, '_> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Error> {
        let index = self.reader.variant(self.names);
        Ok((seed.deserialize(U64Deserializer::new(index as u64))?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, '_> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        if !self.is_bare {
            self.reader.null(&"unit variant");
        }
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Error> {
        self.reader.enter_content(self.is_bare, "newtype variant");
        seed.deserialize(self.reader)
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        self.reader.enter_content(self.is_bare, "tuple variant");
        self.reader.deserialize_tuple(len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, names: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        self.reader.enter_content(self.is_bare, "struct variant");
        self.reader.deserialize_struct("", names, visitor)
    }
}
