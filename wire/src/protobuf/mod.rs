//! Protobuf messages: records of tag and value. With a descriptor their fields have names and types. Without one they
//! have numbers, and a value that is valid text or a valid message is shown as such.
//!
//! - [`schema`]: descriptors; [`value`]: values by type

mod schema;
mod value;

pub(crate) use self::schema::{Member, Message};
pub use self::schema::{SchemaError, Schemas};

use prost_types::field_descriptor_proto::Type;

use self::value::varint;
use crate::{
    field::{Field, FieldKind},
    field_builder::FieldBuilder,
    redact::{self, VARINT},
    text,
};

const MESSAGE: &str = "Protobuf encoding, message structure";
const LENGTH: &str = "Protobuf encoding, length-delimited records";
const GROUP: &str = "Protobuf encoding, groups";

/// The maximum nesting of messages that is dissected.
const DEPTH: usize = 32;

/// Dissects all bytes as records of a message.
pub(crate) fn records(builder: &mut FieldBuilder<'_>, message: Option<&Message>, schemas: &Schemas) {
    nested(builder, message, schemas, 0);
}

fn nested(builder: &mut FieldBuilder<'_>, message: Option<&Message>, schemas: &Schemas, depth: usize) {
    // in map entries and similar pairs the name may say that the value is a credential
    let (mut names_credential, mut values) = (false, Vec::new());
    while !builder.is_empty() {
        let member = message.and_then(|message| message.field(u32::try_from(varint(builder.left())?.0 >> 3).ok()?));
        let mut inner = builder.rest();
        let field = record(&mut inner, message, schemas, depth);
        let ended = field.is_some();
        if ended {
            inner.end_here();
        } else if !inner.is_empty() {
            inner.malformed("unexpected bytes", MESSAGE, "not a record");
        }
        let taken = inner.taken();
        let mut record = inner.close(field.unwrap_or_else(|| Field::framing("record", MESSAGE)));
        if let Some(member) = member {
            if redact::is_credential(member.name.as_bytes()) {
                mask_value(&mut record);
            }
            names_credential |=
                redact::holds_a_name(&member.name) && redact::is_credential(&builder.bytes()[taken.clone()]);
            values.extend(redact::holds_a_value(&member.name).then_some(taken.start));
        }
        builder.push(record);
    }
    if names_credential {
        let named = |record: &&mut Field| values.contains(&record.range.start);
        builder.fields_mut().iter_mut().filter(named).for_each(mask_value);
    }
}

/// Masks the value of a record. Tag and length stay, so that the result is still a message.
fn mask_value(record: &mut Field) {
    record.value = "(masked)".to_owned();
    if record.children.is_empty() {
        record.masked = true;
    }
    record.children.iter_mut().skip(1).filter(|part| part.name != "length").for_each(|part| part.masked = true);
}

/// Takes one record; none if its end cannot be determined.
fn record(builder: &mut FieldBuilder<'_>, message: Option<&Message>, schemas: &Schemas, depth: usize) -> Option<Field> {
    let tag = number(builder, Field::number("tag", MESSAGE), |tag| format!("field {}, {}", tag >> 3, wire_type(tag)))?;
    let number = u32::try_from(tag >> 3).ok().filter(|number| (1..1 << 29).contains(number))?;
    let member = message.and_then(|message| message.field(number));
    let mut field =
        Field::text(member.map_or_else(|| format!("field {number}"), |member| member.name.clone()), MESSAGE);
    if message.is_some() && member.is_none() {
        field = field.problem("the descriptor has no such field");
    }
    if let Some(member) = member
        && !value::fits(member, tag & 7)
    {
        field = field.problem("the wire type is not the one of the descriptor");
    }
    let member = member.filter(|member| value::fits(member, tag & 7));
    match tag & 7 {
        0 => {
            let value = number_as(builder, member, schemas)?;
            Some(field.value(value))
        }
        1 => fixed::<8>(builder, member, schemas, field),
        5 => fixed::<4>(builder, member, schemas, field),
        2 => delimited(builder, member, schemas, depth, field),
        // the end of a group cannot be found without dissecting it
        3 if redact::is_credential(field.name.as_bytes()) => {
            builder.leaf(usize::MAX, Field::framing("value", GROUP));
            Some(field)
        }
        3 => Some(Field::framing("begin of group", GROUP).value(number.to_string())),
        4 => Some(Field::framing("end of group", GROUP).value(number.to_string())),
        _ => None,
    }
}

fn delimited(
    builder: &mut FieldBuilder<'_>,
    member: Option<&Member>,
    schemas: &Schemas,
    depth: usize,
    field: Field,
) -> Option<Field> {
    let len = number(builder, Field::number("length", LENGTH), |len| len.to_string())?;
    let len = usize::try_from(len).unwrap_or(usize::MAX);
    let whole = builder.left().len() >= len;
    let mut inner = builder.window(len);
    let bytes = inner.left();
    let message = member.and_then(|member| schemas.of_member(member));
    let guess = member.is_none() && whole && !is_text(bytes) && is_message(bytes);
    let mut value = Field::new(FieldKind::Payload, "value", LENGTH);
    let shown = match member.map(|member| member.kind) {
        Some(Type::String) if whole && std::str::from_utf8(bytes).is_err() => {
            value = value.malformed("a string is UTF-8");
            text::hex(bytes)
        }
        Some(Type::String) => text::lossy(bytes),
        Some(Type::Bytes) => text::hex(bytes),
        Some(Type::Message) | None if (message.is_some() || guess) && depth < DEPTH => {
            nested(&mut inner, message, schemas, depth + 1);
            "{…}".to_owned()
        }
        Some(Type::Message) if message.is_some() => {
            // what is not dissected may hold a credential
            value = value.problem("nested deeper than is shown").masked(true);
            "(masked)".to_owned()
        }
        Some(kind) if member.is_some_and(|member| member.repeated) && kind != Type::Message => {
            value::packed(&mut inner, member?, schemas);
            "[…]".to_owned()
        }
        _ => text::preview(bytes),
    };
    if value.problem.is_none() {
        value.kind = if inner.fields_mut().is_empty() { FieldKind::Text } else { FieldKind::Framing };
    }
    if !whole && inner.taken().is_empty() && inner.left().is_empty() {
        builder.mark("the message ends before the value");
    } else if !whole && !builder.open() {
        value = value.malformed("it is longer than the message around it");
    }
    builder.push(inner.close(value.value(shown.clone())));
    whole.then(|| field.value(shown)).or_else(|| (!builder.open()).then(|| Field::text("record", MESSAGE)))
}

fn fixed<const N: usize>(
    builder: &mut FieldBuilder<'_>,
    member: Option<&Member>,
    schemas: &Schemas,
    field: Field,
) -> Option<Field> {
    let leaf = Field::number("value", "Protobuf encoding, non-varint numbers");
    let Some(bytes) = builder.take::<N>() else { return builder.short(leaf) };
    let mut wide = [0; 8];
    wide[..N].copy_from_slice(&bytes);
    let shown = value::shown(u64::from_le_bytes(wide), N, member, schemas);
    builder.leaf(N, leaf.value(shown.clone()));
    Some(field.value(shown))
}

fn number_as(builder: &mut FieldBuilder<'_>, member: Option<&Member>, schemas: &Schemas) -> Option<String> {
    let mut out = String::new();
    number(builder, Field::number("value", VARINT), |number| {
        out = value::shown(number, 0, member, schemas);
        out.clone()
    })?;
    Some(out)
}

/// Takes a varint.
fn number(builder: &mut FieldBuilder<'_>, field: Field, shown: impl FnOnce(u64) -> String) -> Option<u64> {
    match varint(builder.left()) {
        Some((number, len)) => {
            builder.leaf(len, field.value(shown(number)));
            Some(number)
        }
        None if builder.left().len() < 10 => builder.short(field),
        None => {
            builder.leaf(usize::MAX, field.malformed("a varint has at most ten bytes"));
            None
        }
    }
}

fn wire_type(tag: u64) -> &'static str {
    match tag & 7 {
        0 => "varint",
        1 => "64 bits",
        2 => "length-delimited",
        3 => "begin of group",
        4 => "end of group",
        5 => "32 bits",
        _ => "reserved wire type",
    }
}

/// True if these bytes look like text.
fn is_text(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes)
        .is_ok_and(|text| text.chars().all(|char| !char.is_control() || char.is_ascii_whitespace()))
}

/// True if these bytes are complete records of a message and nothing else.
fn is_message(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while !rest.is_empty() {
        let Some((tag, len)) = varint(rest) else { return false };
        rest = &rest[len..];
        let skip = match tag & 7 {
            0 => varint(rest).map(|(_, len)| len),
            1 => Some(8),
            5 => Some(4),
            2 => varint(rest).and_then(|(value, len)| usize::try_from(value).ok()?.checked_add(len)),
            _ => None,
        };
        let (1..=0x1fff_ffff, Some(skip)) = (tag >> 3, skip) else { return false };
        let Some(behind) = rest.get(skip..) else { return false };
        rest = behind;
    }
    !bytes.is_empty()
}
