//! `/problems/{slug}`: what the `type` of a Problem leads to, in words (RFC 9457, section 3.1.1).

use axum::{
    extract::{Path, rejection::PathRejection},
    response::{IntoResponse as _, Response},
};
use http::{HeaderValue, StatusCode, header};

use crate::error::{self, Error};

const EXPLAINED: [(StatusCode, &str); 21] = [
    (
        StatusCode::BAD_REQUEST,
        "The request cannot be understood: a malformed body, header, query or id. The detail says where. Correct it; as it is it will fail again.",
    ),
    (
        StatusCode::FORBIDDEN,
        "The server does not answer to this Host or Origin, as a defence against DNS rebinding: use a loopback address or the origin the server was set up with. Or what was asked for needs a secret, such as a capture: the detail says which header carries it.",
    ),
    (StatusCode::NOT_FOUND, "There is nothing at this address, or no longer: greetings that are kept expire."),
    (StatusCode::METHOD_NOT_ALLOWED, "The resource has other methods; the header Allow lists them."),
    (
        StatusCode::NOT_ACCEPTABLE,
        "The resource has no representation that the header Accept takes; the detail lists what is offered.",
    ),
    (StatusCode::REQUEST_TIMEOUT, "The request did not arrive whole in time. Send it again."),
    (StatusCode::CONFLICT, "Others were changing the same thing at the same moment. Send the request again."),
    (
        StatusCode::PRECONDITION_FAILED,
        "The resource has changed since you read it, or If-Match was sent and the resource does not exist. Read it again before you change it, so that no update is lost.",
    ),
    (StatusCode::PAYLOAD_TOO_LARGE, "The body is larger than the server takes."),
    (
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "The body is of a media type that is not taken here; the headers Accept and Accept-Patch list those that are.",
    ),
    (
        StatusCode::UNPROCESSABLE_ENTITY,
        "The body is well-formed but not what is expected; errors names each place by JSON pointer. Also: an Idempotency-Key that was used before with another body.",
    ),
    (StatusCode::LOCKED, "Somebody else holds it, such as the exclusive consumer of a queue."),
    (
        StatusCode::UPGRADE_REQUIRED,
        "The address speaks WebSocket, not plain HTTP. Open it with a WebSocket client that speaks the version in Sec-WebSocket-Version.",
    ),
    (StatusCode::TOO_MANY_REQUESTS, "More was asked for than the server gives at once. Wait a little."),
    (
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        "The headers, or the metadata of a call, are larger than the server takes.",
    ),
    (
        StatusCode::INTERNAL_SERVER_ERROR,
        "Something broke on the server. It is not your fault; the request id finds it in the log.",
    ),
    (StatusCode::NOT_IMPLEMENTED, "The server does not know how to do that."),
    (
        StatusCode::BAD_GATEWAY,
        "Something behind the server, such as the message broker, refused or gave an answer that cannot be understood.",
    ),
    (
        StatusCode::SERVICE_UNAVAILABLE,
        "Something the server needs, such as its store or the message broker, does not answer. Try again.",
    ),
    (
        StatusCode::GATEWAY_TIMEOUT,
        "Something behind the server did not answer in time. Whether the work was done is not known.",
    ),
    (
        StatusCode::INSUFFICIENT_STORAGE,
        "The store holds all that it takes. Delete something, or wait: what is kept expires.",
    ),
];

/// Explains a kind of problem.
pub(super) async fn explain(slug: Result<Path<String>, PathRejection>) -> Response {
    let known = slug.ok().and_then(|Path(slug)| EXPLAINED.iter().find(|(status, _)| error::slug(*status) == slug));
    match known {
        Some((status, text)) => {
            let page = format!("{status}\n\n{text}\n");
            ([(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"))], page).into_response()
        }
        None => Error::request(StatusCode::NOT_FOUND, "no problem has this type; /problems/not-found is one")
            .into_response(),
    }
}

/// The same in words, for the description.
pub(super) fn explanation(status: StatusCode) -> &'static str {
    EXPLAINED.iter().find(|(known, _)| *known == status).map_or("", |(_, text)| text)
}
