//! AMQP properties and field tables, to and from their JSON form in [`crosstalk_proto::amqp`]. What is too long for
//! AMQP is refused here: a short string over 255 bytes, or a header that does not fit a frame, would end the link.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use crosstalk_proto::amqp::{Body, FieldTable, FieldValue, Properties};
use lapin::{
    BasicProperties,
    message::Delivery,
    types::{AMQPValue, ByteArray, DecimalValue, FieldArray, LongString, ShortString},
};

use super::{Error, sanitizer::UNREADABLE};

/// The most bytes of headers: with all other properties they fit the smallest frame we negotiate.
const MAX_HEADERS: usize = 64 * 1024;

/// A short string, at most 255 bytes (section 4.2.5.3).
///
/// # Errors
/// [`Error::Unsendable`] names the field.
pub fn short(field: &str, text: &str) -> Result<ShortString, Error> {
    ShortString::try_new(text)
        .map_err(|_too_long| Error::Unsendable(format!("{field} has {} bytes; at most 255 can be sent", text.len())))
}

/// The bytes of a body.
///
/// # Errors
/// [`Error::Unsendable`] when it is not base64.
pub fn bytes(body: Body) -> Result<Vec<u8>, Error> {
    match body {
        Body::Text(text) => Ok(text.into_bytes()),
        Body::Base64(text) => unbase64("body", &text),
    }
}

/// A body as JSON.
#[must_use]
pub fn body(bytes: Vec<u8>) -> Body {
    match String::from_utf8(bytes) {
        Ok(text) => Body::Text(text),
        Err(error) => Body::Base64(BASE64.encode(error.as_bytes())),
    }
}

/// Properties as lapin sends them.
///
/// # Errors
/// [`Error::Unsendable`] names what cannot be sent.
pub fn to_amqp(properties: &Properties) -> Result<BasicProperties, Error> {
    let mut amqp = BasicProperties::default();
    if !properties.headers.is_empty() {
        let mut size = 0;
        let table = table_to_amqp(&properties.headers, &mut size)?;
        if size > MAX_HEADERS {
            return Err(Error::Unsendable(format!("headers of {size} bytes are too long; at most {MAX_HEADERS}")));
        }
        amqp = amqp.with_headers(table);
    }
    macro_rules! shorts {
        ($($field:ident => $with:ident),+ $(,)?) => {
            $(if let Some(text) = &properties.$field {
                amqp = amqp.$with(short(stringify!($field), text)?);
            })+
        };
    }
    shorts! {
        content_type => with_content_type,
        content_encoding => with_content_encoding,
        correlation_id => with_correlation_id,
        reply_to => with_reply_to,
        expiration => with_expiration,
        message_id => with_message_id,
        kind => with_type,
        user_id => with_user_id,
        app_id => with_app_id,
    }
    if let Some(mode) = properties.delivery_mode {
        if !matches!(mode, 1 | 2) {
            return Err(Error::Unsendable(format!("delivery_mode is 1 or 2, not {mode}")));
        }
        amqp = amqp.with_delivery_mode(mode);
    }
    if let Some(priority) = properties.priority {
        amqp = amqp.with_priority(priority);
    }
    if let Some(timestamp) = properties.timestamp {
        amqp = amqp.with_timestamp(timestamp);
    }
    Ok(amqp)
}

/// Properties as JSON.
#[must_use]
pub fn from_amqp(amqp: &BasicProperties) -> Properties {
    let text = |value: &Option<ShortString>| value.as_ref().map(|text| text.as_str().to_owned());
    Properties {
        content_type: text(amqp.content_type()),
        content_encoding: text(amqp.content_encoding()),
        headers: amqp.headers().as_ref().map(table_from_amqp).unwrap_or_default(),
        delivery_mode: *amqp.delivery_mode(),
        priority: *amqp.priority(),
        correlation_id: text(amqp.correlation_id()),
        reply_to: text(amqp.reply_to()),
        expiration: text(amqp.expiration()),
        message_id: text(amqp.message_id()),
        timestamp: *amqp.timestamp(),
        kind: text(amqp.kind()),
        user_id: text(amqp.user_id()),
        app_id: text(amqp.app_id()),
    }
}

/// The same properties with one more header, a long string.
#[must_use]
pub fn with_header(amqp: BasicProperties, key: &'static str, value: &str) -> BasicProperties {
    let mut headers = amqp.headers().clone().unwrap_or_default();
    headers.insert(key.into(), AMQPValue::LongString(value.into()));
    amqp.with_headers(headers)
}

/// A header that is a long string in UTF-8.
#[must_use]
pub fn header<'a>(amqp: &'a BasicProperties, key: &str) -> Option<&'a str> {
    match amqp.headers().as_ref()?.inner().get(key)? {
        AMQPValue::LongString(text) => std::str::from_utf8(text.as_bytes()).ok(),
        _ => None,
    }
}

/// What of a message could not be read, by the name of the property; see the header [`UNREADABLE`].
#[must_use]
pub(super) fn unreadable(amqp: &BasicProperties) -> Option<&lapin::types::FieldTable> {
    match amqp.headers().as_ref()?.inner().get(UNREADABLE)? {
        AMQPValue::FieldTable(unreadable) => Some(unreadable),
        _ => None,
    }
}

/// Logs that a message has something that could not be read, if it has; never what that is.
pub(super) fn log_unreadable(queue: &str, delivery: &Delivery) {
    if let Some(unreadable) = unreadable(&delivery.properties) {
        let Delivery { delivery_tag, exchange, routing_key, .. } = delivery;
        let names: Vec<_> = unreadable.inner().keys().map(ShortString::as_str).collect();
        tracing::warn!(queue, %exchange, %routing_key, delivery_tag, unreadable = ?names, "a message cannot be read whole");
    }
}

fn unbase64(field: &str, text: &str) -> Result<Vec<u8>, Error> {
    BASE64.decode(text).map_err(|error| Error::Unsendable(format!("{field} is not base64: {error}")))
}

fn table_to_amqp(table: &FieldTable, size: &mut usize) -> Result<lapin::types::FieldTable, Error> {
    let mut amqp = lapin::types::FieldTable::default();
    for (key, value) in table {
        *size += key.len() + 1;
        amqp.insert(short("the name of a header", key)?, value_to_amqp(value, size)?);
    }
    Ok(amqp)
}

fn value_to_amqp(value: &FieldValue, size: &mut usize) -> Result<AMQPValue, Error> {
    // the type, and a length or number of at most 8 bytes
    *size += 9;
    Ok(match value {
        FieldValue::Boolean(value) => AMQPValue::Boolean(*value),
        FieldValue::ShortShortInt(value) => AMQPValue::ShortShortInt(*value),
        FieldValue::ShortShortUint(value) => AMQPValue::ShortShortUInt(*value),
        FieldValue::ShortInt(value) => AMQPValue::ShortInt(*value),
        FieldValue::ShortUint(value) => AMQPValue::ShortUInt(*value),
        FieldValue::LongInt(value) => AMQPValue::LongInt(*value),
        FieldValue::LongUint(value) => AMQPValue::LongUInt(*value),
        FieldValue::LongLongInt(text) => AMQPValue::LongLongInt(
            text.parse().map_err(|_error| Error::Unsendable(format!("{text:?} is not a signed number of 64 bits")))?,
        ),
        FieldValue::Float(value) => AMQPValue::Float(*value),
        FieldValue::Double(value) => AMQPValue::Double(*value),
        FieldValue::Decimal { scale, value } => AMQPValue::DecimalValue(DecimalValue { scale: *scale, value: *value }),
        FieldValue::LongString(text) => {
            *size += text.len();
            AMQPValue::LongString(LongString::from(text.as_bytes()))
        }
        FieldValue::Bytes(text) => {
            *size += text.len();
            AMQPValue::ByteArray(ByteArray::from(unbase64("a header", text)?))
        }
        FieldValue::Array(values) => {
            let values = values.iter().map(|value| value_to_amqp(value, size)).collect::<Result<Vec<_>, _>>()?;
            AMQPValue::FieldArray(FieldArray::from(values))
        }
        FieldValue::Timestamp(value) => AMQPValue::Timestamp(*value),
        FieldValue::Table(table) => AMQPValue::FieldTable(table_to_amqp(table, size)?),
        FieldValue::Void => AMQPValue::Void,
    })
}

fn table_from_amqp(table: &lapin::types::FieldTable) -> FieldTable {
    table.into_iter().map(|(key, value)| (key.as_str().to_owned(), value_from_amqp(value))).collect()
}

fn value_from_amqp(value: &AMQPValue) -> FieldValue {
    match value {
        AMQPValue::Boolean(value) => FieldValue::Boolean(*value),
        AMQPValue::ShortShortInt(value) => FieldValue::ShortShortInt(*value),
        AMQPValue::ShortShortUInt(value) => FieldValue::ShortShortUint(*value),
        AMQPValue::ShortInt(value) => FieldValue::ShortInt(*value),
        AMQPValue::ShortUInt(value) => FieldValue::ShortUint(*value),
        AMQPValue::LongInt(value) => FieldValue::LongInt(*value),
        AMQPValue::LongUInt(value) => FieldValue::LongUint(*value),
        AMQPValue::LongLongInt(value) => FieldValue::LongLongInt(value.to_string()),
        // JSON has no infinity and no NaN
        AMQPValue::Float(value) if !value.is_finite() => FieldValue::LongString(value.to_string()),
        AMQPValue::Double(value) if !value.is_finite() => FieldValue::LongString(value.to_string()),
        AMQPValue::Float(value) => FieldValue::Float(*value),
        AMQPValue::Double(value) => FieldValue::Double(*value),
        AMQPValue::DecimalValue(value) => FieldValue::Decimal { scale: value.scale, value: value.value },
        AMQPValue::ShortString(text) => FieldValue::LongString(text.as_str().to_owned()),
        AMQPValue::LongString(text) => match std::str::from_utf8(text.as_bytes()) {
            Ok(text) => FieldValue::LongString(text.to_owned()),
            Err(_not_text) => FieldValue::Bytes(BASE64.encode(text.as_bytes())),
        },
        AMQPValue::FieldArray(values) => FieldValue::Array(values.as_slice().iter().map(value_from_amqp).collect()),
        AMQPValue::Timestamp(value) => FieldValue::Timestamp(*value),
        AMQPValue::FieldTable(table) => FieldValue::Table(table_from_amqp(table)),
        AMQPValue::ByteArray(bytes) => FieldValue::Bytes(BASE64.encode(bytes.as_slice())),
        AMQPValue::Void => FieldValue::Void,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_property_and_every_type_of_field_survives_the_way_there_and_back() {
        let table = FieldTable::from([("inner".to_owned(), FieldValue::Void)]);
        let values = [
            FieldValue::Boolean(true),
            FieldValue::ShortShortInt(-8),
            FieldValue::ShortShortUint(200),
            FieldValue::ShortInt(-300),
            FieldValue::ShortUint(60_000),
            FieldValue::LongInt(-70_000),
            FieldValue::LongUint(4_000_000_000),
            FieldValue::LongLongInt(i64::MIN.to_string()),
            FieldValue::Float(0.5),
            FieldValue::Double(0.1),
            FieldValue::Decimal { scale: 2, value: 314 },
            FieldValue::LongString("雷".into()),
            FieldValue::Bytes(BASE64.encode([0xff, 0])),
            FieldValue::Array(vec![FieldValue::Void, FieldValue::Table(table.clone())]),
            FieldValue::Timestamp(u64::MAX),
            FieldValue::Table(table),
            FieldValue::Void,
        ];
        let text = |text: &str| Some(text.to_owned());
        let properties = Properties {
            content_type: text("text/plain"),
            content_encoding: text("identity"),
            headers: values.into_iter().enumerate().map(|(at, value)| (format!("h{at}"), value)).collect(),
            delivery_mode: Some(2),
            priority: Some(255),
            correlation_id: text("c"),
            reply_to: text("r"),
            expiration: text("1000"),
            message_id: text("m"),
            timestamp: Some(1),
            kind: text("k"),
            user_id: text("u"),
            app_id: text("a"),
        };
        assert_eq!(from_amqp(&to_amqp(&properties).unwrap()), properties);
    }

    #[test]
    fn what_would_end_the_link_is_refused() {
        let long = |properties: &Properties| assert!(matches!(to_amqp(properties), Err(Error::Unsendable(_))));
        long(&Properties { content_type: Some("x".repeat(256)), ..Properties::default() });
        long(&Properties { delivery_mode: Some(3), ..Properties::default() });
        for (key, value) in [
            ("k".repeat(256), FieldValue::Void),
            ("big".into(), FieldValue::LongString("x".repeat(MAX_HEADERS))),
            ("number".into(), FieldValue::LongLongInt("9223372036854775808".into())),
            ("bytes".into(), FieldValue::Bytes("no base64".into())),
        ] {
            long(&Properties { headers: FieldTable::from([(key, value)]), ..Properties::default() });
        }
        assert!(bytes(Body::Base64("%".into())).is_err());
    }
}
