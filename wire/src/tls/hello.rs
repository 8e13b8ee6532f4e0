//! The unencrypted handshake messages (RFC 8446 §4.1): the two hellos and their extensions. Other messages are shown in
//! hex.

use super::{names, version};
use crate::{field::Field, field_builder::FieldBuilder, text};

const CLIENT: &str = "RFC 8446 §4.1.2";
const SERVER: &str = "RFC 8446 §4.1.3";
const EXTENSION: &str = "RFC 8446 §4.2";
const SERVER_NAME: &str = "RFC 6066 §3";
const PROTOCOLS: &str = "RFC 7301 §3.1";
const VERSIONS: &str = "RFC 8446 §4.2.1";
const GROUPS: &str = "RFC 8446 §4.2.7";

/// Reads a message of this type.
pub(super) fn read(builder: &mut FieldBuilder<'_>, kind: u8) {
    // missing bytes are marked already
    let _read = match kind {
        names::CLIENT_HELLO => client(builder),
        names::SERVER_HELLO => server(builder),
        _ => {
            opaque(builder, "content", "RFC 8446 §4");
            Some(())
        }
    };
}

fn client(builder: &mut FieldBuilder<'_>) -> Option<()> {
    version(builder, "legacy version", CLIENT)?;
    random(builder, CLIENT)?;
    session(builder, CLIENT)?;
    let len = builder.u16("cipher suites length", CLIENT)?;
    codes(builder, len.into(), "cipher suites", CLIENT, names::suite);
    let len = builder.u8("compression methods length", CLIENT)?;
    builder.leaf(len.into(), Field::framing("compression methods", CLIENT).value("none"));
    extensions(builder, true)
}

fn server(builder: &mut FieldBuilder<'_>) -> Option<()> {
    version(builder, "legacy version", SERVER)?;
    random(builder, SERVER)?;
    session(builder, SERVER)?;
    code(builder, "cipher suite", SERVER, names::suite)?;
    builder.u8("compression method", SERVER)?;
    extensions(builder, false)
}

fn random(builder: &mut FieldBuilder<'_>, rule: &'static str) -> Option<()> {
    let field = Field::framing("random", rule);
    let Some(bytes) = builder.take::<32>() else { return builder.short(field) };
    let value = if bytes == names::RETRY { "asks for another hello".to_owned() } else { text::hex(&bytes) };
    builder.leaf(32, field.value(value));
    Some(())
}

fn session(builder: &mut FieldBuilder<'_>, rule: &'static str) -> Option<()> {
    let len = builder.u8("session id length", rule)?;
    let id = &builder.left()[..usize::from(len).min(builder.left().len())];
    builder.leaf(len.into(), Field::framing("session id", rule).value(text::hex(id)));
    Some(())
}

fn extensions(builder: &mut FieldBuilder<'_>, from_client: bool) -> Option<()> {
    if builder.is_empty() && !builder.open() {
        return Some(());
    }
    let len = builder.u16("extensions length", EXTENSION)?;
    let mut all = builder.window(len.into());
    while !all.is_empty() {
        let mut one = all.rest();
        let mut field = Field::framing("extension", EXTENSION);
        if let Some(name) = extension(&mut one, from_client) {
            one.end_here();
            field = field.value(name);
        }
        all.push(one.close(field));
    }
    builder.push(all.close(Field::framing("extensions", EXTENSION)));
    Some(())
}

fn extension(builder: &mut FieldBuilder<'_>, from_client: bool) -> Option<&'static str> {
    let field = Field::number("extension type", EXTENSION);
    let Some(kind) = builder.take().map(u16::from_be_bytes) else { return builder.short(field) };
    let name = names::extension(kind);
    builder.leaf(2, field.value(format!("{kind} {name}")));
    let len = builder.u16("length", EXTENSION)?;
    let mut inner = builder.window(len.into());
    let _read = match kind {
        names::SERVER_NAME if from_client => server_name(&mut inner),
        names::ALPN => protocols(&mut inner),
        names::SUPPORTED_VERSIONS => versions(&mut inner, from_client),
        names::SUPPORTED_GROUPS => inner.u16("groups length", GROUPS).map(|len| {
            codes(&mut inner, len.into(), "groups", GROUPS, names::group);
        }),
        _ => {
            opaque(&mut inner, "data", EXTENSION);
            Some(())
        }
    };
    builder.push(inner.close(Field::framing(name, EXTENSION)));
    Some(name)
}

fn server_name(builder: &mut FieldBuilder<'_>) -> Option<()> {
    builder.u16("names length", SERVER_NAME)?;
    builder.u8("name type", SERVER_NAME)?;
    let len = usize::from(builder.u16("name length", SERVER_NAME)?);
    let name = &builder.left()[..len.min(builder.left().len())];
    builder.leaf(len, Field::text("server name", SERVER_NAME).value(text::lossy(name)));
    Some(())
}

fn protocols(builder: &mut FieldBuilder<'_>) -> Option<()> {
    builder.u16("protocols length", PROTOCOLS)?;
    while !builder.is_empty() {
        let len = usize::from(builder.u8("protocol length", PROTOCOLS)?);
        let name = &builder.left()[..len.min(builder.left().len())];
        builder.leaf(len, Field::text("protocol", PROTOCOLS).value(text::lossy(name)));
    }
    Some(())
}

fn versions(builder: &mut FieldBuilder<'_>, from_client: bool) -> Option<()> {
    if from_client {
        builder.u8("versions length", VERSIONS)?;
    }
    while !builder.is_empty() {
        version(builder, "version", VERSIONS)?;
    }
    Some(())
}

/// A list of two-byte codes, `len` bytes of them.
fn codes(
    builder: &mut FieldBuilder<'_>,
    len: usize,
    name: &'static str,
    rule: &'static str,
    named: fn(u16) -> &'static str,
) {
    let mut list = builder.window(len);
    while !list.is_empty() {
        if code(&mut list, "code", rule, named).is_none() {
            break;
        }
    }
    builder.push(list.close(Field::framing(name, rule)));
}

fn code(
    builder: &mut FieldBuilder<'_>,
    name: &'static str,
    rule: &'static str,
    named: fn(u16) -> &'static str,
) -> Option<()> {
    let field = Field::number(name, rule);
    let Some(code) = builder.take().map(u16::from_be_bytes) else { return builder.short(field) };
    builder.leaf(2, field.value(format!("{code:#06x} {}", named(code)).trim_end()));
    Some(())
}

fn opaque(builder: &mut FieldBuilder<'_>, name: &'static str, rule: &'static str) {
    let bytes = builder.left();
    builder.leaf(bytes.len(), Field::framing(name, rule).value(text::hex(bytes)));
}
