//! One call of any bench: what was asked, as the link that restores it, and what came of it.

use crosstalk_proto::{amqp::Body, step::Step};
use serde::{Deserialize, Serialize};

use crate::model::{
    exchange::{CallError, Cost, Cut},
    payload,
};

/// The most bytes of an answer's messages that are kept.
const MAX_BODY: usize = 64 * 1024;

/// Whose call it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Style {
    /// The REST bench.
    Rest,
    /// The gRPC bench.
    Grpc,
    /// The queue bench.
    Queue,
}

impl Style {
    /// In the order of the navigation.
    pub const ALL: [Self; 3] = [Self::Rest, Self::Grpc, Self::Queue];

    /// As files and `data-style` name it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rest => "rest",
            Self::Grpc => "grpc",
            Self::Queue => "queue",
        }
    }
}

/// A call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// When it was sent, in milliseconds since 1970. No two calls have the same, so it names the call too.
    pub at: u64,
    /// Whose it is.
    pub style: Style,
    /// What was done: `POST`, `SayHello`, `basic.publish`.
    pub verb: String,
    /// To what: a path, a name, a routing key.
    pub what: String,
    /// The request as a fragment of the bench's address, without credentials.
    pub request: String,
    /// A credential was left out of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withheld: bool,
    /// How it ended, in the protocol's words: `201 Created`, `basic.ack`; empty when there is no answer.
    pub status: String,
    /// It ended badly.
    pub failed: bool,
    /// What came of it.
    pub outcome: Outcome,
    /// The request with its credentials, while the page that sent it stays loaded. The times of its answer are on
    /// that load's clock.
    #[serde(skip)]
    pub whole: Option<String>,
}

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// An answer, of whatever status.
    Answer(Answer),
    /// Why there is none.
    Error(CallError),
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// HTTP status, grpc-status, AMQP reply code.
    pub code: i32,
    /// The words beside it.
    pub reason: String,
    /// Headers, initial metadata, properties.
    pub headers: Vec<(String, String)>,
    /// gRPC's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trailers: Vec<(String, String)>,
    /// Its body, or as many as a stream had.
    pub messages: Vec<Message>,
    /// How many messages were too much to keep, the last ones.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: usize,
    /// How it was cut, when its end did not come; a stream over gRPC only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<Cut>,
    /// When and how big.
    pub cost: Cost,
    /// What the browser's network stack measured (Resource Timing), on the page's clock.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub network: Vec<Step>,
}

/// A message of an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// When it was there, in milliseconds since the call began.
    pub at_ms: f64,
    /// What is in it.
    pub body: Body,
}

impl Call {
    /// The request, as complete as it is known.
    #[must_use]
    pub fn fragment(&self) -> &str {
        self.whole.as_ref().unwrap_or(&self.request)
    }

    /// Its times are on the clock of this page load.
    #[must_use]
    pub fn is_of_this_visit(&self) -> bool {
        self.whole.is_some()
    }

    /// The answer.
    #[must_use]
    pub fn answer(&self) -> Option<&Answer> {
        match &self.outcome {
            Outcome::Answer(answer) => Some(answer),
            Outcome::Error(_) => None,
        }
    }

    /// Leaves out the messages that are too much to keep.
    pub(super) fn bounded(mut self) -> Self {
        if let Outcome::Answer(answer) = &mut self.outcome {
            let mut room = MAX_BODY;
            let fits = |message: &&Message| {
                let size = payload::size(&message.body);
                let fits = size <= room;
                room = room.saturating_sub(size);
                fits
            };
            let kept = answer.messages.iter().take_while(fits).count();
            answer.left_out += answer.messages.len() - kept;
            answer.messages.truncate(kept);
        }
        self
    }
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// A call for tests.
#[cfg(test)]
pub(crate) fn sample(at: u64) -> Call {
    let cost = Cost { started_ms: 10.0, ended_ms: 11.5, steps: Vec::new(), bytes_out: 0, bytes_in: 27 };
    let body = Body::Text("{\"message\":\"Hello, World!\"}".to_owned());
    Call {
        at,
        style: Style::Rest,
        verb: "GET".to_owned(),
        what: "/api/v1/resource".to_owned(),
        request: "1&method=GET&path=/api/v1/resource&body=".to_owned(),
        withheld: false,
        status: "200 OK".to_owned(),
        failed: false,
        outcome: Outcome::Answer(Answer {
            code: 200,
            reason: "OK".to_owned(),
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            trailers: Vec::new(),
            messages: vec![Message { at_ms: 1.5, body }],
            left_out: 0,
            cut: None,
            cost,
            network: Vec::new(),
        }),
        whole: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_much_to_keep_is_left_out_and_counted() {
        let mut call = sample(1);
        let Outcome::Answer(answer) = &mut call.outcome else { unreachable!("the sample has an answer") };
        let message = Message { at_ms: 1.0, body: Body::Text("x".repeat(MAX_BODY / 2)) };
        answer.messages = vec![message.clone(), message.clone(), message];
        let bounded = call.bounded();
        let answer = bounded.answer().unwrap();
        assert_eq!((answer.messages.len(), answer.left_out), (2, 1));
    }
}
