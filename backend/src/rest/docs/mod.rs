//! `/api/docs`: the description as a page to read and try, Swagger UI from the binary, so that it works offline. The files
//! beside this one are the page around Swagger UI, and what its markup and colours lack for accessibility.

use std::sync::{Arc, LazyLock};

use axum::{
    Router,
    body::Body,
    extract::{Path, rejection::PathRejection},
    response::{IntoResponse as _, Redirect, Response},
    routing,
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use utoipa_swagger_ui::Config;

use crate::{error::Error, state::AppState};

static SETTINGS: LazyLock<Arc<Config<'static>>> = LazyLock::new(|| {
    let config = Config::from("/api/openapi.json").try_it_out_enabled(true).display_request_duration(true);
    // without the field for other descriptions, and without links inside of buttons
    Arc::new(config.use_base_layout().deep_linking(false))
});

/// Swagger UI styles its elements by attribute and has its pictures in data URLs; nothing else is opened.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The files of the page around Swagger UI, with their media types.
const OWN: [(&str, &str, &str); 3] = [
    ("index.html", "text/html; charset=utf-8", include_str!("index.html")),
    ("docs.css", "text/css; charset=utf-8", include_str!("docs.css")),
    ("docs.js", "text/javascript; charset=utf-8", include_str!("docs.js")),
];

/// The routes of this file.
pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/docs", routing::get(async || Redirect::permanent("/api/docs/")))
        .route("/api/docs/", routing::get(async || file("index.html")))
        .route(
            "/api/docs/{*file}",
            routing::get(async |path: Result<Path<String>, PathRejection>| {
                path.map_or_else(|_| missing(), |Path(path)| file(&path))
            }),
        )
}

fn file(path: &str) -> Response {
    let (body, kind) = if let Some((_, kind, text)) = OWN.iter().find(|(name, ..)| *name == path) {
        (Body::from(*text), HeaderValue::from_static(kind))
    } else {
        let Ok(Some(file)) = utoipa_swagger_ui::serve(path, SETTINGS.clone()) else { return missing() };
        let kind = HeaderValue::try_from(file.content_type);
        (Body::from(file.bytes.into_owned()), kind.unwrap_or(HeaderValue::from_static("application/octet-stream")))
    };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, kind);
    protect(headers);
    response
}

fn protect(headers: &mut HeaderMap) {
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
}

fn missing() -> Response {
    Error::request(StatusCode::NOT_FOUND, "the docs page has no such file; /api/docs/ is the page").into_response()
}
