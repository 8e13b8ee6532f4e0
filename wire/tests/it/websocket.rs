//! WebSocket frames, after the examples of RFC 6455 §5.7.

use crosstalk_wire::Capture;

use crate::outline::{capture, checked, outline};

const WISH: &[u8] = b"GET /ws HTTP/1.1\r\nUpgrade: websocket\r\n\r\n";
const AGREED: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";

/// A connection that has become a WebSocket.
pub(crate) fn upgraded(client: &[u8], server: &[u8]) -> Capture {
    capture(&[WISH, client].concat(), &[AGREED, server].concat())
}

#[track_caller]
fn frames(client: &[u8], server: &[u8]) -> String {
    let found = checked(&upgraded(client, server));
    let lines = |root: &crosstalk_wire::Field| root.children[1..].iter().map(outline).collect::<String>();
    format!("client\n{}server\n{}", lines(&found.client.root), lines(&found.server.root))
}

#[test]
fn a_masked_text_is_read_behind_its_mask() {
    let hello = b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58";
    insta::assert_snapshot!(frames(hello, b"\x81\x05\x48\x65\x6c\x6c\x6f"));
    let found = checked(&upgraded(hello, b""));
    assert_eq!(found.client.root.find("payload").unwrap().decoded.as_deref(), Some(b"Hello".as_slice()));
}

#[track_caller]
fn titled(text: &str, title: &str) {
    let frame = [&[0x81, u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
    let found = checked(&upgraded(b"", &frame)).server;
    assert_eq!(found.root.find("frame").unwrap().value, title, "{text}");
}

#[test]
fn a_frame_is_called_what_its_json_says_it_is() {
    titled(r#"{"type":"request","id":1,"command":{"do":"subscribe","queue":"hello"}}"#, "text, subscribe");
    titled(r#" {"id": 1, "type" : "he\u006clo"}"#, "text, hello");
    titled(r#"{"deliveries":{"subscription":1,"type":"x"}}"#, "text, deliveries");
    titled(&format!(r#"{{"type":"{}"}}"#, "ä".repeat(41)), &format!("text, {}…", "ä".repeat(40)));
    for plain in [r#"{"a":1}"#, r#"{"type":1,"b":2}"#, r#"["type","a"]"#, r#"{"type":"a"#, "type", "{}"] {
        titled(plain, "text");
    }
    // of a message in pieces it is the first frame
    let found = frames(b"", b"\x01\x00\x00\x08{\"type\":\x80\x04\"a\"}");
    let titles: Vec<_> = found.lines().filter(|line| line.starts_with("frame")).collect();
    assert_eq!(titles, ["frame 2 = text, a", "frame 10 = continuation", "frame 6 = continuation"]);
}

#[test]
fn fragments_are_one_message_with_a_ping_between() {
    insta::assert_snapshot!(frames(b"", b"\x01\x04{\"a\"\x89\x02hi\x80\x04:12}\x88\x05\x03\xe8bye"));
}

#[test]
fn extended_lengths_are_read() {
    let long = [b"\x82\x7e\x01\x00".as_slice(), &[7; 256]].concat();
    let longer = [b"\x82\x7f\0\0\0\0\0\x01\0\0".as_slice(), &[7; 65_536]].concat();
    insta::assert_snapshot!(frames(b"", &[long, longer].concat()));
}

#[test]
fn what_breaks_the_rules_is_said() {
    insta::assert_snapshot!(frames(
        b"\x81\x01a\x80\x80abcd",
        b"\x81\x81abcd\x00\xb1\x01x\x83\x00\x09\x01y\x81\x7e\x00\x01z\x88\x01a\x88\x02\x00\x01\x81\x01\xff\x01\x01a\x81\x01b"
    ));
}

#[test]
fn a_frame_that_is_cut_off_is_incomplete() {
    insta::assert_snapshot!(frames(b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f", b"\x82\x7f\0\0"));
}
