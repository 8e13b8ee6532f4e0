//! gRPC-Web by hand, byte by byte, over HTTP/1.1.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use crosstalk_proto::helloworld::HelloReply;
use prost::Message as _;
use tonic::Code;

use crate::{
    grpc_support::{Answer, SAY_HELLO, SAY_HELLO_STREAM_REPLY, frame, frames, hello_frame, post},
    support::TestApp,
};

const WEB: &str = "content-type: application/grpc-web+proto";
const TEXT: &str = "content-type: application/grpc-web-text";
const TRAILERS: u8 = 0x80;

/// The messages of a body, and its trailers.
#[track_caller]
fn taken_apart(body: &[u8]) -> (Vec<String>, String) {
    let mut frames = frames(body);
    let (flag, trailers) = frames.pop().expect("a body has a frame");
    assert_eq!(flag, TRAILERS);
    let messages = frames.into_iter().map(|(flag, message)| {
        assert_eq!(flag, 0);
        HelloReply::decode(message).unwrap().message
    });
    (messages.collect(), String::from_utf8(trailers.to_vec()).unwrap())
}

const TRACE: &str = "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// Every chunk of a text body is base64 of its own, padded.
fn decoded(body: &[u8]) -> Vec<u8> {
    body.chunks(4).flat_map(|quantum| BASE64_STANDARD.decode(quantum).unwrap()).collect()
}

#[track_caller]
fn check_refused(answer: &Answer, code: Code, what: &str) {
    assert_eq!(answer.status, 200, "{what}: {answer:?}");
    assert_eq!(answer.header("grpc-status"), Some((code as i32).to_string().as_str()), "{what}: {answer:?}");
    assert!(answer.header("grpc-message").is_some_and(|message| !message.is_empty()), "{what}: {answer:?}");
    assert!(answer.header("content-type").unwrap().starts_with("application/grpc-web"), "{what}: {answer:?}");
}

#[tokio::test]
async fn a_unary_call_is_answered_with_a_message_and_trailers() {
    let app = TestApp::spawn().await;
    for content_type in [WEB, "content-type: application/grpc-web", "content-type: application/grpc-web+proto; v=1"] {
        let answer = post(app.addr(), SAY_HELLO, &[content_type, TRACE], &hello_frame("雷")).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), Some("application/grpc-web+proto"));
        let (messages, trailers) = taken_apart(&answer.body);
        assert_eq!(messages, ["Hello, 雷"]);
        assert!(trailers.contains("grpc-status:0\r\n") && trailers.contains("server-timing:"), "{trailers}");
    }
    app.stop().await;
}

#[tokio::test]
async fn text_is_answered_with_text() {
    let app = TestApp::spawn().await;
    let body = BASE64_STANDARD.encode(hello_frame("Ada"));
    for accept in [
        "accept: */*",
        "accept: application/json",
        "accept: application/grpc-web-text",
        "accept: application/grpc-web-text;q=1",
        "accept: application/grpc-web;q=0.5, application/grpc-web-text+proto",
        "accept: application/json\r\naccept: application/grpc-web-text",
    ] {
        let answer = post(app.addr(), SAY_HELLO, &[TEXT, accept], body.as_bytes()).await;
        assert_eq!(answer.header("content-type"), Some("application/grpc-web-text+proto"));
        let (messages, trailers) = taken_apart(&decoded(&answer.body));
        assert_eq!(messages, ["Hello, Ada"]);
        assert!(trailers.contains("grpc-status:0\r\n"), "{trailers}");
    }
    app.stop().await;
}

#[tokio::test]
async fn accept_decides_on_text_or_binary_of_answers_and_refusals() {
    let app = TestApp::spawn().await;
    let accept = "accept: text/plain, application/grpc-web-text;q=0.9, application/grpc-web+proto;q=0.3";
    let answer = post(app.addr(), SAY_HELLO, &[WEB, accept], &hello_frame("Ada")).await;
    assert_eq!(answer.header("content-type"), Some("application/grpc-web-text+proto"));
    assert_eq!(taken_apart(&decoded(&answer.body)).0, ["Hello, Ada"]);
    let answer = post(app.addr(), "/helloworld.Greeter/SayGoodbye", &[WEB, accept], &hello_frame("Ada")).await;
    check_refused(&answer, Code::Unimplemented, "an unknown method");
    assert_eq!(answer.header("content-type"), Some("application/grpc-web-text+proto"));
    app.stop().await;
}

#[tokio::test]
async fn a_stream_is_answered_message_by_message() {
    let app = TestApp::spawn().await;
    let shape = ["x-count: 3", "x-interval-ms: 1"];
    let answer = post(app.addr(), SAY_HELLO_STREAM_REPLY, &[WEB, shape[0], shape[1]], &hello_frame("Ada")).await;
    assert_eq!(taken_apart(&answer.body).0, ["Hello, Ada"; 3]);
    let body = BASE64_STANDARD.encode(hello_frame("Ada"));
    let asked = [TEXT, shape[0], shape[1], TRACE];
    let answer = post(app.addr(), SAY_HELLO_STREAM_REPLY, &asked, body.as_bytes()).await;
    let (messages, trailers) = taken_apart(&decoded(&answer.body));
    assert_eq!(messages, ["Hello, Ada"; 3]);
    assert!(trailers.contains("server-stream;dur="), "{trailers}");
    app.stop().await;
}

#[tokio::test]
async fn an_error_has_its_details() {
    let app = TestApp::spawn().await;
    let answer = post(app.addr(), SAY_HELLO, &[WEB], &hello_frame("a\nb")).await;
    check_refused(&answer, Code::InvalidArgument, "a control character");
    assert!(answer.header("grpc-status-details-bin").is_some());
    app.stop().await;
}

#[tokio::test]
async fn broken_frames_are_refused_in_grpc() {
    let app = TestApp::spawn().await;
    let whole = hello_frame("Ada");
    let long = [&[0_u8], 65_537_u32.to_be_bytes().as_slice()].concat();
    for (what, body, code) in [
        ("nothing", Vec::new(), Code::Unimplemented),
        ("two messages", whole.repeat(2), Code::Unimplemented),
        ("a message and the start of another", [&whole[..], &whole[..5]].concat(), Code::Unimplemented),
        ("a message and one byte", [&whole[..], b"\0"].concat(), Code::Internal),
        ("a cut head", whole[..3].to_vec(), Code::Internal),
        ("a cut message", whole[..whole.len() - 1].to_vec(), Code::Internal),
        ("a head alone", whole[..5].to_vec(), Code::Internal),
        ("an unknown flag", frame(2, b""), Code::Internal),
        ("trailers", frame(TRAILERS, b"grpc-status:0\r\n"), Code::Internal),
        ("compressed, without an encoding", frame(1, &whole), Code::Internal),
        ("longer than the limit", long, Code::OutOfRange),
        ("longer than anything", [0, 0xff, 0xff, 0xff, 0xff].to_vec(), Code::OutOfRange),
        ("not protobuf", frame(0, b"\xff\xff\xff\xff"), Code::Internal),
        ("a field of another type", frame(0, b"\x08\x01"), Code::Internal),
        ("a name that is not UTF-8", frame(0, b"\x0a\x02\xc3\x28"), Code::Internal),
        ("random bytes", (0..=255).rev().collect(), Code::Internal),
    ] {
        let answer = post(app.addr(), SAY_HELLO, &[WEB], &body).await;
        check_refused(&answer, code, what);
        let answer = post(app.addr(), SAY_HELLO, &[TEXT], BASE64_STANDARD.encode(&body).as_bytes()).await;
        check_refused(&answer, code, what);
    }
    app.stop().await;
}

#[tokio::test]
async fn what_is_not_base64_is_refused_in_grpc() {
    let app = TestApp::spawn().await;
    let whole = BASE64_STANDARD.encode(hello_frame("Ada"));
    for (what, body) in [
        ("no base64 at all", "!!!!".to_owned()),
        ("a cut quantum", whole[..whole.len() - 1].to_owned()),
        ("a stray character", format!("{}*{}", &whole[..4], &whole[5..])),
        ("the frame as it is", String::from_utf8(hello_frame("Ada")).unwrap()),
    ] {
        let answer = post(app.addr(), SAY_HELLO, &[TEXT], body.as_bytes()).await;
        check_refused(&answer, Code::Internal, what);
    }
    app.stop().await;
}

#[tokio::test]
async fn an_unknown_encoding_is_refused_in_grpc() {
    let app = TestApp::spawn().await;
    let answer = post(app.addr(), SAY_HELLO, &[WEB, "grpc-encoding: gzip"], &frame(1, b"x")).await;
    check_refused(&answer, Code::Unimplemented, "gzip");
    let json = "content-type: application/grpc-web+json";
    let answer = post(app.addr(), SAY_HELLO, &[json], b"{}").await;
    assert_eq!((answer.status, answer.header("grpc-status")), (200, Some("12")));
    app.stop().await;
}

#[tokio::test]
async fn who_does_not_speak_grpc_is_told_in_a_problem() {
    let app = TestApp::spawn().await;
    for headers in [&["content-type: application/json"][..], &["content-type: application/grpc"], &[]] {
        let answer = post(app.addr(), SAY_HELLO, headers, b"{}").await;
        assert_eq!(answer.status, 415, "{headers:?}");
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    }
    let answer = app.client.get(app.url(SAY_HELLO)).header("accept", "text/html").send().await.unwrap();
    assert_eq!(answer.status(), 405);
    assert_eq!(answer.headers()["allow"], "POST");
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    app.stop().await;
}

#[tokio::test]
async fn a_path_that_nobody_serves_is_unimplemented() {
    let app = TestApp::spawn().await;
    for path in ["/helloworld.Greeter/SayGoodbye", "/elsewhere.Service/Method", "/", "/index.html"] {
        check_refused(&post(app.addr(), path, &[WEB], &hello_frame("")).await, Code::Unimplemented, path);
    }
    app.stop().await;
}

#[tokio::test]
async fn metadata_over_the_limit_is_refused() {
    let app = TestApp::spawn().await;
    let large = format!("x-large: {}", "x".repeat(20_000));
    let answer = post(app.addr(), SAY_HELLO, &[WEB, &large], &hello_frame("Ada")).await;
    check_refused(&answer, Code::ResourceExhausted, "metadata");
    app.stop().await;
}

#[tokio::test]
async fn only_the_configured_origins_may_read_answers() {
    let app = TestApp::builder().flag("cors-origins", "https://play.example.org").spawn().await;
    let answer = post(app.addr(), SAY_HELLO, &[WEB, "origin: https://play.example.org"], &hello_frame("Ada")).await;
    assert_eq!(answer.header("access-control-allow-origin"), Some("https://play.example.org"));
    let exposed = answer.header("access-control-expose-headers").unwrap();
    for name in ["grpc-status", "grpc-message", "grpc-status-details-bin", "server-timing"] {
        assert!(exposed.split(',').any(|exposed| exposed == name), "{exposed}");
    }
    let answer = post(app.addr(), SAY_HELLO, &[WEB, "origin: https://evil.example.org"], &hello_frame("Ada")).await;
    assert_eq!(answer.header("access-control-allow-origin"), None);
    app.stop().await;

    let app = TestApp::spawn().await;
    let answer = post(app.addr(), SAY_HELLO, &[WEB, "origin: https://play.example.org"], &hello_frame("Ada")).await;
    assert!(!answer.head.contains("access-control"), "{answer:?}");
    app.stop().await;
}

#[tokio::test]
async fn a_deadline_is_named_as_it_was_given() {
    let app = TestApp::spawn().await;
    for (timeout, text) in [("1n", "0.000001"), ("0m", "0"), ("100n", "0.0001"), ("300n", "0.0003")] {
        let timeout = format!("grpc-timeout: {timeout}");
        let answer = post(app.addr(), SAY_HELLO, &[WEB, &timeout], &hello_frame("Ada")).await;
        check_refused(&answer, Code::DeadlineExceeded, &timeout);
        let message = answer.header("grpc-message").unwrap().replace("%20", " ");
        assert_eq!(message, format!("the deadline of {text} ms has passed"));
    }
    app.stop().await;
}
