//! WebSockets: `/ws` for the page, `/ws/queues/{queue}` for anybody.

use axum::Router;

use crate::router::App;

/// The routes of this folder.
pub fn routes() -> Router<App> {
    Router::new()
}
