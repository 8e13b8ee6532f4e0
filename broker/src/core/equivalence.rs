//! What is declared again must be what is there: names, flags and arguments are compared, and the first difference is told.

use amq_protocol::types::{AMQPValue, FieldTable};

use super::{
    arguments::{CLASSIC, QUEUE_TYPE, string, type_name},
    matching::number,
};
use crate::refusal::{Code, Refusal};

/// Compares those arguments of a queue's declaration that make a difference with those of the queue that is there.
///
/// # Errors
/// 406 that names the first difference; `what` is `queue 'name' in vhost '/'`.
pub(super) fn same_queue(received: &FieldTable, current: &FieldTable, what: &str) -> Result<(), Refusal> {
    CLASSIC.into_iter().try_for_each(|name| equivalent(name, received, current, what))
}

/// Compares an argument of a declaration with that of what is there.
///
/// # Errors
/// 406 that shows the difference; `what` is `queue 'name' in vhost '/'`.
pub(super) fn equivalent(name: &str, received: &FieldTable, current: &FieldTable, what: &str) -> Result<(), Refusal> {
    let (new, old) = (received.inner().get(name), current.inner().get(name));
    let same = match (new, old) {
        (None, None) => true,
        (Some(new), Some(old)) => new == old || number(new).is_some_and(|new| number(old) == Some(new)),
        // a queue that does not say its type is a classic one
        (Some(one), None) | (None, Some(one)) => name == QUEUE_TYPE && string(one).is_ok_and(|one| one == "classic"),
    };
    if same {
        return Ok(());
    }
    let (new, old) = match (new, old) {
        (Some(new), Some(old)) => (format!("'{}'", plain(new)), format!("'{}'", plain(old))),
        _one => (described(new), described(old)),
    };
    Err(Code::PreconditionFailed
        .because(format!("inequivalent arg '{name}' for {what}: received {new} but current is {old}")))
}

fn described(value: Option<&AMQPValue>) -> String {
    let Some(value) = value else { return "none".to_owned() };
    format!("the value '{}' of type '{}'", plain(value), type_name(value))
}

/// A value as refusals show it.
pub(super) fn plain(value: &AMQPValue) -> String {
    match value {
        AMQPValue::LongString(text) => String::from_utf8_lossy(text.as_bytes()).into_owned(),
        AMQPValue::Boolean(value) => value.to_string(),
        other => number(other).map_or_else(|| format!("{other:?}"), |number| number.to_string()),
    }
}

/// `received 'true' but current is 'false'`, for what is no argument.
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
