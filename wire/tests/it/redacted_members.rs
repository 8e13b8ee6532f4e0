//! Members of protobuf messages whose names are those of credentials, in every encoding.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use crosstalk_wire::{Field, Limits, Schemas, Stream};
use proptest::{collection::vec, prelude::*, sample::Index};
use prost::Message as _;
use prost_types::{
    DescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet, MethodDescriptorProto,
    ServiceDescriptorProto,
    field_descriptor_proto::{Label, Type},
};

use crate::outline::{capture, checked_with, outline};

const PATH: &str = "/bank.Accounts/Open";
const SECRET: &[u8] = b"s3cret";

fn member(name: &str, number: i32, kind: Type, of: &str) -> FieldDescriptorProto {
    FieldDescriptorProto {
        name: Some(name.to_owned()),
        number: Some(number),
        label: Some(if name.ends_with('s') { Label::Repeated } else { Label::Optional }.into()),
        r#type: Some(kind.into()),
        type_name: (!of.is_empty()).then(|| format!(".bank.{of}")),
        ..Default::default()
    }
}

fn message(name: &str, field: Vec<FieldDescriptorProto>) -> DescriptorProto {
    DescriptorProto { name: Some(name.to_owned()), field, ..Default::default() }
}

fn schemas() -> Schemas {
    let account = vec![
        member("name", 1, Type::String, ""),
        member("password", 2, Type::String, ""),
        member("api_key", 3, Type::Bytes, ""),
        member("one_time_secret", 4, Type::Int64, ""),
        member("credential", 5, Type::Message, "User"),
        member("headers", 6, Type::Message, "Entry"),
        member("token_number", 7, Type::Fixed64, ""),
        member("next", 8, Type::Message, "Account"),
        member("secret_digits", 9, Type::Uint32, ""),
        member("secret_group", 10, Type::Group, "User"),
    ];
    let entry = vec![member("key", 1, Type::String, ""), member("value", 2, Type::String, "")];
    let user = vec![member("user", 1, Type::String, "")];
    let method = MethodDescriptorProto {
        name: Some("Open".to_owned()),
        input_type: Some(".bank.Account".to_owned()),
        output_type: Some(".bank.Account".to_owned()),
        ..Default::default()
    };
    let service =
        ServiceDescriptorProto { name: Some("Accounts".to_owned()), method: vec![method], ..Default::default() };
    let file = FileDescriptorProto {
        package: Some("bank".to_owned()),
        message_type: vec![message("Account", account), message("Entry", entry), message("User", user)],
        service: vec![service],
        ..Default::default()
    };
    let mut schemas = Schemas::default();
    schemas.add(&FileDescriptorSet { file: vec![file] }.encode_to_vec()).unwrap();
    schemas
}

/// A record with a length; all lengths here have one byte.
fn record(number: u8, value: &[u8]) -> Vec<u8> {
    [&[number << 3 | 2, u8::try_from(value.len()).unwrap()], value].concat()
}

fn call(message: &[u8], text: bool) -> Vec<u8> {
    let body = [&[0, 0, 0, 0, u8::try_from(message.len()).unwrap()], message].concat();
    let (media, body) = if text { ("-text", STANDARD.encode(body).into_bytes()) } else { ("", body) };
    let len = body.len();
    let head =
        format!("POST {PATH} HTTP/1.1\r\nContent-Type: application/grpc-web{media}\r\nContent-Length: {len}\r\n\r\n");
    [head.as_bytes(), &body].concat()
}

#[track_caller]
fn hidden(stream: &Stream) {
    fn within(field: &Field) {
        let texts = [field.value.as_bytes(), field.decoded.as_deref().unwrap_or_default()];
        for text in texts {
            assert!(!text.windows(SECRET.len()).any(|found| found == SECRET), "{field:?}");
        }
        field.children.iter().for_each(within);
    }
    assert!(!stream.bytes.windows(SECRET.len()).any(|found| found == SECRET), "{}", stream.bytes.escape_ascii());
    within(&stream.root);
}

#[test]
fn the_value_is_masked_by_equal_length_and_the_message_stays_one() {
    let message = [
        record(1, b"Ada"),
        record(2, SECRET),
        record(3, SECRET),
        b"\x20\x96\x01".to_vec(),
        record(5, &record(1, SECRET)),
        record(6, &[record(2, SECRET), record(1, b"authorization")].concat()),
        record(6, &[record(1, b"accept"), record(2, b"*/*")].concat()),
        b"\x39s3cret12".to_vec(),
        record(8, &record(2, SECRET)),
        record(9, b"\x01\x96\x01"),
        [b"\x53".to_vec(), record(1, SECRET), b"\x54".to_vec()].concat(),
    ]
    .concat();
    let found = checked_with(&capture(&call(&message, false), b""), &schemas(), Limits::default()).client;
    hidden(&found);
    insta::assert_snapshot!(outline(found.root.find("content").unwrap()));
    let shown = &found.bytes[found.bytes.len() - message.len()..];
    assert_eq!(shown[..24], *b"\x0a\x03Ada\x12\x06******\x1a\x06******\x20\xaa*");
    assert_eq!(shown[24..34], *b"\x2a\x08********");
    hidden(&checked_with(&capture(&call(&message, true), b""), &schemas(), Limits::default()).client);
}

#[test]
fn what_is_wrong_or_too_deep_shows_no_credentials() {
    let mut deep = record(2, SECRET);
    for _ in 0..40 {
        deep = record(8, &deep);
    }
    for message in [
        deep,
        // a wire type of another kind, one that is none, a length beyond the end, a number that does not end
        b"\x11s3cret12".to_vec(),
        b"\x16s3cret12".to_vec(),
        b"\x12\x7fs3cret".to_vec(),
        [b"\x20".as_slice(), &[0x80; 9], SECRET].concat(),
    ] {
        hidden(&checked_with(&capture(&call(&message, false), b""), &schemas(), Limits::default()).client);
    }
}

fn records() -> impl Strategy<Value = Vec<u8>> {
    let pair = prop_oneof![Just(b"authorization".as_slice()), Just(b"x-api-key".as_slice())]
        .prop_map(|key| record(6, &[record(1, key), record(2, SECRET)].concat()));
    let one = prop_oneof![
        "[a-z]{0,8}".prop_map(|name| record(1, name.as_bytes())),
        Just(record(2, SECRET)),
        Just(record(3, SECRET)),
        Just(record(5, &record(1, SECRET))),
        Just(b"\x39s3cret12".to_vec()),
        pair,
    ];
    let some = |one: BoxedStrategy<Vec<u8>>| vec(one, 0..4).prop_map(|records| records.concat());
    let inner = some(one.clone().boxed()).prop_map(|message| record(8, &message));
    some(prop_oneof![3 => one, 1 => inner].boxed()).prop_filter("a length of one byte", |message| message.len() < 128)
}

proptest! {
    #[test]
    fn no_message_shows_them_wherever_it_ends(message in records(), text: bool, cut: Index, fields in 0_usize..200) {
        let call = call(&message, text);
        let head = call.windows(4).position(|end| end == b"\r\n\r\n").unwrap() + 4;
        let cut = head + cut.index(call.len() - head + 1);
        for limits in [Limits::default(), Limits { fields, ..Limits::default() }] {
            hidden(&checked_with(&capture(&call[..cut], b""), &schemas(), limits).client);
        }
    }

    #[test]
    fn a_parameter_is_known_however_its_name_is_encoded(encoded in vec(any::<bool>(), 8), form: bool) {
        let letter = |(letter, encoded): (u8, bool)| {
            if encoded { format!("%{letter:02x}") } else { char::from(letter).to_string() }
        };
        let name: String = b"password".iter().copied().zip(encoded).map(letter).collect();
        let query = format!("a=b&{name}=s3cret");
        let request = if form {
            let head = "POST / HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded";
            format!("{head}\r\nContent-Length: {}\r\n\r\n{query}", query.len())
        } else {
            format!("GET /?{query} HTTP/1.1\r\n\r\n")
        };
        hidden(&checked_with(&capture(request.as_bytes(), b""), &schemas(), Limits::default()).client);
    }
}
