//! Credentials are gone after dissecting: from the bytes, from the values, and also from what was cut off or malformed.

use crosstalk_wire::{Limits, Schemas, dissect};

use crate::outline::{capture, checked};

#[track_caller]
fn hidden(client: &str) {
    let found = checked(&capture(client.as_bytes(), b""));
    let shown = serde_json::to_string(&found.client.root).unwrap();
    assert!(!shown.contains("s3cret"), "{shown}");
    let bytes = String::from_utf8_lossy(&found.client.bytes).into_owned();
    assert!(!bytes.contains("s3cret"), "{bytes}");
    assert_eq!(bytes.len(), client.len());
}

#[test]
fn header_fields_with_credentials_are_masked_by_equal_length() {
    hidden("GET / HTTP/1.1\r\nAuthorization: Bearer s3cret\r\nX: y\r\n\r\n");
    hidden("GET / HTTP/1.1\r\nauthorization:s3cret\r\n\r\n");
    hidden("GET / HTTP/1.1\r\nCookie: a=s3cret; b=s3cret\r\n\r\n");
    hidden("GET / HTTP/1.1\r\nProxy-Authorization: Basic s3cret\r\n\r\n");
}

#[test]
fn the_scheme_stays_and_the_fields_around_it_too() {
    let found = checked(&capture(b"GET / HTTP/1.1\r\nAuthorization: Bearer abc\r\nX: y\r\n\r\n", b""));
    assert_eq!(found.client.bytes, b"GET / HTTP/1.1\r\nAuthorization: Bearer ***\r\nX: y\r\n\r\n");
    let field = found.client.root.find("credentials").unwrap();
    assert!(field.masked);
    assert_eq!(field.value, "masked, 3 bytes");
}

#[test]
fn what_is_cut_off_or_malformed_is_masked_as_well() {
    hidden("GET / HTTP/1.1\r\nAuthorization: Bearer s3cret");
    hidden("GET / HTTP/1.1\r\nAuthorization : Bearer s3cret\r\n\r\n");
    hidden("GET / HTTP/1.1\r\nCookie: a\r\n b=s3cret\r\n\r\n");
    hidden("oops\r\nAuthorization: Bearer s3cret\r\n");
    hidden("GET / HTTP/1.1\r\nCookie s3cret\r\n\r\n");
    hidden("GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nCookie: s3cret\r\n\r\n");
}

#[test]
fn a_handshake_that_cannot_be_read_shows_no_credentials() {
    let method = |properties: &str| format!("\0\x0a\0\x0b{properties}\x05PLAIN\0\0\0\x08\0g\0s3cret\0");
    for properties in ["\0\0\0\x0a", "\0\0\0\x03\x01aZ", "\0\0\x01\0", "\0\0\0\x01\x20"] {
        let method = method(properties);
        let size = char::from(u8::try_from(method.len()).unwrap());
        let frame = [format!("AMQP\0\0\x09\x01\x01\0\0\0\0\0{size}{method}").as_bytes(), b"\xce"].concat();
        let found = checked(&capture(&frame, b"")).client;
        assert!(!String::from_utf8_lossy(&found.bytes).contains("s3cret"), "{properties:?}");
        assert!(!serde_json::to_string(&found.root).unwrap().contains("s3cret"), "{properties:?}");
    }
}

#[test]
fn where_the_fields_are_used_up_credentials_are_masked_all_the_same() {
    let http1 = "GET / HTTP/1.1\r\nX: y\r\nAuthorization: Bearer s3cret\r\nA: b\r\n\r\n".repeat(3);
    let literal = b"\x00\x06cookie\x06s3cret".as_slice();
    let block = [b"\x82\x84".as_slice(), literal, b"\x86", literal].concat();
    let (first, second) = block.split_at(20);
    let h2 = [crate::h2::PREFACE, &crate::h2::frame(1, 1, 1, first), &crate::h2::frame(9, 4, 1, second)].concat();
    for captured in [capture(http1.as_bytes(), b""), capture(&h2, b"")] {
        for fields in 0..150 {
            let limits = Limits { fields, ..Limits::default() };
            let found = dissect(&captured, &Schemas::default(), limits).client;
            assert!(!String::from_utf8_lossy(&found.bytes).contains("s3cret"), "{fields}");
            assert!(!serde_json::to_string(&found.root).unwrap().contains("s3cret"), "{fields}");
            crate::outline::check(&found, &captured.client);
        }
    }
}
