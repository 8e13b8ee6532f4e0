//! The job over HTTP/REST: `/api/v1/…`, its description and its docs page.

use axum::Router;

use crate::router::App;

/// The routes of this folder.
pub fn routes(_app: &App) -> Router<App> {
    Router::new()
}
