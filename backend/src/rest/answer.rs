//! What every answer of the REST style has: `Server-Timing` with what was measured on the way, refusals included.

use std::time::Instant;

use axum::{
    body::Body,
    extract::Request,
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use crosstalk_proto::step::Party;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use super::media::Media;
use crate::{
    error::Error,
    server_timing::{SERVER_TIMING, Steps},
    trace::TraceContext,
};

const TIMING: HeaderName = HeaderName::from_static(SERVER_TIMING);
/// How many headers an answer has, about.
const HEADERS: usize = 10;
/// Ask again each time; the entity tag makes that cheap.
pub(super) const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");
/// Which request headers decide on the representation.
pub(super) const VARY: HeaderValue = HeaderValue::from_static("Accept");

/// Ends a request that began at `start`: its answer or its refusal, with the steps. Without any it was refused while
/// it was read.
pub(super) fn answer(result: Result<Response, Error>, mut steps: Steps, start: Instant) -> Response {
    let mut response = result.unwrap_or_else(Error::into_response);
    if steps.is_empty() {
        steps.end(Party::Server, "parse", start);
    }
    response.headers_mut().insert(TIMING, steps.server_timing());
    response
}

/// An answer with a representation of a greeting.
pub(super) fn representation(status: StatusCode, media: Media, etag: HeaderValue, body: Bytes) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    // room for what comes later as well
    let mut headers = HeaderMap::with_capacity(HEADERS);
    headers.insert(header::CONTENT_TYPE, media.header());
    describe(&mut headers, etag);
    *response.headers_mut() = headers;
    response
}

/// 304: the caller has this representation already (RFC 9110, section 15.4.5).
pub(super) fn not_modified(etag: HeaderValue) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    describe(response.headers_mut(), etag);
    response
}

fn describe(headers: &mut HeaderMap, etag: HeaderValue) {
    headers.insert(header::ETAG, etag);
    headers.insert(header::VARY, VARY);
    headers.insert(header::CACHE_CONTROL, REVALIDATE);
}

/// Notes in the log which trace a request belongs to.
pub(super) fn note_trace(request: &Request) {
    if tracing::enabled!(tracing::Level::DEBUG) {
        let context = TraceContext::of_headers(request.headers()).unwrap_or_else(TraceContext::generate);
        tracing::debug!(traceparent = %context, method = %request.method(), path = request.uri().path(), "rest");
    }
}
