//! The optional arguments of queues and consumers: what they ask for, and which cannot be.

use std::time::Duration;

use amq_protocol::types::{AMQPValue, FieldTable};

use super::{matching::number, message::MAX_TTL};
use crate::{
    config::Policy,
    refusal::{Code, Refusal},
};

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

/// Arguments of a queue, in the order in which they are checked, and compared when it is declared again.
pub(super) const CLASSIC: [&str; 13] = [
    "x-expires",
    "x-message-ttl",
    "x-dead-letter-exchange",
    "x-dead-letter-routing-key",
    "x-max-length",
    "x-max-length-bytes",
    "x-max-priority",
    "x-overflow",
    "x-queue-mode",
    "x-queue-version",
    "x-single-active-consumer",
    QUEUE_TYPE,
    "x-queue-master-locator",
];
pub(super) const QUEUE_TYPE: &str = "x-queue-type";
/// Arguments of the queue types that this broker has not.
const OF_OTHER_TYPES: [&str; 9] = [
    "x-delivery-limit",
    "x-dead-letter-strategy",
    "x-initial-cluster-size",
    "x-max-age",
    "x-max-in-memory-bytes",
    "x-max-in-memory-length",
    "x-queue-leader-locator",
    "x-quorum-initial-group-size",
    "x-stream-max-segment-size-bytes",
];

impl Options {
    /// Reads the arguments of a declaration of `queue`, which is `queue 'name' in vhost '/'`.
    ///
    /// # Errors
    /// 406 for a value that cannot be.
    pub(crate) fn parse(arguments: &FieldTable, queue: &str) -> Result<Self, Refusal> {
        let mut options = Self::default();
        for name in [QUEUE_TYPE].into_iter().chain(CLASSIC) {
            if let Some(value) = arguments.inner().get(name) {
                options.take(name, value, arguments).map_err(|why| invalid(name, queue, &why))?;
            }
        }
        not_of_others(arguments, &OF_OTHER_TYPES, queue)?;
        Ok(options)
    }

    /// Takes over the bounds of a policy where they are lower.
    pub(super) fn bound(&mut self, policy: &Policy) {
        let lower = |argument: Option<usize>, policy: Option<usize>| argument.into_iter().chain(policy).min();
        self.max_length = lower(self.max_length, policy.max_length);
        self.max_bytes = lower(self.max_bytes, policy.max_length_bytes);
    }

    fn take(&mut self, name: &str, value: &AMQPValue, all: &FieldTable) -> Result<(), String> {
        match name {
            "x-message-ttl" => self.ttl = Some(millis(value, 0)?),
            "x-expires" => self.expires = Some(millis(value, 1)?),
            "x-max-length" => self.max_length = Some(count(value)?),
            "x-max-length-bytes" => self.max_bytes = Some(count(value)?),
            "x-overflow" => {
                self.overflow = match string(value)?.as_str() {
                    "drop-head" => Overflow::DropHead,
                    "reject-publish" => Overflow::RejectPublish,
                    "reject-publish-dlx" => Overflow::RejectPublishDlx,
                    _other => return Err("invalid_overflow".to_owned()),
                };
            }
            "x-dead-letter-exchange" => self.dead_letter = Some(string(value)?),
            "x-dead-letter-routing-key" => {
                self.dead_letter_key = Some(string(value)?);
                if !all.contains_key("x-dead-letter-exchange") {
                    return Err("routing_key_but_no_dlx_defined".to_owned());
                }
            }
            "x-max-priority" => {
                let count = count(value)?;
                self.max_priority = u8::try_from(count).map_err(|_large| format!("{{max_value_exceeded,{count}}}"))?;
            }
            "x-single-active-consumer" => self.single_active = boolean(value)?,
            QUEUE_TYPE => match string(value)?.as_str() {
                "classic" => {}
                other @ ("quorum" | "stream") => {
                    return Err(format!("this broker has classic queues only, not {other}"));
                }
                other => return Err(format!("\"unsupported queue type '{other}'\"")),
            },
            // where messages are kept, which here is in memory anyway
            "x-queue-mode" => match string(value)?.as_str() {
                "default" | "lazy" => {}
                other => return Err(format!("\"unsupported queue mode '{other}'\"")),
            },
            "x-queue-version" => match count(value)? {
                1 | 2 => {}
                other => return Err(format!("\"unsupported queue version '{other}'\"")),
            },
            _unchecked => {}
        }
        Ok(())
    }
}

/// The priority that a consumer asks for.
///
/// # Errors
/// 406 for an argument that cannot be; `queue` is `queue 'name' in vhost '/'`.
pub(super) fn consumer_priority(arguments: &FieldTable, queue: &str) -> Result<i128, Refusal> {
    const FAILOVER: &str = "x-cancel-on-ha-failover";
    const PRIORITY: &str = "x-priority";
    let asked = |name: &str| arguments.inner().get(name);
    asked(FAILOVER).map(boolean).transpose().map_err(|why| invalid(FAILOVER, queue, &why))?;
    let priority = asked(PRIORITY).map(integer).transpose().map_err(|why| invalid(PRIORITY, queue, &why))?;
    not_of_others(arguments, &["x-stream-offset"], queue)?;
    Ok(priority.unwrap_or_default())
}

fn invalid(argument: &str, queue: &str, why: &str) -> Refusal {
    Code::PreconditionFailed.because(format!("invalid arg '{argument}' for {queue}: {why}"))
}

/// # Errors
/// 406 for an argument that only queues of other types have.
fn not_of_others(arguments: &FieldTable, others: &[&str], queue: &str) -> Result<(), Refusal> {
    match arguments.inner().keys().find(|name| others.contains(&name.as_str())) {
        Some(name) => Err(Code::PreconditionFailed
            .because(format!("invalid arg '{name}' for {queue} of queue type rabbit_classic_queue"))),
        None => Ok(()),
    }
}

fn unacceptable(value: &AMQPValue) -> String {
    format!("{{unacceptable_type,{}}}", type_name(value))
}

fn boolean(value: &AMQPValue) -> Result<bool, String> {
    match value {
        AMQPValue::Boolean(value) => Ok(*value),
        other => Err(unacceptable(other)),
    }
}

/// Checks an argument that names an exchange, of what is declared anew.
///
/// # Errors
/// 406 when it is no text.
pub(super) fn names_exchange(argument: &str, arguments: &FieldTable, what: &str) -> Result<(), Refusal> {
    match arguments.inner().get(argument) {
        None | Some(AMQPValue::LongString(_)) => Ok(()),
        Some(other) => {
            let kind = type_name(other);
            Err(Code::PreconditionFailed.because(format!("invalid type '{kind}' for arg '{argument}' in {what}")))
        }
    }
}

/// A whole number.
///
/// # Errors
/// What it is instead.
fn integer(value: &AMQPValue) -> Result<i128, String> {
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

pub(super) fn string(value: &AMQPValue) -> Result<String, String> {
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
