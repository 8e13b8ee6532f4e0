//! Probes and counters: `/healthz`, `/readyz`, `/metrics`.

use axum::{Json, Router, extract::State, response::IntoResponse, routing::get};
use crosstalk_proto::{status::Readiness, ws::LinkState};
use http::{StatusCode, header};

use crate::state::AppState;

/// The routes of this file.
pub fn routes() -> Router<AppState> {
    Router::new().route("/healthz", get(async || "ok\n")).route("/readyz", get(readyz)).route("/metrics", get(metrics))
}

async fn readyz(State(app): State<AppState>) -> impl IntoResponse {
    let store_up = app.greetings.ping().await.is_ok();
    let broker = app.link.state();
    let (code, status) = match (store_up, &broker) {
        (false, _) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
        (true, LinkState::Up { .. }) => (StatusCode::OK, "ready"),
        (true, _) => (StatusCode::OK, "degraded"),
    };
    let body = Readiness { status: status.to_owned(), store: app.greetings.kind().to_owned(), store_up, broker };
    (code, [(header::CACHE_CONTROL, "no-store")], Json(body))
}

async fn metrics(State(app): State<AppState>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], app.metrics.expose())
}
