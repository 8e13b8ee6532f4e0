//! Malformed and misplaced frames. Cases in which RabbitMQ's process crashes (unknown methods, malformed properties)
//! or waits for ever (a body longer than announced) are not compared; there the embedded broker sends a reason.

use amq_protocol::frame::AMQPFrame;

use super::{
    methods::{declare, get, publish},
    run::same,
    values::props,
    wire::bytes_of_content,
};

/// A frame of whatever kind on channel 1, with the right end.
fn frame(kind: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![kind, 0, 1];
    bytes.extend(u32::try_from(payload.len()).expect("payloads here are short").to_be_bytes());
    bytes.extend(payload);
    bytes.push(0xCE);
    bytes
}

#[tokio::test]
async fn heartbeats_are_heard_and_need_no_answer() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        for _ in 0..3 {
            c.send_frame(AMQPFrame::Heartbeat).await;
        }
        c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_content_without_its_method_is_505() {
    same(async |s| {
        let mut c = s.connect().await;
        c.send_bytes(&bytes_of_content(1, &props(), b"", 1)).await;
        c.is_closed_with("505 UNEXPECTED_FRAME - expected method frame, got non method frame instead (0,0)").await;
        let mut c = s.connect().await;
        c.send_frame(AMQPFrame::Body(1, b"hello".to_vec())).await;
        c.is_closed_with("505 UNEXPECTED_FRAME - expected method frame, got non method frame instead (0,0)").await;
    })
    .await;
}

#[tokio::test]
async fn a_method_before_the_content_of_the_last_is_505() {
    same(async |s| {
        let mut c = s.connect().await;
        c.send(publish("", "q")).await;
        c.send(get("q")).await;
        c.is_closed_with(
            "505 UNEXPECTED_FRAME - expected content header for class 60, got non content header frame instead (60,40)",
        )
        .await;
        let mut c = s.connect().await;
        c.send(publish("", "q")).await;
        let header = bytes_of_content(1, &props(), b"hello", 100);
        c.send_bytes(&header[..header.len() - 5 - 8]).await;
        c.send(get("q")).await;
        c.is_closed_with("505 UNEXPECTED_FRAME - expected content body, got non content body frame instead (60,40)")
            .await;
    })
    .await;
}

#[tokio::test]
async fn a_header_of_another_class_is_505() {
    same(async |s| {
        let mut c = s.connect().await;
        c.send(publish("", "q")).await;
        c.send_bytes(&frame(2, b"\x00\x32\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00")).await;
        c.is_closed_with(
            "505 UNEXPECTED_FRAME - expected content header for class 60, got one for class 50 instead (60,40)",
        )
        .await;
    })
    .await;
}

#[tokio::test]
async fn contents_of_two_channels_may_be_interleaved() {
    same(async |s| {
        let (mut c, q, p) = (s.connect().await, &s.name("q"), &s.name("p"));
        c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
        c.call(declare(p), "queue.declare-ok p messages=0 consumers=0").await;
        c.opens(2).await;
        let body = |text: &str| text.as_bytes().to_vec();
        c.send_on(1, publish("", q)).await;
        c.send_on(2, publish("", p)).await;
        let (one, two) = (bytes_of_content(1, &props(), b"one!", 2), bytes_of_content(2, &props(), b"two!", 2));
        let (middle, length) = (one.len() - 2 * (2 + 8), 2 + 8);
        c.send_bytes(&one[..middle]).await;
        c.send_bytes(&two[..middle + length]).await;
        c.send_bytes(&one[middle..middle + length]).await;
        c.send_frame(AMQPFrame::Body(2, body("o!"))).await;
        c.send_frame(AMQPFrame::Body(1, body("e!"))).await;
        c.call(get(q), r#"basic.get-ok #1 /q left=0 "one!""#).await;
        c.until(get(p), r#"basic.get-ok #2 /p left=0 "two!""#).await;
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_long_body_comes_in_frames_of_the_negotiated_size() {
    same(async |s| {
        let (mut c, q) = (s.connect().await, &s.name("q"));
        c.call(declare(q), "queue.declare-ok q messages=0 consumers=0").await;
        let body = "0123456789".repeat(50_000);
        c.publish("", q, &body).await;
        let event = c.call(get(q), "basic.get-ok #1 /q left=0 (500000 bytes)").await;
        let same = event.content.is_some_and(|content| content.body == body.as_bytes());
        c.notes("as it was sent", &same.to_string(), "true");
        c.bye().await;
    })
    .await;
}

#[tokio::test]
async fn a_method_that_is_cut_short_is_a_hard_error() {
    same(async |s| {
        let mut c = s.connect().await;
        // queue.declare whose name says 200 bytes
        c.send_bytes(&frame(1, b"\x00\x32\x00\x0a\x00\x00\xc8abc")).await;
        c.is_closed_with("501 FRAME_ERROR - cannot decode <<0,0,200,97,98,99>> (50,10)").await;
    })
    .await;
}

#[tokio::test]
async fn a_frame_beyond_the_limit_is_501() {
    same(async |s| {
        let mut c = s.connect().await;
        let mut bytes = vec![3, 0, 1];
        bytes.extend(131_073_u32.to_be_bytes());
        bytes.extend([b'x'; 64]);
        c.send_bytes(&bytes).await;
        c.is_closed_with("501 FRAME_ERROR - type 3, all octets = <<>>: {frame_too_large,131073,131064} (0,0)").await;
    })
    .await;
}

#[tokio::test]
async fn an_unknown_kind_of_frame_is_501() {
    same(async |s| {
        let mut c = s.connect().await;
        c.send_bytes(&frame(9, b"what")).await;
        c.is_closed_with(r#"501 FRAME_ERROR - type 9, all octets = <<"what">>: unknown_frame (0,0)"#).await;
    })
    .await;
}

#[tokio::test]
async fn a_wrong_frame_end_is_501() {
    same(async |s| {
        let mut c = s.connect().await;
        let mut bytes = frame(1, b"\x00\x14\x00\x0a\x00");
        *bytes.last_mut().expect("it has an end") = 0;
        c.send_bytes(&bytes).await;
        c.is_closed_with("501 FRAME_ERROR - type 1, all octets = <<0,20,0,10,0>>: {invalid_frame_end_marker,0} (0,0)")
            .await;
    })
    .await;
}
