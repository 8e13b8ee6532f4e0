//! Errors, in every style: RFC 9457 problem details.

use serde::{Deserialize, Serialize};

/// The media type of a [`Problem`] over HTTP.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// An `application/problem+json` body. Over `/ws` and as the answer of a queue worker it has the same shape.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// A URI reference naming the kind of problem, `/problems/{slug}`.
    #[serde(rename = "type")]
    pub kind: String,
    /// A title; the same for every problem of the kind.
    pub title: String,
    /// The HTTP status (RFC 9110, section 15), also for errors outside HTTP.
    pub status: u16,
    /// What happened, and the remedy.
    pub detail: String,
    /// The id of the request in the server's log.
    pub request_id: String,
    /// The positions in the request body, when they are known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
}

/// One error in a body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldProblem {
    /// JSON pointer (RFC 6901) to the offending value; empty is the whole body.
    pub pointer: String,
    /// The error.
    pub detail: String,
    /// Line in the body, from 1; for malformed JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Column in that line, from 1; for malformed JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u64>,
}
