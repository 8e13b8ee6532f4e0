//! The media types of a greeting. REST is not tied to JSON: the same resource has a second representation, the very
//! messages that gRPC sends.

use bytes::Bytes;
use crosstalk_proto::{
    helloworld::{HelloReply, HelloRequest},
    rest::{Greeting, Message, NewGreeting},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use prost::Message as _;

use super::json;
use crate::{
    error::Error,
    greeting::{Name, StoredGreeting},
};

/// A representation's media type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Media {
    /// `application/json`
    Json,
    /// `application/x-protobuf`, a [`HelloReply`] or [`HelloRequest`].
    Protobuf,
}

/// What a greeting is offered in, the preferred one first.
pub(super) const OFFERED: [Media; 2] = [Media::Json, Media::Protobuf];
pub(super) const JSON: &str = "application/json";
pub(super) const PROTOBUF: &str = "application/x-protobuf";
pub(super) const MERGE_PATCH: &str = "application/merge-patch+json";
const ACCEPTED: &str = "application/json, application/x-protobuf";

impl Media {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Json => JSON,
            Self::Protobuf => PROTOBUF,
        }
    }

    pub(super) fn header(self) -> HeaderValue {
        HeaderValue::from_static(self.name())
    }

    /// Writes a greeting that was made for the answer alone.
    pub(super) fn message(self, message: String) -> Bytes {
        match self {
            Self::Json => to_json(&Message { message }),
            Self::Protobuf => HelloReply { message }.encode_to_vec().into(),
        }
    }

    /// Writes a greeting that is kept. As Protocol Buffers it is the greeting alone.
    pub(super) fn kept(self, kept: &StoredGreeting) -> Bytes {
        match self {
            Self::Json => to_json(&wire(kept)),
            Self::Protobuf => HelloReply { message: kept.message() }.encode_to_vec().into(),
        }
    }

    /// Reads who is to be greeted.
    pub(super) fn name_in(self, body: &[u8]) -> Result<Name, Error> {
        let name = match self {
            Self::Json => json::from_slice::<NewGreeting>(body)?.name,
            Self::Protobuf => {
                HelloRequest::decode(body)
                    .map_err(|error| {
                        Error::request(
                            StatusCode::BAD_REQUEST,
                            format!("the body is not a helloworld.HelloRequest: {error}"),
                        )
                    })?
                    .name
            }
        };
        Ok(Name::new(name)?)
    }

    /// What the body is in.
    ///
    /// # Errors
    /// 415 with `Accept` when it is in neither, or encoded.
    pub(super) fn of_body(headers: &HeaderMap) -> Result<Self, Error> {
        let essence = essence(headers)?;
        OFFERED
            .into_iter()
            .find(|media| essence.eq_ignore_ascii_case(media.name()))
            .ok_or_else(|| unsupported(essence, ACCEPTED).with(header::ACCEPT, HeaderValue::from_static(ACCEPTED)))
    }
}

/// Checks that the body is a merge patch.
///
/// # Errors
/// 415 with `Accept-Patch` (RFC 5789, section 2.2) when it is not.
pub(super) fn expect_merge_patch(headers: &HeaderMap) -> Result<(), Error> {
    let essence = essence(headers)?;
    if essence.eq_ignore_ascii_case(MERGE_PATCH) {
        Ok(())
    } else {
        let value = HeaderValue::from_static(MERGE_PATCH);
        Err(unsupported(essence, MERGE_PATCH).with(header::ACCEPT, value.clone()).with(ACCEPT_PATCH, value))
    }
}

pub(super) const ACCEPT_PATCH: http::HeaderName = http::HeaderName::from_static("accept-patch");

/// The media type of the body without its parameters; empty when it is not named.
fn essence(headers: &HeaderMap) -> Result<&str, Error> {
    if headers.get(header::CONTENT_ENCODING).is_some_and(|coding| coding != "identity") {
        let refused = Error::request(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "the body is compressed; send it without Content-Encoding",
        );
        return Err(refused.with(header::ACCEPT_ENCODING, HeaderValue::from_static("identity")));
    }
    let named = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Ok(named.split(';').next().unwrap_or_default().trim())
}

fn unsupported(essence: &str, accepted: &str) -> Error {
    let found =
        if essence.is_empty() { "no Content-Type is given".to_owned() } else { format!("{essence} is not taken") };
    Error::request(StatusCode::UNSUPPORTED_MEDIA_TYPE, format!("{found}; send the body as {accepted}"))
}

/// The wire shape of a greeting that is kept.
pub(super) fn wire(kept: &StoredGreeting) -> Greeting {
    Greeting {
        id: kept.id.to_string(),
        name: kept.name.to_string(),
        message: kept.message(),
        version: kept.revision.version,
        created_at: rfc3339(kept.created),
        updated_at: rfc3339(kept.updated),
    }
}

fn rfc3339(moment: jiff::Timestamp) -> String {
    format!("{moment:.3}")
}

pub(super) fn to_json(body: &impl serde::Serialize) -> Bytes {
    serde_json::to_vec(body).expect("bodies are plain structs").into()
}
