//! Properties and headers as a person types them, row by row, and as AMQP 0-9-1 takes them (section 1.8.1 of the method
//! reference, section 4.2.5.5 of the specification). What cannot be sent is a fault of its row.

use crosstalk_proto::amqp::{FieldTable, FieldValue, Properties};

use crate::model::{address::Row, payload};

/// What the properties of a message are called.
pub const PROPERTIES: [&str; 12] = [
    "content_type",
    "content_encoding",
    "delivery_mode",
    "priority",
    "correlation_id",
    "reply_to",
    "expiration",
    "message_id",
    "timestamp",
    "type",
    "user_id",
    "app_id",
];

/// The types of headers that can be typed, as the page calls them.
pub const KINDS: [&str; 8] = ["string", "bool", "int", "long", "double", "timestamp", "bytes", "void"];

/// The longest short string, in bytes (section 4.2.5.3).
const SHORT: usize = 255;

/// Why a row cannot be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The row's name.
    pub name: String,
    /// What is wrong with it.
    pub what: What,
}

/// What is wrong with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// There is no property of that name.
    Unknown,
    /// There are two of that name.
    Twice,
    /// Its name or value is over 255 bytes.
    Long,
    /// Its value is not of this form.
    Form(&'static str),
}

/// A header: a row, and which of [`KINDS`] its value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// An index of [`KINDS`].
    pub kind: usize,
    /// The row.
    pub row: Row,
}

/// What rows that are switched on come to.
///
/// # Errors
/// All that is wrong with them.
pub fn properties(rows: &[Row], headers: &[Header]) -> Result<Properties, Vec<Fault>> {
    let (mut properties, mut faults) = (Properties::default(), Vec::new());
    let mut seen: Vec<&str> = Vec::new();
    for row in rows.iter().filter(|row| row.on) {
        let name = row.name.trim();
        let set = if seen.contains(&name) { Err(What::Twice) } else { set(&mut properties, name, row.value.trim()) };
        seen.push(name);
        faults.extend(set.err().map(|what| Fault { name: name.to_owned(), what }));
    }
    match table(headers) {
        Ok(table) => properties.headers = table,
        Err(more) => faults.extend(more),
    }
    if faults.is_empty() { Ok(properties) } else { Err(faults) }
}

/// What is wrong with a name that travels as a short string: more than 255 bytes.
pub fn short(name: &str, text: &str) -> Option<Fault> {
    (text.len() > SHORT).then(|| Fault { name: name.to_owned(), what: What::Long })
}

/// The kind of a body, if the rows say so.
pub fn content_type(rows: &[Row]) -> &str {
    let row = rows.iter().find(|row| row.on && row.name.trim() == "content_type");
    row.map_or("", |row| row.value.trim())
}

fn set(properties: &mut Properties, name: &str, value: &str) -> Result<(), What> {
    if value.len() > SHORT {
        return Err(What::Long);
    }
    let text = || Some(value.to_owned());
    match name {
        "content_type" => properties.content_type = text(),
        "content_encoding" => properties.content_encoding = text(),
        "correlation_id" => properties.correlation_id = text(),
        "reply_to" => properties.reply_to = text(),
        "message_id" => properties.message_id = text(),
        "type" => properties.kind = text(),
        "user_id" => properties.user_id = text(),
        "app_id" => properties.app_id = text(),
        "delivery_mode" => match value {
            "1" => properties.delivery_mode = Some(1),
            "2" => properties.delivery_mode = Some(2),
            _ => return Err(What::Form("1, 2")),
        },
        "priority" => properties.priority = Some(value.parse().map_err(|_none| What::Form("0–255"))?),
        "timestamp" => properties.timestamp = Some(value.parse().map_err(|_none| What::Form("0, 1, 2, … s"))?),
        "expiration" => {
            value.parse::<u32>().map_err(|_none| What::Form("0, 1, 2, … ms"))?;
            properties.expiration = text();
        }
        _ => return Err(What::Unknown),
    }
    Ok(())
}

fn table(headers: &[Header]) -> Result<FieldTable, Vec<Fault>> {
    let (mut table, mut faults) = (FieldTable::new(), Vec::new());
    for Header { kind, row } in headers.iter().filter(|header| header.row.on) {
        let name = row.name.trim().to_owned();
        let found = match () {
            () if name.len() > SHORT => Err(What::Long),
            () if table.contains_key(&name) => Err(What::Twice),
            () => value(*kind, &row.value),
        };
        match found {
            Ok(value) => drop(table.insert(name, value)),
            Err(what) => faults.push(Fault { name, what }),
        }
    }
    if faults.is_empty() { Ok(table) } else { Err(faults) }
}

fn value(kind: usize, text: &str) -> Result<FieldValue, What> {
    let trimmed = text.trim();
    let value = match KINDS.get(kind).copied().unwrap_or_default() {
        "bool" => trimmed.parse().ok().map(FieldValue::Boolean).ok_or("true, false"),
        "int" => trimmed.parse().ok().map(FieldValue::LongInt).ok_or("−2³¹ … 2³¹−1"),
        "long" => match trimmed.parse::<i64>() {
            Ok(number) => Ok(FieldValue::LongLongInt(number.to_string())),
            Err(_none) => Err("−2⁶³ … 2⁶³−1"),
        },
        "double" => match trimmed.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(FieldValue::Double(number)),
            _ => Err("1.5, 1e3"),
        },
        "timestamp" => trimmed.parse().ok().map(FieldValue::Timestamp).ok_or("0, 1, 2, … s"),
        "bytes" => payload::base64(trimmed).map(|_bytes| FieldValue::Bytes(trimmed.to_owned())).ok_or("base64"),
        "void" if trimmed.is_empty() => Ok(FieldValue::Void),
        "void" => Err("∅"),
        _ => Ok(FieldValue::LongString(text.to_owned())),
    };
    value.map_err(What::Form)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, value: &str) -> Row {
        Row { on: true, name: name.to_owned(), value: value.to_owned() }
    }

    fn header(kind: &str, name: &str, value: &str) -> Header {
        let kind = KINDS.iter().position(|known| *known == kind).expect("a kind");
        Header { kind, row: row(name, value) }
    }

    #[test]
    fn every_property_and_every_kind_of_header_can_be_typed() {
        let value = |name: &str| match name {
            "delivery_mode" => "2",
            "priority" | "timestamp" | "expiration" => "7",
            _ => "text",
        };
        let rows: Vec<Row> = PROPERTIES.iter().map(|name| row(name, value(name))).collect();
        let values = ["x", "true", "-1", "9223372036854775807", "0.5", "1", "AP8=", ""];
        let headers: Vec<Header> =
            KINDS.iter().zip(values).map(|(kind, value)| header(kind, &format!("h-{kind}"), value)).collect();
        let properties = properties(&rows, &headers).expect("all of it can be sent");
        assert_eq!(
            (properties.delivery_mode, properties.priority, properties.kind.as_deref()),
            (Some(2), Some(7), Some("text"))
        );
        assert_eq!(properties.headers.len(), KINDS.len());
        assert_eq!(properties.headers["h-long"], FieldValue::LongLongInt(i64::MAX.to_string()));
    }

    #[test]
    fn what_cannot_be_sent_is_told_row_by_row() {
        let rows = [
            row("delivery_mode", "3"),
            row("contenttype", "x"),
            row("priority", "256"),
            row("app_id", &"x".repeat(256)),
            row("type", "a"),
            row("type", "b"),
            Row { on: false, ..row("nonsense", "x") },
        ];
        let headers = [header("int", "n", "2147483648"), header("bool", "b", "yes"), header("void", "v", "x")];
        let faults = properties(&rows, &headers).expect_err("none of it can be sent");
        let told: Vec<(&str, What)> = faults.iter().map(|fault| (fault.name.as_str(), fault.what)).collect();
        assert_eq!(
            told,
            [
                ("delivery_mode", What::Form("1, 2")),
                ("contenttype", What::Unknown),
                ("priority", What::Form("0–255")),
                ("app_id", What::Long),
                ("type", What::Twice),
                ("n", What::Form("−2³¹ … 2³¹−1")),
                ("b", What::Form("true, false")),
                ("v", What::Form("∅")),
            ]
        );
    }
}
