//! The optional arguments of a queue: what they ask for, and how a declaration is compared with what is there.

use std::time::Duration;

use amq_protocol::types::{AMQPValue, FieldTable};

use super::{exchange::number, message::MAX_TTL};
use crate::refusal::{Code, Refusal};

/// What a full queue does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Overflow {
    #[default]
    DropHead,
    RejectPublish,
    RejectPublishDlx,
}

/// What a queue's arguments ask for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    /// `x-message-ttl`
    pub(crate) ttl: Option<Duration>,
    /// `x-expires`
    pub(crate) expires: Option<Duration>,
    /// `x-max-length`
    pub(crate) max_length: Option<usize>,
    /// `x-max-length-bytes`, bodies only
    pub(crate) max_bytes: Option<usize>,
    pub(crate) overflow: Overflow,
    /// `x-dead-letter-exchange`
    pub(crate) dead_letter: Option<String>,
    /// `x-dead-letter-routing-key`
    pub(crate) dead_letter_key: Option<String>,
    /// `x-max-priority`
    pub(crate) max_priority: u8,
    /// `x-single-active-consumer`
    pub(crate) single_active: bool,
}

impl Options {
    /// Reads the arguments of a declaration.
    ///
    /// # Errors
    /// 406 for a value that cannot be.
    pub(crate) fn parse(arguments: &FieldTable, queue: &str, vhost: &str) -> Result<Self, Refusal> {
        let mut options = Self::default();
        for (name, value) in arguments {
            let invalid = |why: String| {
                Code::PreconditionFailed
                    .because(format!("invalid arg '{name}' for queue '{queue}' in vhost '{vhost}': {why}"))
            };
            match name.as_str() {
                "x-message-ttl" => options.ttl = Some(millis(value, 0).map_err(invalid)?),
                "x-expires" => options.expires = Some(millis(value, 1).map_err(invalid)?),
                "x-max-length" => options.max_length = Some(count(value).map_err(invalid)?),
                "x-max-length-bytes" => options.max_bytes = Some(count(value).map_err(invalid)?),
                "x-overflow" => {
                    options.overflow = match string(value).map_err(invalid)?.as_str() {
                        "drop-head" => Overflow::DropHead,
                        "reject-publish" => Overflow::RejectPublish,
                        "reject-publish-dlx" => Overflow::RejectPublishDlx,
                        _other => return Err(invalid("invalid_overflow".to_owned())),
                    };
                }
                "x-dead-letter-exchange" => {
                    options.dead_letter =
                        Some(exchange_name(name.as_str(), value, &format!("queue '{queue}' in vhost '{vhost}'"))?);
                }
                "x-dead-letter-routing-key" => {
                    options.dead_letter_key = Some(string(value).map_err(invalid)?);
                    if !arguments.contains_key("x-dead-letter-exchange") {
                        return Err(invalid("routing_key_but_no_dlx_defined".to_owned()));
                    }
                }
                "x-max-priority" => {
                    let count = count(value).map_err(invalid)?;
                    options.max_priority =
                        u8::try_from(count).map_err(|_large| invalid(format!("{{max_value_exceeded,{count}}}")))?;
                }
                "x-single-active-consumer" => match value {
                    AMQPValue::Boolean(yes) => options.single_active = *yes,
                    other => return Err(invalid(unacceptable(other))),
                },
                "x-queue-type" => match string(value).map_err(invalid)?.as_str() {
                    "classic" => {}
                    other @ ("quorum" | "stream") => {
                        return Err(invalid(format!("this broker has classic queues only, not {other}")));
                    }
                    other => return Err(invalid(format!("\"unsupported queue type '{other}'\""))),
                },
                "x-queue-mode" => match string(value).map_err(invalid)?.as_str() {
                    // all messages are in memory anyway
                    "default" | "lazy" => {}
                    other => return Err(invalid(format!("\"unsupported queue mode '{other}'\""))),
                },
                _unknown => {}
            }
        }
        Ok(options)
    }
}

fn unacceptable(value: &AMQPValue) -> String {
    format!("{{unacceptable_type,{}}}", type_name(value))
}

/// The name of an exchange that an argument tells.
///
/// # Errors
/// 406 when it is no text.
pub(super) fn exchange_name(argument: &str, value: &AMQPValue, what: &str) -> Result<String, Refusal> {
    string(value).map_err(|_unacceptable| {
        let kind = type_name(value);
        Code::PreconditionFailed.because(format!("invalid type '{kind}' for arg '{argument}' in {what}"))
    })
}

/// A whole number.
///
/// # Errors
/// What it is instead.
pub(super) fn integer(value: &AMQPValue) -> Result<i128, String> {
    number(value).ok_or_else(|| format!("\"expected integer, got {}\"", type_name(value)))
}

fn count(value: &AMQPValue) -> Result<usize, String> {
    let number = integer(value)?;
    usize::try_from(number).map_err(|_negative| format!("{{value_negative,{number}}}"))
}

fn millis(value: &AMQPValue, least: u64) -> Result<Duration, String> {
    match integer(value)? {
        0 if least > 0 => Err("{value_zero,0}".to_owned()),
        negative if negative < 0 => Err(format!("{{value_negative,{negative}}}")),
        large if large > i128::from(MAX_TTL) => Err(format!("{{value_too_large,{large}}}")),
        millis => Ok(Duration::from_millis(u64::try_from(millis).unwrap_or(MAX_TTL))),
    }
}

fn string(value: &AMQPValue) -> Result<String, String> {
    match value {
        AMQPValue::LongString(text) => Ok(String::from_utf8_lossy(text.as_bytes()).into_owned()),
        other => Err(unacceptable(other)),
    }
}

/// The type as RabbitMQ names it.
pub(crate) fn type_name(value: &AMQPValue) -> &'static str {
    match value {
        AMQPValue::ShortString(_) => "longstr",
        other => u8::try_from(other.get_type().get_id()).map_or("unknown", type_of),
    }
}

/// The type that begins with this octet on the wire, as RabbitMQ names it.
pub(super) fn type_of(octet: u8) -> &'static str {
    match octet {
        b't' => "bool",
        b'b' => "byte",
        b'B' => "unsignedbyte",
        b's' | b'U' => "short",
        b'u' => "unsignedshort",
        b'I' => "signedint",
        b'i' => "unsignedint",
        b'l' | b'L' => "long",
        b'f' => "float",
        b'd' => "double",
        b'D' => "decimal",
        b'S' => "longstr",
        b'A' => "array",
        b'T' => "timestamp",
        b'F' => "table",
        b'x' => "binary",
        b'V' => "void",
        _other => "unknown",
    }
}

/// Compares those arguments of a declaration that make a difference with those of what is there.
///
/// # Errors
/// 406 that names the first difference; `what` is `queue 'name' in vhost '/'`.
pub(crate) fn equivalent(
    names: &[&str],
    received: &FieldTable,
    current: &FieldTable,
    what: &str,
) -> Result<(), Refusal> {
    for name in names {
        let (new, old) = (received.inner().get(*name), current.inner().get(*name));
        let same = match (new, old) {
            (None, None) => true,
            (Some(new), Some(old)) => new == old || number(new).is_some_and(|new| number(old) == Some(new)),
            _one => false,
        };
        if !same {
            let (new, old) = match (new, old) {
                (Some(new), Some(old)) => (format!("'{}'", plain(new)), format!("'{}'", plain(old))),
                _one => (described(new), described(old)),
            };
            return Err(Code::PreconditionFailed
                .because(format!("inequivalent arg '{name}' for {what}: received {new} but current is {old}")));
        }
    }
    Ok(())
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
pub(crate) fn same(name: &str, received: &str, current: &str, what: &str) -> Result<(), Refusal> {
    if received == current {
        return Ok(());
    }
    Err(Code::PreconditionFailed
        .because(format!("inequivalent arg '{name}' for {what}: received '{received}' but current is '{current}'")))
}
