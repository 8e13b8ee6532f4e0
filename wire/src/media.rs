//! What a body is: its media type says which dissector reads it.

use crate::{budget::Budget, field::Field, http1::Headers, json, scope::Scope, text};

/// What the head of a message says of its body.
#[derive(Debug)]
pub(crate) struct Content {
    /// Without parameters, in lower case.
    media_type: String,
    /// Whether it is compressed: then nothing of it can be read here.
    coded: bool,
}

impl Content {
    pub(crate) fn new(headers: &Headers) -> Self {
        let media_type = headers.get("content-type").unwrap_or_default();
        let media_type = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let coded =
            headers.get("content-encoding").is_some_and(|coding| !coding.trim().eq_ignore_ascii_case("identity"));
        Self { media_type, coded }
    }
}

/// The fields of a body; none where it has no parts that are known. `open` says that its end was not captured.
pub(crate) fn dissect(content: &Content, bytes: &[u8], open: bool, budget: &Budget) -> Vec<Field> {
    if content.coded || bytes.is_empty() {
        return Vec::new();
    }
    let mut scope = Scope::new(bytes, open, budget);
    match content.media_type.as_str() {
        "application/json" => json::dissect(scope),
        media if media.ends_with("+json") => json::dissect(scope),
        media if media.starts_with("text/") => {
            scope.leaf(bytes.len(), Field::text("text", "RFC 9110 §8.3.1").value(text::preview(bytes)));
            scope.into_fields()
        }
        _ => Vec::new(),
    }
}
