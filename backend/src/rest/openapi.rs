//! `/api/openapi.json`: the description, OpenAPI 3.1. What differs between operations stands at the handlers; what is
//! the same for many, refusals, headers and `HEAD`, is added here, so that it is said once.

use axum::response::Response;
use bytes::Bytes;
use crosstalk_proto::problem::{PROBLEM_JSON, Problem};
use http::{StatusCode, header};
use utoipa::{
    IntoParams, OpenApi, PartialSchema as _, ToSchema,
    openapi::{
        Header, RefOr, ResponseBuilder,
        content::Content,
        path::{Operation, PathItem},
    },
};

use super::{answer, media::Media, problems};

/// The parts that are not operations.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Crosstalk",
        version = env!("CARGO_PKG_VERSION"),
        description = "The same job by REST that Crosstalk does by gRPC and through message queues: `greet(name)`.\n\n\
            Every refusal is a Problem (RFC 9457). A greeting is JSON or, by `Accept` and `Content-Type`, the \
            Protocol Buffers messages of `helloworld.Greeter`. A bearer token may be sent and is not looked at.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    tags(
        (name = "greeting", description = "The job itself; nothing is kept"),
        (name = "captures", description = "What went over the sockets for one trace, byte by byte"),
        (name = "greetings", description = "Greetings that are kept; they expire a week after their last change"),
    ),
    components(schemas(Problem)),
)]
struct Base;

/// The description without its paths.
pub(super) fn base() -> utoipa::openapi::OpenApi {
    Base::openapi()
}

/// An encoded message: `helloworld.HelloRequest` where it is sent, `helloworld.HelloReply` where it is answered.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "a schema only: prost reads and writes the bytes")]
pub(super) struct Protobuf(Vec<u8>);

/// Where one greeting is.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "a description only: the handlers check the id by themselves")]
pub(super) struct OneGreeting {
    /// Its name in the collection
    #[param(min_length = 1, max_length = 64, pattern = "^[A-Za-z0-9_-]{1,64}$", example = "ada")]
    id: String,
}

/// RFC 9110, section 13. Without a pattern: tools know what these two look like, and draw nonsense from one.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "a description only: the handlers read the headers by themselves")]
pub(super) struct Conditions {
    /// Go on only if the current entity tag is one of these (`*`: if there is any), else 412
    #[param(rename = "If-Match", required = false, example = "*")]
    if_match: String,
    /// Go on only if the current entity tag is none of these (`*`: if there is none), else 304 to a read, 412 to a change
    #[param(rename = "If-None-Match", required = false, example = "\"1-5f3a91c2\"")]
    if_none_match: String,
}

/// A request that can be sent again.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "a description only: the handler reads the header by itself")]
pub(super) struct Attempt {
    /// The caller's name for this attempt, visible ASCII; remembered for a day
    #[param(
        rename = "Idempotency-Key",
        required = false,
        min_length = 1,
        max_length = 255,
        pattern = "^[!-~]{1,255}$",
        example = "8e03978e-40d5-43e8-bc93-6894a57f9324"
    )]
    idempotency_key: String,
}

const READ: [u16; 3] = [400, 406, 503];
/// Which refusals each operation has, by its id.
const REFUSALS: [(&str, &[&[u16]]); 10] = [
    ("hello", &[&[400, 406, 412]]),
    ("create", &[&READ, &[408, 413, 415, 422, 507]]),
    ("read", &[&READ, &[404, 412]]),
    ("put", &[&READ, &[408, 409, 412, 413, 415, 422, 507]]),
    ("patch", &[&READ, &[404, 408, 409, 412, 413, 415, 422]]),
    ("delete", &[&[400, 404, 409, 412, 503]]),
    ("list", &[&READ]),
    ("arm", &[&[400, 403, 429]]),
    ("capture", &[&[400, 403, 404, 503]]),
    ("pcapng", &[&[400, 403, 404, 503]]),
];

/// Completes the description of the operations and writes it down.
pub(super) fn write(mut description: utoipa::openapi::OpenApi) -> Bytes {
    for path in description.paths.paths.values_mut() {
        for operation in operations(path) {
            complete(operation);
        }
        path.head = path.get.as_ref().map(head);
    }
    description.to_json().expect("a description is plain data").into()
}

/// Answers with the description.
pub(super) fn respond(document: Bytes) -> Response {
    let mut response = Response::new(document.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, Media::Json.header());
    headers.insert(header::CACHE_CONTROL, answer::REVALIDATE);
    response
}

fn operations(path: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, patch, delete, .. } = path;
    [get, put, post, patch, delete].into_iter().flatten()
}

fn complete(operation: &mut Operation) {
    let id = operation.operation_id.clone().unwrap_or_default();
    let refusals = REFUSALS.iter().find(|(operation, _)| *operation == id).map_or(&[][..], |(_, groups)| groups);
    for status in refusals.iter().copied().flatten() {
        let status = StatusCode::from_u16(*status).expect("the table holds statuses");
        operation.responses.responses.insert(status.as_str().to_owned(), refused(status));
    }
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response {
            response.headers.insert(
                "Server-Timing".to_owned(),
                described("What was measured on the way: `{party}-{step};dur={ms};desc=\"{start}\"`").into(),
            );
        }
    }
    let other = refusal("Whatever else can go wrong, such as 403 for a foreign Host");
    operation.responses.responses.insert("default".to_owned(), RefOr::T(other.build()));
}

fn refused(status: StatusCode) -> RefOr<utoipa::openapi::Response> {
    let mut response = refusal(problems::explanation(status));
    let headers: &[(&str, &str)] = match status {
        StatusCode::UNSUPPORTED_MEDIA_TYPE => &[("Accept", "The media types that are taken")],
        StatusCode::SERVICE_UNAVAILABLE => &[("Retry-After", "Seconds to wait")],
        _ => &[],
    };
    for (name, text) in headers {
        response = response.header(*name, described(text));
    }
    RefOr::T(response.build())
}

fn refusal(description: &str) -> ResponseBuilder {
    let schema = utoipa::openapi::Ref::from_schema_name(Problem::name());
    ResponseBuilder::new().description(description).content(PROBLEM_JSON, Content::new(Some(schema)))
}

fn described(text: &str) -> Header {
    let mut header = Header::new(String::schema());
    header.description = Some(text.to_owned());
    header
}

/// `HEAD` is `GET` without the content (RFC 9110, section 9.3.2).
fn head(get: &Operation) -> Operation {
    let mut head = get.clone();
    head.operation_id = get.operation_id.as_ref().map(|id| format!("{id}_head"));
    head.summary = Some("The headers that GET would answer".to_owned());
    for response in head.responses.responses.values_mut() {
        if let RefOr::T(response) = response {
            response.content.clear();
        }
    }
    head
}
