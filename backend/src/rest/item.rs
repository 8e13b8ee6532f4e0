//! `GET`, `PUT`, `PATCH` and `DELETE /api/v1/resource/{id}`: one greeting that is kept.
//!
//! Without a condition the last write wins, which loses updates; with `If-Match` it cannot.

use std::time::Instant;

use axum::{
    extract::{Path, Request, State, rejection::PathRejection},
    response::{IntoResponse as _, Response},
};
use crosstalk_proto::{
    rest::{Greeting, GreetingPatch, NewGreeting},
    step::Party,
};
use http::{HeaderValue, StatusCode, header};
use serde::{Deserialize, Deserializer};

use super::{
    RESOURCE, answer, body, conditional, json,
    media::{self, Media, OFFERED},
    negotiate::negotiate,
    openapi::{Conditions, OneGreeting, Protobuf},
};
use crate::{
    error::Error,
    greeting::{Id, Name, StoredGreeting},
    server_timing::Steps,
    state::AppState,
};

type IdInPath = Result<Path<String>, PathRejection>;

/// Read a greeting
#[utoipa::path(
    get,
    path = "/api/v1/resource/{id}",
    operation_id = "read",
    tag = "greetings",
    params(OneGreeting, Conditions),
    responses(
        (status = 200, description = "The greeting", headers(
            ("ETag" = String, description = "Strong; each media type has its own"),
        ), content(
            (Greeting = "application/json"),
            (Protobuf = "application/x-protobuf"),
        )),
        (status = 304, description = "The client has the current representation"),
    ),
)]
pub(super) async fn read(State(app): State<AppState>, id: IdInPath, request: Request) -> Response {
    let start = Instant::now();
    answer::note_trace(&request);
    let mut steps = Steps::new();
    let result = found(&app, id, request, start, &mut steps).await;
    answer::answer(result, steps, start)
}

async fn found(
    app: &AppState,
    id: IdInPath,
    request: Request,
    start: Instant,
    steps: &mut Steps,
) -> Result<Response, Error> {
    let headers = request.headers();
    let media = negotiate(headers, &OFFERED)?;
    let (id, condition) = (checked(id)?, conditional::of_change(headers)?);
    let parsed = Instant::now();
    steps.add(Party::Server, "parse", start, parsed);
    let kept = app.greetings.find(&id).await;
    steps.end(Party::Store, "lookup", parsed);
    let Some(kept) = kept? else {
        condition.check(&id, None)?;
        return Err(Error::Greeting(crate::greeting::Error::NotFound { id: id.to_string() }));
    };
    let unchanged = conditional::of_read(headers, &conditional::etag(kept.revision, media))?;
    Ok(unchanged.unwrap_or_else(|| {
        let mut response = representation(StatusCode::OK, media, &kept);
        response.headers_mut().remove(header::LOCATION);
        response
    }))
}

/// Replace a greeting, or make it under an id of the caller's choice
#[utoipa::path(
    put,
    path = "/api/v1/resource/{id}",
    operation_id = "put",
    tag = "greetings",
    params(OneGreeting, Conditions),
    request_body(description = "Who is greeted", content(
        (NewGreeting = "application/json"),
        (Protobuf = "application/x-protobuf"),
    )),
    responses(
        (status = 200, description = "It was changed", headers(
            ("ETag" = String, description = "Strong; each media type has its own"),
        ), content(
            (Greeting = "application/json"),
            (Protobuf = "application/x-protobuf"),
        )),
        (status = 201, description = "It was made", headers(
            ("Location" = String, description = "Where it is kept"),
            ("ETag" = String, description = "Strong; each media type has its own"),
        ), content(
            (Greeting = "application/json"),
            (Protobuf = "application/x-protobuf"),
        )),
    ),
)]
pub(super) async fn put(State(app): State<AppState>, id: IdInPath, request: Request) -> Response {
    let start = Instant::now();
    answer::note_trace(&request);
    let mut steps = Steps::new();
    let result = replaced(&app, id, request, start, &mut steps).await;
    answer::answer(result, steps, start)
}

async fn replaced(
    app: &AppState,
    id: IdInPath,
    request: Request,
    start: Instant,
    steps: &mut Steps,
) -> Result<Response, Error> {
    let (parts, content) = request.into_parts();
    let sent_as = Media::of_body(&parts.headers)?;
    let media = negotiate(&parts.headers, &OFFERED)?;
    let (id, condition) = (checked(id)?, conditional::of_change(&parts.headers)?);
    let content = body::read(&parts.headers, content).await?;
    let received = Instant::now();
    steps.add(Party::Server, "receive", start, received);
    let name = sent_as.name_in(&content);
    let parsed = Instant::now();
    steps.add(Party::Server, "parse", received, parsed);
    let written = app.greetings.put(&id, &name?, &condition).await;
    steps.end(Party::Store, "upsert", parsed);
    let (kept, made) = written?;
    let status = if made { StatusCode::CREATED } else { StatusCode::OK };
    Ok(representation(status, media, &kept))
}

/// Change a greeting in part
///
/// A JSON merge patch (RFC 7396): `null` takes the name away, so that the default is greeted.
#[utoipa::path(
    patch,
    path = "/api/v1/resource/{id}",
    operation_id = "patch",
    tag = "greetings",
    params(OneGreeting, Conditions),
    request_body(description = "What is to be different", content(
        (GreetingPatch = "application/merge-patch+json"),
    )),
    responses(
        (status = 200, description = "It is so now", headers(
            ("ETag" = String, description = "Strong; each media type has its own"),
        ), content(
            (Greeting = "application/json"),
            (Protobuf = "application/x-protobuf"),
        )),
    ),
)]
pub(super) async fn patch(State(app): State<AppState>, id: IdInPath, request: Request) -> Response {
    let start = Instant::now();
    answer::note_trace(&request);
    let mut steps = Steps::new();
    let result = patched(&app, id, request, start, &mut steps).await;
    answer::answer(result, steps, start)
}

async fn patched(
    app: &AppState,
    id: IdInPath,
    request: Request,
    start: Instant,
    steps: &mut Steps,
) -> Result<Response, Error> {
    let (parts, content) = request.into_parts();
    media::expect_merge_patch(&parts.headers)?;
    let media = negotiate(&parts.headers, &OFFERED)?;
    let (id, condition) = (checked(id)?, conditional::of_change(&parts.headers)?);
    let content = body::read(&parts.headers, content).await?;
    let received = Instant::now();
    steps.add(Party::Server, "receive", start, received);
    let name = json::from_slice::<Patch>(&content).and_then(|patch| Ok(patch.name.apply()?));
    let parsed = Instant::now();
    steps.add(Party::Server, "parse", received, parsed);
    let written = app.greetings.rename(&id, name?.as_ref(), &condition).await;
    steps.end(Party::Store, "update", parsed);
    let mut response = representation(StatusCode::OK, media, &written?);
    response.headers_mut().remove(header::LOCATION);
    Ok(response)
}

/// Delete a greeting
#[utoipa::path(
    delete,
    path = "/api/v1/resource/{id}",
    operation_id = "delete",
    tag = "greetings",
    params(OneGreeting, Conditions),
    responses(
        (status = 204, description = "It is gone"),
    ),
)]
pub(super) async fn delete(State(app): State<AppState>, id: IdInPath, request: Request) -> Response {
    let start = Instant::now();
    answer::note_trace(&request);
    let mut steps = Steps::new();
    let result = deleted(&app, id, request, start, &mut steps).await;
    answer::answer(result, steps, start)
}

async fn deleted(
    app: &AppState,
    id: IdInPath,
    request: Request,
    start: Instant,
    steps: &mut Steps,
) -> Result<Response, Error> {
    let (id, condition) = (checked(id)?, conditional::of_change(request.headers())?);
    let parsed = Instant::now();
    steps.add(Party::Server, "parse", start, parsed);
    let done = app.greetings.delete(&id, &condition).await;
    steps.end(Party::Store, "delete", parsed);
    done?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// An answer with a greeting that is kept; says where it is.
pub(super) fn representation(status: StatusCode, media: Media, kept: &StoredGreeting) -> Response {
    let etag = conditional::etag(kept.revision, media);
    let mut response = answer::representation(status, media, etag, media.kept(kept));
    if status == StatusCode::CREATED {
        let location = HeaderValue::try_from(format!("{RESOURCE}/{}", kept.id)).expect("an id is visible ASCII");
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

fn checked(id: IdInPath) -> Result<Id, Error> {
    let Path(id) = id.map_err(|rejection| Error::request(StatusCode::BAD_REQUEST, rejection.body_text()))?;
    Ok(Id::new(id)?)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Patch {
    #[serde(default)]
    name: Change,
}

/// A member of a merge patch.
#[derive(Debug, Default)]
enum Change {
    /// It is absent: leave it.
    #[default]
    Leave,
    /// It is `null`: take it away.
    Remove,
    /// It is this.
    Set(String),
}

impl<'de> Deserialize<'de> for Change {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Remove, Self::Set))
    }
}

impl Change {
    fn apply(self) -> Result<Option<Name>, crate::greeting::Error> {
        match self {
            Self::Leave => Ok(None),
            Self::Remove => Ok(Some(Name::default())),
            Self::Set(name) => Name::new(name).map(Some),
        }
    }
}
