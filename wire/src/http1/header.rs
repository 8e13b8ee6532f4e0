//! The header section: name, colon and value of each field (RFC 9112 §5). Trailer sections and the trailers frame of
//! gRPC-Web have the same form.

use super::line;
use crate::{field::Field, field_builder::FieldBuilder, header_rules, redact, text};

const LINE: &str = "RFC 9112 §5";
const NAME: &str = "RFC 9110 §5.1";
const VALUE: &str = "RFC 9110 §5.5";
const FOLD: &str = "RFC 9112 §5.2";
const END: &str = "RFC 9112 §2.1";

/// The header fields of a message, names in lower case.
#[derive(Debug, Default)]
pub(crate) struct Headers(Vec<(String, String)>);

impl Headers {
    /// The value of the first field of this name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The value of the field of this name, unless there are several.
    pub(crate) fn only(&self, name: &str) -> Option<&str> {
        let mut values = self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str());
        values.next().filter(|_| values.next().is_none())
    }

    pub(crate) fn push(&mut self, name: &[u8], value: &[u8]) {
        let name = String::from_utf8_lossy(name).trim().to_ascii_lowercase();
        self.0.push((name, String::from_utf8_lossy(value).into_owned()));
    }
}

/// Takes the header lines and the empty line after them. The second value is true if the empty line was there.
pub(crate) fn section(builder: &mut FieldBuilder<'_>) -> (Headers, bool) {
    let mut headers = Headers::default();
    let mut secret = false;
    while !builder.is_empty() {
        let (line, ends) = line::content(builder);
        if line.is_empty() {
            if ends {
                line::end(builder, "end of header section");
            } else {
                builder.incomplete("end of header section", END);
            }
            return (headers, ends);
        }
        if let [b' ' | b'\t', ..] = line {
            let field = Field::text("folded line", FOLD).problem("folding is no longer allowed").masked(secret);
            builder.leaf(line.len(), field);
            line::end(builder, "line end");
        } else {
            secret = one(builder, &mut headers);
        }
    }
    (headers, false)
}

/// Takes all bytes as header lines without an empty line at the end, as in the trailers frame of gRPC-Web.
pub(crate) fn lines(builder: &mut FieldBuilder<'_>) -> Headers {
    let mut headers = Headers::default();
    while !builder.is_empty() {
        if line::content(builder).0.is_empty() {
            line::end(builder, "empty line");
        } else {
            one(builder, &mut headers);
        }
    }
    headers
}

/// Takes one header line. Returns true if its value is a credential.
fn one(builder: &mut FieldBuilder<'_>, headers: &mut Headers) -> bool {
    let (line, ends) = line::content(builder);
    let Some(colon) = line.iter().position(|byte| *byte == b':') else {
        let secret = redact::is_credential(line);
        if ends || !builder.open() {
            builder.leaf(line.len(), Field::text("header line", LINE).malformed("it has no colon").masked(secret));
            line::end(builder, "line end");
        } else {
            builder.incomplete("header line", LINE);
        }
        return secret;
    };
    let (name, behind) = (&line[..colon], &line[colon + 1..]);
    let secret = redact::is_credential(name);
    let value = behind.trim_ascii();
    headers.push(name, value);
    let spaces = behind.len() - behind.trim_ascii_start().len();
    let mut inner = builder.rest();
    inner.leaf(name.len(), Field::text("name", NAME).value(text::preview(name)));
    inner.leaf(1 + spaces, Field::framing("separator", LINE).value(text::preview(&line[colon..=colon + spaces])));
    let rule = header_rules::header_rule(name).unwrap_or(VALUE);
    let shown = if secret { redact::shown_prefix(name, value) } else { 0 };
    // in a URL, as in Referer and Location
    let hidden = redact::credentials_in_url(value);
    if secret {
        inner.leaf(shown, Field::text("scheme", rule).value(text::preview(&value[..shown])));
        inner.leaf(value.len() - shown, Field::text("credentials", rule).masked(true));
    } else {
        redact::redacted_leaf(&mut inner, value.len(), Field::text("value", rule), &hidden);
    }
    inner.leaf(behind.len() - spaces - value.len(), Field::framing("white space", LINE));
    line::end(&mut inner, "line end");
    let mut field = Field::text(text::lossy(name), rule);
    if secret {
        field = field.value(format!("{}(masked)", text::preview(&value[..shown])));
    } else {
        field = field.value(text::preview(&redact::redacted(value, &hidden)));
    }
    if !is_token(name) {
        field = field.problem("not the name of a header field");
    }
    if ends {
        inner.end_here();
    }
    builder.push(inner.close(field));
    secret
}

/// True if these bytes can be the name of a header field (RFC 9110 §5.6.2).
fn is_token(name: &[u8]) -> bool {
    let sign = |byte: &u8| b"!#$%&'*+-.^_`|~".contains(byte) || byte.is_ascii_alphanumeric();
    !name.is_empty() && name.iter().all(sign)
}
