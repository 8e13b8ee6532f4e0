//! The optional arguments of queues and consumers: their meaning and their checks.

use std::time::Duration;

use super::message::MAX_TTL;
use crate::{
    config::Policy,
    refusal::{Code, Refusal},
    table::{Arguments, FieldValue},
};

/// What a full queue does with a new message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Overflow {
    #[default]
    DropHead,
    RejectPublish,
    RejectPublishDlx,
}

/// The settings from a queue's arguments.
#[derive(Clone, Debug, Default)]
pub(crate) struct QueueOptions {
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
    pub(crate) dead_letter: Option<Box<[u8]>>,
    /// `x-dead-letter-routing-key`
    pub(crate) dead_letter_key: Option<Box<[u8]>>,
    /// `x-max-priority`
    pub(crate) max_priority: u8,
    /// `x-single-active-consumer`
    pub(crate) single_active: bool,
}

/// Arguments of a classic queue, in the order in which they are checked and compared.
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
/// Arguments of queue types that this broker does not have.
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

impl QueueOptions {
    /// Reads the arguments of a queue declaration. `queue` is `queue 'name' in vhost '/'`.
    ///
    /// # Errors
    /// 406 for an invalid value.
    pub(crate) fn parse(arguments: &Arguments, queue: &str) -> Result<Self, Refusal> {
        let mut options = Self::default();
        for name in [QUEUE_TYPE].into_iter().chain(CLASSIC) {
            if let Some(value) = arguments.get(name) {
                options.take(name, value, arguments).map_err(|why| invalid(name, queue, &why))?;
            }
        }
        not_of_others(arguments, &OF_OTHER_TYPES, queue)?;
        Ok(options)
    }

    /// Applies the limits of a policy where they are lower.
    pub(super) fn bound(&mut self, policy: &Policy) {
        let lower = |argument: Option<usize>, policy: Option<usize>| argument.into_iter().chain(policy).min();
        self.max_length = lower(self.max_length, policy.max_length);
        self.max_bytes = lower(self.max_bytes, policy.max_length_bytes);
    }

    fn take(&mut self, name: &str, value: FieldValue<'_>, all: &Arguments) -> Result<(), String> {
        match name {
            "x-message-ttl" => self.ttl = Some(millis(value, 0)?),
            "x-expires" => self.expires = Some(millis(value, 1)?),
            "x-max-length" => self.max_length = Some(count(value)?),
            "x-max-length-bytes" => self.max_bytes = Some(count(value)?),
            "x-overflow" => {
                self.overflow = match string(value)? {
                    b"drop-head" => Overflow::DropHead,
                    b"reject-publish" => Overflow::RejectPublish,
                    b"reject-publish-dlx" => Overflow::RejectPublishDlx,
                    _other => return Err("invalid_overflow".to_owned()),
                };
            }
            "x-dead-letter-exchange" => self.dead_letter = Some(string(value)?.into()),
            "x-dead-letter-routing-key" => {
                self.dead_letter_key = Some(string(value)?.into());
                if all.get("x-dead-letter-exchange").is_none() {
                    return Err("routing_key_but_no_dlx_defined".to_owned());
                }
            }
            "x-max-priority" => {
                let count = count(value)?;
                self.max_priority = u8::try_from(count).map_err(|_large| format!("{{max_value_exceeded,{count}}}"))?;
            }
            "x-single-active-consumer" => self.single_active = boolean(value)?,
            QUEUE_TYPE => match &*String::from_utf8_lossy(string(value)?) {
                "classic" => {}
                other @ ("quorum" | "stream") => {
                    return Err(format!("this broker has classic queues only, not {other}"));
                }
                other => return Err(format!("\"unsupported queue type '{other}'\"")),
            },
            // where RabbitMQ keeps messages; here it is always memory
            "x-queue-mode" => match &*String::from_utf8_lossy(string(value)?) {
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

/// The consumer priority from the arguments. `queue` is `queue 'name' in vhost '/'`.
///
/// # Errors
/// 406 for an invalid argument.
pub(super) fn consumer_priority(arguments: &Arguments, queue: &str) -> Result<i128, Refusal> {
    const FAILOVER: &str = "x-cancel-on-ha-failover";
    const PRIORITY: &str = "x-priority";
    let asked = |name| arguments.get(name);
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
fn not_of_others(arguments: &Arguments, others: &[&str], queue: &str) -> Result<(), Refusal> {
    let named = |name: &[u8]| others.iter().find(|other| other.as_bytes() == name);
    match arguments.entries().find_map(|(name, _value)| named(name)) {
        Some(name) => Err(Code::PreconditionFailed
            .because(format!("invalid arg '{name}' for {queue} of queue type rabbit_classic_queue"))),
        None => Ok(()),
    }
}

fn unacceptable(value: FieldValue<'_>) -> String {
    format!("{{unacceptable_type,{}}}", value.type_name())
}

fn boolean(value: FieldValue<'_>) -> Result<bool, String> {
    value.boolean().ok_or_else(|| unacceptable(value))
}

/// Checks an argument that names an exchange, in the declaration of a new queue or exchange.
///
/// # Errors
/// 406 when it is not a string.
pub(super) fn names_exchange(argument: &str, arguments: &Arguments, what: &str) -> Result<(), Refusal> {
    match arguments.get(argument) {
        Some(value) if value.text().is_none() => {
            let kind = value.type_name();
            Err(Code::PreconditionFailed.because(format!("invalid type '{kind}' for arg '{argument}' in {what}")))
        }
        Some(_) | None => Ok(()),
    }
}

/// An integer.
///
/// # Errors
/// RabbitMQ's description of the value's type.
fn integer(value: FieldValue<'_>) -> Result<i128, String> {
    value.integer().ok_or_else(|| format!("\"expected integer, got {}\"", value.type_name()))
}

fn count(value: FieldValue<'_>) -> Result<usize, String> {
    let number = integer(value)?;
    usize::try_from(number).map_err(|_negative| format!("{{value_negative,{number}}}"))
}

fn millis(value: FieldValue<'_>, least: u64) -> Result<Duration, String> {
    match integer(value)? {
        0 if least > 0 => Err("{value_zero,0}".to_owned()),
        negative if negative < 0 => Err(format!("{{value_negative,{negative}}}")),
        large if large > i128::from(MAX_TTL) => Err(format!("{{value_too_large,{large}}}")),
        millis => Ok(Duration::from_millis(u64::try_from(millis).unwrap_or(MAX_TTL))),
    }
}

/// The octets of a string.
fn string(value: FieldValue<'_>) -> Result<&[u8], String> {
    value.text().ok_or_else(|| unacceptable(value))
}
