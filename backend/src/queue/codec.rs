//! What a request of `greeter.rpc` and its reply say: the job in JSON, protobuf or plain text, by `content_type`.

use crosstalk_proto::{
    helloworld::{HelloReply, HelloRequest},
    problem::FieldProblem,
    rest::Message,
};
use http::StatusCode;
use prost::Message as _;
use serde::Deserialize;

use crate::{
    error::Error,
    greeting::{self, Name},
};

/// The most bytes of a request.
const MAX_BODY: usize = 64 * 1024;

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// `{"name":"Ada"}`, `{"message":"Hello, Ada"}`
    Json,
    /// `helloworld.HelloRequest`, `helloworld.HelloReply`
    Protobuf,
    /// `Ada`, `Hello, Ada`
    Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonRequest {
    #[serde(default)]
    name: String,
}

impl Encoding {
    /// Of a `content_type`; parameters are ignored, and none at all is plain text.
    ///
    /// # Errors
    /// 415 for any other.
    pub fn of(content_type: Option<&str>) -> Result<Self, Error> {
        let media_type = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        match media_type.to_ascii_lowercase().as_str() {
            "application/json" => Ok(Self::Json),
            "application/x-protobuf" | "application/protobuf" => Ok(Self::Protobuf),
            "" | "text/plain" => Ok(Self::Text),
            _ => Err(Error::request(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "content_type is not one of application/json, application/x-protobuf and text/plain",
            )),
        }
    }

    /// What a reply in it says as its `content_type`.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Protobuf => "application/x-protobuf",
            Self::Text => "text/plain",
        }
    }

    /// Who is to be greeted. An empty body, like an empty name, means the default.
    ///
    /// # Errors
    /// 400 when it is malformed, 413 when it is too long, 422 when the name cannot be used.
    pub fn name(self, body: &[u8]) -> Result<Name, Error> {
        if body.len() > MAX_BODY {
            let detail = format!("the request has {} bytes; at most {MAX_BODY} are read", body.len());
            return Err(Error::request(StatusCode::PAYLOAD_TOO_LARGE, detail));
        }
        let malformed = |detail: String| Error::request(StatusCode::BAD_REQUEST, detail);
        let name = match self {
            Self::Json if body.is_empty() => String::new(),
            Self::Json => serde_json::from_slice::<JsonRequest>(body).map_err(|error| not_json(&error))?.name,
            Self::Protobuf => {
                HelloRequest::decode(body)
                    .map_err(|error| malformed(format!("the request is not a HelloRequest: {error}")))?
                    .name
            }
            Self::Text => std::str::from_utf8(body)
                .map_err(|error| malformed(format!("the request is not UTF-8: {error}")))?
                .to_owned(),
        };
        Ok(Name::new(name)?)
    }

    /// The reply's body.
    #[must_use]
    pub fn reply(self, name: &Name) -> Vec<u8> {
        let message = greeting::greet(name);
        match self {
            Self::Json => serde_json::to_vec(&Message { message }).expect("a Message is a plain JSON object"),
            Self::Protobuf => HelloReply { message }.encode_to_vec(),
            Self::Text => message.into_bytes(),
        }
    }
}

fn not_json(error: &serde_json::Error) -> Error {
    let detail = format!("the request is not {{\"name\": …}} in JSON: {error}");
    let place = FieldProblem {
        pointer: String::new(),
        detail: error.to_string(),
        line: u64::try_from(error.line()).ok(),
        column: u64::try_from(error.column()).ok(),
    };
    Error::in_body(StatusCode::BAD_REQUEST, detail, place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(content_type: Option<&str>, body: &[u8], greeting: Result<&[u8], u16>) {
        let reply = Encoding::of(content_type).and_then(|encoding| Ok(encoding.reply(&encoding.name(body)?)));
        assert_eq!(reply.as_deref().map_err(|error| error.http_status().as_u16()), greeting);
    }

    #[test]
    fn the_same_job_in_three_encodings() {
        check(Some("application/json"), br#"{"name":"Ada"}"#, Ok(br#"{"message":"Hello, Ada"}"#));
        check(Some("application/json; charset=utf-8"), b"", Ok(br#"{"message":"Hello, World!"}"#));
        check(Some("application/x-protobuf"), b"\x0a\x03Ada", Ok(b"\x0a\x0aHello, Ada"));
        check(Some("text/plain"), b"Ada", Ok(b"Hello, Ada"));
        check(None, b"", Ok(b"Hello, World!"));
    }

    #[test]
    fn what_cannot_be_understood_is_told_apart() {
        check(Some("image/png"), b"", Err(415));
        check(Some("application/json"), b"{", Err(400));
        check(Some("application/json"), br#"{"nome":"Ada"}"#, Err(400));
        check(Some("application/x-protobuf"), b"\xff", Err(400));
        check(Some("text/plain"), b"\xff", Err(400));
        check(Some("text/plain"), b"A\nda", Err(422));
        check(Some("text/plain"), &vec![b'a'; MAX_BODY + 1], Err(413));
    }
}
