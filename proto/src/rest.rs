//! Bodies of the REST resource `/api/v1/resource`.

use serde::{Deserialize, Serialize};

/// The most bytes of a request's body.
pub const MAX_BODY: usize = 64 * 1024;

/// The answer of `GET /api/v1/resource`: exactly one member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(example = json!({"message": "Hello, World!"})))]
pub struct Message {
    /// The greeting, `Hello, {name}`.
    pub message: String,
}

/// The body of `POST` and `PUT`: what a greeting is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(example = json!({"name": "Ada"})))]
#[serde(deny_unknown_fields)]
pub struct NewGreeting {
    /// The name to greet: at most 200 characters, none of them a control character. Empty means the default.
    #[cfg_attr(feature = "openapi", schema(max_length = 200, pattern = r"^[^\u0000-\u001F\u007F-\u009F]*$"))]
    pub name: String,
}

/// The body of `PATCH`, `application/merge-patch+json` (RFC 7396).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(example = json!({"name": "Grace"})))]
#[serde(deny_unknown_fields)]
pub struct GreetingPatch {
    /// The new name; absent leaves it as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 200, pattern = r"^[^\u0000-\u001F\u007F-\u009F]*$"))]
    pub name: Option<String>,
}

/// A stored greeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(example = json!({
    "id": "ada", "name": "Ada", "message": "Hello, Ada", "version": 1,
    "created_at": "2026-11-22T16:05:09.123Z", "updated_at": "2026-11-22T16:05:09.123Z"
})))]
pub struct Greeting {
    /// The id in the collection: a ULID, or chosen by the client with `PUT`.
    pub id: String,
    /// The name that is greeted.
    pub name: String,
    /// The greeting itself.
    pub message: String,
    /// Starts at 1 and grows by 1 with each change; the ETag is derived from it.
    pub version: i64,
    /// RFC 3339, UTC, milliseconds.
    pub created_at: String,
    /// RFC 3339, UTC, milliseconds.
    pub updated_at: String,
}

/// A page of the collection, `GET /api/v1/resources`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GreetingPage {
    /// Oldest first.
    pub items: Vec<Greeting>,
    /// The path of the next page, also in `Link: rel="next"`; null on the last.
    pub next: Option<String>,
}
