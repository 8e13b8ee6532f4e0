//! The job over gRPC, native (h2c) and gRPC-Web, with health and reflection.

use axum::Router;

use crate::router::App;

/// The routes of this folder. Sets no fallback.
pub fn routes(_app: &App) -> Router<App> {
    Router::new()
}
