//! TLS records: the unencrypted hellos, and the lengths of all other records.

use crosstalk_wire::Protocol;

use crate::outline::{capture, checked, outline};

pub(crate) fn record(kind: u8, fragment: &[u8]) -> Vec<u8> {
    [&[kind, 3, 3], u16::try_from(fragment.len()).unwrap().to_be_bytes().as_slice(), fragment].concat()
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind], &u32::try_from(body.len()).unwrap().to_be_bytes()[1..], body].concat()
}

fn extension(kind: u16, data: &[u8]) -> Vec<u8> {
    [kind.to_be_bytes().as_slice(), u16::try_from(data.len()).unwrap().to_be_bytes().as_slice(), data].concat()
}

/// A hello that asks for `example.org`, offers h2 and http/1.1, and TLS 1.3 and 1.2.
pub(crate) fn client_hello() -> Vec<u8> {
    let extensions = [
        extension(0, b"\0\x0e\0\0\x0bexample.org"),
        extension(10, b"\0\x04\x11\xec\0\x1d"),
        extension(16, b"\0\x0c\x02h2\x08http/1.1"),
        extension(43, b"\x04\x03\x04\x03\x03"),
        extension(51, b"\0\x02ab"),
    ]
    .concat();
    let len = u16::try_from(extensions.len()).unwrap().to_be_bytes();
    let body = [b"\x03\x03".as_slice(), &[7; 32], b"\x02id\0\x04\x13\x01\xc0\x2b\x01\0", &len, &extensions].concat();
    message(1, &body)
}

fn server_hello() -> Vec<u8> {
    let extensions = [extension(43, b"\x03\x04"), extension(51, b"\0\x1d\0\x02cd")].concat();
    let len = u16::try_from(extensions.len()).unwrap().to_be_bytes();
    message(2, &[b"\x03\x03".as_slice(), &[9; 32], b"\x02id\x13\x01\0", &len, &extensions].concat())
}

#[test]
fn the_hellos_are_read_and_what_follows_is_sealed() {
    let client = [record(22, &client_hello()), record(20, b"\x01"), record(23, b"nobody reads this")].concat();
    let server = [record(22, &server_hello()), record(20, b"\x01"), record(23, &[1; 40]), record(22, &[2; 3])].concat();
    let found = checked(&capture(&client, &server));
    assert_eq!(found.protocol, Protocol::Tls);
    assert!(!outline(&found.client.root).contains("nobody"));
    insta::assert_snapshot!(outline(&found.client.root) + &outline(&found.server.root));
}

#[test]
fn an_alert_in_the_clear_says_why() {
    let client = [record(22, &client_hello()), record(21, b"\x02\x2a")].concat();
    let found = checked(&capture(&client, &record(21, b"\x02\x46")));
    insta::assert_snapshot!(outline(&found.client.root.children[1]) + &outline(&found.server.root));
}

#[test]
fn a_message_may_go_on_in_the_next_record() {
    let hello = client_hello();
    let (first, second) = hello.split_at(30);
    let client = [record(22, first), record(22, second), record(23, b"x")].concat();
    insta::assert_snapshot!(outline(&checked(&capture(&client, b"")).client.root));
}

#[test]
fn what_breaks_the_rules_is_marked_and_the_next_record_is_read() {
    let cut = message(1, b"\x03\x03short");
    let wild = message(1, &[b"\x03\x03".as_slice(), &[0; 32], b"\0\0\x01\x13\x01\0\0\x05\0\0\0\x63x"].concat());
    let client = [record(22, &cut), record(22, &wild), record(99, b"?"), record(21, b"\x01")].concat();
    insta::assert_snapshot!(outline(&checked(&capture(&client, b"")).client.root));
}
