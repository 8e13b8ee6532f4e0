//! What the page knows of one call: the answer, who did what when, and how many bytes the bodies had.
//! `api` makes these; pages and the home page's lanes show them.
//!
//! Steps of [`Party::Browser`] are on the page's clock (`performance.now()`), all others on the server's.

use crosstalk_proto::{
    problem::Problem,
    step::{Party, Step},
};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The same job, done by any style.
#[derive(Clone, Debug, PartialEq)]
pub struct Greeted {
    /// The greeting.
    pub text: String,
    /// When and how big.
    pub cost: Cost,
}

/// What a call cost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// When it was started, on the page's clock.
    pub started_ms: f64,
    /// When the last byte of the answer had arrived, on the page's clock: by Resource Timing where the browser tells it, else
    /// when the page read it. What the page did after that is the step [`BUSY`].
    pub ended_ms: f64,
    /// What every party measured.
    pub steps: Vec<Step>,
    /// Bytes of the request's body.
    pub bytes_out: usize,
    /// Bytes of the answer's body.
    pub bytes_in: usize,
}

impl Cost {
    /// From start to end, in milliseconds.
    pub fn total_ms(&self) -> f64 {
        self.ended_ms - self.started_ms
    }
}

/// The name of the step in which the page reads an answer that has arrived. It is in no total.
pub const BUSY: &str = "busy";

/// A step of the page itself.
pub fn browser_step(name: &str, start_ms: f64, end_ms: f64) -> Step {
    Step { party: Party::Browser, name: name.to_owned(), start_ms, dur_ms: (end_ms - start_ms).max(0.0) }
}

/// How an answer was cut: it began, and its end did not come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cut {
    /// The connection broke, and all that came were whole frames.
    BetweenFrames,
    /// The connection broke, or the body ended, in the middle of a frame.
    WithinFrame,
    /// The body ended as HTTP has it, without trailers.
    WithoutTrailers,
    /// The WebSocket closed over which the server passed the answer on.
    Socket,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Error, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallError {
    /// The server was reached and says no, in words.
    #[error("{}: {}", .0.title, .0.detail)]
    Problem(Box<Problem>),
    /// A gRPC status other than OK.
    #[error("grpc-status {code}: {message}")]
    Status {
        /// `grpc-status`
        code: i32,
        /// `grpc-message`
        message: String,
    },
    /// Nobody answered at the page's own address.
    #[error("the server cannot be reached")]
    Unreachable,
    /// The socket to the server is closed at present, so nothing was sent.
    #[error("there is no connection to the server, nothing was sent")]
    NotConnected,
    /// The socket closed while an answer was awaited: it may or may not have been done.
    #[error("the connection was lost before the answer: whether it was done is unknown")]
    Lost,
    /// No answer within the budget.
    #[error("no answer within {after_ms} ms")]
    TimedOut {
        /// The budget in milliseconds.
        after_ms: u32,
    },
    /// The page gave up.
    #[error("cancelled")]
    Cancelled,
    /// The browser would not send this request: its words.
    #[error("the browser refuses to send this: {0}")]
    Refused(String),
    /// The answer is not what the protocol promises.
    #[error("the answer cannot be read: {0}")]
    Unreadable(String),
}
