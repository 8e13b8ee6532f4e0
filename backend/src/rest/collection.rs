//! `GET /api/v1/resources`: what is kept, oldest first, page by page. A page ends at a greeting, not at a number, so that
//! what is deleted or made meanwhile neither hides nor repeats another.

use std::time::Instant;

use axum::{
    extract::{Request, State},
    response::Response,
};
use crosstalk_proto::{rest::GreetingPage, step::Party};
use http::{HeaderValue, StatusCode, header};
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    RESOURCES, answer,
    media::{self, Media},
    negotiate::negotiate,
    query,
};
use crate::{
    error::Error,
    greeting::{Id, StoredGreeting},
    server_timing::Steps,
    state::AppState,
};

const DEFAULT_LIMIT: u32 = 20;
const MAX_LIMIT: u32 = 100;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Parameters {
    /// How many at most; 20 when it is not given
    #[param(nullable = false, minimum = 1, maximum = 100, example = 20)]
    limit: Option<u32>,
    /// Where the last page ended; taken from `next`
    #[param(nullable = false, pattern = "^[0-9]{1,14}-[A-Za-z0-9_-]{1,64}$", example = "1795363509123-ada")]
    after: Option<String>,
}

/// List the greetings that are kept
///
/// Oldest first. `Link: rel="next"` and `next` lead to the following page.
#[utoipa::path(
    get,
    path = "/api/v1/resources",
    operation_id = "list",
    tag = "greetings",
    params(Parameters),
    responses(
        (status = 200, description = "A page", headers(("Link" = String, description = "`rel=\"next\"`, but on the last page")), body = GreetingPage, content_type = "application/json", example = json!({"items": [{"id": "ada", "name": "Ada", "message": "Hello, Ada", "version": 1, "created_at": "2026-11-22T16:05:09.123Z", "updated_at": "2026-11-22T16:05:09.123Z"}], "next": "/api/v1/resources?limit=1&after=1795363509123-ada"})),
    ),
)]
pub(super) async fn list(State(app): State<AppState>, request: Request) -> Response {
    let start = Instant::now();
    answer::note_trace(&request);
    let mut steps = Steps::new();
    let result = listed(&app, request, start, &mut steps).await;
    answer::answer(result, steps, start)
}

async fn listed(app: &AppState, request: Request, start: Instant, steps: &mut Steps) -> Result<Response, Error> {
    negotiate(request.headers(), &[Media::Json])?;
    let parameters: Parameters = query::parse(request.uri())?;
    let limit = parameters.limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(bad(format!("limit is 1 to {MAX_LIMIT}, not {limit}")));
    }
    let after = parameters.after.as_deref().map(parse_cursor).transpose()?;
    let parsed = Instant::now();
    steps.add(Party::Server, "parse", start, parsed);
    let page = app.greetings.list(limit, after.as_ref().map(|(since, id)| (*since, id))).await;
    steps.end(Party::Store, "list", parsed);
    let page = page?;
    let last = page.items.last().filter(|_| page.more);
    let next = last.map(|last| format!("{RESOURCES}?limit={limit}&after={}", cursor(last)));
    let link = next.as_ref().map(|next| format!("<{next}>; rel=\"next\""));
    let body = media::to_json(&GreetingPage { items: page.items.iter().map(media::wire).collect(), next });
    let mut response = Response::new(body.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, Media::Json.header());
    headers.insert(header::VARY, answer::VARY);
    headers.insert(header::CACHE_CONTROL, answer::REVALIDATE);
    if let Some(link) = link {
        headers.insert(header::LINK, HeaderValue::try_from(link).expect("a cursor is visible ASCII"));
    }
    Ok(response)
}

/// Where a page ended: when its last greeting was made, in milliseconds since 1970, and its id.
fn cursor(last: &StoredGreeting) -> String {
    format!("{}-{}", last.created.as_millisecond(), last.id)
}

fn parse_cursor(text: &str) -> Result<(Timestamp, Id), Error> {
    let parsed = text.split_once('-').and_then(|(millis, id)| {
        let digits = millis.bytes().all(|byte| byte.is_ascii_digit());
        let since = Timestamp::from_millisecond(millis.parse().ok()?).ok()?;
        digits.then_some((since, Id::new(id).ok()?))
    });
    parsed.ok_or_else(|| bad("after is where a page ended: take it from next or Link, as it is".to_owned()))
}

fn bad(detail: String) -> Error {
    Error::request(StatusCode::BAD_REQUEST, detail)
}
