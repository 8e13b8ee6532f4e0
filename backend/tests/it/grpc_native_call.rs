//! The call that the server drives for a browser: the client itself, without the WebSocket that it serves.

use std::time::Duration;

use clap::Parser as _;
use crosstalk::{
    Config, Listeners, Shutdown,
    grpc::{
        Error,
        native_call::{self, Events},
    },
    router,
    state::AppState,
    trace::TraceContext,
};
use crosstalk_proto::ws::CallEvent;
use futures_util::StreamExt as _;
use tempfile::TempDir;
use tokio::time::timeout;

use crate::grpc_support::BUDGET;

/// A server whose parts the test holds.
struct Server {
    app: AppState,
    _data: TempDir,
}

impl Server {
    async fn start(listen: &str) -> Self {
        let data = TempDir::new().unwrap();
        let folder = format!("--data={}", data.path().display());
        let listen = format!("--listen={listen}");
        let args = ["crosstalk", &listen, "--grpc-listen=127.0.0.1:0", "--amqp-url=amqp://127.0.0.1:1", &folder];
        let config = Config::try_parse_from(args).unwrap().validated().unwrap();
        let listeners = Listeners::bind(&config).await.unwrap();
        let app = AppState::start(config, listeners.address().unwrap(), None, Shutdown::new()).await.unwrap();
        let (middleware, captures, shutdown) = (router::service(&app), app.captures.clone(), app.shutdown.clone());
        tokio::spawn(async move { listeners.serve(middleware, &captures, &shutdown).await });
        Self { app, _data: data }
    }

    async fn stop(self) {
        self.app.shutdown.begin();
        self.app.shutdown.drain().await.expect("nothing is left running");
    }
}

async fn next(events: &mut Events) -> CallEvent {
    timeout(BUDGET, events.next()).await.expect("an event is late").expect("an event is missing").0
}

async fn headers(events: &mut Events) -> Vec<(String, String)> {
    match next(events).await {
        CallEvent::Headers { metadata } => metadata,
        other => panic!("{other:?}"),
    }
}

async fn trailers(events: &mut Events) -> (i32, String, Vec<(String, String)>) {
    match next(events).await {
        CallEvent::Trailers { code, message, metadata } => {
            assert!(events.next().await.is_none(), "trailers are the end");
            (code, message, metadata)
        }
        other => panic!("{other:?}"),
    }
}

fn message(text: &str) -> CallEvent {
    CallEvent::Message { message: text.to_owned() }
}

#[tokio::test]
async fn requests_are_answered_until_the_half_close() {
    let server = Server::start("127.0.0.1:0").await;
    let metadata = [("x-user".to_owned(), "Ada".to_owned()), ("x-data-bin".to_owned(), "AP8=".to_owned())];
    let trace = Some(TraceContext::generate());
    let (mut call, mut events) = native_call::open(&server.app, &metadata, trace, None).unwrap();
    call.send("Ada".to_owned()).unwrap();
    assert!(headers(&mut events).await.iter().any(|(key, value)| key == "content-type" && value == "application/grpc"));
    assert_eq!(next(&mut events).await, message("Hello, Ada"));
    call.send(String::new()).unwrap();
    assert_eq!(next(&mut events).await, message("Hello, World!"));
    call.half_close();
    assert_eq!(call.send("late".to_owned()), Err(Error::RequestsEnded));
    let (code, text, metadata) = trailers(&mut events).await;
    assert_eq!((code, text.as_str()), (0, ""));
    assert!(metadata.iter().any(|(key, _)| key == "server-timing"), "{metadata:?}");
    assert!(!metadata.iter().any(|(key, _)| key == "grpc-status"), "{metadata:?}");
    server.stop().await;
}

#[tokio::test]
async fn an_error_comes_with_its_details() {
    let server = Server::start("127.0.0.1:0").await;
    let (call, mut events) = native_call::open(&server.app, &[], None, None).unwrap();
    call.send("a\tb".to_owned()).unwrap();
    headers(&mut events).await;
    let (code, text, metadata) = trailers(&mut events).await;
    assert_eq!((code, text.as_str()), (3, "a name has no control characters"));
    assert!(metadata.iter().any(|(key, _)| key == "grpc-status-details-bin"), "{metadata:?}");
    assert_eq!(call.send("late".to_owned()), Err(Error::RequestsEnded));
    server.stop().await;
}

#[tokio::test]
async fn the_deadline_is_the_servers_to_keep() {
    let server = Server::start("127.0.0.1:0").await;
    let deadline = Some(Duration::from_millis(200));
    let (_call, mut events) = native_call::open(&server.app, &[], None, deadline).unwrap();
    headers(&mut events).await;
    assert_eq!(trailers(&mut events).await.0, 4);
    server.stop().await;
}

#[tokio::test]
async fn a_cancelled_call_and_a_dropped_one_reach_the_server_as_such() {
    let server = Server::start("127.0.0.1:0").await;
    let (call, mut events) = native_call::open(&server.app, &[], None, None).unwrap();
    headers(&mut events).await;
    call.cancel();
    assert_eq!(trailers(&mut events).await.0, 1);

    let (_call, mut events) = native_call::open(&server.app, &[], None, None).unwrap();
    headers(&mut events).await;
    drop(events);

    let cancelled = async {
        while server.app.metrics.grpc_cancelled.get() != 2 || server.app.metrics.grpc_in_flight.get() != 0 {
            tokio::task::yield_now().await;
        }
    };
    timeout(BUDGET, cancelled).await.expect("the server does not know");
    server.stop().await;
}

#[tokio::test]
async fn requests_that_nobody_reads_are_bounded() {
    let server = Server::start("127.0.0.1:0").await;
    let (call, _events) = native_call::open(&server.app, &[], None, None).unwrap();
    let refused = (0..1_000).find_map(|_| call.send("Ada".to_owned()).err());
    assert_eq!(refused, Some(Error::Busy { limit: 64 }));
    server.stop().await;
}

#[tokio::test]
async fn the_end_of_the_server_ends_the_call() {
    let server = Server::start("127.0.0.1:0").await;
    let (_call, mut events) = native_call::open(&server.app, &[], None, None).unwrap();
    headers(&mut events).await;
    server.app.shutdown.begin();
    assert_eq!(trailers(&mut events).await.0, 14);
    server.stop().await;
}

#[tokio::test]
async fn it_reaches_its_own_listener_on_any_address() {
    let server = Server::start("0.0.0.0:0").await;
    let (mut call, mut events) = native_call::open(&server.app, &[], None, None).unwrap();
    call.half_close();
    headers(&mut events).await;
    assert_eq!(trailers(&mut events).await.0, 0);
    server.stop().await;
}
