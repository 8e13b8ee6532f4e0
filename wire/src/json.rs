//! JSON (RFC 8259) with the position of each member, element, name and punctuation character. Malformed parts are
//! marked up to the next comma or bracket, and the rest is dissected.

use std::borrow::Cow;

use crate::{
    field::{Field, FieldKind},
    field_builder::FieldBuilder,
    redact, text,
};

/// The maximum nesting of arrays and objects that is dissected.
const DEPTH: usize = 64;

const VALUE: &str = "RFC 8259 §3";
const OBJECT: &str = "RFC 8259 §4";
const ARRAY: &str = "RFC 8259 §5";
const NUMBER: &str = "RFC 8259 §6";
const STRING: &str = "RFC 8259 §7";
const SIGN: &str = "RFC 8259 §2";

/// Dissects all bytes as one JSON text.
pub(crate) fn dissect(mut builder: FieldBuilder<'_>) -> Vec<Field> {
    value(&mut builder, "value".into(), 0);
    space(&mut builder);
    if !builder.is_empty() {
        builder.malformed("unexpected bytes", VALUE, "a JSON text is one value");
    }
    builder.into_fields()
}

fn value(builder: &mut FieldBuilder<'_>, name: Cow<'static, str>, depth: usize) {
    space(builder);
    match builder.left().first() {
        // a missing value; the enclosing container reports it
        None | Some(b'}' | b']') => {}
        Some(b'{' | b'[') if depth == DEPTH => {
            // what is not dissected may hold a credential
            builder.leaf(usize::MAX, Field::text(name, VALUE).problem("nested deeper than is shown").masked(true));
        }
        Some(b'{') => object(builder, name, depth),
        Some(b'[') => array(builder, name, depth),
        Some(b'"') => string(builder, name),
        Some(_) => {
            let token = token(builder.left());
            let field = match token {
                b"true" | b"false" | b"null" => Field::text(name, VALUE).value(text::preview(token)),
                _ if is_number(token) => Field::number(name, NUMBER).value(text::preview(token)),
                _ if builder.open() && token.len() == builder.left().len() => {
                    Field::new(FieldKind::Incomplete, name, VALUE).problem("the capture ends here")
                }
                _ => Field::text(name, VALUE).value(text::preview(token)).malformed("not a JSON value"),
            };
            builder.leaf(token.len(), field);
        }
    }
}

fn object(builder: &mut FieldBuilder<'_>, name: Cow<'static, str>, depth: usize) {
    let mut inner = builder.rest();
    inner.leaf(1, Field::framing("begin of object", SIGN));
    let mut members = 0;
    // a header field or parameter may be written as an object with a name and a value
    let mut names_credential = false;
    let closed = loop {
        if let Some(closed) = ended(&mut inner, b'}', "end of object") {
            break closed;
        }
        let mut member = inner.rest();
        let field = self::member(&mut member, depth, &mut names_credential);
        if !(member.is_empty() && member.open()) {
            member.end_here();
        }
        inner.push(member.close(field));
        members += 1;
        separator(&mut inner);
    };
    if names_credential {
        let bytes = inner.bytes();
        for member in inner.fields_mut().iter_mut().filter(|member| redact::holds_a_value(&member.name)) {
            // the parts after the member's name
            mask_value(member.children.get_mut(1..).unwrap_or_default(), bytes, 0);
        }
    }
    close(builder, inner, Field::text(name, OBJECT).value(format!("{{{members}}}")), closed);
}

/// Sets `names_credential` if the value is the name of a credential; another member then has the credential.
fn member(builder: &mut FieldBuilder<'_>, depth: usize, names_credential: &mut bool) -> Field {
    let begin = builder.at();
    let key = key(builder);
    let secret = redact::is_credential(key.as_bytes()) || names_a_credential(&builder.bytes()[begin..builder.at()]);
    let mut field = Field::text(key, OBJECT);
    space(builder);
    let colon = builder.left().first() == Some(&b':');
    if colon {
        builder.leaf(1, Field::framing("name separator", SIGN));
    }
    let before = builder.at();
    value(builder, "value".into(), depth + 1);
    *names_credential |=
        redact::holds_a_name(&field.name) && names_a_credential(&builder.bytes()[before..builder.at()]);
    if secret {
        let bytes = builder.bytes();
        mask_value(builder.fields_mut(), bytes, before);
    }
    if !builder.is_empty() || !builder.open() {
        if !colon {
            field = field.problem("a name and a colon come before the value");
        } else if builder.at() == before {
            field = field.problem("it has no value");
        }
    }
    field
}

/// True if this is a string, complete or cut off, that names a credential.
fn names_a_credential(value: &[u8]) -> bool {
    let value = value.trim_ascii_start();
    let escaped = || decode(value).is_some_and(|text| redact::is_credential(text.as_bytes()));
    value.strip_prefix(b"\"").is_some_and(redact::is_credential) || escaped()
}

fn array(builder: &mut FieldBuilder<'_>, name: Cow<'static, str>, depth: usize) {
    let mut inner = builder.rest();
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
            mask_value(inner.fields_mut(), bytes, before);
        }
        secret = names_a_credential(&inner.bytes()[before..inner.at()]);
        elements += 1;
        separator(&mut inner);
    };
    close(builder, inner, Field::text(name, ARRAY).value(format!("[{elements}]")), closed);
}

/// Masks the fields from `from` on as a credential. The quotes of a string stay, so that the result is still JSON.
fn mask_value(fields: &mut [Field], bytes: &[u8], from: usize) {
    let sign = |field: &Field| matches!(&*field.name, "white space" | "name separator");
    for field in fields.iter_mut().filter(|field| field.range.start >= from && !sign(field)) {
        let (start, end) = (field.range.start, field.range.end);
        let quoted = matches!(&bytes[start..end], [b'"', .., b'"']) && field.kind == FieldKind::Text;
        if quoted && field.children.is_empty() {
            field.value = "(masked)".to_owned();
            let part = |name, range| Field { range, ..Field::framing(name, STRING) };
            let inside = Field { kind: FieldKind::Text, ..part("credentials", start + 1..end - 1) }.masked(true);
            field.children = vec![part("quote", start..start + 1), inside, part("quote", end - 1..end)];
            field.children.retain(|part| !part.is_empty());
        } else {
            field.masked = true;
        }
    }
}

/// Closes a container at the current position, or leaves it incomplete where the capture ends.
fn close(builder: &mut FieldBuilder<'_>, mut inner: FieldBuilder<'_>, mut field: Field, closed: bool) {
    let cut_off = !closed && inner.is_empty() && inner.open();
    if !cut_off {
        inner.end_here();
        if !closed {
            field = field.problem("it is not closed");
        }
    }
    builder.push(inner.close(field));
}

/// None if the container goes on. Otherwise whether its own closing bracket was there, which is taken.
fn ended(inner: &mut FieldBuilder<'_>, sign: u8, name: &'static str) -> Option<bool> {
    space(inner);
    match inner.left().first() {
        Some(&found) if found == sign => {
            inner.leaf(1, Field::framing(name, SIGN));
            Some(true)
        }
        // the bracket of the other kind closes the enclosing container
        None | Some(b'}' | b']') => Some(false),
        Some(_) => None,
    }
}

fn separator(inner: &mut FieldBuilder<'_>) {
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

/// Takes a member's name and returns it.
fn key(member: &mut FieldBuilder<'_>) -> Cow<'static, str> {
    if member.left().first() != Some(&b'"') {
        return "member".into();
    }
    let bytes = &member.left()[..string_len(member.left()).unwrap_or(member.left().len())];
    let key = decode(bytes).map_or_else(|| text::lossy(bytes), |key| text::shorten(&key));
    string(member, "name".into());
    key.into()
}

fn string(builder: &mut FieldBuilder<'_>, name: Cow<'static, str>) {
    let Some(len) = string_len(builder.left()) else {
        if builder.open() {
            builder.incomplete(name, STRING);
        } else {
            builder.malformed(name, STRING, "the string is not closed");
        }
        return;
    };
    let bytes = &builder.left()[..len];
    let field = Field::text(name, STRING);
    let field = match decode(bytes) {
        Some(text) => field.value(text::shorten(&text)),
        None => {
            field.value(text::lossy(bytes)).malformed("not a JSON string: bad escape, control character or not UTF-8")
        }
    };
    builder.leaf(len, field);
}

/// The length of a string with both quotes, if it is closed.
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

/// The bytes up to the next punctuation character or space; at least one.
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

fn space(builder: &mut FieldBuilder<'_>) {
    let len = builder.left().iter().take_while(|byte| is_space(**byte)).count();
    if len > 0 {
        builder.leaf(len, Field::framing("white space", SIGN));
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}
