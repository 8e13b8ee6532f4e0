//! `/api/v1/captures/{trace}`: what went over the sockets for a trace. It is read with the secret that arming
//! gave.

use std::time::{Duration, Instant};

use axum::{
    body::Body,
    extract::{Path, Request, State, rejection::PathRejection},
    response::Response,
};
use crosstalk_proto::capture::{Armed, Capture};
use http::{HeaderMap, HeaderValue, StatusCode, Version, header};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{
    answer,
    media::{self, Media},
};
use crate::{
    capture::{Error as CaptureError, Form, Peer, Secret, Visitor},
    error::Error,
    server_timing::Steps,
    state::AppState,
    trace,
};

/// Where captures are.
pub(super) const CAPTURES: &str = "/api/v1/captures";

/// A file for Wireshark.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "a schema only")]
pub(super) struct Pcapng(Vec<u8>);

/// Which trace.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "a description only: the handlers check the id by themselves")]
pub(super) struct OneTrace {
    /// The trace id, as in the `traceparent` of the calls
    #[param(
        min_length = 32,
        max_length = 32,
        pattern = "^(?!0{32})[0-9a-f]{32}$",
        example = "4bf92f3577b34da6a3ce929d0e0e4736"
    )]
    trace: String,
}

/// By which a capture is read.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "a description only: the handlers read the header by themselves")]
pub(super) struct ItsSecret {
    /// The secret that arming the capture gave
    #[param(
        rename = "Capture-Secret",
        min_length = 32,
        max_length = 32,
        pattern = "^[0-9a-f]{32}$",
        example = "7f3c0e5d9b1a4c6288d2f0a1b3c4d5e6"
    )]
    capture_secret: String,
}

/// The same, where it is needed only of a capture that was armed before.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "a description only: the handlers read the header by themselves")]
pub(super) struct SecretAgain {
    /// The secret that arming the capture gave, to arm it again
    #[param(rename = "Capture-Secret", required = false)]
    capture_secret: String,
}

type TraceInPath = Result<Path<String>, PathRejection>;

/// Arm a capture
///
/// From now on fresh connections are recorded, and those that are open are asked to end. Every call within the next 30 seconds
/// whose `traceparent` has this trace id is in the capture. At most 64 captures wait at once: then one of the client that
/// holds the most gives way, and a client that holds the most is refused (429). The answer has the secret with which the capture
/// is read: a consumer of a captured message knows its trace id, which must not be enough to read the capture.
#[utoipa::path(
    put,
    path = "/api/v1/captures/{trace}",
    operation_id = "arm",
    tag = "captures",
    params(OneTrace, SecretAgain),
    responses(
        (status = 201, description = "It is armed", content((Armed = "application/json"))),
        (status = 200, description = "It was armed before; nothing has changed", content((Armed = "application/json"))),
    ),
)]
pub(super) async fn arm(State(app): State<AppState>, trace: TraceInPath, request: Request) -> Response {
    let start = Instant::now();
    let version = request.version();
    let peer = request.extensions().get().copied().unwrap_or(Peer(app.address.ip()));
    let holder = Visitor::of(peer, request.headers());
    let secret = Secret::of(request.headers());
    let result = || {
        let trace = checked(trace)?;
        let armed = app.captures.arm(trace, holder, secret.as_ref())?;
        let body = Armed {
            trace_id: format!("{trace:032x}"),
            secret: armed.secret.expose(),
            armed_for_ms: whole_ms(armed.armed_for),
            kept_for_ms: whole_ms(armed.kept_for),
        };
        let mut response = json(Body::from(media::to_json(&body)));
        *response.status_mut() = if armed.is_new { StatusCode::CREATED } else { StatusCode::OK };
        // the connection of this request is one that is asked to end
        if version <= Version::HTTP_11 {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        Ok(response)
    };
    answer::answer(result(), Steps::new(), start)
}

/// Read a capture
///
/// Each connection with its messages, their bytes and what each byte is. Credentials are masked.
#[utoipa::path(
    get,
    path = "/api/v1/captures/{trace}",
    operation_id = "capture",
    tag = "captures",
    params(OneTrace, ItsSecret),
    responses((status = 200, description = "What was captured so far", content((Capture = "application/json")))),
)]
pub(super) async fn read(State(app): State<AppState>, trace: TraceInPath, headers: HeaderMap) -> Response {
    let start = Instant::now();
    let result = async {
        let taken = app.captures.find(checked(trace)?, Secret::of(&headers).as_ref())?;
        Ok(json(Body::new(app.captures.read(taken, Form::Json).await?)))
    };
    answer::answer(result.await, Steps::new(), start)
}

/// Download a capture
///
/// A pcapng file for Wireshark. The payload is what went over the socket, credentials masked; the IP and TCP headers around it
/// are synthesised.
#[utoipa::path(
    get,
    path = "/api/v1/captures/{trace}/pcapng",
    operation_id = "pcapng",
    tag = "captures",
    params(OneTrace, ItsSecret),
    responses((status = 200, description = "The file", content((Pcapng = "application/x-pcapng")))),
)]
pub(super) async fn pcapng(State(app): State<AppState>, trace: TraceInPath, headers: HeaderMap) -> Response {
    let start = Instant::now();
    let result = async {
        let taken = app.captures.find(checked(trace)?, Secret::of(&headers).as_ref())?;
        let name = format!("attachment; filename=\"crosstalk-{:032x}.pcapng\"", taken.trace_id);
        let file = app.captures.read(taken, Form::Pcapng).await?;
        let mut response = Response::new(Body::new(file));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-pcapng"));
        headers.insert(header::CACHE_CONTROL, NO_STORE);
        headers.insert(header::CONTENT_DISPOSITION, HeaderValue::try_from(name).expect("hexadecimal digits"));
        Ok(response)
    };
    answer::answer(result.await, Steps::new(), start)
}

const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

fn json(body: Body) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, Media::Json.header());
    headers.insert(header::CACHE_CONTROL, NO_STORE);
    response
}

fn whole_ms(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX)
}

fn checked(trace: TraceInPath) -> Result<u128, Error> {
    let id = trace.ok().and_then(|Path(text)| trace::parse_id(&text));
    Ok(id.ok_or(CaptureError::NotAnId)?)
}
