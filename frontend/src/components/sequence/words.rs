//! What parties and steps are called, and why each step is there. A step that the page has no word for keeps its own,
//! and is not explained.

use crosstalk_proto::step::Party;

use super::Said;
use crate::{
    i18n::{I18n, t_string},
    model::{
        exchange::BUSY,
        grpc_record::{DATA, HEADERS, TRAILERS},
        number,
        sequence::{Row, What},
    },
};

/// The name of a party.
pub(in crate::components) fn party(i18n: I18n, party: Party) -> &'static str {
    match party {
        Party::Browser => t_string!(i18n, panels.party_browser),
        Party::Server => t_string!(i18n, panels.party_server),
        Party::Caller => t_string!(i18n, panels.party_caller),
        Party::Store => t_string!(i18n, panels.party_store),
        Party::Link => t_string!(i18n, panels.party_link),
        Party::Worker => t_string!(i18n, panels.party_worker),
        Party::Consumer => t_string!(i18n, panels.party_consumer),
    }
}

/// What that party is made of.
pub(super) fn part(i18n: I18n, style: &str, party: Party) -> &'static str {
    match (party, style) {
        (Party::Browser | Party::Consumer, _) => t_string!(i18n, sequence.sub_page),
        (Party::Server | Party::Caller, "grpc") => "tonic",
        (Party::Server | Party::Caller, _) => "axum",
        (Party::Store, _) => "SQLite",
        (Party::Link, _) => "lapin",
        (Party::Worker, _) => "greeter.rpc",
    }
}

/// What a step is called.
pub(super) fn label(i18n: I18n, style: &str, row: &Row, said: &Said) -> String {
    let is_forwarded = matches!(row.what, What::Way { sender: Party::Caller, receiver: Party::Server, .. });
    if let Some((_, words)) = said.parts.iter().find(|(step, _)| *step == row.step && !is_forwarded) {
        return words.clone();
    }
    let known = match row.what {
        What::Way { sender: Party::Caller, receiver: Party::Server, .. } => return said.forwarded.clone(),
        What::Way { sender: Party::Browser, .. } if !said.request.is_empty() => return said.request.clone(),
        What::Way { receiver: Party::Browser, .. } if !said.answer.is_empty() => return said.answer.clone(),
        What::Work(party) => work(i18n, style, party, &row.step).map(|(label, _)| label),
        What::Way { sender, receiver, aside } => {
            way(i18n, style, sender, receiver, aside, &row.step).map(|(label, _)| label)
        }
    };
    known.map_or_else(|| row.step.clone(), str::to_owned)
}

/// Why it is there.
pub(super) fn why(i18n: I18n, style: &str, row: &Row) -> Option<&'static str> {
    let known = match row.what {
        What::Work(party) => work(i18n, style, party, &row.step),
        What::Way { sender, receiver, aside } => way(i18n, style, sender, receiver, aside, &row.step),
    };
    known.map(|(_, why)| why)
}

/// A step in one line of text, with its times.
pub(super) fn told(i18n: I18n, style: &str, row: &Row, said: &Said) -> String {
    let (at, took) = (number::ms(row.from), number::ms(row.to - row.from));
    let what = label(i18n, style, row, said);
    match row.what {
        What::Work(who) => {
            t_string!(i18n, sequence.twin_work, at = at, who = party(i18n, who), what = what, took = took)
        }
        What::Way { sender, receiver, .. } => {
            let (sender, receiver) = (party(i18n, sender), party(i18n, receiver));
            t_string!(i18n, sequence.twin_way, at = at, sender = sender, receiver = receiver, what = what, took = took)
        }
    }
}

/// What a step is called, and why it is there.
type Texts = (&'static str, &'static str);

fn work(i18n: I18n, style: &str, party: Party, step: &str) -> Option<Texts> {
    Some(match (party, step, style) {
        (Party::Browser, "encode", _) => (t_string!(i18n, sequence.send_grpc), t_string!(i18n, sequence.send_grpc_why)),
        (Party::Browser, "send", "rest" | "grpc") => {
            (t_string!(i18n, sequence.send_fetch), t_string!(i18n, sequence.send_fetch_why))
        }
        (Party::Browser, "drive", _) => (t_string!(i18n, sequence.drive), t_string!(i18n, sequence.drive_why)),
        (Party::Caller, "open", _) => (t_string!(i18n, sequence.open), t_string!(i18n, sequence.open_why)),
        (Party::Browser, "send", _) => {
            (t_string!(i18n, sequence.send_socket), t_string!(i18n, sequence.send_socket_why))
        }
        (Party::Browser, "receive", "rest") => {
            (t_string!(i18n, sequence.receive_fetch), t_string!(i18n, sequence.receive_fetch_why))
        }
        (Party::Browser, BUSY, _) => (t_string!(i18n, sequence.busy), t_string!(i18n, sequence.busy_why)),
        (Party::Browser, "decode", _) => (t_string!(i18n, sequence.decode), t_string!(i18n, sequence.decode_why)),
        (Party::Browser, HEADERS | DATA | TRAILERS, _) => passed(i18n, step),
        (Party::Browser, "receive", _) => {
            (t_string!(i18n, sequence.receive_socket), t_string!(i18n, sequence.receive_socket_why))
        }
        (Party::Server, "receive", _) => (t_string!(i18n, sequence.body_in), t_string!(i18n, sequence.body_in_why)),
        (_, "parse", "rest") => (t_string!(i18n, sequence.parse), t_string!(i18n, sequence.parse_rest_why)),
        (_, "parse", "grpc") => (t_string!(i18n, sequence.parse), t_string!(i18n, sequence.parse_grpc_why)),
        (Party::Server, "parse", _) => (t_string!(i18n, sequence.parse), t_string!(i18n, sequence.parse_publish_why)),
        (_, "parse", _) => (t_string!(i18n, sequence.parse), t_string!(i18n, sequence.parse_queue_why)),
        (_, "greet", _) => (t_string!(i18n, sequence.greet), t_string!(i18n, sequence.greet_why)),
        (_, "stream", _) => (t_string!(i18n, sequence.stream), t_string!(i18n, sequence.stream_why)),
        (_, "deadline", _) => (t_string!(i18n, sequence.deadline), t_string!(i18n, sequence.deadline_why)),
        (_, "reply", _) => (t_string!(i18n, sequence.reply), t_string!(i18n, sequence.reply_why)),
        (Party::Store, "lookup" | "list", _) => {
            (t_string!(i18n, sequence.read_row), t_string!(i18n, sequence.read_row_why))
        }
        (Party::Store, "insert" | "upsert" | "update" | "delete", _) => {
            (t_string!(i18n, sequence.write_row), t_string!(i18n, sequence.write_row_why))
        }
        (Party::Consumer, _, _) => (t_string!(i18n, sequence.consume), t_string!(i18n, sequence.consume_why)),
        (Party::Link, "publish", _) => (t_string!(i18n, sequence.publish), t_string!(i18n, sequence.publish_why)),
        (Party::Link, "deliver", _) => (t_string!(i18n, sequence.deliver), t_string!(i18n, sequence.deliver_why)),
        _ => return None,
    })
}

/// What comes back of a gRPC call.
fn passed(i18n: I18n, step: &str) -> Texts {
    match step {
        HEADERS => (t_string!(i18n, sequence.headers), t_string!(i18n, sequence.headers_why)),
        DATA => (t_string!(i18n, sequence.data), t_string!(i18n, sequence.data_why)),
        _ => (t_string!(i18n, sequence.trailers), t_string!(i18n, sequence.trailers_why)),
    }
}

fn way(i18n: I18n, style: &str, sender: Party, receiver: Party, aside: bool, step: &str) -> Option<Texts> {
    Some(match (sender, receiver, style) {
        _ if aside && step == "return" => (t_string!(i18n, sequence.returned), t_string!(i18n, sequence.returned_why)),
        _ if aside && step == "nack" => (t_string!(i18n, sequence.nack), t_string!(i18n, sequence.nack_why)),
        _ if aside => (t_string!(i18n, sequence.confirm), t_string!(i18n, sequence.confirm_why)),
        (Party::Browser, Party::Caller, _) => (t_string!(i18n, sequence.drive), t_string!(i18n, sequence.drive_why)),
        (Party::Caller, Party::Server, _) => {
            (t_string!(i18n, sequence.request_way), t_string!(i18n, sequence.forward_why))
        }
        (Party::Caller, Party::Browser, _) => (passed(i18n, step).0, t_string!(i18n, sequence.event_why)),
        (Party::Browser, _, "rest") => (t_string!(i18n, sequence.request_way), t_string!(i18n, sequence.ask_rest_why)),
        (Party::Browser, _, "grpc") => (t_string!(i18n, sequence.request_way), t_string!(i18n, sequence.ask_grpc_why)),
        (Party::Browser, _, _) => (t_string!(i18n, sequence.request_way), t_string!(i18n, sequence.ask_queue_why)),
        (_, Party::Browser, "rest") => (t_string!(i18n, sequence.reply_way), t_string!(i18n, sequence.answer_rest_why)),
        (Party::Server, Party::Caller, _) | (_, Party::Browser, "grpc") => passed(i18n, step),
        (_, Party::Browser, _) => (t_string!(i18n, sequence.reply_way), t_string!(i18n, sequence.answer_queue_why)),
        (_, Party::Store, _) => (t_string!(i18n, sequence.query), t_string!(i18n, sequence.query_why)),
        (Party::Store, _, _) => (t_string!(i18n, sequence.result), t_string!(i18n, sequence.result_why)),
        (Party::Server, Party::Link, _) => {
            (t_string!(i18n, sequence.hand_over), t_string!(i18n, sequence.hand_over_why))
        }
        (Party::Link, Party::Server, _) => {
            (t_string!(i18n, sequence.hand_over), t_string!(i18n, sequence.hand_back_why))
        }
        (_, Party::Consumer, _) => (t_string!(i18n, sequence.deliver), t_string!(i18n, sequence.delivered_why)),
        (_, Party::Worker, _) => (t_string!(i18n, sequence.request_way), t_string!(i18n, sequence.request_way_why)),
        (Party::Worker, _, _) => (t_string!(i18n, sequence.reply_way), t_string!(i18n, sequence.reply_way_why)),
        _ => return None,
    })
}
