//! The job over HTTP/REST: `/api/v1/…`, its description and its docs page.
//!
//! - `hello`: `GET /api/v1/resource`, the job itself
//! - `create`, `item`, `collection`: greetings that are kept
//! - `captures`: what went over the sockets for a trace
//! - `media`, `negotiate`: JSON or Protocol Buffers, as the caller asks
//! - `body`, `json`, `query`: what comes in, within limits; says exactly what is wrong with it
//! - `etag`, `conditional`, `idempotency`: what makes a request safe to repeat and a change safe to make
//! - `answer`: what every answer has; `cors`: who else may read it
//! - `openapi`, `docs`, `problems`: the description, for machines and for people
//!
//! No extractor that refuses by itself is used: every refusal is a Problem and tells its `Server-Timing`.

pub mod body;

mod answer;
mod captures;
mod collection;
mod conditional;
mod cors;
mod create;
mod docs;
mod etag;
mod hello;
mod idempotency;
mod item;
mod json;
mod media;
mod negotiate;
mod openapi;
mod options;
mod paths;
mod problems;
mod query;

use std::time::Instant;

use axum::{Router, extract::Request, response::Response, routing};
use http::StatusCode;
use utoipa_axum::{router::OpenApiRouter, routes};

pub use self::paths::{RESOURCE, RESOURCES};
use crate::{error::Error, server_timing::Steps, state::AppState};

/// The routes of this folder.
pub fn routes(app: &AppState) -> Router<AppState> {
    let (api, description) = OpenApiRouter::with_openapi(openapi::base())
        .routes(routes!(hello::hello, create::create))
        .routes(routes!(item::read, item::put, item::patch, item::delete))
        .routes(routes!(collection::list))
        .routes(routes!(captures::arm, captures::read))
        .routes(routes!(captures::pcapng))
        .split_for_parts();
    let document = openapi::write(description);
    let router = options::add(api)
        .route("/api/openapi.json", routing::get(async move || openapi::respond(document.clone())))
        .merge(docs::routes())
        .route("/problems/{slug}", routing::get(problems::explain))
        .method_not_allowed_fallback(method_not_allowed);
    cors::around(router, &app.config.cors_origins)
}

async fn method_not_allowed(request: Request) -> Response {
    let start = Instant::now();
    let refused = Error::request(
        StatusCode::METHOD_NOT_ALLOWED,
        format!("{} has no method {}; Allow lists those it has", request.uri().path(), request.method()),
    );
    answer::answer(Err(refused), Steps::new(), start)
}
