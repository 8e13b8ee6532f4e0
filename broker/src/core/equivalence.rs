//! Equivalence of declarations: names, flags and arguments are compared with what exists. The refusal names the first
//! difference.

use super::arguments::{CLASSIC, QUEUE_TYPE};
use crate::{
    refusal::{Code, Refusal},
    table::{Arguments, FieldValue},
};

/// Compares the significant arguments of a queue's declaration with those of the existing queue.
///
/// # Errors
/// 406 that names the first difference; `what` is `queue 'name' in vhost '/'`.
pub(super) fn same_queue(received: &Arguments, current: &Arguments, what: &str) -> Result<(), Refusal> {
    CLASSIC.into_iter().try_for_each(|name| equivalent(name, received, current, what))
}

/// Compares one argument of a declaration with that of what exists.
///
/// # Errors
/// 406 that shows the difference; `what` is `queue 'name' in vhost '/'`.
pub(super) fn equivalent(name: &str, received: &Arguments, current: &Arguments, what: &str) -> Result<(), Refusal> {
    let (new, old) = (received.get(name), current.get(name));
    let same = match (new, old) {
        (None, None) => true,
        (Some(new), Some(old)) => new.is(old),
        // without the argument a queue is a classic one
        (Some(one), None) | (None, Some(one)) => name == QUEUE_TYPE && one.text() == Some(b"classic"),
    };
    if same {
        return Ok(());
    }
    let (new, old) = match (new, old) {
        (Some(new), Some(old)) => (quoted(new), quoted(old)),
        _one => (described(new), described(old)),
    };
    let start = format!("inequivalent arg '{name}' for {what}: received ");
    Err(Code::PreconditionFailed.because([start.as_bytes(), &new, b" but current is ", &old].concat()))
}

fn described(value: Option<FieldValue<'_>>) -> Vec<u8> {
    let Some(value) = value else { return b"none".to_vec() };
    [b"the value '", &plain(value)[..], b"' of type '", value.type_name().as_bytes(), b"'"].concat()
}

/// A value in quotes, for a difference of two values. RabbitMQ writes a void value as `none`.
fn quoted(value: FieldValue<'_>) -> Vec<u8> {
    if value.kind() == b'V' { b"none".to_vec() } else { [b"'", &plain(value)[..], b"'"].concat() }
}

/// A value as refusals show it: a string as its octets.
pub(super) fn plain(value: FieldValue<'_>) -> Vec<u8> {
    if let Some(octets) = value.octets() {
        return octets.to_vec();
    }
    let number = value.whole().map(|number| number.to_string());
    let number = number.or_else(|| value.real().map(|number| format!("{number:?}")));
    let shown = number.or_else(|| value.boolean().map(|value| value.to_string()));
    let shown = shown.or_else(|| (value.kind() == b'V').then(|| "undefined".to_owned()));
    shown.unwrap_or_else(|| value.type_name().to_owned()).into_bytes()
}

/// Compares names and flags: `received 'true' but current is 'false'`.
///
/// # Errors
/// 406 when they differ.
pub(super) fn same(name: &str, received: &str, current: &str, what: &str) -> Result<(), Refusal> {
    if received == current {
        return Ok(());
    }
    Err(Code::PreconditionFailed
        .because(format!("inequivalent arg '{name}' for {what}: received '{received}' but current is '{current}'")))
}
