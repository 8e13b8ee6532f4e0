//! gRPC-Web messages over HTTP/1.1, and the protobuf in them.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use crosstalk_wire::Dissection;

use crate::outline::{capture, checked, outline};

const QUESTION: &[u8] = b"\0\0\0\0\x05\x0a\x03Ada";
const ANSWER: &[u8] = b"\0\0\0\0\x0c\x0a\x0aHello, Ada\x80\0\0\0\x0fgrpc-status:0\r\n";

fn call(path: &str, media: &str, question: &[u8], answer: &[u8]) -> Dissection {
    let head = format!("POST {path} HTTP/1.1\r\nContent-Type: {media}\r\nContent-Length: {}\r\n\r\n", question.len());
    let begin = format!("HTTP/1.1 200 OK\r\nContent-Type: {media}\r\nContent-Length: {}\r\n\r\n", answer.len());
    checked(&capture(&[head.as_bytes(), question].concat(), &[begin.as_bytes(), answer].concat()))
}

#[track_caller]
fn bodies(found: &Dissection) -> String {
    [&found.client, &found.server].map(|stream| outline(stream.root.find("body").unwrap())).concat()
}

#[test]
fn messages_and_trailers_are_read_with_the_names_of_the_descriptor() {
    let found = call("/helloworld.Greeter/SayHello", "application/grpc-web+proto", QUESTION, ANSWER);
    insta::assert_snapshot!(bodies(&found));
}

#[test]
fn the_text_form_is_decoded_run_by_run() {
    let answer = STANDARD.encode(&ANSWER[..17]) + &STANDARD.encode(&ANSWER[17..]);
    let question = STANDARD.encode(QUESTION);
    let path = "/helloworld.Greeter/SayHello";
    let found = call(path, "application/grpc-web-text", question.as_bytes(), answer.as_bytes());
    insta::assert_snapshot!(bodies(&found));
    assert_eq!(found.client.root.find("base64").unwrap().decoded.as_deref(), Some(QUESTION));
}

#[test]
fn without_a_descriptor_numbers_texts_and_messages_are_told_apart() {
    let message =
        b"\x08\x96\x01\x12\x07testing\x1a\x03\x08\x96\x01\x21\0\0\0\0\0\0\xf8\x3f\x2d\0\0\xc0\x3f\x32\x02\xff\xfe";
    let question = [b"\0\0\0\0".as_slice(), &[u8::try_from(message.len()).unwrap()], message].concat();
    let found = call("/no.Such/Method", "application/grpc-web", &question, b"");
    insta::assert_snapshot!(outline(found.client.root.find("body").unwrap()));
}

#[test]
fn wrong_messages_are_marked_and_the_next_is_read() {
    let question = b"\x02\0\0\0\x01a\0\0\0\0\x02\x0f\0\0\0\0\0\x04\x0a\x09ab\x01\0\0\0\x03zip\0\0\0\0\x02\x08\x01\0\0\0\0\x09\x0a\x01";
    let found = call("/helloworld.Greeter/SayHello", "application/grpc-web", question, b"");
    insta::assert_snapshot!(outline(found.client.root.find("body").unwrap()));
}

#[test]
fn base64_that_is_none_is_marked() {
    let found = call("/", "application/grpc-web-text", b"AAAA!AAA", b"AAAAAAA");
    insta::assert_snapshot!(bodies(&found));
}
