//! Credentials are masked by a dissection: in the bytes, in the values, and in parts that are cut off or malformed.

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
fn of_a_target_and_a_url_the_credentials_alone_are_masked() {
    hidden("GET /a?access_token=s3cret HTTP/1.1\r\n\r\n");
    hidden("GET http://u:s3cret@h/ HTTP/1.1\r\nReferer: https://h/?x=1&API_KEY=s3cret\r\n\r\n");
    hidden("GET /a?Client-Secret=s3cret HT");
    hidden("GET /a?pass%77ord=s3cret&x=%6fk HTTP/1.1\r\n\r\n");
    hidden("GET /a HTTP/1.1\r\nReferer: https://h/?acces%73_%74oken=s3cret\r\n\r\n");
    let path = [crate::h2::PREFACE, &crate::h2::frame(1, 5, 1, b"\x82\x04\x11/?%74oken=s3cret!\x86")].concat();
    assert!(!String::from_utf8_lossy(&checked(&capture(&path, b"")).client.bytes).contains("s3cret"));
    let path = [crate::h2::PREFACE, &crate::h2::frame(1, 5, 1, b"\x82\x04\x0f/?token=s3cret!\x86")].concat();
    let found = checked(&capture(&path, b"")).client;
    assert!(!String::from_utf8_lossy(&found.bytes).contains("s3cret"));
    assert!(!serde_json::to_string(&found.root).unwrap().contains("s3cret"));

    let found = checked(&capture(
        b"GET /a?name=Ada&token=abc&x=1 HTTP/1.1\r\nAccess-Control-Allow-Credentials: true\r\n\r\n",
        b"",
    ));
    let shown = String::from_utf8_lossy(&found.client.bytes).into_owned();
    assert!(shown.starts_with("GET /a?name=Ada&token=***&x=1 ") && shown.contains(": true"), "{shown}");
}

#[test]
fn members_and_parameters_of_bodies_with_telling_names_are_masked() {
    let posted = |kind: &str, body: &str| {
        format!("POST / HTTP/1.1\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
    };
    for body in [
        r#"{"password":"s3cret"}"#,
        r#"{"a":[{"accessToken":{"x":["s3cret"]}}]}"#,
        r#"{"metadata":[["authorization","Bearer s3cret"],["a","b"]]}"#,
        r#"{"token": "s3cret"#,
        r#"{"token": s3cret}"#,
        r#"{"pass\u0077ord":"s3cret"}"#,
        r#"["pass\u0077ord","s3cret"]"#,
        r#"[{"name":"password","value":"s3cret"}]"#,
        r#"{"value": ["s3cret", {"a": "s3cret"}], "a": 1, "Key" : "X-Api-Key"}"#,
        r#"{"header":"set-c\u006fokie","values":["a=s3cret"]}"#,
        r#"{"name":"token","value":"s3cret"#,
        r#"{"name":"token","value" "s3cret"}"#,
        &format!("{}{}", "[".repeat(64), r#"{"password":"s3cret"}"#),
        &format!(r#"{{"{}password":"s3cret"}}"#, "a".repeat(300)),
    ] {
        hidden(&posted("application/json", body));
    }
    hidden(&posted("application/x-www-form-urlencoded", "user=a&password=s3cret"));
    hidden(&posted("application/x-www-form-urlencoded", "user=a&%70ass%77ord=s3cret"));
    let json = |body| checked(&capture(posted("application/json", body).as_bytes(), b"")).client.bytes;
    let shown = json(r#"{"name":"a token", "message":"abc","value" : "abc"}"#);
    assert!(shown.ends_with(br#"{"name":"a token", "message":"abc","value" : "***"}"#), "{}", shown.escape_ascii());
    let shown = json(r#"{"name":"Ada","value":"abc"}"#);
    assert!(shown.ends_with(br#"{"name":"Ada","value":"abc"}"#), "{}", shown.escape_ascii());
    let shown = checked(&capture(posted("application/json", r#"{"token":"abc","b":1}"#).as_bytes(), b"")).client.bytes;
    assert!(shown.ends_with(br#"{"token":"***","b":1}"#), "{}", String::from_utf8_lossy(&shown));
}

#[test]
fn what_a_websocket_carries_is_masked_behind_its_own_mask() {
    let text = br#"{"metadata":[["authorization","Bearer s3cret"]]}"#;
    let key = [1, 2, 3, 4];
    let sent: Vec<u8> = text.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key).collect();
    let frame = [&[0x81, 0x80 | u8::try_from(text.len()).unwrap()], &key[..], &sent].concat();
    let found = checked(&crate::websocket::upgraded(&frame, b"")).client;
    let payload = found.root.find("payload").unwrap();
    let decoded = String::from_utf8_lossy(payload.decoded.as_deref().unwrap()).into_owned();
    assert_eq!(decoded, r#"{"metadata":[["authorization","*************"]]}"#);
    let raw = &found.bytes[payload.range.clone()];
    let unmasked: Vec<u8> = raw.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key).collect();
    assert!(!String::from_utf8_lossy(&unmasked).contains("s3cret"));
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
    let json = r#"{"a":[1,2],"token":"s3cret","b":1}"#;
    let post = "POST /?token=s3cret HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 34\r\n\r\n";
    let posted = format!("{post}{json}{post}{json}");
    for captured in [capture(http1.as_bytes(), b""), capture(posted.as_bytes(), b""), capture(&h2, b"")] {
        for fields in 0..150 {
            let limits = Limits { fields, ..Limits::default() };
            let found = dissect(&captured, &Schemas::default(), limits).client;
            assert!(!String::from_utf8_lossy(&found.bytes).contains("s3cret"), "{fields}");
            assert!(!serde_json::to_string(&found.root).unwrap().contains("s3cret"), "{fields}");
            crate::outline::check(&found, &captured.client);
        }
    }
}
