//! A body as a person reads it: text, pretty JSON, or bytes in hexadecimal. Used by all three panels.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use crosstalk_proto::{amqp::Body, helloworld::HelloReply, problem::Problem, rest::Message};
use prost::Message as _;
use serde::{Serialize, Serializer, ser::Error as _};
use serde_json::value::RawValue;

use super::{exchange::CallError, json::Members};

/// How many bytes of a binary body a table shows.
const HEX_SHOWN: usize = 24;
/// Values that are nested deeper are not indented.
const MAX_DEPTH: usize = 128;

/// A body of `/ws` as bytes; base64 that is none gives nothing.
pub fn bytes_of(body: &Body) -> Vec<u8> {
    match body {
        Body::Text(text) => text.clone().into_bytes(),
        Body::Base64(encoded) => base64(encoded).unwrap_or_default(),
    }
}

/// The bytes of a text in base64, when it is that.
pub fn base64(encoded: &str) -> Option<Vec<u8>> {
    BASE64_STANDARD.decode(encoded).ok()
}

/// How many bytes it has.
pub fn size(body: &Body) -> usize {
    match body {
        Body::Text(text) => text.len(),
        Body::Base64(encoded) => {
            let padding = encoded.bytes().rev().take_while(|byte| *byte == b'=').count();
            (encoded.len() / 4 * 3).saturating_sub(padding)
        }
    }
}

/// Bytes as a body of `/ws`.
pub fn to_body(bytes: Vec<u8>) -> Body {
    String::from_utf8(bytes).map_or_else(|error| Body::Base64(BASE64_STANDARD.encode(error.as_bytes())), Body::Text)
}

/// The greeting in a worker's reply of any of its three encodings.
///
/// # Errors
/// The problem that the worker answered, or what it is that cannot be read.
pub fn greeting(body: &Body, content_type: &str) -> Result<String, CallError> {
    let bytes = bytes_of(body);
    let unreadable = |error: &dyn std::fmt::Display| CallError::Unreadable(error.to_string());
    if content_type.contains("problem+json") {
        let problem: Problem = serde_json::from_slice(&bytes).map_err(|error| unreadable(&error))?;
        return Err(CallError::Problem(Box::new(problem)));
    }
    if content_type.contains("protobuf") {
        let reply = HelloReply::decode(bytes.as_slice()).map_err(|error| unreadable(&error))?;
        return Ok(reply.message);
    }
    if content_type.contains("json") {
        let reply: Message = serde_json::from_slice(&bytes).map_err(|error| unreadable(&error))?;
        return Ok(reply.message);
    }
    String::from_utf8(bytes).map_err(|error| unreadable(&error))
}

/// One line for a table: at most `limit` characters of text, or the first bytes in hexadecimal.
pub fn preview(body: &Body, limit: usize) -> String {
    match body {
        Body::Text(text) => clip(text, limit),
        Body::Base64(_) => {
            let bytes = bytes_of(body);
            let dots = if bytes.len() > HEX_SHOWN { " …" } else { "" };
            format!("{}{dots}", hex(&bytes[..bytes.len().min(HEX_SHOWN)]))
        }
    }
}

/// The first `limit` characters, with an ellipsis where something was left out.
pub fn clip(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// `0a 05 57`
pub fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 3);
    for byte in bytes {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&format!("{byte:02x}"));
    }
    out
}

/// The body when a person can read it: UTF-8 without control characters.
pub fn text(bytes: &[u8]) -> Option<&str> {
    let is_shown = |letter: char| !letter.is_control() || matches!(letter, '\n' | '\r' | '\t');
    std::str::from_utf8(bytes).ok().filter(|text| text.chars().all(is_shown))
}

/// A body on lines of its own, as its type is written for people: JSON, the reply that gRPC also sends, text.
pub fn pretty(content_type: &str, bytes: &[u8]) -> Option<String> {
    if content_type.starts_with("application/x-protobuf") {
        let reply = HelloReply::decode(bytes).ok()?;
        return Some(format!("helloworld.HelloReply {{\n  message: {:?}\n}}", reply.message));
    }
    let text = text(bytes)?;
    Some(pretty_json(text).unwrap_or_else(|| text.to_owned()))
}

/// Sixteen bytes a line: offset, bytes, and what is printable of them.
pub fn hex_dump(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 5);
    for (row, line) in bytes.chunks(16).enumerate() {
        let text: String = line
            .iter()
            .map(|byte| if byte.is_ascii_graphic() || *byte == b' ' { char::from(*byte) } else { '·' })
            .collect();
        out.push_str(&format!("{:04x}  {:<47}  {text}\n", row * 16, hex(line)));
    }
    out
}

/// Indented JSON: members in the order they came, duplicates included, numbers and strings as they are written. `None` when
/// the text is not JSON.
pub fn pretty_json(text: &str) -> Option<String> {
    let json = serde_json::from_str(text).ok()?;
    serde_json::to_string_pretty(&Indented { json, depth: 0 }).ok()
}

/// A value that goes through serde_json's formatter without becoming a number or a map of Rust.
struct Indented<'t> {
    json: &'t RawValue,
    depth: usize,
}

impl Serialize for Indented<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let inner = |json| Indented { json, depth: self.depth + 1 };
        match self.json.get().as_bytes() {
            [b'{', ..] if self.depth < MAX_DEPTH => {
                let Members(members) = serde_json::from_str(self.json.get()).map_err(S::Error::custom)?;
                serializer.collect_map(members.into_iter().map(|(key, json)| (key, inner(json))))
            }
            [b'[', ..] if self.depth < MAX_DEPTH => {
                let items: Vec<&RawValue> = serde_json::from_str(self.json.get()).map_err(S::Error::custom)?;
                serializer.collect_seq(items.into_iter().map(inner))
            }
            _ => self.json.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn json_keeps_its_order_and_its_numbers() {
        let pretty = pretty_json(r#"{"b":1.50,"a":[1, {}],"s":"x\"{,"}"#).expect("this is JSON");
        assert_eq!(pretty, "{\n  \"b\": 1.50,\n  \"a\": [\n    1,\n    {}\n  ],\n  \"s\": \"x\\\"{,\"\n}");
        assert_eq!(pretty_json("{"), None);
    }

    #[test]
    fn json_is_shown_as_it_was_sent() {
        let sent = r#"{"n":18446744073709551616,"z":-0.10e+400,"n":9007199254740993,"s":"\u00e9\/"}"#;
        let shown = pretty_json(sent).expect("this is JSON");
        assert_eq!(shown.replace("\n  ", "").replace("\": ", "\":").replace('\n', ""), sent);
    }

    #[test]
    fn json_of_any_depth_is_shown() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        let shown = pretty_json(&deep).expect("this is JSON");
        assert_eq!(shown.chars().filter(|letter| !letter.is_whitespace()).collect::<String>(), deep);
    }

    #[test]
    fn a_binary_body_is_shown_in_hexadecimal() {
        let body = to_body(vec![0xff, 0x00]);
        assert_eq!(preview(&body, 10), "ff 00");
        assert_eq!(preview(&to_body("你好吗".into()), 2), "你好…");
    }

    #[test]
    fn a_body_is_shown_as_its_type_is_written() {
        let reply = HelloReply { message: "Hello, Ada".to_owned() }.encode_to_vec();
        let shown = pretty("application/x-protobuf", &reply);
        assert_eq!(shown.as_deref(), Some("helloworld.HelloReply {\n  message: \"Hello, Ada\"\n}"));
        assert_eq!(pretty("application/json", b"[1]").as_deref(), Some("[\n  1\n]"));
        assert_eq!(pretty("text/plain", b"a\tb").as_deref(), Some("a\tb"));
        assert_eq!((pretty("text/plain", b"a\x03"), text(&[0xff])), (None, None));
    }

    #[test]
    fn a_reply_is_read_in_each_encoding() {
        let json = Body::Text(r#"{"message":"Hello, Ada"}"#.to_owned());
        let protobuf = to_body(HelloReply { message: "Hello, Ada".to_owned() }.encode_to_vec());
        let text = Body::Text("Hello, Ada".to_owned());
        for (body, content_type) in
            [(&json, "application/json"), (&protobuf, "application/x-protobuf"), (&text, "text/plain")]
        {
            assert_eq!(greeting(body, content_type), Ok("Hello, Ada".to_owned()), "{content_type}");
        }
        assert!(matches!(greeting(&text, "application/json"), Err(CallError::Unreadable(_))));
    }

    proptest! {
        #[test]
        fn bytes_survive_the_way_through_a_body(bytes: Vec<u8>) {
            let body = to_body(bytes.clone());
            prop_assert_eq!(size(&body), bytes.len());
            prop_assert_eq!(bytes_of(&body), bytes);
        }

        #[test]
        fn pretty_json_means_the_same(keys in proptest::collection::vec(".*", 0..4), number: i64) {
            let value = serde_json::json!({"keys": keys, "number": number, "nested": [[], {}, null]});
            let pretty = pretty_json(&value.to_string()).expect("this is JSON");
            prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&pretty).expect("still JSON"), value);
        }
    }
}
