//! What parties and steps are called, and why each step is there. A step that the page has no word for keeps its own,
//! and is not explained.

use crosstalk_proto::step::Party;

use super::Said;
use crate::{
    i18n::{I18n, keys::sequence as key, t_string},
    model::{
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
        (Party::Server, "grpc") => "tonic",
        (Party::Server, _) => "axum",
        (Party::Store, _) => "SQLite",
        (Party::Link, _) => "lapin",
        (Party::Worker, _) => "greeter.rpc",
    }
}

/// What a step is called.
pub(super) fn label(i18n: I18n, style: &str, row: &Row, said: &Said) -> String {
    if let Some((_, words)) = said.parts.iter().find(|(step, _)| *step == row.step) {
        return words.clone();
    }
    let known = match row.what {
        What::Way { sender: Party::Browser, .. } if !said.request.is_empty() => return said.request.clone(),
        What::Way { receiver: Party::Browser, .. } if !said.answer.is_empty() => return said.answer.clone(),
        What::Work(party) => work(style, party, &row.step).map(|(label, _)| label),
        What::Way { sender, receiver, aside } => way(style, sender, receiver, aside, &row.step).map(|(label, _)| label),
    };
    known.map_or_else(|| row.step.clone(), |text| i18n.text(text).to_owned())
}

/// Why it is there.
pub(super) fn why(i18n: I18n, style: &str, row: &Row) -> Option<&'static str> {
    let known = match row.what {
        What::Work(party) => work(style, party, &row.step),
        What::Way { sender, receiver, aside } => way(style, sender, receiver, aside, &row.step),
    };
    known.map(|(_, why)| i18n.text(why))
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

type Texts = (crate::i18n::Text, crate::i18n::Text);

fn work(style: &str, party: Party, step: &str) -> Option<Texts> {
    Some(match (party, step, style) {
        (Party::Browser, "encode", _) => (key::send_grpc, key::send_grpc_why),
        (Party::Browser, "send", "rest" | "grpc") => (key::send_fetch, key::send_fetch_why),
        (Party::Browser, "drive", _) => (key::drive, key::drive_why),
        (Party::Browser, "send", _) => (key::send_socket, key::send_socket_why),
        (Party::Browser, "receive", "rest") => (key::receive_fetch, key::receive_fetch_why),
        (Party::Browser, "decode", _) => (key::decode, key::decode_why),
        (Party::Browser, HEADERS | DATA | TRAILERS, _) => passed(step),
        (Party::Browser, "receive", _) => (key::receive_socket, key::receive_socket_why),
        (Party::Server, "receive", _) => (key::body_in, key::body_in_why),
        (_, "parse", "rest") => (key::parse, key::parse_rest_why),
        (_, "parse", "grpc") => (key::parse, key::parse_grpc_why),
        (Party::Server, "parse", _) => (key::parse, key::parse_publish_why),
        (_, "parse", _) => (key::parse, key::parse_queue_why),
        (_, "greet", _) => (key::greet, key::greet_why),
        (_, "stream", _) => (key::stream, key::stream_why),
        (_, "deadline", _) => (key::deadline, key::deadline_why),
        (_, "reply", _) => (key::reply, key::reply_why),
        (Party::Store, "lookup" | "list", _) => (key::read_row, key::read_row_why),
        (Party::Store, "insert" | "upsert" | "update" | "delete", _) => (key::write_row, key::write_row_why),
        (Party::Consumer, _, _) => (key::consume, key::consume_why),
        (Party::Link, "publish", _) => (key::publish, key::publish_why),
        (Party::Link, "deliver", _) => (key::deliver, key::deliver_why),
        _ => return None,
    })
}

/// What comes back of a gRPC call.
fn passed(step: &str) -> Texts {
    match step {
        HEADERS => (key::headers, key::headers_why),
        DATA => (key::data, key::data_why),
        _ => (key::trailers, key::trailers_why),
    }
}

fn way(style: &str, sender: Party, receiver: Party, aside: bool, step: &str) -> Option<Texts> {
    Some(match (sender, receiver, style) {
        _ if aside => (key::confirm, key::confirm_why),
        (Party::Browser, _, "rest") => (key::request_way, key::ask_rest_why),
        (Party::Browser, _, "grpc") => (key::request_way, key::ask_grpc_why),
        (Party::Browser, _, _) => (key::request_way, key::ask_queue_why),
        (_, Party::Browser, "rest") => (key::reply_way, key::answer_rest_why),
        (_, Party::Browser, "grpc") => passed(step),
        (_, Party::Browser, _) => (key::reply_way, key::answer_queue_why),
        (_, Party::Store, _) => (key::query, key::query_why),
        (Party::Store, _, _) => (key::result, key::result_why),
        (Party::Server, Party::Link, _) => (key::hand_over, key::hand_over_why),
        (_, Party::Consumer, _) => (key::deliver, key::delivered_why),
        (_, Party::Worker, _) => (key::request_way, key::request_way_why),
        (Party::Worker, _, _) => (key::reply_way, key::reply_way_why),
        _ => return None,
    })
}
