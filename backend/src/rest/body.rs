//! Reads a request's body, within a size and a time. What is too large is read on for a while and thrown away, so that
//! a client that is still sending comes to hear why it was refused.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use crosstalk_proto::rest::MAX_BODY;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use http_body_util::BodyExt as _;

use crate::error::Error;

/// How long a body may take to arrive.
pub const BODY_BUDGET: Duration = Duration::from_secs(10);
/// How much of what is too large is read before the connection is given up.
const MAX_THROWN_AWAY: u64 = 1024 * 1024;

/// Reads it whole.
///
/// # Errors
/// 413, 408, and 400 when the stream breaks off.
pub(super) async fn read(headers: &HeaderMap, mut body: Body) -> Result<Bytes, Error> {
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<u64>().ok())
        .filter(|length| *length > MAX_BODY as u64);
    if announced.is_some_and(|length| length > MAX_THROWN_AWAY || headers.contains_key(header::EXPECT)) {
        return Err(too_large());
    }
    tokio::time::timeout(BODY_BUDGET, collect(&mut body, announced.is_some())).await.map_err(|_elapsed| {
        Error::request(
            StatusCode::REQUEST_TIMEOUT,
            format!("the body did not arrive within {} seconds; send it again", BODY_BUDGET.as_secs()),
        )
        .with(header::CONNECTION, HeaderValue::from_static("close"))
    })?
}

async fn collect(body: &mut Body, mut too_much: bool) -> Result<Bytes, Error> {
    let mut whole = Vec::new();
    let mut seen = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| {
            Error::request(StatusCode::BAD_REQUEST, format!("the body breaks off: {error}; send it again"))
        })?;
        let Ok(data) = frame.into_data() else { continue };
        seen += data.len() as u64;
        too_much |= whole.len() + data.len() > MAX_BODY;
        if !too_much {
            whole.extend_from_slice(&data);
        } else if seen > MAX_THROWN_AWAY {
            break;
        }
    }
    if too_much { Err(too_large()) } else { Ok(whole.into()) }
}

fn too_large() -> Error {
    Error::request(
        StatusCode::PAYLOAD_TOO_LARGE,
        format!("the body is larger than {} KiB, which is all that is taken", MAX_BODY / 1024),
    )
}
