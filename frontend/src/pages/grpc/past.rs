//! A call of this bench as the history keeps it, and back. Messages are kept as their JSON, which both reads well and
//! becomes the same bytes again.

use crosstalk_proto::amqp::Body;

use super::{
    calls::{Around, Ended, Outcome as Came},
    log::Line,
    request::Request,
};
use crate::model::{
    address::{self, Written},
    grpc_record::Record,
    grpc_status::{self, Status},
    outcome::grpc::EndedBy,
    past::call::{Answer, Call, Message, Outcome, Style},
    payload,
    protobuf::{contract::Method, json},
    rpc_status::Details,
};

/// How many messages of a call are kept.
pub(super) const MOST: usize = 1_000;

/// A call that was sent at `at`, in milliseconds since 1970, with the messages that came, [`MOST`] at most.
pub(super) fn call(at: f64, request: &Request, came: &Came, around: &Around, lines: &[Line]) -> Call {
    let Written { fragment, withheld } = address::write(&request.draft);
    let method = &*request.method;
    let (status, failed, outcome) = match came {
        Ok(ended) => {
            let code = ended.status.code;
            let status = match ended.by {
                EndedBy::Cut(_) => "grpc-status: –".to_owned(),
                _ => format!("{code} {}", grpc_status::name(code)),
            };
            (status, code != grpc_status::OK, Outcome::Answer(answer(method, ended, around, lines)))
        }
        Err(error) => (String::new(), true, Outcome::Error(error.clone())),
    };
    let sent = json::decode(&method.request, &request.message).unwrap_or_default();
    Call {
        at: at as u64,
        style: Style::Grpc,
        verb: method.name.clone(),
        what: json::write(&method.request, &sent, false),
        request: fragment,
        withheld,
        status,
        failed,
        outcome,
        whole: Some(address::write_whole(&request.draft)),
    }
}

/// What a call of the history was answered.
pub(super) fn outcome(call: &Call) -> Came {
    match &call.outcome {
        Outcome::Answer(answer) => Ok(ended(answer)),
        Outcome::Error(error) => Err(error.clone()),
    }
}

/// What came around the messages of an answer.
pub(super) fn around(answer: &Answer) -> Around {
    let record = record(answer);
    let at = |ms: Option<f64>| ms.map_or(0.0, |ms| record.since(ms));
    let part = |ms: Option<f64>, rows: &Vec<(String, String)>| (!rows.is_empty()).then(|| (at(ms), rows.clone()));
    Around {
        headers: part(record.headers_ms, &answer.headers),
        http_status: None,
        trailers: part(record.trailers_ms, &answer.trailers),
        trailer_bytes: 0,
    }
}

/// The messages of an answer, as they came.
pub(super) fn lines(method: &Method, answer: &Answer) -> Vec<Line> {
    let line = |message: &Message| {
        let text = payload::bytes_of(&message.body);
        let text = String::from_utf8_lossy(&text);
        let values = json::read(&method.reply, &text).unwrap_or_default();
        Line { at_ms: message.at_ms, bytes: json::encode(&method.reply, &values), sent: false }
    };
    answer.messages.iter().map(line).collect()
}

fn answer(method: &Method, ended: &Ended, around: &Around, lines: &[Line]) -> Answer {
    let message = |line: &Line| {
        let values = json::decode(&method.reply, &line.bytes).unwrap_or_default();
        Message { at_ms: line.at_ms, body: Body::Text(json::write(&method.reply, &values, false)) }
    };
    let rows = |part: &Option<(f64, Vec<(String, String)>)>| part.clone().map(|(_, rows)| rows).unwrap_or_default();
    Answer {
        code: ended.status.code,
        reason: ended.status.message.clone(),
        headers: rows(&around.headers),
        trailers: rows(&around.trailers),
        messages: lines.iter().map(message).collect(),
        left_out: ended.record.messages.saturating_sub(lines.len()),
        cut: match ended.by {
            EndedBy::Cut(cut) => Some(cut),
            _ => None,
        },
        cost: ended.record.cost(),
        network: ended.record.network.clone(),
    }
}

fn ended(answer: &Answer) -> Ended {
    let told = if answer.trailers.is_empty() { &answer.headers } else { &answer.trailers };
    let given_up = matches!(answer.code, grpc_status::CANCELLED | grpc_status::DEADLINE_EXCEEDED);
    // the server's own status comes with trailers, or in headers that have a status
    let is_own = !answer.trailers.is_empty() || told.iter().any(|(name, _)| name == "grpc-status");
    let by = match answer.cut {
        Some(cut) => EndedBy::Cut(cut),
        None if is_own => EndedBy::Server,
        None if given_up => EndedBy::Page,
        None if answer.reason.starts_with("HTTP ") => EndedBy::Http,
        None => EndedBy::Server,
    };
    Ended {
        status: Status { code: answer.code, message: answer.reason.clone() },
        by,
        details: Details::of(told),
        record: record(answer),
    }
}

fn record(answer: &Answer) -> Record {
    let messages = answer.messages.len() + answer.left_out;
    Record { network: answer.network.clone(), ..Record::of(&answer.cost, messages) }
}
