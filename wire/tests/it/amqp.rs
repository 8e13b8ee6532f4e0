//! AMQP 0-9-1: handshake, methods, contents and field tables.

use amq_protocol::{
    frame::{AMQPContentHeader, AMQPFrame, ProtocolVersion, WriteContext, gen_frame},
    protocol::{AMQPClass, basic, connection},
    types::{AMQPValue, DecimalValue, FieldArray, FieldTable},
};

use crate::outline::{capture, checked, outline};

/// The bytes of these frames, written by another hand.
pub(crate) fn written(frames: &[AMQPFrame]) -> Vec<u8> {
    let write = |out: Vec<u8>, frame| {
        let context = WriteContext::from(out);
        gen_frame(frame)(context).unwrap().into_inner().0
    };
    frames.iter().fold(Vec::new(), write)
}

pub(crate) fn header() -> AMQPFrame {
    AMQPFrame::ProtocolHeader(ProtocolVersion::amqp_0_9_1())
}

pub(crate) fn table() -> FieldTable {
    let mut inner = FieldTable::default();
    inner.insert("deep".into(), AMQPValue::ByteArray(vec![0, 159].into()));
    let mut array = FieldArray::default();
    array.push(AMQPValue::Boolean(true));
    array.push(AMQPValue::ShortShortInt(-1));
    array.push(AMQPValue::Void);
    let mut table = FieldTable::default();
    table.insert("text".into(), AMQPValue::LongString("hi".into()));
    table.insert("array".into(), AMQPValue::FieldArray(array));
    table.insert("table".into(), AMQPValue::FieldTable(inner));
    table.insert("long".into(), AMQPValue::LongInt(-7));
    table.insert("double".into(), AMQPValue::Double(1.5));
    table.insert("decimal".into(), AMQPValue::DecimalValue(DecimalValue { scale: 2, value: 314 }));
    table.insert("time".into(), AMQPValue::Timestamp(1_700_000_000));
    table
}

/// A message published on channel 1, its body cut into frames at these places.
pub(crate) fn published(media: &str, body: &[u8], cut: usize) -> Vec<AMQPFrame> {
    let publish =
        basic::Publish { exchange: "".into(), routing_key: "hello".into(), mandatory: true, immediate: false };
    let properties =
        basic::AMQPProperties::default().with_content_type(media.into()).with_headers(table()).with_delivery_mode(2);
    let content = AMQPContentHeader { class_id: 60, body_size: body.len() as u64, properties };
    let mut frames = vec![
        AMQPFrame::Method(1, AMQPClass::Basic(basic::AMQPMethod::Publish(publish))),
        AMQPFrame::Header(1, content),
    ];
    frames.extend(body.chunks(cut).map(|piece| AMQPFrame::Body(1, piece.to_vec())));
    frames
}

#[test]
fn a_published_message_is_read_with_its_table_and_over_its_frames() {
    let bytes = written(&[vec![header()], published("application/json", br#"{"name":"Ada"}"#, 9)].concat());
    insta::assert_snapshot!(outline(&checked(&capture(&bytes, b"")).client.root));
}

#[test]
fn the_credentials_of_the_handshake_are_masked() {
    let start = connection::StartOk {
        client_properties: FieldTable::default(),
        mechanism: "PLAIN".into(),
        response: "\0guest\0s3cret".into(),
        locale: "en_US".into(),
    };
    let method = AMQPClass::Connection(connection::AMQPMethod::StartOk(start));
    let bytes = written(&[header(), AMQPFrame::Method(0, method)]);
    let found = checked(&capture(&bytes, b"")).client;
    insta::assert_snapshot!(outline(&found.root));
    assert!(!String::from_utf8_lossy(&found.bytes).contains("s3cret"));
    assert!(!serde_json::to_string(&found.root).unwrap().contains("s3cret"));
}

#[test]
fn wrong_frames_are_marked_and_the_next_is_read() {
    let heartbeat = b"\x08\0\0\0\0\0\0\xce".as_slice();
    let frames = [
        b"AMQP\x00\x00\x09\x01".as_slice(),
        heartbeat,
        b"\x08\0\x01\0\0\0\x01a\xce",
        b"\x05\0\0\0\0\0\x01a\xce",
        b"\x01\0\x01\0\0\0\x05\x00\x3c\x00\x63x\xce",
        b"\x01\0\x01\0\0\0\x06\x00\x3c\x00\x50\0\0\xce",
        b"\x03\0\x01\0\0\0\x01a\xce",
        b"\x01\0\x01\0\0\0\x05\x00\x14\x00\x14\x01\x00",
        heartbeat,
        b"GET / HTTP/1.1",
    ];
    insta::assert_snapshot!(outline(&checked(&capture(&frames.concat(), b"AMQP\x00")).client.root));
}

#[test]
fn wrong_tables_are_marked() {
    // a table whose second entry has a type that is none, and one that is longer than its frame
    let table = b"\0\0\0\x0c\x01at\x01\x01bZ\x00\x01ct\x01";
    let first = [b"\x01\0\0\0\0\0\x1a\0\x0a\0\x0b".as_slice(), table, b"\x00\0\0\0\0\x00\xce"].concat();
    let second = b"\x01\0\0\0\0\0\x09\0\x0a\0\x0b\0\0\0\x09x\xce";
    let bytes = [b"AMQP\x00\x00\x09\x01".as_slice(), &first, second].concat();
    insta::assert_snapshot!(outline(&checked(&capture(&bytes, b"")).client.root));
}
