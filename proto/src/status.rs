//! What `/readyz` says.

use serde::{Deserialize, Serialize};

use crate::ws::LinkState;

/// The body of `GET /readyz`: 200 while the store answers, 503 otherwise. Without a broker the
/// server is ready all the same, and `degraded`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Readiness {
    /// `ready`, `degraded` (no broker) or `unavailable` (no store).
    pub status: String,
    /// The store: its kind in words, `SQLite`.
    pub store: String,
    /// Whether the store answers.
    pub store_up: bool,
    /// The broker link.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub broker: LinkState,
}
