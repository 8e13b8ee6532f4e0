//! TLS records (RFC 8446, and RFC 5246 for older versions). What is visible without the keys: the hellos, with the
//! server name and the offered protocols, and the types and lengths of all other records.
//!
//! - [`hello`]: unencrypted handshake messages; [`names`]: types, suites and extensions

mod hello;
mod names;

use crate::{field::Field, field_builder::FieldBuilder, text};

const RECORD: &str = "RFC 8446 §5.1";
const PROTECTED: &str = "RFC 8446 §5.2";
const HANDSHAKE: &str = "RFC 8446 §4";
const ALERT: &str = "RFC 8446 §6";
const CHANGE: &str = "RFC 8446 §5";

/// True if a connection that begins with these bytes uses TLS: with a handshake record.
pub(crate) fn begins(bytes: &[u8]) -> bool {
    matches!(bytes, [names::HANDSHAKE] | [names::HANDSHAKE, 3, ..])
}

/// The state of one direction after the records so far.
#[derive(Default)]
struct HandshakeState {
    /// True if all further records are encrypted.
    sealed: bool,
    /// The number of missing bytes of a handshake message.
    due: usize,
}

/// Reads records to the end of the stream.
pub(crate) fn records(stream: &mut FieldBuilder<'_>) {
    let mut state = HandshakeState::default();
    while !stream.is_empty() {
        let mut builder = stream.rest();
        let found = record(&mut builder, &mut state);
        let mut field = Field::framing("record", RECORD);
        if let Some((name, whole)) = found {
            field = field.value(name);
            if whole {
                builder.end_here();
            }
        }
        stream.push(builder.close(field));
    }
}

/// Takes one record. Returns its name, and whether it is complete.
fn record(builder: &mut FieldBuilder<'_>, state: &mut HandshakeState) -> Option<(&'static str, bool)> {
    let field = Field::number("content type", RECORD);
    let Some([kind]) = builder.take() else { return builder.short(field) };
    let name = names::content(kind);
    builder.leaf(1, field.value(format!("{kind} {name}")));
    version(builder, "legacy record version", RECORD)?;
    let len = usize::from(builder.u16("length", RECORD)?);
    let whole = builder.left().len() >= len;
    let mut inner = builder.window(len);
    let shown = match kind {
        names::CHANGE_CIPHER_SPEC => {
            state.sealed = true;
            inner.leaf(1, Field::framing("change cipher spec", CHANGE).value("1"));
            name
        }
        names::HANDSHAKE if !state.sealed => handshake(&mut inner, &mut state.due),
        names::ALERT if !state.sealed => {
            // missing bytes are marked already
            let _read = alert(&mut inner);
            name
        }
        names::HANDSHAKE | names::ALERT | names::APPLICATION_DATA => {
            state.sealed = true;
            builder.leaf(len, Field::payload("encrypted", PROTECTED).value(text::bytes(len)));
            return Some((name, whole));
        }
        _ => {
            inner.malformed("fragment", RECORD, "there is no such type of content");
            name
        }
    };
    builder.push(inner.close(Field::framing("fragment", RECORD)));
    Some((shown, whole))
}

/// Takes the handshake messages in one record. Returns the name of the last one. A message may continue in the next
/// record.
fn handshake(builder: &mut FieldBuilder<'_>, due: &mut usize) -> &'static str {
    let mut last = "handshake";
    if *due > 0 {
        let rest = (*due).min(builder.left().len());
        builder.leaf(rest, Field::framing("rest of the message", HANDSHAKE));
        *due -= rest;
    }
    while !builder.is_empty() {
        let mut message = builder.rest();
        let found = one_message(&mut message, due);
        let mut field = Field::framing("handshake message", HANDSHAKE);
        if let Some(name) = found {
            message.end_here();
            field = field.value(name);
            last = name;
        }
        builder.push(message.close(field));
    }
    last
}

fn one_message(builder: &mut FieldBuilder<'_>, due: &mut usize) -> Option<&'static str> {
    let field = Field::number("message type", HANDSHAKE);
    let Some([kind]) = builder.take() else { return builder.short(field) };
    let name = names::message(kind);
    builder.leaf(1, field.value(format!("{kind} {name}")));
    let field = Field::number("length", HANDSHAKE);
    let Some([high, middle, low]) = builder.take() else { return builder.short(field) };
    let len = u32::from_be_bytes([0, high, middle, low]) as usize;
    builder.leaf(3, field.value(len.to_string()));
    let left = builder.left().len();
    if len > left && !builder.open() {
        *due = len - left;
        builder.leaf(left, Field::framing("beginning of the message", HANDSHAKE).value("the next record has the rest"));
        return Some(name);
    }
    let mut inner = builder.window(len);
    hello::read(&mut inner, kind);
    builder.push(inner.close(Field::framing("message", HANDSHAKE)));
    Some(name)
}

fn alert(builder: &mut FieldBuilder<'_>) -> Option<()> {
    let level = Field::number("level", ALERT);
    let Some([first]) = builder.take() else { return builder.short(level) };
    builder.leaf(1, level.value(format!("{first} {}", if first == 1 { "warning" } else { "fatal" })));
    let description = Field::number("description", ALERT);
    let Some([second]) = builder.take() else { return builder.short(description) };
    builder.leaf(1, description.value(format!("{second} {}", names::alert(second))));
    Some(())
}

/// A protocol version: the bytes 3 and 3 are TLS 1.2.
fn version(builder: &mut FieldBuilder<'_>, name: &'static str, rule: &'static str) -> Option<()> {
    let field = Field::number(name, rule);
    let Some(bytes) = builder.take::<2>() else { return builder.short(field) };
    builder.leaf(2, field.value(names::version(u16::from_be_bytes(bytes))));
    Some(())
}
