//! Messages. The properties stay encoded; only those that the broker needs are decoded. A message never changes. Its
//! state in a queue is an [`Entry`].

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;

use super::properties::{Properties, Property};
use crate::{
    refusal::{Code, Refusal},
    table::{FieldValue, entries, find, table},
};

/// Delivery mode of a transient message, also the default.
const TRANSIENT: u8 = 1;
/// Delivery mode of a persistent message.
const PERSISTENT: u8 = 2;
/// Bytes that a message takes in addition to its strings and its body.
const OVERHEAD: usize = 200;
/// Headers with further routing keys: consumers see `CC`, but not `BCC`.
const COPIES: &str = "CC";
const BLIND: &str = "BCC";

/// A published message.
#[derive(Debug)]
pub(crate) struct Message {
    /// The exchange it was published to.
    pub(crate) exchange: Arc<str>,
    /// The routing key: octets, which need not be UTF-8.
    pub(crate) key: Box<[u8]>,
    /// Further routing keys, from the headers `CC` and `BCC`.
    pub(crate) copies: Vec<Box<[u8]>>,
    /// Property flags and property list (section 4.2.6.1), without `BCC`.
    pub(crate) properties: Box<[u8]>,
    pub(crate) body: Bytes,
    pub(crate) persistent: bool,
    pub(crate) priority: u8,
    /// The property `expiration`.
    pub(crate) expiration: Option<Duration>,
    charge: Option<Charge>,
}

/// A number of bytes that count as used memory until this is dropped.
#[derive(Debug)]
pub(crate) struct Charge {
    memory: Arc<AtomicUsize>,
    bytes: usize,
}

impl Charge {
    /// An account of no bytes.
    pub(crate) fn new(memory: &Arc<AtomicUsize>) -> Self {
        Self { memory: memory.clone(), bytes: 0 }
    }

    /// Changes the number of bytes.
    pub(crate) fn set(&mut self, bytes: usize) {
        if bytes >= self.bytes {
            self.memory.fetch_add(bytes - self.bytes, Ordering::Relaxed);
        } else {
            self.memory.fetch_sub(self.bytes - bytes, Ordering::Relaxed);
        }
        self.bytes = bytes;
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        if self.bytes > 0 {
            self.memory.fetch_sub(self.bytes, Ordering::Relaxed);
        }
    }
}

impl Message {
    /// A published message.
    ///
    /// # Errors
    /// 406 when `CC`, `BCC`, `expiration` or the delivery mode is invalid, 502 when the properties are malformed.
    pub(crate) fn new(exchange: Arc<str>, key: &[u8], raw: Box<[u8]>, body: Bytes) -> Result<Self, Refusal> {
        let read = read(&raw)?;
        let expiration = match read.text(Property::Expiration) {
            None => None,
            Some(text) => Some(expiration(text)?),
        };
        let mut copies = Vec::new();
        let mut blind = None;
        if let Some(headers) = read.headers() {
            for name in [COPIES, BLIND] {
                let Some(value) = find(headers, name) else { continue };
                let keys = value.array().ok_or_else(|| {
                    let kind = value.type_name();
                    Code::PreconditionFailed
                        .because(format!("invalid message: {{unacceptable_type_in_header,\"{name}\",{kind}}}"))
                })?;
                copies.extend(keys.into_iter().filter_map(FieldValue::text).map(Box::from));
            }
            blind = find(headers, BLIND).map(|_hidden| without(headers, BLIND));
        }
        let persistent = match read.octet(Property::DeliveryMode) {
            None | Some(TRANSIENT) => false,
            Some(PERSISTENT) => true,
            Some(mode) => {
                return Err(
                    Code::PreconditionFailed.because(format!("invalid message: {{delivery_mode_unknown,{mode}}}"))
                );
            }
        };
        let priority = read.octet(Property::Priority).unwrap_or_default();
        let properties = blind.map(|headers| read.with(Property::Headers, Some(&headers)).write());
        Ok(Self {
            exchange,
            key: key.into(),
            copies,
            properties: properties.unwrap_or(raw),
            body,
            persistent,
            priority,
            expiration,
            charge: None,
        })
    }

    /// A copy for another exchange, with other routing keys and properties.
    pub(super) fn forwarded(
        &self,
        exchange: Arc<str>,
        key: &[u8],
        copies: Vec<Box<[u8]>>,
        properties: Box<[u8]>,
    ) -> Self {
        Self {
            exchange,
            key: key.into(),
            copies,
            properties,
            body: self.body.clone(),
            persistent: self.persistent,
            priority: self.priority,
            expiration: None,
            charge: None,
        }
    }

    /// All routing keys.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &[u8]> {
        std::iter::once(&*self.key).chain(self.copies.iter().map(AsRef::as_ref))
    }

    /// The decoded properties.
    pub(super) fn read(&self) -> Properties<'_> {
        Properties::read(&self.properties).unwrap_or_default()
    }

    /// The table of the headers, if any.
    pub(super) fn headers(&self) -> Option<&[u8]> {
        self.read().headers()
    }

    /// The same message, counted in `memory` until it is dropped.
    pub(crate) fn charged_to(mut self, memory: &Arc<AtomicUsize>) -> Self {
        let mut charge = Charge::new(memory);
        charge.set(OVERHEAD + self.key.len() + self.properties.len() + self.body.len());
        self.charge = Some(charge);
        self
    }
}

/// # Errors
/// 502 when the properties are malformed.
pub(super) fn read(properties: &[u8]) -> Result<Properties<'_>, Refusal> {
    Properties::read(properties)
        .ok_or_else(|| Code::SyntaxError.because("the properties of a content header are malformed"))
}

/// The headers without one field.
pub(super) fn without(headers: &[u8], name: &str) -> Vec<u8> {
    table(entries(headers).flatten().filter(|(held, _value)| *held != name.as_bytes()))
}

/// The routing keys in the header `CC`.
pub(super) fn visible_copies(headers: &[u8]) -> impl Iterator<Item = &[u8]> {
    let keys = find(headers, COPIES).and_then(FieldValue::array).unwrap_or_default();
    keys.into_iter().filter_map(FieldValue::text)
}

/// Parses a time to live: milliseconds as text.
fn expiration(text: &[u8]) -> Result<Duration, Refusal> {
    let is_negative = text.starts_with(b"-");
    let unsigned = text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+")).unwrap_or(text);
    let digits = unsigned.iter().take_while(|octet| octet.is_ascii_digit()).count();
    let (number, rest) = unsigned.split_at(digits);
    let number = String::from_utf8_lossy(number);
    let why = if number.is_empty() {
        b"no_integer".to_vec()
    } else if !rest.is_empty() {
        [b"{leftover_string,\"", rest, b"\"}"].concat()
    } else {
        match number.parse::<u64>() {
            Ok(millis) if millis == 0 || !is_negative && millis <= MAX_TTL => {
                return Ok(Duration::from_millis(millis));
            }
            Ok(_) | Err(_) if is_negative => format!("{{value_negative,-{number}}}").into_bytes(),
            _large => format!("{{value_too_large,{number}}}").into_bytes(),
        }
    };
    Err(Code::PreconditionFailed.because([b"invalid expiration '", text, b"': ", &why].concat()))
}

/// The longest time to live, in milliseconds: ten years, as in RabbitMQ.
pub(crate) const MAX_TTL: u64 = 315_360_000_000;

/// A message in a queue.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// Its position in the queue. A requeued message returns to it.
    pub(crate) position: u64,
    pub(crate) message: Arc<Message>,
    /// When the message is dropped, if it was not delivered before.
    pub(crate) expires: Option<Instant>,
    pub(crate) redelivered: bool,
}

#[cfg(test)]
mod tests {
    use amq_protocol::{
        protocol::{BasicProperties, basic::gen_properties},
        types::{AMQPValue, FieldTable},
    };

    use super::*;

    fn message(properties: BasicProperties) -> Result<Message, Refusal> {
        let raw = gen_properties(&properties)(Vec::new().into()).unwrap().write;
        Message::new("".into(), b"key", raw.into(), Bytes::from_static(b"body"))
    }

    #[test]
    fn blind_copies_are_routed_to_and_not_shown() {
        let array = |key: &str| AMQPValue::FieldArray(vec![AMQPValue::LongString(key.into())].into());
        let mut headers = FieldTable::default();
        headers.insert("CC".into(), array("seen")).insert("BCC".into(), array("blind"));
        let message = message(BasicProperties::default().with_headers(headers)).unwrap();
        assert_eq!(message.keys().collect::<Vec<_>>(), [&b"key"[..], b"seen", b"blind"]);
        let left = message.headers().unwrap();
        assert!(find(left, "CC").is_some() && find(left, "BCC").is_none());
    }

    #[test]
    fn copies_are_an_array() {
        let mut headers = FieldTable::default();
        headers.insert("CC".into(), AMQPValue::LongString("one".into()));
        let refused = message(BasicProperties::default().with_headers(headers)).unwrap_err();
        assert_eq!(refused.code, Code::PreconditionFailed);
        assert!(refused.text.ends_with(b"{unacceptable_type_in_header,\"CC\",longstr}"), "{refused}");
    }

    #[test]
    fn an_expiration_is_a_whole_number_of_milliseconds() {
        let of = |text: &str| message(BasicProperties::default().with_expiration(text.into()));
        for (text, millis) in [("1500", 1500), ("+5", 5), ("0", 0), ("-0", 0), ("315360000000", MAX_TTL)] {
            assert_eq!(of(text).unwrap().expiration, Some(Duration::from_millis(millis)), "{text}");
        }
        for (text, why) in [
            ("", "no_integer"),
            ("x", "no_integer"),
            ("-", "no_integer"),
            ("1x", "{leftover_string,\"x\"}"),
            ("-1", "{value_negative,-1}"),
            ("315360000001", "{value_too_large,315360000001}"),
            ("99999999999999999999", "{value_too_large,99999999999999999999}"),
        ] {
            let refused = of(text).unwrap_err();
            assert_eq!(refused, Code::PreconditionFailed.because(format!("invalid expiration '{text}': {why}")));
        }
    }

    #[test]
    fn malformed_properties_are_a_syntax_error() {
        let refused = Message::new("".into(), b"", b"\x80\x00\x05ab".as_slice().into(), Bytes::new()).unwrap_err();
        assert_eq!(refused.code, Code::SyntaxError);
    }

    #[test]
    fn memory_is_counted_as_long_as_a_message_lives() {
        let memory = Arc::new(AtomicUsize::new(0));
        let message = message(BasicProperties::default()).unwrap().charged_to(&memory);
        assert!(memory.load(Ordering::Relaxed) > 4);
        drop(message);
        assert_eq!(memory.load(Ordering::Relaxed), 0);
    }
}
