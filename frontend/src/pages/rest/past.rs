//! A call of this bench as the history keeps it, and back.

use crosstalk_proto::{amqp::Body, rest::Greeting};

use super::{calls::Outcome as Came, explain};
use crate::{
    api::rest::Exchange,
    model::{
        address::{self, Written},
        past::call::{Answer, Call, Message, Outcome, Style},
        payload,
        rest::{draft::Draft, story::Seen},
    },
};

/// A call that was sent at `at`, in milliseconds since 1970.
pub(super) fn call(at: f64, draft: &Draft, came: &Came) -> Call {
    let Written { fragment, withheld } = address::write(draft);
    let (status, failed, outcome) = match came {
        Ok(exchange) => (words(exchange), exchange.status >= 400, Outcome::Answer(answer(exchange))),
        Err(error) => (String::new(), true, Outcome::Error(error.clone())),
    };
    Call {
        at: at as u64,
        style: Style::Rest,
        verb: draft.method.clone(),
        what: draft.open_path(),
        request: fragment,
        withheld,
        status,
        failed,
        outcome,
        whole: Some(address::write_whole(draft)),
    }
}

/// What a call of the history was answered.
pub(super) fn outcome(call: &Call) -> Came {
    match &call.outcome {
        Outcome::Answer(answer) => Ok(exchange(answer)),
        Outcome::Error(error) => Err(error.clone()),
    }
}

/// What a story looks at.
pub(super) fn seen(exchange: &Exchange) -> Seen {
    let header = |name| exchange.header(name).map(str::to_owned);
    let greeting: Option<Greeting> = serde_json::from_slice(&exchange.body).ok();
    Seen {
        status: exchange.status,
        location: header("location"),
        etag: header("etag"),
        name: greeting.map(|greeting| greeting.name),
    }
}

/// `201 Created`
pub(super) fn words(exchange: &Exchange) -> String {
    format!("{} {}", exchange.status, reason(exchange))
}

/// `Created`
pub(super) fn reason(exchange: &Exchange) -> &str {
    if exchange.reason.is_empty() { explain::reason(exchange.status) } else { &exchange.reason }
}

fn answer(exchange: &Exchange) -> Answer {
    let body: Body = payload::to_body(exchange.body.clone());
    Answer {
        code: exchange.status.into(),
        reason: exchange.reason.clone(),
        headers: exchange.headers.clone(),
        trailers: Vec::new(),
        messages: vec![Message { at_ms: exchange.cost.total_ms(), body }],
        left_out: 0,
        cut: None,
        cost: exchange.cost.clone(),
        network: exchange.network.clone(),
    }
}

fn exchange(answer: &Answer) -> Exchange {
    Exchange {
        status: u16::try_from(answer.code).unwrap_or_default(),
        reason: answer.reason.clone(),
        headers: answer.headers.clone(),
        body: answer.messages.first().map_or_else(Vec::new, |message| payload::bytes_of(&message.body)),
        cost: answer.cost.clone(),
        network: answer.network.clone(),
    }
}
