//! The encoding of method arguments and field table entries (AMQP 0-9-1 §4.2.5, with RabbitMQ's types).

use super::spec::Type;
use crate::{field::Field, field_builder::FieldBuilder, redact, text};

const BITS: &str = "AMQP 0-9-1 §4.2.5.2";
const NUMBERS: &str = "AMQP 0-9-1 §4.2.5.1";
const STRINGS: &str = "AMQP 0-9-1 §4.2.5.3";
const TIMESTAMPS: &str = "AMQP 0-9-1 §4.2.5.4";
const TABLES: &str = "AMQP 0-9-1 §4.2.5.5";

/// The maximum nesting of tables and arrays that is dissected.
const DEPTH: usize = 32;

/// Reads the arguments of a method; adjacent bits share bytes. The argument named `secret` is a credential.
pub(super) fn arguments(
    builder: &mut FieldBuilder<'_>,
    arguments: &[(&'static str, Type)],
    secret: &str,
) -> Option<()> {
    let mut rest = arguments;
    while let [(name, kind), behind @ ..] = rest {
        if *kind == Type::Bit {
            let count = rest.iter().take_while(|(_, kind)| *kind == Type::Bit).count().min(8);
            let names: Vec<_> = rest[..count].iter().map(|(name, _)| *name).collect();
            bits(builder, &names)?;
            rest = &rest[count..];
        } else {
            argument(builder, name, *kind, *name == secret, NUMBERS)?;
            rest = behind;
        }
    }
    Some(())
}

fn bits(builder: &mut FieldBuilder<'_>, names: &[&'static str]) -> Option<()> {
    let mut name = names.join(", ");
    if names.len() > 1 {
        name = format!("bits: {name}");
    }
    let field = Field::framing(name, BITS);
    let Some([byte]) = builder.take() else { return builder.short(field) };
    let set: Vec<_> = names.iter().enumerate().filter(|(nth, _)| byte >> nth & 1 == 1).map(|(_, name)| *name).collect();
    builder.leaf(1, field.value(if set.is_empty() { "none".to_owned() } else { set.join(", ") }));
    Some(())
}

/// Reads one argument or property. Returns its text.
pub(super) fn argument(
    builder: &mut FieldBuilder<'_>,
    name: &'static str,
    kind: Type,
    secret: bool,
    rule: &'static str,
) -> Option<String> {
    match kind {
        Type::Bit => bits(builder, &[name]).map(|()| String::new()),
        Type::Octet => builder.u8(name, rule).map(|number| number.to_string()),
        Type::Short => builder.u16(name, rule).map(|number| number.to_string()),
        Type::Long => builder.u32(name, rule).map(|number| number.to_string()),
        Type::LongLong => builder.u64(name, rule).map(|number| number.to_string()),
        Type::Timestamp => builder.u64(name, TIMESTAMPS).map(|number| number.to_string()),
        Type::ShortStr => string::<1>(builder, Field::text(name, STRINGS), secret),
        Type::LongStr => string::<4>(builder, Field::text(name, STRINGS), secret),
        Type::Table => {
            table(builder, Field::text(name, TABLES), 0)?;
            Some(String::new())
        }
    }
}

/// Takes a length of `N` bytes and as many bytes as it says, which `read` dissects. None if they are incomplete.
fn counted<const N: usize>(
    builder: &mut FieldBuilder<'_>,
    field: Field,
    name: &'static str,
    read: impl FnOnce(&mut FieldBuilder<'_>, Field) -> Field,
) -> Option<()> {
    let Some(bytes) = builder.take::<N>() else { return builder.short(field) };
    let len = bytes.iter().fold(0_usize, |len, byte| len << 8 | usize::from(*byte));
    let mut whole = builder.window(N.saturating_add(len));
    whole.leaf(N, Field::number("length", STRINGS).value(len.to_string()));
    let complete = whole.left().len() == len;
    let mut inner = whole.rest();
    let inside = Field { rule: field.rule.clone(), ..Field::text(name, STRINGS) };
    let inside = read(&mut inner, inside);
    let mut field = field.value(inside.value.clone());
    if !complete && !builder.open() {
        field = field.problem("its length is more than there is");
    }
    whole.push(inner.close(inside));
    builder.push(whole.close(field));
    complete.then_some(())
}

fn string<const N: usize>(builder: &mut FieldBuilder<'_>, field: Field, secret: bool) -> Option<String> {
    let mut out = String::new();
    counted::<N>(builder, field, "text", |inner, field| {
        let bytes = inner.left();
        if secret {
            return field.masked(true);
        }
        out = String::from_utf8_lossy(bytes).into_owned();
        field.value(text::preview(bytes))
    })?;
    Some(out)
}

fn table(builder: &mut FieldBuilder<'_>, field: Field, depth: usize) -> Option<()> {
    counted::<4>(builder, field, "entries", |inner, field| {
        let mut count = 0;
        while !inner.is_empty() {
            let mut entry = inner.rest();
            let done = self::entry(&mut entry, depth);
            if done.is_some() || !entry.is_empty() {
                entry.end_here();
            }
            let (name, problem) = match &done {
                Some(name) => (name.clone(), None),
                None => ("entry".to_owned(), Some("an entry is a name, a type and a value")),
            };
            let mut field = Field::text(name, TABLES);
            if !(entry.is_empty() && entry.open()) {
                field.problem = problem.map(Into::into);
            }
            inner.push(entry.close(field));
            count += 1;
            if done.is_none() {
                break;
            }
        }
        field.value(format!("{{{count}}}"))
    })
}

fn entry(builder: &mut FieldBuilder<'_>, depth: usize) -> Option<String> {
    let name = string::<1>(builder, Field::text("name", STRINGS), false)?;
    value(builder, redact::is_credential(name.as_bytes()), depth)?;
    Some(text::shorten(&name))
}

fn array(builder: &mut FieldBuilder<'_>, field: Field, depth: usize) -> Option<()> {
    counted::<4>(builder, field, "elements", |inner, field| {
        let mut count = 0;
        while !inner.is_empty() {
            if value(inner, false, depth).is_none() {
                break;
            }
            count += 1;
        }
        field.value(format!("[{count}]"))
    })
}

/// Reads a type and a value.
fn value(builder: &mut FieldBuilder<'_>, secret: bool, depth: usize) -> Option<()> {
    let Some([sign]) = builder.take() else { return builder.short(Field::framing("type", TABLES)) };
    let Some((kind, width)) = kind(sign) else {
        builder
            .leaf(1, Field::framing("type", TABLES).value(text::preview(&[sign])).malformed("not a type of a value"));
        return None;
    };
    builder.leaf(1, Field::framing("type", TABLES).value(format!("{} {kind}", char::from(sign))));
    let field = Field::text("value", TABLES);
    match sign {
        b'F' | b'A' if secret => string::<4>(builder, field, secret).map(|_| ()),
        b'S' | b'x' => string::<4>(builder, field, secret).map(|_| ()),
        b'F' | b'A' if depth == DEPTH => {
            builder.leaf(usize::MAX, field.problem("nested deeper than is shown"));
            None
        }
        b'F' => table(builder, field, depth + 1),
        b'A' => array(builder, field, depth + 1),
        _ => {
            let Some(bytes) = builder.left().get(..width) else { return builder.short(field) };
            builder.leaf(width, field.value(number(sign, bytes)).masked(secret));
            Some(())
        }
    }
}

/// The name of a type, and its length in bytes if all values have the same length.
fn kind(sign: u8) -> Option<(&'static str, usize)> {
    Some(match sign {
        b't' => ("boolean", 1),
        b'b' => ("short-short-int", 1),
        b'B' => ("short-short-uint", 1),
        b's' | b'U' => ("short-int", 2),
        b'u' => ("short-uint", 2),
        b'I' => ("long-int", 4),
        b'i' => ("long-uint", 4),
        b'l' | b'L' => ("long-long-int", 8),
        b'f' => ("float", 4),
        b'd' => ("double", 8),
        b'D' => ("decimal", 5),
        b'T' => ("timestamp", 8),
        b'V' => ("void", 0),
        b'S' => ("long string", 0),
        b'x' => ("byte array", 0),
        b'A' => ("array", 0),
        b'F' => ("table", 0),
        _ => return None,
    })
}

fn number(sign: u8, bytes: &[u8]) -> String {
    let wide = bytes.iter().fold(0_u64, |wide, byte| wide << 8 | u64::from(*byte));
    match sign {
        b't' => (wide != 0).to_string(),
        b'b' => (wide as i8).to_string(),
        b's' | b'U' => (wide as i16).to_string(),
        b'I' => (wide as i32).to_string(),
        b'l' | b'L' => (wide as i64).to_string(),
        b'f' => f32::from_bits(wide as u32).to_string(),
        b'd' => f64::from_bits(wide).to_string(),
        b'D' => format!("{}e-{}", wide as u32 as i32, wide >> 32),
        _ => wide.to_string(),
    }
}
