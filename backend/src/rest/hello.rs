//! `GET /api/v1/resource`: the job itself. Nothing is kept.
//!
//! The answer without a name is made once; this is the path that is measured against a bare router.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::LazyLock,
    time::Instant,
};

use axum::{extract::Request, response::Response};
use bytes::Bytes;
use crosstalk_proto::{rest::Message, step::Party};
use http::{HeaderMap, HeaderValue, StatusCode, Uri};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    answer, conditional,
    media::{Media, OFFERED},
    negotiate::negotiate,
    openapi::{Conditions, Protobuf},
    query,
};
use crate::{
    error::Error,
    greeting::{self, Name, greet},
    server_timing::Steps,
};

static DEFAULTS: LazyLock<[Greeting; 2]> =
    LazyLock::new(|| OFFERED.map(|media| Greeting::new(&Name::default(), media).forever()));

/// One representation of a greeting.
#[derive(Clone, Debug)]
struct Greeting {
    etag: HeaderValue,
    body: Bytes,
}

impl Greeting {
    fn new(name: &Name, media: Media) -> Self {
        let body = media.message(greet(name));
        let mut hasher = DefaultHasher::new();
        (media.name(), &body).hash(&mut hasher);
        let etag = format!("\"{:016x}\"", hasher.finish());
        Self { etag: HeaderValue::try_from(etag).expect("hexadecimal digits are visible ASCII"), body }
    }

    /// The same, for as long as the process lives: its clones count no references.
    fn forever(self) -> Self {
        let etag = String::from_utf8_lossy(self.etag.as_bytes()).into_owned().leak();
        Self { etag: HeaderValue::from_static(etag), body: Bytes::from_static(self.body.to_vec().leak()) }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Parameters {
    /// Who is greeted; empty means the default, World!
    #[param(nullable = false, max_length = 200, pattern = r"^[^\u0000-\u001F\u007F-\u009F]*$", example = "Ada")]
    name: Option<String>,
}

/// Greet by name
///
/// Nothing is kept. The answer has a strong entity tag, so that a client that sends it back gets 304.
#[utoipa::path(
    get,
    path = "/api/v1/resource",
    operation_id = "hello",
    tag = "greeting",
    params(Parameters, Conditions),
    responses(
        (status = 200, description = "The greeting", headers(
            ("ETag" = String, description = "Strong; each media type has its own"),
            ("Vary" = String, description = "Accept"),
        ), content(
            (Message = "application/json"),
            (Protobuf = "application/x-protobuf"),
        )),
        (status = 304, description = "The client has the current representation"),
    ),
)]
pub(super) async fn hello(request: Request) -> Response {
    let start = Instant::now();
    answer::note_trace(&request);
    let mut steps = Steps::new();
    let result = greeted(request.uri(), request.headers(), start, &mut steps);
    answer::answer(result, steps, start)
}

fn greeted(uri: &Uri, headers: &HeaderMap, start: Instant, steps: &mut Steps) -> Result<Response, Error> {
    let media = negotiate(headers, &OFFERED)?;
    let name = match uri.query() {
        None => None,
        Some(_) => query::parse::<Parameters>(uri)?.name.filter(|name| !name.is_empty()),
    };
    let parsed = Instant::now();
    steps.add(Party::Server, "parse", start, parsed);
    let greeting = match name {
        None => DEFAULTS[media as usize].clone(),
        Some(name) => Greeting::new(&Name::new(name).map_err(in_query)?, media),
    };
    let unchanged = conditional::of_read(headers, &greeting.etag)?;
    steps.end(Party::Server, "greet", parsed);
    Ok(unchanged.unwrap_or_else(|| answer::representation(StatusCode::OK, media, greeting.etag, greeting.body)))
}

/// In a query the name has no place in a body that a pointer could name.
fn in_query(error: greeting::Error) -> Error {
    match error {
        greeting::Error::InvalidName(detail) => Error::request(StatusCode::BAD_REQUEST, format!("name: {detail}")),
        other => other.into(),
    }
}
