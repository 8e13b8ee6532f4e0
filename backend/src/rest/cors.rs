//! Cross-origin requests: none, but from the origins of `CROSSTALK_CORS_ORIGINS` (the Fetch standard, section 3.2).

use std::time::Duration;

use axum::{
    Router,
    extract::Request,
    middleware::{self, Next},
    response::IntoResponse as _,
};
use http::{HeaderName, Method, header};
use tower::{Layer as _, ServiceExt as _};
use tower_http::cors::CorsLayer;

use super::{idempotency, media};
use crate::{
    capture::CAPTURE_SECRET, config::Origin, server_timing::SERVER_TIMING, state::AppState, trace::TRACEPARENT,
};

/// How long a browser may remember a preflight.
const MAX_AGE: Duration = Duration::from_secs(3_600);

/// Lets those origins in. Without any nothing is added, not even a layer.
pub(super) fn around(router: Router<AppState>, origins: &[Origin]) -> Router<AppState> {
    if origins.is_empty() {
        return router;
    }
    let cors = CorsLayer::new()
        .allow_origin(Origin::any_of(origins))
        .allow_methods([Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers([
            header::ACCEPT,
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
            idempotency::IDEMPOTENCY_KEY,
            CAPTURE_SECRET,
            HeaderName::from_static(TRACEPARENT),
        ])
        .expose_headers([
            header::ALLOW,
            header::ETAG,
            header::LINK,
            header::LOCATION,
            header::RETRY_AFTER,
            media::ACCEPT_PATCH,
            idempotency::IDEMPOTENT_REPLAYED,
            HeaderName::from_static(SERVER_TIMING),
        ])
        .max_age(MAX_AGE);
    router.layer(middleware::from_fn(move |request: Request, next: Next| {
        let cors = cors.clone();
        async move {
            // the layer takes every OPTIONS for a preflight; the others are the resource's own
            let preflight = request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
            if request.method() == Method::OPTIONS && !preflight {
                next.run(request).await
            } else {
                cors.layer(next).oneshot(request).await.into_response()
            }
        }
    }))
}
