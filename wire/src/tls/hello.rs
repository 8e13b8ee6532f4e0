//! The messages of the handshake that are in the clear (RFC 8446 §4.1): the two hellos and their extensions. Any other is
//! shown as it is.

use super::{names, version};
use crate::{field::Field, field_builder::Scope, text};

const CLIENT: &str = "RFC 8446 §4.1.2";
const SERVER: &str = "RFC 8446 §4.1.3";
const EXTENSION: &str = "RFC 8446 §4.2";
const SERVER_NAME: &str = "RFC 6066 §3";
const PROTOCOLS: &str = "RFC 7301 §3.1";
const VERSIONS: &str = "RFC 8446 §4.2.1";
const GROUPS: &str = "RFC 8446 §4.2.7";

/// Reads a message of this type.
pub(super) fn read(scope: &mut Scope<'_>, kind: u8) {
    // what is missing was marked where it is missing
    let _read = match kind {
        names::CLIENT_HELLO => client(scope),
        names::SERVER_HELLO => server(scope),
        _ => {
            opaque(scope, "content", "RFC 8446 §4");
            Some(())
        }
    };
}

fn client(scope: &mut Scope<'_>) -> Option<()> {
    version(scope, "legacy version", CLIENT)?;
    random(scope, CLIENT)?;
    session(scope, CLIENT)?;
    let len = scope.u16("cipher suites length", CLIENT)?;
    codes(scope, len.into(), "cipher suites", CLIENT, names::suite);
    let len = scope.u8("compression methods length", CLIENT)?;
    scope.leaf(len.into(), Field::framing("compression methods", CLIENT).value("none"));
    extensions(scope, true)
}

fn server(scope: &mut Scope<'_>) -> Option<()> {
    version(scope, "legacy version", SERVER)?;
    random(scope, SERVER)?;
    session(scope, SERVER)?;
    code(scope, "cipher suite", SERVER, names::suite)?;
    scope.u8("compression method", SERVER)?;
    extensions(scope, false)
}

fn random(scope: &mut Scope<'_>, rule: &'static str) -> Option<()> {
    let field = Field::framing("random", rule);
    let Some(bytes) = scope.take::<32>() else { return scope.short(field) };
    let value = if bytes == names::RETRY { "asks for another hello".to_owned() } else { text::hex(&bytes) };
    scope.leaf(32, field.value(value));
    Some(())
}

fn session(scope: &mut Scope<'_>, rule: &'static str) -> Option<()> {
    let len = scope.u8("session id length", rule)?;
    let id = &scope.left()[..usize::from(len).min(scope.left().len())];
    scope.leaf(len.into(), Field::framing("session id", rule).value(text::hex(id)));
    Some(())
}

fn extensions(scope: &mut Scope<'_>, from_client: bool) -> Option<()> {
    if scope.is_empty() && !scope.open() {
        return Some(());
    }
    let len = scope.u16("extensions length", EXTENSION)?;
    let mut all = scope.window(len.into());
    while !all.is_empty() {
        let mut one = all.rest();
        let mut field = Field::framing("extension", EXTENSION);
        if let Some(name) = extension(&mut one, from_client) {
            one.end_here();
            field = field.value(name);
        }
        all.push(one.close(field));
    }
    scope.push(all.close(Field::framing("extensions", EXTENSION)));
    Some(())
}

fn extension(scope: &mut Scope<'_>, from_client: bool) -> Option<&'static str> {
    let field = Field::number("extension type", EXTENSION);
    let Some(kind) = scope.take().map(u16::from_be_bytes) else { return scope.short(field) };
    let name = names::extension(kind);
    scope.leaf(2, field.value(format!("{kind} {name}")));
    let len = scope.u16("length", EXTENSION)?;
    let mut inner = scope.window(len.into());
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
    scope.push(inner.close(Field::framing(name, EXTENSION)));
    Some(name)
}

fn server_name(scope: &mut Scope<'_>) -> Option<()> {
    scope.u16("names length", SERVER_NAME)?;
    scope.u8("name type", SERVER_NAME)?;
    let len = usize::from(scope.u16("name length", SERVER_NAME)?);
    let name = &scope.left()[..len.min(scope.left().len())];
    scope.leaf(len, Field::text("server name", SERVER_NAME).value(text::lossy(name)));
    Some(())
}

fn protocols(scope: &mut Scope<'_>) -> Option<()> {
    scope.u16("protocols length", PROTOCOLS)?;
    while !scope.is_empty() {
        let len = usize::from(scope.u8("protocol length", PROTOCOLS)?);
        let name = &scope.left()[..len.min(scope.left().len())];
        scope.leaf(len, Field::text("protocol", PROTOCOLS).value(text::lossy(name)));
    }
    Some(())
}

fn versions(scope: &mut Scope<'_>, from_client: bool) -> Option<()> {
    if from_client {
        scope.u8("versions length", VERSIONS)?;
    }
    while !scope.is_empty() {
        version(scope, "version", VERSIONS)?;
    }
    Some(())
}

/// A list of two-byte codes, `len` bytes of them.
fn codes(scope: &mut Scope<'_>, len: usize, name: &'static str, rule: &'static str, named: fn(u16) -> &'static str) {
    let mut list = scope.window(len);
    while !list.is_empty() {
        if code(&mut list, "code", rule, named).is_none() {
            break;
        }
    }
    scope.push(list.close(Field::framing(name, rule)));
}

fn code(scope: &mut Scope<'_>, name: &'static str, rule: &'static str, named: fn(u16) -> &'static str) -> Option<()> {
    let field = Field::number(name, rule);
    let Some(code) = scope.take().map(u16::from_be_bytes) else { return scope.short(field) };
    scope.leaf(2, field.value(format!("{code:#06x} {}", named(code)).trim_end()));
    Some(())
}

fn opaque(scope: &mut Scope<'_>, name: &'static str, rule: &'static str) {
    let bytes = scope.left();
    scope.leaf(bytes.len(), Field::framing(name, rule).value(text::hex(bytes)));
}
