//! JSON (RFC 8259) with the place of each member, element, name and sign. What is wrong is marked up to the next comma or
//! bracket, and the rest is read.

use std::borrow::Cow;

use crate::{
    field::{Field, Kind},
    field_builder::Scope,
    redact, text,
};

/// How deep arrays and objects are followed.
const DEPTH: usize = 64;

const VALUE: &str = "RFC 8259 §3";
const OBJECT: &str = "RFC 8259 §4";
const ARRAY: &str = "RFC 8259 §5";
const NUMBER: &str = "RFC 8259 §6";
const STRING: &str = "RFC 8259 §7";
const SIGN: &str = "RFC 8259 §2";

/// Reads the whole scope as one JSON text.
pub(crate) fn dissect(mut scope: Scope<'_>) -> Vec<Field> {
    value(&mut scope, "value".into(), 0);
    space(&mut scope);
    if !scope.is_empty() {
        scope.malformed("unexpected bytes", VALUE, "a JSON text is one value");
    }
    scope.into_fields()
}

fn value(scope: &mut Scope<'_>, name: Cow<'static, str>, depth: usize) {
    space(scope);
    match scope.left().first() {
        // an end where a value is due: the container around it says so
        None | Some(b'}' | b']') => {}
        Some(b'{' | b'[') if depth == DEPTH => {
            // what is not dissected may hold a credential
            scope.leaf(usize::MAX, Field::text(name, VALUE).problem("nested deeper than is shown").secret(true));
        }
        Some(b'{') => object(scope, name, depth),
        Some(b'[') => array(scope, name, depth),
        Some(b'"') => string(scope, name),
        Some(_) => {
            let token = token(scope.left());
            let field = match token {
                b"true" | b"false" | b"null" => Field::text(name, VALUE).value(text::preview(token)),
                _ if is_number(token) => Field::number(name, NUMBER).value(text::preview(token)),
                _ if scope.open() && token.len() == scope.left().len() => {
                    Field::new(Kind::Incomplete, name, VALUE).problem("the capture ends here")
                }
                _ => Field::text(name, VALUE).value(text::preview(token)).malformed("not a JSON value"),
            };
            scope.leaf(token.len(), field);
        }
    }
}

fn object(scope: &mut Scope<'_>, name: Cow<'static, str>, depth: usize) {
    let mut inner = scope.rest();
    inner.leaf(1, Field::framing("begin of object", SIGN));
    let mut members = 0;
    // fields and parameters may be written as names and values
    let mut telling = false;
    let closed = loop {
        if let Some(closed) = ended(&mut inner, b'}', "end of object") {
            break closed;
        }
        let mut member = inner.rest();
        let field = self::member(&mut member, depth, &mut telling);
        if !(member.is_empty() && member.open()) {
            member.end_here();
        }
        inner.push(member.close(field));
        members += 1;
        separator(&mut inner);
    };
    if telling {
        let bytes = inner.bytes();
        for member in inner.fields_mut().iter_mut().filter(|member| redact::is_named(&member.name)) {
            // behind its name
            hide(member.children.get_mut(1..).unwrap_or_default(), bytes, 0);
        }
    }
    close(scope, inner, Field::text(name, OBJECT).value(format!("{{{members}}}")), closed);
}

/// `telling` becomes true where the value is the name of a credential, which another member then is.
fn member(scope: &mut Scope<'_>, depth: usize, telling: &mut bool) -> Field {
    let begin = scope.at();
    let key = key(scope);
    let secret = redact::is_secret(key.as_bytes()) || tells(&scope.bytes()[begin..scope.at()]);
    let mut field = Field::text(key, OBJECT);
    space(scope);
    let colon = scope.left().first() == Some(&b':');
    if colon {
        scope.leaf(1, Field::framing("name separator", SIGN));
    }
    let before = scope.at();
    value(scope, "value".into(), depth + 1);
    *telling |= redact::is_naming(&field.name) && tells(&scope.bytes()[before..scope.at()]);
    if secret {
        let bytes = scope.bytes();
        hide(scope.fields_mut(), bytes, before);
    }
    if !scope.is_empty() || !scope.open() {
        if !colon {
            field = field.problem("a name and a colon come before the value");
        } else if scope.at() == before {
            field = field.problem("it has no value");
        }
    }
    field
}

/// Whether this is a string, whole or cut off, that names a credential.
fn tells(value: &[u8]) -> bool {
    let value = value.trim_ascii_start();
    let escaped = || decode(value).is_some_and(|text| redact::is_secret(text.as_bytes()));
    value.strip_prefix(b"\"").is_some_and(redact::is_secret) || escaped()
}

fn array(scope: &mut Scope<'_>, name: Cow<'static, str>, depth: usize) {
    let mut inner = scope.rest();
    inner.leaf(1, Field::framing("begin of array", SIGN));
    let mut elements = 0;
    // header fields and metadata may be written as pairs
    let mut secret = false;
    let closed = loop {
        if let Some(closed) = ended(&mut inner, b']', "end of array") {
            break closed;
        }
        let before = inner.at();
        value(&mut inner, Cow::Owned(format!("[{elements}]")), depth + 1);
        if secret {
            let bytes = inner.bytes();
            hide(inner.fields_mut(), bytes, before);
        }
        secret = tells(&inner.bytes()[before..inner.at()]);
        elements += 1;
        separator(&mut inner);
    };
    close(scope, inner, Field::text(name, ARRAY).value(format!("[{elements}]")), closed);
}

/// What these fields take from `from` on is a credential. Of a string the quotes stay, so that what is shown is JSON still.
fn hide(fields: &mut [Field], bytes: &[u8], from: usize) {
    let sign = |field: &Field| matches!(&*field.name, "white space" | "name separator");
    for field in fields.iter_mut().filter(|field| field.range.start >= from && !sign(field)) {
        let (start, end) = (field.range.start, field.range.end);
        let quoted = matches!(&bytes[start..end], [b'"', .., b'"']) && field.kind == Kind::Text;
        if quoted && field.children.is_empty() {
            field.value = "(masked)".to_owned();
            let part = |name, range| Field { range, ..Field::framing(name, STRING) };
            let inside = Field { kind: Kind::Text, ..part("credentials", start + 1..end - 1) }.secret(true);
            field.children = vec![part("quote", start..start + 1), inside, part("quote", end - 1..end)];
            field.children.retain(|part| !part.is_empty());
        } else {
            field.masked = true;
        }
    }
}

/// Ends a container where it was read to, or leaves it incomplete where the capture ends.
fn close(scope: &mut Scope<'_>, mut inner: Scope<'_>, mut field: Field, closed: bool) {
    let cut_off = !closed && inner.is_empty() && inner.open();
    if !cut_off {
        inner.end_here();
        if !closed {
            field = field.problem("it is not closed");
        }
    }
    scope.push(inner.close(field));
}

/// Whether a container ends here, and whether by its own closing sign, which is taken.
fn ended(inner: &mut Scope<'_>, sign: u8, name: &'static str) -> Option<bool> {
    space(inner);
    match inner.left().first() {
        Some(&found) if found == sign => {
            inner.leaf(1, Field::framing(name, SIGN));
            Some(true)
        }
        // the other kind's sign: left to the container around this one
        None | Some(b'}' | b']') => Some(false),
        Some(_) => None,
    }
}

fn separator(inner: &mut Scope<'_>) {
    space(inner);
    match inner.left().first() {
        Some(b',') => {
            inner.leaf(1, Field::framing("value separator", SIGN));
            space(inner);
            if let Some(b'}' | b']') = inner.left().first() {
                inner.mark("a value is due after a comma");
            }
        }
        None | Some(b'}' | b']') => {}
        Some(_) => {
            let len = token(inner.left()).len();
            inner.leaf(len, Field::framing("unexpected bytes", SIGN).malformed("a comma or an end is due here"));
        }
    }
}

/// Reads a member's name and gives it.
fn key(member: &mut Scope<'_>) -> Cow<'static, str> {
    if member.left().first() != Some(&b'"') {
        return "member".into();
    }
    let bytes = &member.left()[..string_len(member.left()).unwrap_or(member.left().len())];
    let key = decode(bytes).map_or_else(|| text::lossy(bytes), |key| text::shorten(&key));
    string(member, "name".into());
    key.into()
}

fn string(scope: &mut Scope<'_>, name: Cow<'static, str>) {
    let Some(len) = string_len(scope.left()) else {
        if scope.open() {
            scope.incomplete(name, STRING);
        } else {
            scope.malformed(name, STRING, "the string is not closed");
        }
        return;
    };
    let bytes = &scope.left()[..len];
    let field = Field::text(name, STRING);
    let field = match decode(bytes) {
        Some(text) => field.value(text::shorten(&text)),
        None => {
            field.value(text::lossy(bytes)).malformed("not a JSON string: bad escape, control character or not UTF-8")
        }
    };
    scope.leaf(len, field);
}

/// How long the string is with both quotes, if it is closed.
fn string_len(bytes: &[u8]) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in bytes.iter().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

fn decode(string: &[u8]) -> Option<String> {
    serde_json::from_slice(string).ok()
}

/// The bytes up to the next sign or space; at least one.
fn token(bytes: &[u8]) -> &[u8] {
    let ends = |byte: &u8| matches!(byte, b',' | b':' | b'[' | b']' | b'{' | b'}' | b'"') || is_space(*byte);
    let len = bytes.iter().position(ends).unwrap_or(bytes.len());
    &bytes[..len.max(1).min(bytes.len())]
}

fn is_number(token: &[u8]) -> bool {
    let digits = |token: &[u8]| token.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut rest = token.strip_prefix(b"-").unwrap_or(token);
    let whole = digits(rest);
    if whole == 0 || (whole > 1 && rest[0] == b'0') {
        return false;
    }
    rest = &rest[whole..];
    if let Some(fraction) = rest.strip_prefix(b".") {
        let len = digits(fraction);
        if len == 0 {
            return false;
        }
        rest = &fraction[len..];
    }
    if let Some(exponent) = rest.strip_prefix(b"e").or_else(|| rest.strip_prefix(b"E")) {
        let exponent = exponent.strip_prefix(b"+").or_else(|| exponent.strip_prefix(b"-")).unwrap_or(exponent);
        let len = digits(exponent);
        return len > 0 && len == exponent.len();
    }
    rest.is_empty()
}

fn space(scope: &mut Scope<'_>) {
    let len = scope.left().iter().take_while(|byte| is_space(**byte)).count();
    if len > 0 {
        scope.leaf(len, Field::framing("white space", SIGN));
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}
