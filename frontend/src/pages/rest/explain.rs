//! A status in words, for the case at hand: what was sent, what there is, who is at fault.

use leptos::prelude::*;

use super::calls::Shown;
use crate::{
    api::rest::Exchange,
    components::failure::by_status,
    i18n::{I18n, t_string},
    model::{
        past::call::Style,
        rest::case::{self, Case, Facts},
    },
    past::PastCalls,
};

/// The reason phrase of RFC 9110, for HTTP/2, which sends none.
pub(super) const fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        204 => "No Content",
        304 => "Not Modified",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        409 => "Conflict",
        412 => "Precondition Failed",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Content",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        507 => "Insufficient Storage",
        _ => "",
    }
}

/// The case of an answer.
pub(super) fn case(shown: &Shown, exchange: &Exchange) -> Case {
    let (problem, current) = (exchange.problem(), last_tag(shown));
    let facts = Facts {
        status: exchange.status,
        headers: &exchange.headers,
        problem: problem.as_ref(),
        bytes_out: exchange.cost.bytes_out,
        bytes_in: exchange.cost.bytes_in,
        current: current.as_deref(),
    };
    case::of(&shown.request, facts)
}

/// The tag that what a call is about had, by the last answer before it that told.
fn last_tag(shown: &Shown) -> Option<String> {
    let path = shown.request.open_path();
    let list = PastCalls::get().list();
    let list = list.read_untracked();
    list.of(Style::Rest).filter(|call| call.at < shown.name).find_map(|call| {
        let answer = call.answer().filter(|answer| answer.code < 300)?;
        let header = |name: &str| answer.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value);
        let is_there = call.what == path || header("location").is_some_and(|location| *location == path);
        header("etag").filter(|_| is_there).cloned()
    })
}

/// The sentences; `saved` is how many bytes a 304 did not send again, where that is known.
pub(super) fn words(i18n: I18n, status: u16, case: &Case, saved: Option<usize>) -> String {
    match case {
        Case::Tagged { etag } => t_string!(i18n, rest.case_tagged, etag = etag),
        Case::Headers { etag } => t_string!(i18n, rest.case_headers, etag = etag),
        Case::Protobuf { bytes } => t_string!(i18n, rest.case_protobuf, bytes = bytes),
        Case::ChangedIf { tag, etag } => t_string!(i18n, rest.case_changed_if, tag = tag, etag = etag),
        Case::Changed { etag } => t_string!(i18n, rest.case_changed, etag = etag),
        Case::Made { location, etag, repeatable: true } => {
            t_string!(i18n, rest.case_made_once, location = location, etag = etag)
        }
        Case::Made { location, etag, .. } => t_string!(i18n, rest.case_made, location = location, etag = etag),
        Case::Replayed { location } => t_string!(i18n, rest.case_replayed, location = location),
        Case::Deleted { path } => t_string!(i18n, rest.case_deleted, path = path),
        Case::Allowed { allow } => t_string!(i18n, rest.case_allowed, allow = allow),
        Case::Unchanged { tag } => match saved {
            Some(bytes) => t_string!(i18n, rest.case_unchanged_saved, tag = tag, bytes = bytes),
            None => t_string!(i18n, rest.case_unchanged, tag = tag),
        },
        Case::Malformed { line, column } => t_string!(i18n, rest.case_malformed, line = line, column = column),
        Case::Missing { path } => t_string!(i18n, rest.case_missing, path = path),
        Case::Method { method, allow } => t_string!(i18n, rest.case_method, method = method, allow = allow),
        Case::Unacceptable { accept } => t_string!(i18n, rest.case_unacceptable, accept = accept),
        Case::Conflict => t_string!(i18n, rest.case_conflict).to_owned(),
        Case::Unmet { condition, current: Some(current) } => {
            t_string!(i18n, rest.case_unmet_current, condition = condition, current = current)
        }
        Case::Unmet { condition, current: None } => t_string!(i18n, rest.case_unmet, condition = condition),
        Case::TooLarge { bytes } => t_string!(i18n, rest.case_too_large, bytes = bytes),
        Case::MediaType { sent, taken } if sent.is_empty() => t_string!(i18n, rest.case_untyped, taken = taken),
        Case::MediaType { sent, taken } => t_string!(i18n, rest.case_media_type, sent = sent, taken = taken),
        Case::Fields { pointers } => t_string!(i18n, rest.case_fields, pointers = pointers),
        Case::KeyReused { key } => t_string!(i18n, rest.case_key_reused, key = key),
        Case::Status => by_status(i18n, status).to_owned(),
    }
}
