//! Which foreign origins may call gRPC-Web: those of `CROSSTALK_CORS_ORIGINS`, and they may read what a client needs.

use std::time::Duration;

use http::{HeaderName, Method};
use tower_http::cors::{AllowHeaders, CorsLayer};

use crate::{
    config::{Config, Origin},
    server_timing::SERVER_TIMING,
};

/// How long a browser may remember the answer of a preflight.
const MAX_AGE: Duration = Duration::from_secs(3_600);

/// The layer, outside of everything of gRPC-Web; `None` when no origin is allowed, which costs nothing.
pub(crate) fn layer(config: &Config) -> Option<CorsLayer> {
    if config.cors_origins.is_empty() {
        return None;
    }
    Some(
        CorsLayer::new()
            .allow_origin(Origin::any_of(&config.cors_origins))
            .allow_methods([Method::POST])
            // metadata has names of the caller's choosing
            .allow_headers(AllowHeaders::mirror_request())
            .expose_headers(
                ["grpc-status", "grpc-message", "grpc-status-details-bin", SERVER_TIMING].map(HeaderName::from_static),
            )
            .max_age(MAX_AGE),
    )
}
