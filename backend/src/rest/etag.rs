//! Entity tags (RFC 9110, section 8.8.3) and the lists of them in `If-Match` and `If-None-Match`.

use http::{HeaderMap, HeaderName, StatusCode};

use crate::error::Error;

/// One tag of a list, without its quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag {
    /// It was `W/"…"`: good enough to answer from a cache, not to change something by.
    pub(super) weak: bool,
    /// What is between the quotes.
    pub(super) opaque: Vec<u8>,
}

/// The value of `If-Match` or `If-None-Match`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tags {
    /// `*`
    Any,
    /// One or more.
    List(Vec<Tag>),
}

/// Reads all fields of that name as one list; `None` when there is none.
///
/// # Errors
/// 400 when it is not a list of tags.
pub(super) fn tags(headers: &HeaderMap, name: &HeaderName) -> Result<Option<Tags>, Error> {
    let mut values = headers.get_all(name).iter().peekable();
    if values.peek().is_none() {
        return Ok(None);
    }
    let joined = values.map(http::HeaderValue::as_bytes).collect::<Vec<_>>().join(&b", "[..]);
    parse(&joined).map(Some).ok_or_else(|| {
        Error::request(
            StatusCode::BAD_REQUEST,
            format!("{name} is neither * nor a list of entity tags; a tag is written with its quotes, as in ETag"),
        )
    })
}

fn parse(mut rest: &[u8]) -> Option<Tags> {
    if rest.trim_ascii() == b"*" {
        return Some(Tags::Any);
    }
    let mut list = Vec::new();
    loop {
        // empty elements are allowed (section 5.6.1)
        let start = rest.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b','));
        rest = &rest[start.unwrap_or(rest.len())..];
        if rest.is_empty() {
            break;
        }
        let weak = rest.starts_with(b"W/");
        let quoted = if weak { &rest[2..] } else { rest }.strip_prefix(b"\"")?;
        let end = quoted.iter().position(|byte| *byte == b'"')?;
        let (opaque, after) = (&quoted[..end], quoted[end + 1..].trim_ascii_start());
        let visible = |byte: &u8| matches!(byte, 0x21 | 0x23..=0x7e | 0x80..);
        if !opaque.iter().all(visible) || !(after.is_empty() || after.starts_with(b",")) {
            return None;
        }
        list.push(Tag { weak, opaque: opaque.to_vec() });
        rest = after;
    }
    (!list.is_empty()).then_some(Tags::List(list))
}

impl Tags {
    /// Strong comparison (section 8.8.3.2), of `If-Match`.
    pub(super) fn match_strongly(&self, opaque: &[u8]) -> bool {
        match self {
            Self::Any => true,
            Self::List(list) => list.iter().any(|tag| !tag.weak && tag.opaque == opaque),
        }
    }

    /// Weak comparison, of `If-None-Match`.
    pub(super) fn match_weakly(&self, opaque: &[u8]) -> bool {
        match self {
            Self::Any => true,
            Self::List(list) => list.iter().any(|tag| tag.opaque == opaque),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Tag, Tags, parse};

    fn list(tags: &[(bool, &str)]) -> Option<Tags> {
        Some(Tags::List(tags.iter().map(|&(weak, opaque)| Tag { weak, opaque: opaque.as_bytes().to_vec() }).collect()))
    }

    #[test]
    fn lists_are_read_as_the_grammar_says() {
        assert_eq!(parse(b" * "), Some(Tags::Any));
        assert_eq!(parse(b"\"a\""), list(&[(false, "a")]));
        assert_eq!(parse(b"\"\""), list(&[(false, "")]));
        assert_eq!(parse(b"\"a\",W/\"b\" ,, \"c,d\""), list(&[(false, "a"), (true, "b"), (false, "c,d")]));
        for bad in ["", ",", "a", "\"a", "a\"", "\"a\" \"b\"", "w/\"a\"", "\"a b\"", "*, \"a\"", "\"a\", *"] {
            assert_eq!(parse(bad.as_bytes()), None, "{bad}");
        }
    }
}
