//! `OPTIONS`: what can be done with a resource (RFC 9110, section 9.3.7; RFC 5789, section 3.1).

use std::time::Instant;

use axum::{
    Router,
    response::{IntoResponse as _, Response},
    routing,
};
use http::{HeaderValue, StatusCode, header};

use super::{RESOURCE, RESOURCES, answer, captures::CAPTURES, media};
use crate::{server_timing::Steps, state::AppState};

const OF_RESOURCE: &str = "GET, HEAD, POST, OPTIONS";
const OF_ITEM: &str = "GET, HEAD, PUT, PATCH, DELETE, OPTIONS";
const OF_COLLECTION: &str = "GET, HEAD, OPTIONS";
const OF_CAPTURE: &str = "GET, HEAD, PUT, OPTIONS";

/// Adds the method to each path of the API.
pub(super) fn add(router: Router<AppState>) -> Router<AppState> {
    router
        .route(RESOURCE, routing::options(async || allow(OF_RESOURCE)))
        .route(&format!("{RESOURCE}/{{id}}"), routing::options(async || accepting_patches(allow(OF_ITEM))))
        .route(RESOURCES, routing::options(async || allow(OF_COLLECTION)))
        .route(&format!("{CAPTURES}/{{trace}}"), routing::options(async || allow(OF_CAPTURE)))
        .route(&format!("{CAPTURES}/{{trace}}/pcapng"), routing::options(async || allow(OF_COLLECTION)))
}

fn allow(methods: &'static str) -> Response {
    let mut response = answer::answer(Ok(StatusCode::NO_CONTENT.into_response()), Steps::new(), Instant::now());
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(methods));
    response
}

fn accepting_patches(mut response: Response) -> Response {
    response.headers_mut().insert(media::ACCEPT_PATCH, HeaderValue::from_static(media::MERGE_PATCH));
    response
}
