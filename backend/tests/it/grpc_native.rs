//! The Greeter to native clients, on both ports.

use crosstalk_proto::helloworld::{HelloReply, HelloRequest};
use futures_util::StreamExt as _;
use tokio::{sync::mpsc, time::timeout};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Request, Status, Streaming};
use tonic_types::StatusExt as _;

use crate::{
    grpc_support::{BUDGET, SAY_HELLO, SAY_HELLO_STREAM_REPLY, channel, greeter, hello},
    support::TestApp,
};

async fn messages(replies: Streaming<HelloReply>) -> Vec<String> {
    replies.map(|reply| reply.unwrap().message).collect().await
}

fn shaped(count: &str, interval: &str) -> Request<HelloRequest> {
    let mut request = Request::new(hello("Ada"));
    request.metadata_mut().insert("x-count", count.parse().unwrap());
    request.metadata_mut().insert("x-interval-ms", interval.parse().unwrap());
    request
}

const TRACE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

#[tokio::test]
async fn a_unary_call_is_answered_on_both_ports() {
    let app = TestApp::spawn().await;
    for address in [app.addr(), app.grpc_addr()] {
        let mut greeter = greeter(address).await;
        for (name, message) in
            [("Ada", "Hello, Ada"), ("", "Hello, World!"), ("雷", "Hello, 雷"), ("👩🏽‍🚀 é", "Hello, 👩🏽‍🚀 é")]
        {
            assert_eq!(greeter.say_hello(hello(name)).await.unwrap().into_inner().message, message);
        }
    }
    app.stop().await;
}

#[tokio::test]
async fn what_the_server_did_is_in_the_trailers() {
    let app = TestApp::spawn().await;
    let mut greeter = greeter(app.addr()).await;

    let mut request = Request::new(hello("Ada"));
    request.metadata_mut().insert("traceparent", TRACE.parse().unwrap());
    let reply = greeter.say_hello(request).await.unwrap();
    let timing = reply.metadata().get("server-timing").unwrap().to_str().unwrap();
    assert!(timing.contains("server-parse;dur=") && timing.contains("server-greet;dur="), "{timing}");
    assert!(!timing.contains("server-stream") && !timing.contains("server-deadline"), "{timing}");

    let mut request = Request::new(hello("Ada"));
    request.metadata_mut().insert("traceparent", TRACE.parse().unwrap());
    request.set_timeout(BUDGET);
    let reply = greeter.say_hello(request).await.unwrap();
    let timing = reply.metadata().get("server-timing").unwrap().to_str().unwrap();
    assert!(timing.contains("server-deadline;dur=0.000000"), "{timing}");

    let mut request = shaped("2", "0");
    request.metadata_mut().insert("traceparent", TRACE.parse().unwrap());
    let reply = greeter.say_hello_stream_reply(request).await.unwrap();
    assert!(!reply.metadata().contains_key("server-timing"), "what is to come was not measured yet");
    let mut replies = reply.into_inner();
    while replies.message().await.unwrap().is_some() {}
    let trailers = replies.trailers().await.unwrap().unwrap();
    let timing = trailers.get("server-timing").unwrap().to_str().unwrap();
    for step in ["greet", "reply", "stream", "headers", "data", "trailers"] {
        assert!(timing.contains(&format!("server-{step};dur=")), "{step}: {timing}");
    }

    let untraced = greeter.say_hello(hello("Ada")).await.unwrap();
    assert!(!untraced.metadata().contains_key("server-timing"), "steps belong to a trace, and there is none");
    app.stop().await;
}

#[tokio::test]
async fn a_name_that_cannot_be_used_is_named_in_the_details() {
    let app = TestApp::spawn().await;
    let mut greeter = greeter(app.addr()).await;
    let refused = greeter.say_hello(hello(&"x".repeat(201))).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert_eq!(refused.message(), "a name has at most 200 characters, this one has 201");
    let details = refused.get_error_details();
    assert_eq!(details.bad_request().unwrap().field_violations[0].field, "name");
    assert!(!details.request_info().unwrap().request_id.is_empty());
    app.stop().await;
}

#[tokio::test]
async fn a_message_over_the_limit_is_refused() {
    let app = TestApp::spawn().await;
    let mut greeter = greeter(app.addr()).await;
    let refused = greeter.say_hello(hello(&"x".repeat(65 * 1024))).await.unwrap_err();
    assert_eq!(refused.code(), Code::OutOfRange, "{refused}");
    app.stop().await;
}

#[tokio::test]
async fn the_metadata_shapes_the_stream() {
    let app = TestApp::spawn().await;
    let mut greeter = greeter(app.addr()).await;
    let replies = greeter.say_hello_stream_reply(hello("")).await.unwrap().into_inner();
    assert_eq!(messages(replies).await, ["Hello, World!"; 5]);
    let replies = greeter.say_hello_stream_reply(shaped("10000", "0")).await.unwrap().into_inner();
    assert_eq!(messages(replies).await.len(), 10_000);
    app.stop().await;
}

#[tokio::test]
async fn a_shape_out_of_range_is_named_in_the_details() {
    let app = TestApp::spawn().await;
    let mut greeter = greeter(app.addr()).await;
    for (count, interval, field) in [
        ("0", "0", "metadata.x-count"),
        ("10001", "0", "metadata.x-count"),
        ("many", "0", "metadata.x-count"),
        ("1", "60001", "metadata.x-interval-ms"),
        ("1", "-1", "metadata.x-interval-ms"),
    ] {
        let refused = greeter.say_hello_stream_reply(shaped(count, interval)).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
        assert_eq!(refused.get_error_details().bad_request().unwrap().field_violations[0].field, field);
    }
    app.stop().await;
}

#[tokio::test]
async fn requests_of_a_bidirectional_call_are_answered_as_they_arrive() {
    let app = TestApp::spawn().await;
    for address in [app.addr(), app.grpc_addr()] {
        let (requests, stream) = mpsc::channel(1);
        let mut greeter = greeter(address).await;
        let mut request = Request::new(ReceiverStream::new(stream));
        request.metadata_mut().insert("traceparent", TRACE.parse().unwrap());
        let mut replies = greeter.say_hello_bidi_stream(request).await.unwrap().into_inner();
        for (name, message) in [("Ada", "Hello, Ada"), ("", "Hello, World!"), ("雷", "Hello, 雷")] {
            requests.send(hello(name)).await.unwrap();
            let reply = timeout(BUDGET, replies.message()).await.unwrap().unwrap().unwrap();
            assert_eq!(reply.message, message);
        }
        drop(requests);
        assert_eq!(replies.message().await.unwrap(), None);
        assert!(replies.trailers().await.unwrap().unwrap().contains_key("server-timing"));
    }
    app.stop().await;
}

#[tokio::test]
async fn a_bad_request_ends_a_bidirectional_call() {
    let app = TestApp::spawn().await;
    let requests = futures_util::stream::iter([hello("Ada"), hello("a\tb"), hello("Grace")]);
    let mut replies = greeter(app.addr()).await.say_hello_bidi_stream(requests).await.unwrap().into_inner();
    assert_eq!(replies.message().await.unwrap().unwrap().message, "Hello, Ada");
    assert_eq!(replies.message().await.unwrap_err().code(), Code::InvalidArgument);
    app.stop().await;
}

#[tokio::test]
async fn a_method_that_nobody_serves_is_unimplemented() {
    async fn call(app: &TestApp, path: &'static str) -> Status {
        let mut client = tonic::client::Grpc::new(channel(app.addr()).await);
        client.ready().await.unwrap();
        let codec = tonic_prost::ProstCodec::<HelloRequest, HelloReply>::default();
        client.unary(Request::new(hello("Ada")), path.parse().unwrap(), codec).await.unwrap_err()
    }
    let app = TestApp::spawn().await;
    for path in ["/helloworld.Greeter/SayGoodbye", "/elsewhere.Service/Method", "/helloworld.Greeter", "/nowhere"] {
        let refused = call(&app, path).await;
        assert_eq!(refused.code(), Code::Unimplemented, "{path}");
        assert!(refused.message().contains(path), "{refused}");
    }
    app.stop().await;
}

/// Calls a method of one request with as many as are given.
async fn call(address: std::net::SocketAddr, path: &'static str, names: &[&str]) -> Result<HelloReply, Status> {
    let requests: Vec<_> = names.iter().map(|name| hello(name)).collect();
    let mut client = tonic::client::Grpc::new(channel(address).await);
    client.ready().await.unwrap();
    let codec = tonic_prost::ProstCodec::<HelloRequest, HelloReply>::default();
    let path = http::uri::PathAndQuery::from_static(path);
    let request = Request::new(futures_util::stream::iter(requests));
    let answer = timeout(BUDGET, client.streaming(request, path, codec)).await.unwrap()?;
    answer.into_inner().message().await?.ok_or_else(|| Status::unknown("no reply"))
}

#[tokio::test]
async fn a_method_of_one_request_takes_neither_none_nor_two() {
    let app = TestApp::spawn().await;
    for path in [SAY_HELLO, SAY_HELLO_STREAM_REPLY, "/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Watch"] {
        for names in [&[][..], &["Ada", "Bob"], &["", "", ""]] {
            let refused = call(app.addr(), path, names).await.unwrap_err();
            assert_eq!(refused.code(), Code::Unimplemented, "{path} {names:?}: {refused}");
            assert!(refused.message().contains("exactly one"), "{refused}");
        }
    }
    for path in [SAY_HELLO, SAY_HELLO_STREAM_REPLY] {
        assert_eq!(call(app.addr(), path, &["Ada"]).await.unwrap().message, "Hello, Ada");
    }
    app.stop().await;
}
