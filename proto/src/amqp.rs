//! AMQP 0-9-1 properties, field tables and bodies as JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A message body: text when it is UTF-8, base64 (RFC 4648, section 4) when it is not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Body {
    /// The body is UTF-8.
    Text(String),
    /// The body is anything else.
    Base64(String),
}

/// A field table. Keys are short strings of at most 255 bytes.
pub type FieldTable = BTreeMap<String, FieldValue>;

/// A value of a field table with its AMQP type (section 4.2.5.5 of the specification, as amended by RabbitMQ).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldValue {
    /// `t`
    Boolean(bool),
    /// `b`, signed 8 bit
    ShortShortInt(i8),
    /// `B`, unsigned 8 bit
    ShortShortUint(u8),
    /// `s`, signed 16 bit
    ShortInt(i16),
    /// `u`, unsigned 16 bit
    ShortUint(u16),
    /// `I`, signed 32 bit
    LongInt(i32),
    /// `i`, unsigned 32 bit
    LongUint(u32),
    /// `l`, signed 64 bit. As a string: JSON numbers are exact to 53 bits only.
    LongLongInt(String),
    /// `f`
    Float(f32),
    /// `d`
    Double(f64),
    /// `D`
    Decimal {
        /// Digits after the point.
        scale: u8,
        /// The number without its point.
        value: u32,
    },
    /// `S`, when its bytes are UTF-8
    LongString(String),
    /// `S`, when they are not, and `x`: base64
    Bytes(String),
    /// `A`
    Array(Vec<FieldValue>),
    /// `T`, seconds since 1970
    Timestamp(u64),
    /// `F`
    Table(FieldTable),
    /// `V`
    Void,
}

/// The properties of class basic (section 1.8.1 of the method reference).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Properties {
    /// MIME type of the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// MIME encoding of the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_encoding: Option<String>,
    /// The application's own fields.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: FieldTable,
    /// 1 transient, 2 persistent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery_mode: Option<u8>,
    /// 0 to 9 by the specification, up to 255 in RabbitMQ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<u8>,
    /// Which request a reply belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<String>,
    /// The queue for replies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// Time to live in milliseconds, as decimal digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expiration: Option<String>,
    /// The application's name of the message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// Seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<u64>,
    /// The application's name of the kind of message.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Checked by the broker against the connection's user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// The producer's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_id: Option<String>,
}
