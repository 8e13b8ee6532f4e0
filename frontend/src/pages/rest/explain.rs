//! A status code in a sentence: what it says, and who is at fault.

use crate::i18n::{I18n, t_string};

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
        _ => "",
    }
}

/// The sentence.
pub(super) fn sentence(i18n: I18n, status: u16) -> &'static str {
    match status {
        200 => t_string!(i18n, rest.s200),
        201 => t_string!(i18n, rest.s201),
        204 => t_string!(i18n, rest.s204),
        304 => t_string!(i18n, rest.s304),
        400 => t_string!(i18n, rest.s400),
        404 => t_string!(i18n, rest.s404),
        405 => t_string!(i18n, rest.s405),
        406 => t_string!(i18n, rest.s406),
        412 => t_string!(i18n, rest.s412),
        413 => t_string!(i18n, rest.s413),
        415 => t_string!(i18n, rest.s415),
        422 => t_string!(i18n, rest.s422),
        503 => t_string!(i18n, rest.s503),
        _ => class(i18n, status),
    }
}

/// What the first digit says.
fn class(i18n: I18n, status: u16) -> &'static str {
    match status {
        100..=299 => t_string!(i18n, rest.s2xx),
        300..=399 => t_string!(i18n, rest.s3xx),
        400..=499 => t_string!(i18n, rest.s4xx),
        _ => t_string!(i18n, rest.s5xx),
    }
}
