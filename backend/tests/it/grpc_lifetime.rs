//! How a call ends when it does not end by itself: the deadline, a client that went away, the end of the server.

use std::time::{Duration, Instant};

use crosstalk_proto::helloworld::{HelloReply, HelloRequest};
use tokio::{io::AsyncReadExt as _, sync::mpsc, time::timeout};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Request, Streaming};

use crate::{
    grpc_support::{
        BUDGET, SAY_HELLO, SAY_HELLO_STREAM_REPLY, greeter, hello, hello_frame, metric, post, send, until_metric,
    },
    support::TestApp,
};

const IN_FLIGHT: &str = "crosstalk_grpc_in_flight";
const CANCELLED: &str = "crosstalk_grpc_cancelled_total";
const WEB: &str = "content-type: application/grpc-web+proto";
/// Far longer than any test.
const LONG: [(&str, &str); 2] = [("x-count", "10000"), ("x-interval-ms", "60000")];

fn long() -> Request<HelloRequest> {
    let mut request = Request::new(hello("Ada"));
    for (key, value) in LONG {
        request.metadata_mut().insert(key, value.parse().unwrap());
    }
    request
}

async fn first(replies: &mut Streaming<HelloReply>) {
    assert_eq!(timeout(BUDGET, replies.message()).await.unwrap().unwrap().unwrap().message, "Hello, Ada");
}

#[tokio::test]
async fn a_stream_ends_at_its_deadline() {
    let app = TestApp::spawn().await;
    let mut request = long();
    request.metadata_mut().insert("grpc-timeout", "300m".parse().unwrap());
    let start = Instant::now();
    let mut replies = greeter(app.addr()).await.say_hello_stream_reply(request).await.unwrap().into_inner();
    first(&mut replies).await;
    let late = replies.message().await.unwrap_err();
    assert_eq!(late.code(), Code::DeadlineExceeded);
    assert!(start.elapsed() >= Duration::from_millis(300));
    until_metric(&app, IN_FLIGHT, 0).await;
    assert_eq!(metric(&app, CANCELLED).await, 0, "the server ended it");
    app.stop().await;
}

#[tokio::test]
async fn a_bidirectional_call_ends_at_its_deadline() {
    let app = TestApp::spawn().await;
    let (_requests, stream) = mpsc::channel(1);
    let mut request = Request::new(ReceiverStream::new(stream));
    request.metadata_mut().insert("grpc-timeout", "100000u".parse().unwrap());
    let mut replies = greeter(app.addr()).await.say_hello_bidi_stream(request).await.unwrap().into_inner();
    let late = timeout(BUDGET, replies.message()).await.unwrap().unwrap_err();
    assert_eq!(late.code(), Code::DeadlineExceeded);
    app.stop().await;
}

#[tokio::test]
async fn a_request_that_does_not_arrive_whole_ends_at_its_deadline() {
    let app = TestApp::spawn().await;
    let body = hello_frame("Ada");
    let mut socket = send(app.addr(), SAY_HELLO, &[WEB, "grpc-timeout: 100m"], &body[..4], body.len()).await;
    let mut answer = Vec::new();
    timeout(BUDGET, socket.read_to_end(&mut answer)).await.unwrap().unwrap();
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.contains("\r\ngrpc-status: 4\r\n"), "{answer}");
    app.stop().await;
}

#[tokio::test]
async fn a_deadline_of_nothing_has_passed_and_a_malformed_one_is_refused() {
    let app = TestApp::spawn().await;
    for (timeout, status) in [
        ("0n", "4"),
        ("5", "3"),
        ("S", "3"),
        ("-1S", "3"),
        ("1.5S", "3"),
        ("123456789S", "3"),
        ("99999999H", ""),
        ("10S", ""),
    ] {
        let answer = post(app.addr(), SAY_HELLO, &[WEB, &format!("grpc-timeout: {timeout}")], &hello_frame("")).await;
        assert_eq!(answer.header("grpc-status").unwrap_or_default(), status, "{timeout}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_native_client_that_goes_away_stops_the_work() {
    let app = TestApp::spawn().await;
    let mut greeter = greeter(app.addr()).await;
    let mut kept = greeter.say_hello_stream_reply(long()).await.unwrap().into_inner();
    let mut left = greeter.say_hello_stream_reply(long()).await.unwrap().into_inner();
    let (_requests, stream) = mpsc::channel(1);
    let mut quiet = Request::new(ReceiverStream::new(stream));
    let cancel = quiet.cancellation_handle();
    let quiet = greeter.say_hello_bidi_stream(quiet).await.unwrap().into_inner();
    first(&mut kept).await;
    first(&mut left).await;
    assert_eq!(metric(&app, IN_FLIGHT).await, 3);
    cancel.cancel();
    drop((left, quiet));
    until_metric(&app, IN_FLIGHT, 1).await;
    assert_eq!(metric(&app, CANCELLED).await, 2);
    drop((kept, greeter));
    until_metric(&app, IN_FLIGHT, 0).await;
    assert_eq!(metric(&app, CANCELLED).await, 3);
    app.stop().await;
}

#[tokio::test]
async fn a_browser_that_goes_away_stops_the_work() {
    let app = TestApp::spawn().await;
    let body = hello_frame("Ada");
    let shape = LONG.map(|(key, value)| format!("{key}: {value}"));
    let headers = [WEB, &shape[0], &shape[1]];
    let mut socket = send(app.addr(), SAY_HELLO_STREAM_REPLY, &headers, &body, body.len()).await;
    let mut start = [0];
    timeout(BUDGET, socket.read_exact(&mut start)).await.unwrap().unwrap();
    assert_eq!(metric(&app, IN_FLIGHT).await, 1);
    drop(socket);
    until_metric(&app, CANCELLED, 1).await;
    assert_eq!(metric(&app, IN_FLIGHT).await, 0);
    app.stop().await;
}

#[tokio::test]
async fn the_end_of_the_server_lets_short_calls_end_and_tells_long_ones() {
    let app = TestApp::spawn().await;
    let mut greeter = greeter(app.addr()).await;
    let mut short = Request::new(hello("Ada"));
    short.metadata_mut().insert("x-count", "3".parse().unwrap());
    short.metadata_mut().insert("x-interval-ms", "100".parse().unwrap());
    let mut short = greeter.say_hello_stream_reply(short).await.unwrap().into_inner();
    let mut long = greeter.say_hello_stream_reply(long()).await.unwrap().into_inner();
    first(&mut short).await;
    first(&mut long).await;

    app.shutdown.begin();
    first(&mut short).await;
    first(&mut short).await;
    assert_eq!(short.message().await.unwrap(), None);
    let ended = timeout(BUDGET, long.message()).await.unwrap().unwrap_err();
    assert_eq!(ended.code(), Code::Unavailable);
    assert_eq!(ended.message(), "the server is going away; call again");
    app.stop().await;
}
