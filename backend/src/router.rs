//! Where routes and layers meet, and nowhere else. The order matters: gRPC brings no fallback of its own,
//! the page's fallback is set last, and what is around every request is [`Edge`].

use axum::Router;

use crate::{assets, bridge, edge::Edge, grpc, health, rest, state::AppState};

/// Everything that is served, ready for connections.
#[must_use]
pub fn service(app: &AppState) -> Edge {
    let router = Router::new()
        .merge(rest::routes(app))
        .merge(bridge::routes())
        .merge(health::routes())
        .merge(grpc::routes(app))
        .merge(assets::routes(app))
        .with_state(app.clone());
    Edge::new(router, app)
}
