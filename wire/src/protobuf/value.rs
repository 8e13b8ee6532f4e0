//! The value of a number by the type of its field, and packed repeated numbers.

use prost_types::field_descriptor_proto::Type;

use super::{Member, Schemas};
use crate::{field::Field, field_builder::FieldBuilder};

const PACKED: &str = "Protobuf encoding, packed repeated fields";

/// The varint at the start, and its number of bytes.
pub(super) fn varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut number = 0_u64;
    for (at, byte) in bytes.iter().take(10).enumerate() {
        // the tenth byte has only one bit left
        number |= u64::from(byte & 0x7f) << (7 * at).min(63);
        if byte & 0x80 == 0 {
            return Some((number, at + 1));
        }
    }
    None
}

/// True if a field of this type may have this wire type.
pub(super) fn fits(member: &Member, wire_type: u64) -> bool {
    let own = match member.kind {
        Type::Double | Type::Fixed64 | Type::Sfixed64 => 1,
        Type::Float | Type::Fixed32 | Type::Sfixed32 => 5,
        Type::String | Type::Bytes | Type::Message => 2,
        Type::Group => 3,
        _ => 0,
    };
    wire_type == own || (own == 3 && wire_type == 4) || (wire_type == 2 && member.repeated && own != 3)
}

/// The number as its type shows it; `width` is its number of bytes, 0 for a varint.
pub(super) fn shown(number: u64, width: usize, member: Option<&Member>, schemas: &Schemas) -> String {
    let low = number as u32;
    match member.map(|member| member.kind) {
        Some(Type::Bool) => (number != 0).to_string(),
        Some(Type::Int32 | Type::Sfixed32) => (low as i32).to_string(),
        Some(Type::Int64 | Type::Sfixed64) => (number as i64).to_string(),
        Some(Type::Uint32) => low.to_string(),
        Some(Type::Sint32 | Type::Sint64) => ((number >> 1) as i64 ^ -((number & 1) as i64)).to_string(),
        Some(Type::Double) => f64::from_bits(number).to_string(),
        Some(Type::Float) => f32::from_bits(low).to_string(),
        Some(Type::Enum) => {
            let name = member.and_then(|member| schemas.enum_name(member, low as i32));
            name.map_or_else(|| (low as i32).to_string(), |name| format!("{name} ({})", low as i32))
        }
        // without a type a fixed-width number may also be a float
        None if width == 8 => format!("{number}, or {}", f64::from_bits(number)),
        None if width == 4 => format!("{low}, or {}", f32::from_bits(low)),
        _ => number.to_string(),
    }
}

/// Takes all bytes as packed numbers.
pub(super) fn packed(builder: &mut FieldBuilder<'_>, member: &Member, schemas: &Schemas) {
    let width = match member.kind {
        Type::Double | Type::Fixed64 | Type::Sfixed64 => 8,
        Type::Float | Type::Fixed32 | Type::Sfixed32 => 4,
        _ => 0,
    };
    let mut nth = 0;
    while !builder.is_empty() {
        let left = builder.left();
        let number = match width {
            0 => varint(left),
            width => left.get(..width).map(|bytes| {
                let mut wide = [0; 8];
                wide[..width].copy_from_slice(bytes);
                (u64::from_le_bytes(wide), width)
            }),
        };
        let field = Field::number(format!("[{nth}]"), PACKED);
        let Some((number, len)) = number else {
            builder.short::<()>(field);
            return;
        };
        builder.leaf(len, field.value(shown(number, width, Some(member), schemas)));
        nth += 1;
    }
}
