//! The body of `/readyz`.

use serde::{Deserialize, Serialize};

use crate::ws::LinkState;

/// The body of `GET /readyz`: 200 while the store answers, 503 otherwise. Without a broker the status is still 200, and
/// `degraded`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Readiness {
    /// `ready`, `degraded` (no broker) or `unavailable` (no store).
    pub status: String,
    /// The name of the store, `SQLite`.
    pub store: String,
    /// True if the store answers.
    pub store_up: bool,
    /// The broker link.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub broker: LinkState,
}
