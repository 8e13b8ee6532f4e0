//! Properties of every capture: complete, cut off anywhere, changed anywhere, or random bytes.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use crosstalk_wire::Dissection;
use proptest::{collection::vec, prelude::*, sample::Index};

use crate::amqp::{header, published, written};
use crate::h2::{PREFACE, frame};
use crate::outline::{capture, checked};
use crate::tls::{client_hello, record};

/// Streams of a client that follow their format.
fn valid() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![http1(), websocket(), grpc_web(), amqp(), h2(), tls()]
}

fn http1() -> impl Strategy<Value = Vec<u8>> {
    vec(prop_oneof![with_length(), chunked()], 1..4).prop_map(|messages| messages.concat())
}

fn tls() -> impl Strategy<Value = Vec<u8>> {
    vec(vec(any::<u8>(), 1..60), 0..6).prop_map(|sealed| {
        let hello = [record(22, &client_hello()), record(20, b"\x01")];
        hello.into_iter().chain(sealed.iter().map(|fragment| record(23, fragment))).flatten().collect()
    })
}

fn with_length() -> impl Strategy<Value = Vec<u8>> {
    (headers(), "[a-z]{1,6}", json()).prop_map(|(headers, path, body)| {
        let len = body.len();
        format!(
            "POST /{path} HTTP/1.1\r\n{headers}Content-Type: application/json\r\nContent-Length: {len}\r\n\r\n{body}"
        )
        .into_bytes()
    })
}

fn chunked() -> impl Strategy<Value = Vec<u8>> {
    (headers(), json(), vec(1_usize..9, 1..20)).prop_map(|(headers, body, sizes)| {
        let head = "PUT / HTTP/1.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n";
        let mut out = format!("{head}{headers}\r\n").into_bytes();
        let mut rest = body.as_bytes();
        for size in sizes.into_iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (chunk, behind) = rest.split_at(size.min(rest.len()));
            out.extend(format!("{:x}\r\n", chunk.len()).bytes());
            out.extend(chunk);
            out.extend(b"\r\n");
            rest = behind;
        }
        out.extend(b"0\r\n\r\n");
        out
    })
}

/// The client's side of a WebSocket, or the server's: unmasked where a mask is due is a problem of the frame alone.
fn websocket() -> impl Strategy<Value = Vec<u8>> {
    let frame = (any::<[u8; 4]>(), json(), 1_usize..60).prop_map(|(key, text, size)| {
        let fragments: Vec<&[u8]> = text.as_bytes().chunks(size).collect();
        let last = fragments.len() - 1;
        let mut out = Vec::new();
        for (nth, fragment) in fragments.into_iter().enumerate() {
            out.push(u8::from(nth == 0) | if nth == last { 0x80 } else { 0 });
            out.push(0x80 | u8::try_from(fragment.len()).unwrap());
            out.extend(key);
            out.extend(fragment.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key));
        }
        out
    });
    vec(frame, 0..4).prop_map(|frames| [UPGRADE, &frames.concat()].concat())
}

const UPGRADE: &[u8] = b"GET /ws HTTP/1.1\r\nUpgrade: websocket\r\n\r\n";
const UPGRADED: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\n\r\n";

fn grpc_web() -> impl Strategy<Value = Vec<u8>> {
    let message = prop_oneof![
        "[ -~]{0,40}".prop_map(|name| [b"\x0a", [name.len() as u8].as_slice(), name.as_bytes()].concat()),
        Just(Vec::new())
    ];
    (vec(message, 0..4), any::<bool>(), any::<bool>()).prop_map(|(messages, text, known)| {
        let mut body: Vec<u8> = Vec::new();
        for message in messages {
            let message = [b"\0\0\0\0", [message.len() as u8].as_slice(), &message].concat();
            body.extend(if text { STANDARD.encode(message).into_bytes() } else { message });
        }
        let media = if text { "application/grpc-web-text" } else { "application/grpc-web" };
        let path = if known { "/helloworld.Greeter/SayHello" } else { "/" };
        let len = body.len();
        let head = format!("POST {path} HTTP/1.1\r\nContent-Type: {media}\r\nContent-Length: {len}\r\n\r\n");
        [head.as_bytes(), &body].concat()
    })
}

fn amqp() -> impl Strategy<Value = Vec<u8>> {
    vec((json(), 1_usize..60), 0..4).prop_map(|messages| {
        let published =
            messages.into_iter().flat_map(|(text, cut)| published("application/json", text.as_bytes(), cut));
        written(&[vec![header()], published.collect()].concat())
    })
}

fn h2() -> impl Strategy<Value = Vec<u8>> {
    let call = (vec(("[a-z]{1,8}|cookie|authorization", "[ -~]{0,20}"), 0..5), vec("[a-z]{0,20}", 0..3), 1_usize..50);
    vec(call, 0..4).prop_map(|calls| {
        let mut encoder = loona_hpack::Encoder::new();
        let mut out = PREFACE.to_vec();
        for (nth, (headers, names, cut)) in calls.into_iter().enumerate() {
            let stream = 2 * u32::try_from(nth).unwrap() + 1;
            let fixed = [(":path", "/helloworld.Greeter/SayHello"), ("content-type", "application/grpc")];
            let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            let block = encoder.encode(fixed.into_iter().chain(headers).map(|(a, b)| (a.as_bytes(), b.as_bytes())));
            let pieces: Vec<&[u8]> = block.chunks(cut).collect();
            for (nth, piece) in pieces.iter().enumerate() {
                let last = if nth + 1 == pieces.len() { 4 } else { 0 };
                out.extend(frame(if nth == 0 { 1 } else { 9 }, last, stream, piece));
            }
            let message =
                |name: String| [&[0, 0, 0, 0, name.len() as u8 + 2, 0x0a, name.len() as u8], name.as_bytes()].concat();
            let body: Vec<u8> = names.into_iter().flat_map(message).collect();
            for piece in body.chunks(cut) {
                out.extend(frame(0, 0, stream, piece));
            }
            out.extend(frame(0, 1, stream, b""));
        }
        out
    })
}

fn headers() -> impl Strategy<Value = String> {
    vec(("(X-[a-z]{1,5}|Cookie|Authorization|Accept)", "[ -~]{0,20}"), 0..4)
        .prop_map(|fields| fields.into_iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect())
}

fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<i32>().prop_map(|number| number.to_string()),
        any::<f64>().prop_map(|number| serde_json::json!(number).to_string()),
        "\\PC{0,12}".prop_map(|text| serde_json::json!(text).to_string()),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(|list| format!("[{}]", list.join(", "))),
            vec(("[a-z]{1,4}", inner), 0..4).prop_map(|members| {
                let members: Vec<_> = members.into_iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

/// Dissects bytes as a client's, and a WebSocket's as one that the server agreed to.
fn of_client(bytes: &[u8]) -> Dissection {
    checked(&capture(bytes, if bytes.starts_with(UPGRADE) { UPGRADED } else { b"" }))
}

/// Dissects bytes as either party's.
fn both(bytes: &[u8]) {
    of_client(bytes);
    checked(&capture(UPGRADE, &[UPGRADED, bytes].concat()));
    checked(&capture(PREFACE, bytes));
    checked(&capture(b"AMQP\0\0\x09\x01", bytes));
    checked(&capture(b"GET / HTTP/1.1\r\n\r\n", bytes));
}

proptest! {
    #[test]
    fn a_valid_capture_joins_again_and_has_no_problem(bytes in valid()) {
        let found = of_client(&bytes);
        let problem = found.client.root.leaves().find(|leaf| leaf.problem.is_some());
        prop_assert!(problem.is_none(), "{problem:?}");
    }

    #[test]
    fn any_truncation_is_incomplete_and_never_malformed(bytes in valid(), cut: Index) {
        let found = of_client(&bytes[..cut.index(bytes.len())]);
        let malformed = found.client.root.leaves().find(|leaf| leaf.kind == crosstalk_wire::FieldKind::Malformed);
        prop_assert!(malformed.is_none(), "{malformed:?}");
    }

    #[test]
    fn changed_bytes_are_survived(mut bytes in valid(), changes in vec((any::<Index>(), any::<u8>()), 1..8)) {
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        both(&bytes);
    }

    #[test]
    fn moved_bytes_are_survived(bytes in valid(), from: Index, to: Index, end: Index) {
        let (from, to, end) = (from.index(bytes.len()), to.index(bytes.len()), end.index(bytes.len()));
        let moved = [&bytes[..to], &bytes[from.min(end)..from.max(end)], &bytes[to..]].concat();
        both(&moved);
    }

    #[test]
    fn garbage_is_survived(bytes in vec(any::<u8>(), 0..400)) {
        both(&bytes);
    }
}
