//! Where routes and layers meet, and nowhere else. The order matters: gRPC brings no fallback of its own,
//! the page's fallback is set last, and what is around every request is [`Middleware`].

use axum::Router;

use crate::{assets, bridge, grpc, health, middleware::Middleware, rest, state::AppState};

/// Everything that is served, ready for connections.
#[must_use]
pub fn service(app: &AppState) -> Middleware {
    let router = Router::new()
        .merge(rest::routes(app))
        .merge(bridge::routes())
        .merge(health::routes())
        .merge(grpc::routes(app))
        .merge(assets::routes(app))
        .with_state(app.clone());
    Middleware::new(router, app)
}
