//! A message as proto3 JSON (protobuf.dev, "ProtoJSON Format"): read with the place of what is wrong, written as bytes,
//! and back. The text is what a bench holds; its form is a view of it.

use serde_json::{Value, value::RawValue};

use super::{
    contract::{Field, Message},
    kind::Datum,
    wire::{self, Malformed},
};
use crate::model::json::{self, JsonError, Members, SyntaxFault};

/// What is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// The field, or nothing when it is none's fault.
    pub field: String,
    /// What.
    pub what: What,
}

/// What can be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// It is not JSON.
    Syntax(SyntaxFault),
    /// It is JSON, but no object.
    NoObject,
    /// The message has no such field.
    Unknown,
    /// The value is not of the field's type.
    Type(&'static str),
}

/// The values of a message's fields, by their place in [`Message::fields`]; what is not there is the default.
pub type Values = Vec<(usize, Datum)>;

/// Reads a text.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn read(message: &Message, text: &str) -> Result<Values, Fault> {
    let members = members(text)?;
    let mut values = Vec::new();
    for (key, value) in &members {
        let fault = |what| {
            let (line, column) = place(text, key);
            Fault { line, column, field: key.clone(), what }
        };
        let at = message.place(key).ok_or_else(|| fault(What::Unknown))?;
        let kind = message.fields[at].kind;
        if value.get() != "null" {
            let datum = kind.read(value).ok_or_else(|| fault(What::Type(kind.name())))?;
            if !datum.is_default() {
                // in the order of the contract, as the page shows them
                let place = values.iter().take_while(|(before, _)| *before < at).count();
                values.insert(place, (at, datum));
            }
        }
    }
    Ok(values)
}

/// The bytes of a message.
pub fn encode(message: &Message, values: &Values) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (at, datum) in values {
        let field = &message.fields[*at];
        wire::put(&mut bytes, field.number, field.kind.encode(datum));
    }
    bytes
}

/// The values in the bytes of a message; fields that it does not have are left out.
///
/// # Errors
/// When the bytes are no such message.
pub fn decode(message: &Message, bytes: &[u8]) -> Result<Values, Malformed> {
    let mut values = Vec::new();
    let mut sound = true;
    wire::each(bytes, &mut |number, value| {
        if let Some(at) = message.fields.iter().position(|field| field.number == number) {
            match message.fields[at].kind.decode(value) {
                Some(datum) => values.push((at, datum)),
                None => sound = false,
            }
        }
    })?;
    if sound { Ok(values) } else { Err(Malformed) }
}

/// The text of a message: on one line, or a line for each field.
pub fn write(message: &Message, values: &Values, lines: bool) -> String {
    let members: Vec<String> = values
        .iter()
        .map(|(at, datum)| {
            let field = &message.fields[*at];
            [quoted(&field.json_name), field.kind.write(datum)].join(": ")
        })
        .collect();
    match (members.is_empty(), lines) {
        (true, _) => "{}".to_owned(),
        (false, false) => ["{ ", &members.join(", "), " }"].concat(),
        (false, true) => ["{\n  ", &members.join(",\n  "), "\n}"].concat(),
    }
}

/// What a form shows of a field: the text of its value, whether or not that is of its type.
///
/// # Errors
/// When the text is no object.
pub fn shown(field: &Field, text: &str) -> Result<String, Fault> {
    let members = members(text)?;
    let value = |name: &str| members.iter().find(|(key, _)| key == name).map(|(_, value)| &**value);
    let value = value(&field.json_name).or_else(|| value(&field.name));
    Ok(value.map(RawValue::get).map_or_else(String::new, |written| match serde_json::from_str(written) {
        Ok(Value::Null) => String::new(),
        Ok(Value::String(text)) => text,
        // as it is written, with all its digits
        _ => written.to_owned(),
    }))
}

/// The text after a person wrote `typed` into the form's field. What is not of its type is kept as they wrote it, for
/// [`read`] to say so; what is empty is left out.
pub fn typed(message: &Message, text: &str, field: &Field, typed: &str) -> String {
    let mut members = members(text).unwrap_or_default();
    members.retain(|(key, _)| !field.is_called(key));
    if !typed.is_empty() {
        let of_type = |text: String| RawValue::from_string(text).ok().filter(|value| field.kind.read(value).is_some());
        let value = of_type(quoted(typed)).or_else(|| of_type(typed.to_owned()));
        let value = value.or_else(|| RawValue::from_string(quoted(typed)).ok());
        members.extend(value.map(|value| (field.json_name.clone(), value)));
    }
    // in the order of the contract, then what is not of it
    let mut ordered = Vec::with_capacity(members.len());
    for field in &message.fields {
        while let Some(at) = members.iter().position(|(key, _)| field.is_called(key)) {
            ordered.push(members.remove(at));
        }
    }
    ordered.extend(members);
    let member = |(key, value): &(String, Box<RawValue>)| [quoted(key).as_str(), value.get()].join(": ");
    match ordered.as_slice() {
        [] => "{}".to_owned(),
        members => format!("{{\n  {}\n}}", members.iter().map(member).collect::<Vec<_>>().join(",\n  ")),
    }
}

/// The members of an object in the order of the text. Of those with one name the last one counts.
fn members(text: &str) -> Result<Vec<(String, Box<RawValue>)>, Fault> {
    let at = |line, column, what| Fault { line, column, field: String::new(), what };
    let Members(members) = json::object(text).map_err(|error| match error {
        JsonError::Syntax { line, column, fault } => at(line, column, What::Syntax(fault)),
        JsonError::Shape { .. } => at(1, 1, What::NoObject),
    })?;
    let mut last: Vec<(String, Box<RawValue>)> = Vec::with_capacity(members.len());
    for (key, value) in members {
        last.retain(|(before, _)| *before != key);
        last.push((key, value.to_owned()));
    }
    Ok(last)
}

/// A text as JSON.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// Where a member's name begins. Within a text a quote is escaped, so what looks like a member is one.
fn place(text: &str, key: &str) -> (usize, usize) {
    let quoted = quoted(key);
    let found = text.match_indices(&quoted).find(|(at, _)| text[at + quoted.len()..].trim_start().starts_with(':'));
    let before = &text[..found.map_or(0, |(at, _)| at)];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::{contract::tests::greeter, kind::Kind},
        *,
    };

    fn request() -> Message {
        (*greeter().services[0].methods[0].request).clone()
    }

    fn sample() -> Message {
        let field = |(number, name, kind): (u32, &str, u64)| Field {
            name: name.to_owned(),
            json_name: name.to_owned(),
            number,
            kind: Kind::of(kind),
        };
        let fields = [(2, "text", 9), (1, "count", 5), (3, "big", 4), (4, "raw", 12), (5, "yes", 8), (6, "part", 1)];
        Message { name: "Sample".to_owned(), fields: fields.map(field).to_vec() }
    }

    #[test]
    fn the_bytes_are_those_of_the_generated_code() {
        let request = request();
        let values = read(&request, r#"{"name": "World"}"#).expect("this is one");
        assert_eq!(encode(&request, &values), b"\x0a\x05World");
        assert_eq!(write(&request, &values, false), r#"{ "name": "World" }"#);
        assert_eq!(decode(&request, b"\x0a\x05World\x10\x01"), Ok(values));
        assert_eq!(decode(&request, b"\x08\x05"), Err(Malformed));
        assert_eq!(read(&request, r#"{"name": ""}"#), Ok(Vec::new()));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let check = |text: &str, line, column, field: &str, what| {
            let fault = Fault { line, column, field: field.to_owned(), what };
            assert_eq!(read(&request(), text), Err(fault), "{text}");
        };
        check("{\n  \"name\": 7\n}", 2, 3, "name", What::Type("string"));
        check("{\"name\": \"x\", \"age\": 7}", 1, 15, "age", What::Unknown);
        check("[]", 1, 1, "", What::NoObject);
        check("{\n  \"name\" \"x\"}", 2, 10, "", What::Syntax(SyntaxFault::Unexpected('"')));
        check("", 1, 1, "", What::Syntax(SyntaxFault::End));
        // a text that speaks of a member is none
        check("{\"name\": \"\\\"age\\\":\",\n\"age\": 1}", 2, 1, "age", What::Unknown);
    }

    #[test]
    fn the_form_writes_what_json_reads() {
        let sample = sample();
        let mut text = "{}".to_owned();
        for (field, value) in sample.fields.iter().zip(["7", "-3", "18446744073709551615", "AAEC", "true", "1.5"]) {
            text = typed(&sample, &text, field, value);
            assert_eq!(shown(field, &text).as_deref(), Ok(value), "{text}");
        }
        assert_eq!(read(&sample, &text).map(|values| values.len()), Ok(6), "{text}");
        assert!(text.starts_with("{\n  \"text\": \"7\",\n  \"count\": "), "{text}");
        let wrong = typed(&sample, &text, &sample.fields[1], "many");
        assert_eq!(read(&sample, &wrong).map_err(|fault| fault.what), Err(What::Type("int32")));
        assert_eq!(shown(&sample.fields[1], &wrong).as_deref(), Ok("many"));
        // a number of the text keeps its digits
        let text = r#"{"part": 1.50, "big": 18446744073709551615}"#;
        assert_eq!(
            [5, 2].map(|at| shown(&sample.fields[at], text)),
            ["1.50", "18446744073709551615"].map(|n| Ok(n.to_owned()))
        );
        let text = typed(&sample, text, &sample.fields[1], "7");
        assert!(text.contains("18446744073709551615") && text.contains("1.50"), "{text}");
        let emptied = sample.fields.iter().fold(text, |text, field| typed(&sample, &text, field, ""));
        assert_eq!(emptied, "{}");
    }

    proptest! {
        #[test]
        fn any_name_survives_form_json_and_bytes(name in ".*") {
            let request = request();
            let text = typed(&request, "{}", &request.fields[0], &name);
            let values = read(&request, &text).expect("the form wrote it");
            let bytes = encode(&request, &values);
            prop_assert_eq!(decode(&request, &bytes), Ok(values.clone()));
            prop_assert_eq!(read(&request, &write(&request, &values, true)), Ok(values));
            prop_assert_eq!(shown(&request.fields[0], &text), Ok(name));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC*", bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = read(&request(), &text);
            let _ = decode(&sample(), &bytes);
        }
    }
}
