//! Chooses the dissector of a body by its media type.

use crate::{
    budget::Budget,
    field::Field,
    field_builder::FieldBuilder,
    grpc,
    http1::Headers,
    json,
    protobuf::{self, Schemas},
    redact, text,
};

/// What the headers of a message say about its body.
#[derive(Debug)]
pub(crate) struct Content {
    /// In lower case, without parameters.
    media_type: String,
    /// True if it is compressed and therefore not dissected.
    coded: bool,
    /// The target of the request.
    path: String,
    /// True for the body of an answer.
    answer: bool,
}

impl Content {
    pub(crate) fn new(headers: &Headers, target: &str, answer: bool) -> Self {
        let media_type = headers.get("content-type").unwrap_or_default();
        let media_type = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let coded =
            headers.get("content-encoding").is_some_and(|coding| !coding.trim().eq_ignore_ascii_case("identity"));
        Self { media_type, coded, path: target.to_owned(), answer }
    }

    /// The content of an AMQP message. Without a content type it counts as text.
    pub(crate) fn of_type(content_type: &str, coding: &str) -> Self {
        let mut headers = Headers::default();
        headers.push(b"content-type", if content_type.is_empty() { b"text/plain" } else { content_type.as_bytes() });
        if !coding.is_empty() && !coding.eq_ignore_ascii_case("utf-8") {
            headers.push(b"content-encoding", coding.as_bytes());
        }
        Self::new(&headers, "", false)
    }
}

/// Dissects a body; no fields if its format is unknown. `open` says that its end was not captured.
pub(crate) fn dissect(content: &Content, bytes: &[u8], open: bool, schemas: &Schemas, budget: &Budget) -> Vec<Field> {
    if content.coded || bytes.is_empty() {
        return Vec::new();
    }
    let message = schemas.of_method(&content.path, content.answer);
    let mut builder = FieldBuilder::new(bytes, open, budget);
    match content.media_type.as_str() {
        "application/json" => return json::dissect(builder),
        media if media.ends_with("+json") => return json::dissect(builder),
        media if media.starts_with("application/grpc-web-text") => {
            return grpc::base64(bytes, open, message, schemas, budget);
        }
        media if media.starts_with("application/grpc-web") => grpc::messages(&mut builder, true, message, schemas),
        media if media.starts_with("application/grpc") => grpc::messages(&mut builder, false, message, schemas),
        "application/x-protobuf" | "application/protobuf" => protobuf::records(&mut builder, None, schemas),
        "application/x-www-form-urlencoded" => {
            redact::redacted_leaf(
                &mut builder,
                bytes.len(),
                Field::text("form", "WHATWG URL §5"),
                &redact::credentials_in_parameters(bytes),
            );
        }
        media if media.starts_with("text/") => {
            builder.leaf(bytes.len(), Field::text("text", "RFC 9110 §8.3.1").value(text::preview(bytes)));
        }
        _ => return Vec::new(),
    }
    builder.into_fields()
}
