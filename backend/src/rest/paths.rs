//! The paths of the greetings.

/// The computed greeting, and where greetings are made.
pub const RESOURCE: &str = "/api/v1/resource";
/// The stored greetings.
pub const RESOURCES: &str = "/api/v1/resources";
