//! `POST /api/v1/resource`: makes a greeting that is kept. With an `Idempotency-Key` it can be sent again in doubt.

use std::time::Instant;

use axum::{
    extract::{Request, State},
    response::Response,
};
use crosstalk_proto::{
    rest::{Greeting, NewGreeting},
    step::Party,
};
use http::{HeaderValue, StatusCode};

use super::{
    answer, body, idempotency, item,
    media::{Media, OFFERED},
    negotiate::negotiate,
    openapi::{Attempt, Protobuf},
};
use crate::{error::Error, greeting::store::Created, server_timing::Steps, state::AppState};

/// Make a greeting that is kept
///
/// The same `Idempotency-Key` with the same body gives the first answer again and makes nothing.
#[utoipa::path(
    post,
    path = "/api/v1/resource",
    operation_id = "create",
    tag = "greetings",
    params(Attempt),
    request_body(description = "Who is greeted", content(
        (NewGreeting = "application/json"),
        (Protobuf = "application/x-protobuf"),
    )),
    responses(
        (status = 201, description = "It is kept, or was by an earlier request with the same key", headers(
            ("Location" = String, description = "Where it is kept"),
            ("Idempotent-Replayed" = String, description = "`true` when an earlier request made it"),
            ("ETag" = String, description = "Strong; each media type has its own"),
        ), content(
            (Greeting = "application/json"),
            (Protobuf = "application/x-protobuf"),
        )),
    ),
)]
pub(super) async fn create(State(app): State<AppState>, request: Request) -> Response {
    let start = Instant::now();
    answer::note_trace(&request);
    let mut steps = Steps::new();
    let result = created(&app, request, start, &mut steps).await;
    answer::answer(result, steps, start)
}

async fn created(app: &AppState, request: Request, start: Instant, steps: &mut Steps) -> Result<Response, Error> {
    let (parts, content) = request.into_parts();
    let sent_as = Media::of_body(&parts.headers)?;
    let media = negotiate(&parts.headers, &OFFERED)?;
    let key = idempotency::key(&parts.headers)?;
    let content = body::read(&parts.headers, content).await?;
    let received = Instant::now();
    steps.add(Party::Server, "receive", start, received);
    let name = sent_as.name_in(&content);
    let parsed = Instant::now();
    steps.add(Party::Server, "parse", received, parsed);
    let made = app.greetings.create(&name?, key).await;
    steps.end(Party::Store, "insert", parsed);
    let Created { kept, repeated } = made?;
    let mut response = item::representation(StatusCode::CREATED, media, &kept);
    if repeated {
        response.headers_mut().insert(idempotency::IDEMPOTENT_REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}
