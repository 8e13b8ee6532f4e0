//! What a party measured of a call, by its own monotonic clock.
//!
//! The steps of a call travel in its answer: as the header `Server-Timing` (REST), the trailer
//! `server-timing` (gRPC, for calls with a `traceparent`), the header `server-timing` of an AMQP reply, or [`crate::ws::Answer`].
//! In the first three a step is one metric: `{party}-{name};dur={milliseconds};desc="{start}"`, where
//! start is milliseconds on the server's clock with six decimals.

use serde::{Deserialize, Serialize};

/// The party that did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Party {
    /// The page itself.
    Browser,
    /// The Crosstalk server.
    Server,
    /// The server as a gRPC client: it makes the call that a browser cannot make, and the page drives it over `/ws`.
    Caller,
    /// The store behind the server.
    Store,
    /// The server's link to the broker, which is all that is visible of the broker.
    Link,
    /// The consumer of the requests in `greeter.rpc`.
    Worker,
    /// A consumer of the page, by the page's clock.
    Consumer,
}

/// One piece of work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The party that did it.
    pub party: Party,
    /// What was done, in kebab-case: `parse`, `greet`, `insert`, `publish`, `confirm`, `deliver`. In a gRPC call
    /// `headers`, `data` (the first message) and `trailers` are the moments when the party sent or received them.
    pub name: String,
    /// Milliseconds on the party's clock, which starts with its process.
    pub start_ms: f64,
    /// The duration in milliseconds; 0 is an instant.
    pub dur_ms: f64,
}
