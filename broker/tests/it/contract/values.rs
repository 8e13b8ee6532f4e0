//! Field tables and message properties: how cases write them, and how transcripts show them. Each value shows its
//! type, because a broker must return the same type.

use amq_protocol::{
    protocol::BasicProperties,
    types::{AMQPValue, FieldTable},
};

/// A table of these fields.
pub(super) fn table<const N: usize>(fields: [(&str, AMQPValue); N]) -> FieldTable {
    let mut table = FieldTable::default();
    for (name, value) in fields {
        table.insert(name.into(), value);
    }
    table
}

/// A text as a value of a field table.
pub(super) fn text(value: &str) -> AMQPValue {
    AMQPValue::LongString(value.into())
}

/// A signed 32-bit number, which most clients use for small numbers.
pub(super) fn int(value: i32) -> AMQPValue {
    AMQPValue::LongInt(value)
}

/// Message properties, none set.
pub(super) fn props() -> BasicProperties {
    BasicProperties::default()
}

/// `{a: 1i32, b: 'text'}`
pub(super) fn show_table(table: &FieldTable) -> String {
    let fields = table.into_iter().map(|(name, value)| format!("{name}: {}", show(name.as_str(), value)));
    format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
}

fn show(name: &str, value: &AMQPValue) -> String {
    match value {
        AMQPValue::Boolean(value) => value.to_string(),
        AMQPValue::ShortShortInt(value) => format!("{value}i8"),
        AMQPValue::ShortShortUInt(value) => format!("{value}u8"),
        AMQPValue::ShortInt(value) => format!("{value}i16"),
        AMQPValue::ShortUInt(value) => format!("{value}u16"),
        AMQPValue::LongInt(value) => format!("{value}i32"),
        AMQPValue::LongUInt(value) => format!("{value}u32"),
        AMQPValue::LongLongInt(value) => format!("{value}i64"),
        AMQPValue::Float(value) => format!("{value}f32"),
        AMQPValue::Double(value) => format!("{value}f64"),
        AMQPValue::DecimalValue(value) => format!("{}e-{}", value.value, value.scale),
        AMQPValue::ShortString(value) => format!("short '{value}'"),
        AMQPValue::LongString(value) => format!("'{value}'"),
        AMQPValue::FieldArray(values) => {
            let values = values.as_slice().iter().map(|value| show("", value));
            format!("[{}]", values.collect::<Vec<_>>().join(", "))
        }
        // the broker's time differs between runs
        AMQPValue::Timestamp(value) if name == "time" && is_now(*value) => "now".to_owned(),
        AMQPValue::Timestamp(value) => format!("@{value}"),
        AMQPValue::FieldTable(table) => show_table(table),
        AMQPValue::ByteArray(bytes) => format!("{:02x?}", bytes.as_slice()),
        AMQPValue::Void => "void".to_owned(),
    }
}

/// Within a minute of this machine's clock, in seconds since 1970.
fn is_now(seconds: u64) -> bool {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |now| now.as_secs());
    seconds.abs_diff(now) < 60
}

/// ` priority=5 headers={…}`: the properties that are set, in the order of the specification.
pub(super) fn show_properties(properties: &BasicProperties) -> String {
    let p = properties;
    let texts = [("content_type", p.content_type()), ("content_encoding", p.content_encoding())];
    let more_texts = [
        ("correlation_id", p.correlation_id()),
        ("reply_to", p.reply_to()),
        ("expiration", p.expiration()),
        ("message_id", p.message_id()),
        ("type", p.kind()),
        ("user_id", p.user_id()),
        ("app_id", p.app_id()),
        ("cluster_id", p.cluster_id()),
    ];
    let mut shown = String::new();
    let mut add = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            shown.push_str(&format!(" {name}={value}"));
        }
    };
    for (name, value) in texts {
        add(name, value.as_ref().map(|value| format!("'{value}'")));
    }
    add("headers", p.headers().as_ref().map(show_table));
    add("delivery_mode", p.delivery_mode().map(|mode| mode.to_string()));
    add("priority", p.priority().map(|priority| priority.to_string()));
    for (name, value) in more_texts {
        add(name, value.as_ref().map(|value| format!("'{value}'")));
    }
    add("timestamp", p.timestamp().map(|time| format!("@{time}")));
    shown
}
