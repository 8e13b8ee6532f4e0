//! A status in words, for the case at hand: what it says, and what was measured of this call.

use super::calls::{Ended, Noticed};
use crate::{
    i18n::{I18n, t_string},
    model::{grpc_status, number, outcome::grpc::Outcome},
};

/// What an end says.
fn says(i18n: I18n, ended: &Ended) -> &'static str {
    match outcome(ended) {
        Outcome::Ok => t_string!(i18n, grpc.c0),
        Outcome::CancelledByPage => t_string!(i18n, grpc.c1_page),
        Outcome::CancelledDriven => t_string!(i18n, grpc.c1_driven),
        Outcome::CancelledElsewhere => t_string!(i18n, grpc.c1),
        Outcome::InvalidArgument => t_string!(i18n, grpc.c3),
        Outcome::DeadlineInPage => t_string!(i18n, grpc.c4_page),
        Outcome::DeadlineOnServer => t_string!(i18n, grpc.c4),
        Outcome::Exhausted => t_string!(i18n, grpc.c8),
        Outcome::Unimplemented => t_string!(i18n, grpc.c12),
        Outcome::Internal => t_string!(i18n, grpc.c13),
        Outcome::UnavailableAtOnce => t_string!(i18n, grpc.c14),
        Outcome::UnavailableMidway => t_string!(i18n, grpc.c14_midway),
        Outcome::Other => t_string!(i18n, grpc.other),
        Outcome::FromHttp => t_string!(i18n, grpc.from_http),
        Outcome::CutAfterHeaders => t_string!(i18n, grpc.cut_after_headers),
        Outcome::CutBetweenMessages => t_string!(i18n, grpc.cut_between_messages),
        Outcome::CutWithinFrame => t_string!(i18n, grpc.cut_within_frame),
        Outcome::WithoutTrailers => t_string!(i18n, grpc.without_trailers),
        Outcome::SocketClosed => t_string!(i18n, grpc.socket_closed),
    }
}

/// How a call ended.
fn outcome(ended: &Ended) -> Outcome {
    Outcome::of(ended.status.code, ended.by, ended.record.driven, ended.record.messages)
}

/// All that is to be said of an end; `limit_ms` is the deadline it had.
pub(super) fn sentences(i18n: I18n, ended: &Ended, limit_ms: Option<u32>) -> String {
    let record = &ended.record;
    let took = record.since(record.ended_ms);
    let (at, count) = (number::ms(took), record.messages);
    let mut said = vec![says(i18n, ended).to_owned()];
    match (ended.status.code, limit_ms) {
        (grpc_status::OK, Some(limit)) => {
            let left = number::ms((f64::from(limit) - took).max(0.0));
            said.push(t_string!(i18n, grpc.within, limit = limit, left = left));
        }
        (grpc_status::OK, None) => {}
        (grpc_status::DEADLINE_EXCEEDED, Some(limit)) => {
            said.push(t_string!(i18n, grpc.beyond, limit = limit, at = at, count = count));
        }
        _ if count > 0 => said.push(t_string!(i18n, grpc.after, at = at, count = count)),
        _ => {}
    }
    said.extend(ended.details.retry_ms.map(|ms| t_string!(i18n, grpc.retry, ms = ms)));
    said.join(t_string!(i18n, panels.join))
}

/// Whether the server noticed that the page gave up.
pub(super) fn noticed(i18n: I18n, noticed: Noticed) -> Option<String> {
    Some(match noticed {
        Noticed::Nothing => return None,
        Noticed::Asking => t_string!(i18n, grpc.noticing).to_owned(),
        Noticed::Yes { before: Some(before), now } => t_string!(i18n, grpc.noticed, before = before, now = now),
        Noticed::Yes { before: None, now } => t_string!(i18n, grpc.noticed_now, now = now),
        Noticed::No => t_string!(i18n, grpc.unnoticed).to_owned(),
    })
}
