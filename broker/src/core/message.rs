//! A message as it is kept: the properties as the bytes they came in, and of them, parsed, only what the broker looks at.
//! It never changes; what a queue knows of it is an [`Entry`].

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use amq_protocol::{
    protocol::{
        BasicProperties,
        basic::{gen_properties, parse_properties},
    },
    types::{AMQPValue, FieldTable},
};

use super::arguments::type_name;
use crate::refusal::{Code, Refusal};

/// Delivery mode of a persistent message.
const PERSISTENT: u8 = 2;
/// What a message takes beside its strings and its body.
const OVERHEAD: usize = 200;

/// A published message.
#[derive(Debug)]
pub(crate) struct Message {
    /// The exchange it was published to.
    pub(crate) exchange: Arc<str>,
    pub(crate) key: Box<str>,
    /// Further routing keys, of the headers `CC` and `BCC`.
    pub(crate) copies: Vec<String>,
    /// Property flags and property list (section 4.2.6.1), without `BCC`.
    pub(crate) properties: Box<[u8]>,
    pub(crate) body: Box<[u8]>,
    pub(crate) persistent: bool,
    pub(crate) priority: u8,
    /// The property `expiration`.
    pub(crate) expiration: Option<Duration>,
    charge: Option<Charge>,
}

/// Bytes that are counted as used until this is dropped.
#[derive(Debug)]
struct Charge {
    memory: Arc<AtomicUsize>,
    bytes: usize,
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.memory.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

impl Message {
    #[cfg(test)]
    pub(crate) fn new(exchange: Arc<str>, key: &str, properties: &[u8], body: Box<[u8]>) -> Result<Self, Refusal> {
        let parsed = parse(properties)?;
        Self::with(exchange, key, &parsed, Some(properties), body)
    }

    /// A message with these properties; `raw` is how they came, unless they were changed.
    ///
    /// # Errors
    /// 406 when `CC`, `BCC` or `expiration` is not what it should be.
    pub(crate) fn with(
        exchange: Arc<str>,
        key: &str,
        parsed: &BasicProperties,
        raw: Option<&[u8]>,
        body: Box<[u8]>,
    ) -> Result<Self, Refusal> {
        let mut copies = Vec::new();
        let mut blind = false;
        if let Some(headers) = parsed.headers() {
            for name in ["CC", "BCC"] {
                match headers.inner().get(name) {
                    None => {}
                    Some(AMQPValue::FieldArray(keys)) => {
                        blind |= name == "BCC";
                        copies.extend(keys.as_slice().iter().filter_map(text));
                    }
                    Some(other) => {
                        return Err(Code::PreconditionFailed.because(format!(
                            "invalid message: {{unacceptable_type_in_header,\"{name}\",{}}}",
                            type_name(other)
                        )));
                    }
                }
            }
        }
        let properties = match raw {
            Some(raw) if !blind => raw.into(),
            _changed => encode(&if blind { without_header(parsed, "BCC") } else { parsed.clone() }),
        };
        let expiration = match parsed.expiration() {
            None => None,
            Some(text) => Some(expiration(text.as_str())?),
        };
        Ok(Self {
            exchange,
            key: key.into(),
            copies,
            properties,
            body,
            persistent: *parsed.delivery_mode() == Some(PERSISTENT),
            priority: parsed.priority().unwrap_or_default(),
            expiration,
            charge: None,
        })
    }

    /// All routing keys.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&*self.key).chain(self.copies.iter().map(String::as_str))
    }

    /// Parses the properties once more.
    pub(crate) fn parsed(&self) -> BasicProperties {
        parse(&self.properties).unwrap_or_default()
    }

    /// The same, counted in `memory` as long as it lives.
    pub(crate) fn charged_to(mut self, memory: &Arc<AtomicUsize>) -> Self {
        let bytes = OVERHEAD + self.key.len() + self.properties.len() + self.body.len();
        memory.fetch_add(bytes, Ordering::Relaxed);
        self.charge = Some(Charge { memory: memory.clone(), bytes });
        self
    }
}

fn text(value: &AMQPValue) -> Option<String> {
    match value {
        AMQPValue::LongString(text) => Some(String::from_utf8_lossy(text.as_bytes()).into_owned()),
        AMQPValue::ShortString(text) => Some(text.to_string()),
        _other => None,
    }
}

/// A time to live in milliseconds, as text.
fn expiration(text: &str) -> Result<Duration, Refusal> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let why = if text.strip_prefix('-').is_some_and(|rest| rest.parse::<u64>().is_ok()) {
        format!("{{value_negative,{text}}}")
    } else if digits == 0 {
        "{error,no_integer}".to_owned()
    } else if digits < text.len() {
        format!("{{leftover_string,\"{}\"}}", &text[digits..])
    } else {
        match text.parse::<u64>() {
            Ok(millis) if millis <= MAX_TTL => return Ok(Duration::from_millis(millis)),
            _large => format!("{{value_too_big,{text}}}"),
        }
    };
    Err(Code::PreconditionFailed.because(format!("invalid expiration '{text}': {why}")))
}

/// The longest time to live, in milliseconds: 100 years.
pub(crate) const MAX_TTL: u64 = 3_153_600_000_000;

pub(crate) fn parse(properties: &[u8]) -> Result<BasicProperties, Refusal> {
    match parse_properties(properties) {
        Ok(([], parsed)) => Ok(parsed),
        Ok(_) | Err(_) => Err(Code::SyntaxError.because("the properties of a content header are malformed")),
    }
}

/// Writes properties down.
pub(crate) fn encode(properties: &BasicProperties) -> Box<[u8]> {
    let written = gen_properties(properties)(Vec::new().into()).map(|context| context.write);
    written.expect("a vector takes every byte, and the properties were parsed from valid ones").into()
}

/// The same properties with other headers and another expiration.
pub(crate) fn changed(
    properties: &BasicProperties,
    headers: Option<FieldTable>,
    expiration: Option<&str>,
) -> BasicProperties {
    let mut new = BasicProperties::default();
    macro_rules! keep {
        ($($get:ident $with:ident),*) => {
            $(if let Some(value) = properties.$get() { new = new.$with(value.clone()); })*
        };
    }
    keep!(
        content_type with_content_type, content_encoding with_content_encoding, delivery_mode with_delivery_mode,
        priority with_priority, correlation_id with_correlation_id, reply_to with_reply_to,
        message_id with_message_id, timestamp with_timestamp, kind with_type, user_id with_user_id,
        app_id with_app_id, cluster_id with_cluster_id
    );
    if let Some(headers) = headers {
        new = new.with_headers(headers);
    }
    if let Some(expiration) = expiration {
        new = new.with_expiration(expiration.into());
    }
    new
}

fn without_header(properties: &BasicProperties, name: &str) -> BasicProperties {
    let headers = properties.headers().as_ref().map(|headers| {
        let mut inner = headers.inner().clone();
        inner.remove(name);
        FieldTable::from(inner)
    });
    changed(properties, headers, properties.expiration().as_ref().map(|text| text.as_str()))
}

/// A message in a queue.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// Its place among the messages of its queue: what is requeued goes back to it.
    pub(crate) position: u64,
    pub(crate) message: Arc<Message>,
    /// When it is dropped, unless it is delivered before.
    pub(crate) expires: Option<Instant>,
    pub(crate) redelivered: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(properties: BasicProperties) -> Result<Message, Refusal> {
        Message::new("".into(), "key", &encode(&properties), b"body".as_slice().into())
    }

    #[test]
    fn blind_copies_are_routed_to_and_not_shown() {
        let array = |key: &str| AMQPValue::FieldArray(vec![AMQPValue::LongString(key.into())].into());
        let mut headers = FieldTable::default();
        headers.insert("CC".into(), array("seen")).insert("BCC".into(), array("blind"));
        let message = message(BasicProperties::default().with_headers(headers)).unwrap();
        assert_eq!(message.keys().collect::<Vec<_>>(), ["key", "seen", "blind"]);
        let parsed = message.parsed();
        let left = parsed.headers().as_ref().unwrap();
        assert!(left.contains_key("CC") && !left.contains_key("BCC"));
    }

    #[test]
    fn an_expiration_is_a_whole_number_of_milliseconds() {
        let of = |text: &str| message(BasicProperties::default().with_expiration(text.into()));
        assert_eq!(of("1500").unwrap().expiration, Some(Duration::from_millis(1500)));
        for text in ["", "x", "1x", "-1", "99999999999999999999"] {
            assert_eq!(of(text).unwrap_err().code, Code::PreconditionFailed, "{text}");
        }
    }

    #[test]
    fn malformed_properties_are_a_syntax_error() {
        for bytes in [&b""[..], b"\x80", b"\x80\x00\x05ab", b"\x00\x00x"] {
            assert_eq!(Message::new("".into(), "", bytes, Box::default()).unwrap_err().code, Code::SyntaxError);
        }
    }
}
