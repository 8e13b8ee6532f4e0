//! The start line: method, target and version of a request (RFC 9112 §3), version, status and reason of an answer (§4).

use super::line;
use crate::{field::Field, field_builder::FieldBuilder, redact, text};

const REQUEST: &str = "RFC 9112 §3";
const METHOD: &str = "RFC 9110 §9.1";
const TARGET: &str = "RFC 9112 §3.2";
const STATUS_LINE: &str = "RFC 9112 §4";
const STATUS: &str = "RFC 9110 §15";
const VERSION: &str = "RFC 9112 §2.3";

/// The content of a start line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Start {
    Request { method: String, target: String },
    Answer { status: u16, reason: String },
}

impl Start {
    /// Parses a start line leniently. Violations are reported by [`line()`].
    pub(crate) fn parse(line: &[u8], answer: bool) -> Option<Self> {
        let mut words = line.splitn(3, |byte| *byte == b' ');
        let (first, second, third) = (words.next()?, words.next()?, words.next());
        if answer {
            if !is_version(first) {
                return None;
            }
            let status = std::str::from_utf8(second).ok()?.parse().ok()?;
            return Some(Self::Answer { status, reason: text::lossy(third.unwrap_or_default()) });
        }
        let method = !first.is_empty() && first.iter().all(|byte| byte.is_ascii_alphabetic() || *byte == b'-');
        (method && !second.is_empty() && third.is_some_and(is_version))
            .then(|| Self::Request { method: text::lossy(first), target: String::from_utf8_lossy(second).into_owned() })
    }

    pub(crate) fn target(&self) -> &str {
        match self {
            Self::Request { target, .. } => target,
            Self::Answer { .. } => "",
        }
    }

    pub(crate) fn method(&self) -> &str {
        match self {
            Self::Request { method, .. } => method,
            Self::Answer { .. } => "",
        }
    }

    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::Request { .. } => 0,
            Self::Answer { status, .. } => *status,
        }
    }

    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Request { method, target } => {
                let target = redact::redacted(target.as_bytes(), &redact::credentials_in_url(target.as_bytes()));
                format!("{method} {}", text::shorten(&String::from_utf8_lossy(&target)))
            }
            Self::Answer { status, reason } => format!("{status} {reason}").trim_end().to_owned(),
        }
    }
}

fn is_version(word: &[u8]) -> bool {
    matches!(word, [b'H', b'T', b'T', b'P', b'/', major, b'.', minor] if major.is_ascii_digit() && minor.is_ascii_digit())
}

/// Takes the start line, which `Start::parse` has accepted.
pub(crate) fn line(builder: &mut FieldBuilder<'_>, answer: bool) -> Start {
    let (line, ends) = line::content(builder);
    let start = Start::parse(line, answer).expect("the caller has parsed this line");
    let mut inner = builder.rest();
    let names = if answer {
        [Field::text("version", VERSION), Field::number("status", STATUS), Field::text("reason", STATUS_LINE)]
    } else {
        [Field::text("method", METHOD), Field::text("target", TARGET), Field::text("version", VERSION)]
    };
    let mut words = line.splitn(3, |byte| *byte == b' ');
    for (nth, field) in names.into_iter().enumerate() {
        let Some(word) = words.next() else { break };
        if nth > 0 {
            inner.leaf(1, Field::framing("space", if answer { STATUS_LINE } else { REQUEST }));
        }
        let hidden = if field.name == "target" { redact::credentials_in_url(word) } else { Vec::new() };
        redact::redacted_leaf(&mut inner, word.len(), field, &hidden);
    }
    line::end(&mut inner, "line end");
    if ends {
        inner.end_here();
    }
    let field = if answer { Field::text("status line", STATUS_LINE) } else { Field::text("request line", REQUEST) };
    builder.push(inner.close(field));
    start
}
