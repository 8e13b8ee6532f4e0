//! The reader against serde_json: whatever is done to a text of the contract, both read the same value or both refuse it.

mod samples;

use std::fmt::Debug;

use crosstalk_proto::{
    amqp::{Body, Properties},
    rest::{GreetingPatch, NewGreeting},
    ws::PublishOutcome,
};
use proptest::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use self::samples::{capture, greetings, messages, problem, requests};
use super::*;

/// What happens to a text: at a place a byte is replaced, put in, or left out, or all behind it is.
#[derive(Clone, Copy, Debug)]
enum Edit {
    Replace(u8),
    Insert(u8),
    Remove,
    Cut,
}

fn edits() -> impl Strategy<Value = Vec<(prop::sample::Index, Edit)>> {
    let byte = || {
        prop::sample::select(br#"{}[]:,"\/ 	-+.0179aeflnrstu_~*"#.to_vec())
            .prop_union(prop::sample::select(vec![0, 7, b'\n', 0x7f, 0xc3, 0xff]))
    };
    let edit = prop_oneof![
        8 => byte().prop_map(Edit::Replace),
        8 => byte().prop_map(Edit::Insert),
        8 => Just(Edit::Remove),
        1 => Just(Edit::Cut),
    ];
    prop::collection::vec((any::<prop::sample::Index>(), edit), 0..4)
}

fn edited(text: &str, edits: &[(prop::sample::Index, Edit)]) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for (at, edit) in edits {
        let at = at.index(bytes.len().max(1));
        match edit {
            Edit::Replace(byte) if at < bytes.len() => bytes[at] = *byte,
            Edit::Replace(byte) | Edit::Insert(byte) => bytes.insert(at, *byte),
            Edit::Remove => drop(bytes.drain(at..bytes.len().min(at + 1))),
            Edit::Cut => bytes.truncate(at),
        }
    }
    bytes
}

#[track_caller]
fn agree<T: DeserializeOwned + Debug + PartialEq>(text: &[u8]) {
    let (ours, theirs) = (read::<T>(text), serde_json::from_slice::<T>(text));
    let shown = String::from_utf8_lossy(text);
    match (ours, theirs) {
        (Ok(ours), Ok(theirs)) => assert_eq!(ours, theirs, "{shown}"),
        (Err(_), Err(_)) => {}
        // what it skips may be anything for serde_json
        (Err(_), Ok(_)) if std::str::from_utf8(text).is_err() => {}
        (ours, theirs) => panic!("{ours:?}\nbut serde_json: {theirs:?}\n{shown}"),
    }
}

#[track_caller]
fn agree_on<T: DeserializeOwned + Serialize + Debug + PartialEq>(value: &T, edits: &[(prop::sample::Index, Edit)]) {
    let text = serde_json::to_string(value).expect("plain data");
    assert_eq!(write(value), text);
    assert_eq!(read::<T>(&text).expect("what is written is read"), *value);
    agree::<T>(&edited(&text, edits));
    let text = serde_json::to_string_pretty(value).expect("plain data");
    let bytes = edited(&text, edits);
    agree::<T>(&bytes);
    if let Ok(text) = std::str::from_utf8(&bytes) {
        place_agrees(text);
    }
}

/// Of what is no JSON place and words are serde_json's, but that it finds one word for a comma too many.
#[track_caller]
fn place_agrees(text: &str) {
    let theirs = serde_json::from_str::<serde::de::IgnoredAny>(text).map(drop).map_err(|error| {
        let words = error.to_string();
        let what = words.split(" at line ").next().unwrap_or_default().to_owned();
        Fault::Syntax { line: error.line(), column: error.column().max(1), what }
    });
    let comma = |mut ours| {
        if let (Err(Fault::Syntax { what: ours, .. }), Err(Fault::Syntax { what, .. })) = (&mut ours, &theirs)
            && ours == "trailing comma"
        {
            assert!(["expected value", "key must be a string"].contains(&what.as_str()), "{what}: {text}");
            ours.clone_from(what);
        }
        ours
    };
    assert_eq!(comma(is_json(text)), theirs, "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_message_of_the_bridge_is_read_as_serde_json_reads_it(edits in edits()) {
        for message in messages() {
            agree_on(&message, &edits);
        }
    }

    #[test]
    fn any_other_body_is_read_as_serde_json_reads_it(edits in edits()) {
        agree_on(&capture(), &edits);
        agree_on(&problem(), &edits);
        agree_on(&greetings(), &edits);
        agree_on(&NewGreeting { name: "Ada \u{1f600}".to_owned() }, &edits);
        agree_on(&GreetingPatch { name: None }, &edits);
        let value = serde_json::json!({"a": [1, -2, 1.5, null, true, {"b": "\u{1f600}"}], "b": {}, "c": "x", "d": []});
        agree_on(&value, &edits);
    }

    #[test]
    fn any_text_is_read_as_serde_json_reads_it(text in "[\\[\\]{}:,\" \n0-9a-fnrtu\\\\.eE+\\-]{0,12}") {
        place_agrees(&text);
        agree::<Vec<(Option<String>, i8)>>(text.as_bytes());
        agree::<bool>(text.as_bytes());
        agree::<String>(text.as_bytes());
        agree::<Vec<u64>>(text.as_bytes());
    }

    #[test]
    fn any_text_and_number_is_written_as_serde_json_writes_it(text: String, whole: u64, signed: i64, long: f64, short: f32) {
        prop_assert_eq!(Ok(write(&text)), serde_json::to_string(&text).map_err(drop));
        prop_assert_eq!(Ok(write(&(whole, signed))), serde_json::to_string(&(whole, signed)).map_err(drop));
        let (long_written, short_written) = (write(&long), write(&short));
        prop_assert_eq!((is_json(&long_written), is_json(&short_written)), (Ok(()), Ok(())));
        prop_assert_eq!(read::<Option<f64>>(&long_written).ok(), Some(Some(long).filter(|number| number.is_finite())));
        prop_assert_eq!(read::<Option<f32>>(&short_written).ok(), Some(Some(short).filter(|number| number.is_finite())));
    }

    #[test]
    fn members_are_those_of_serde_json(edits in edits()) {
        let text = br#"{"a": 1.50, "b" :[1, {"c":"]}"} ], "\u0061":"x\"\n", "d":null,"e":true,"f":-0, "g":{} }"#;
        let text = edited(std::str::from_utf8(text).expect("text"), &edits);
        let Ok(text) = std::str::from_utf8(&text) else { return Ok(()) };
        let theirs = serde_json::from_str::<Value>(text);
        let ours = members(text);
        prop_assert_eq!(ours.is_ok(), theirs.is_ok(), "{}: {:?}", text, ours);
        let (Ok(Some(ours)), Ok(Value::Object(theirs))) = (ours, theirs) else { return Ok(()) };
        prop_assert_eq!(ours.len(), theirs.len());
        for (key, value) in ours {
            let their = &theirs[&key];
            prop_assert_eq!(&serde_json::from_str::<Value>(&value.written).expect("JSON"), their, "{}", text);
            let is_same = match &value.meaning {
                Meaning::Null => their.is_null(),
                Meaning::Bool(value) => their.as_bool() == Some(*value),
                Meaning::Number => their.is_number(),
                Meaning::Text(text) => their.as_str() == Some(text),
                Meaning::Other => their.is_array() || their.is_object(),
            };
            prop_assert!(is_same, "{:?} {}", value, their);
        }
    }

    #[test]
    fn any_number_is_what_it_says(number: f64, whole: u64, signed: i64) {
        prop_assert_eq!(read::<f64>(format!("{number:?}")).ok(), Some(number).filter(|number| number.is_finite()));
        prop_assert_eq!(read::<u64>(whole.to_string()).ok(), Some(whole));
        prop_assert_eq!(read::<i64>(signed.to_string()).ok(), Some(signed));
        agree::<Value>(whole.to_string().as_bytes());
        agree::<i32>(signed.to_string().as_bytes());
    }
}

#[test]
fn a_message_of_the_page_is_written_as_serde_json_writes_it() {
    for message in requests() {
        assert_eq!(write(&message), serde_json::to_string(&message).expect("plain data"));
    }
}

#[test]
fn numbers_at_the_edges() {
    for text in ["0", "-0", "255", "256", "-128", "-129", "4294967296", "18446744073709551615", "18446744073709551616"]
    {
        agree::<Value>(text.as_bytes());
        agree::<u8>(text.as_bytes());
        agree::<i8>(text.as_bytes());
        agree::<u32>(text.as_bytes());
        agree::<i64>(text.as_bytes());
        agree::<f64>(text.as_bytes());
    }
    for text in
        ["-9223372036854775808", "-9223372036854775809", "1e5", "1E+2", "1e-400", "1e400", "-1e999", "1.", "01", "-"]
    {
        agree::<Value>(text.as_bytes());
        agree::<u32>(text.as_bytes());
        agree::<i64>(text.as_bytes());
    }
    assert!(read::<f64>("-0").expect("a number").is_sign_negative());
}

#[test]
fn escapes_are_letters() {
    for text in [
        r#""\u00e9\"\\\/\b\f\n\r\t""#,
        r#""\ud83d\ude00!""#,
        r#""\uD83D""#,
        r#""\ud83dx""#,
        r#""\ud83d\n""#,
        r#""\ud83d\ud83d""#,
        r#""\ude00""#,
        r#""\u12g4""#,
        r#""\u+123""#,
        r#""\u00"#,
        "\"\u{7f}\"",
    ] {
        agree::<String>(text.as_bytes());
        place_agrees(text);
    }
    assert_eq!(read::<String>(r#""\ud83d\ude00""#).expect("a pair"), "\u{1f600}");
    // as a key, too
    assert_eq!(read::<NewGreeting>(r#"{"n\u0061me":"Ada"}"#).expect("the name").name, "Ada");
}

#[test]
fn what_is_too_deep_is_refused() {
    for depth in [127, 128, 100_000] {
        let (text, object) =
            ("[".repeat(depth) + &"]".repeat(depth), "{\"a\":".repeat(depth) + "1" + &"}".repeat(depth));
        assert_eq!(read::<Value>(&text).is_ok(), depth < 128);
        assert_eq!(read::<Value>(&object).is_ok(), depth < 128);
        // a reader has to take such things apart, JSON it is all the same
        assert_eq!((is_json(&text), is_json(&object)), (Ok(()), Ok(())));
    }
    agree::<Value>(("[".repeat(127) + &"]".repeat(127)).as_bytes());
    agree::<Value>(("[".repeat(128) + &"]".repeat(128)).as_bytes());
}

#[test]
fn words_are_those_of_serde_json() {
    #[track_caller]
    fn check<T: DeserializeOwned + Debug>(text: &str) {
        let ours = read::<T>(text).expect_err(text).what().to_owned();
        let theirs = serde_json::from_str::<T>(text).expect_err(text).to_string();
        assert_eq!(Some(ours.as_str()), theirs.split(" at line ").next(), "{text}");
    }
    for text in [
        "{}",
        r#"{"name":1}"#,
        r#"{"name":-1}"#,
        r#"{"name":1.5}"#,
        r#"{"name":true}"#,
        r#"{"name":null}"#,
        r#"{"name":[]}"#,
        r#"{"name":{}}"#,
        r#"{"name":"a","name":"b"}"#,
        r#"{"age":1}"#,
        r#"{"name":"\ud800"}"#,
        "1",
        "\"a\"",
        "{\"name\":",
    ] {
        check::<NewGreeting>(text);
    }
    check::<Properties>(r#"{"no":1}"#);
    check::<Properties>(r#"{"priority":256}"#);
    check::<Properties>(r#"{"priority":-1}"#);
    check::<Properties>(r#"{"priority":1.5}"#);
    check::<Body>(r#"{"tex":"a"}"#);
    check::<Body>("\"text\"");
    check::<PublishOutcome>("\"sent\"");
    check::<Vec<(String, String)>>(r#"[["a"]]"#);
    check::<f64>("1e999");
}

#[test]
fn a_struct_is_an_object_and_a_variant_has_one_name() {
    for text in [r#"["Ada"]"#, "[]"] {
        assert!(read::<NewGreeting>(text).is_err(), "{text}");
    }
    for text in ["{}", r#"{"text":"a","base64":"b"}"#, "[\"text\"]", "1", "null"] {
        assert!(read::<Body>(text).is_err(), "{text}");
        agree::<Body>(text.as_bytes());
        agree::<PublishOutcome>(text.as_bytes());
    }
    agree::<PublishOutcome>(br#"{"confirmed":null}"#);
    agree::<PublishOutcome>(br#"{"confirmed":1}"#);
    agree::<PublishOutcome>(br#"{"returned":null}"#);
    agree::<Vec<(String, String)>>(br#"[["a","b","c"]]"#);
}

#[test]
fn what_nobody_knows_is_passed_over() {
    let text = r#"{"x":{"y":[1,{"z":"\ud800"}]},"message":"Hello","w":null}"#;
    assert_eq!(read::<crosstalk_proto::rest::Message>(text).expect("a message").message, "Hello");
}

#[track_caller]
fn shape(text: &str, pointer: &str, what: &str) {
    let expected = Fault::Shape { pointer: pointer.to_owned(), what: what.to_owned() };
    assert_eq!(check::<NewGreeting>(text), Err(expected), "{text}");
}

#[test]
fn a_wrong_member_is_named_by_its_pointer() {
    shape("{}", "", "missing field `name`");
    shape(r#"{"name":1}"#, "/name", "invalid type: integer `1`, expected a string");
    shape(r#"{"name":"Ada","a/b~":1}"#, "/a~1b~0", "unknown field `a/b~`, expected `name`");
    shape("[\"Ada\"]", "", "it is not an object");
    assert_eq!(check::<NewGreeting>(r#"{"name":"Ada"}"#), Ok(()));
    assert_eq!(check::<GreetingPatch>("{}"), Ok(()));
}

#[test]
fn what_is_no_json_is_placed_by_line_and_column() {
    let text = "{\"name\":\n  Ada}";
    let Err(Fault::Syntax { line, column, what }) = check::<NewGreeting>(text) else { panic!("{text} is no JSON") };
    assert_eq!((line, column, what.as_str()), (2, 3, "expected value"));
    assert_eq!(&text[offset(text, line, column)..], "Ada}");
    assert!(matches!(check::<NewGreeting>(""), Err(Fault::Syntax { line: 1, column: 1, .. })));
    // what ends in the middle is no JSON, whatever is wrong with its part
    assert!(matches!(check::<NewGreeting>("{\"nam\":1"), Err(Fault::Syntax { .. })));
}

#[test]
fn a_place_is_never_within_a_letter() {
    assert_eq!([offset("你好", 1, 2), offset("a\nb", 2, 1), offset("a\nb", 9, 9)], [0, 2, 3]);
}
