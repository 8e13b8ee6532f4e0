//! Calls of other clients as a page that watches hears of them: what they did, and not what they carried.

use crosstalk_proto::ws::{Answer, ClientMessage, Command, LinkState, OtherCall, ServerMessage, Style, VERSION};
use lapin::BasicProperties;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use crate::{
    bridge_client::{Amqp, Page, settles},
    grpc_support::{SAY_HELLO, greeter, hello, hello_frame, post},
    support::TestApp,
};

const MARK: &str = "/api/v1/resource?name=mark";

async fn watching(app: &TestApp) -> Page {
    let mut page = Page::open(app).await;
    assert!(matches!(page.carry(Command::WatchOthers).await, Ok((Answer::Done, _))));
    page
}

/// The next calls that the page is told of, and how many more there were.
async fn told(page: &mut Page) -> (Style, Vec<OtherCall>, u64) {
    page.until(|message| match message {
        ServerMessage::Others { style, calls, missed } => Some((style, calls, missed)),
        _ => None,
    })
    .await
}

async fn one(page: &mut Page) -> (Style, OtherCall) {
    let (style, mut calls, missed) = told(page).await;
    assert_eq!((calls.len(), missed), (1, 0), "{calls:?}");
    (style, calls.remove(0))
}

#[tokio::test]
async fn a_rest_call_is_told_without_what_it_carries() {
    let app = TestApp::spawn().await;
    let mut page = watching(&app).await;
    let request = app.client.post(app.url("/api/v1/resource?token=s3cret")).header("user-agent", "curl/8.5.0");
    let body = r#"{"name":"Confidential"}"#;
    let answer = request.header("content-type", "application/json").body(body).send().await.unwrap();
    let answered = answer.bytes().await.unwrap().len();
    let (style, call) = one(&mut page).await;
    assert_eq!(style, Style::Rest);
    assert_eq!((&*call.verb, &*call.what, call.code), ("POST", "/api/v1/resource?token=…", Some(201)));
    assert_eq!((call.bytes_out, call.bytes_in), (Some(body.len() as u64), Some(answered as u64)));
    assert_eq!(call.client, "curl/8.5.0");
    assert!(call.took_ms.is_some_and(|ms| ms > 0.0));
    let text = serde_json::to_string(&call).unwrap();
    assert!(!text.contains("Confidential") && !text.contains("s3cret"), "{text}");
    app.stop().await;
}

#[tokio::test]
async fn grpc_calls_are_told_with_their_own_status_native_or_not() {
    let app = TestApp::spawn().await;
    let mut page = watching(&app).await;

    greeter(app.grpc_addr()).await.say_hello(hello("Ada")).await.unwrap();
    let (style, call) = one(&mut page).await;
    assert_eq!((style, &*call.verb, &*call.what, call.code), (Style::Grpc, "SayHello", SAY_HELLO, Some(0)));
    assert!(call.client.starts_with("tonic/"), "{call:?}");

    greeter(app.addr()).await.say_hello(hello(&"x".repeat(201))).await.unwrap_err();
    assert_eq!(one(&mut page).await.1.code, Some(3));

    for kind in ["application/grpc-web+proto", "application/grpc-web-text+proto"] {
        let frame = hello_frame("Ada");
        let body = if kind.contains("text") {
            base64::Engine::encode(&base64::prelude::BASE64_STANDARD, frame).into_bytes()
        } else {
            frame
        };
        post(app.addr(), SAY_HELLO, &[&format!("content-type: {kind}")], &body).await;
        assert_eq!(one(&mut page).await.1.code, Some(0), "{kind}");
    }
    app.stop().await;
}

#[tokio::test]
async fn the_page_s_own_calls_and_those_through_a_proxy_are_not_told() {
    let app = TestApp::spawn().await;
    let mut page = watching(&app).await;
    let get = |header: (&'static str, &str)| app.client.get(app.url("/api/v1/resource")).header(header.0, header.1);
    for header in [("sec-fetch-site", "same-origin"), ("x-forwarded-for", "192.0.2.1"), ("forwarded", "for=192.0.2.1")]
    {
        assert_eq!(get(header).send().await.unwrap().status(), 200);
    }
    // the page's own streams are driven over the server's own listener
    let opened = page.carry(Command::CallOpen { metadata: Vec::new(), deadline_ms: None }).await;
    let Ok((Answer::CallOpened { call }, _)) = opened else { panic!("{opened:?}") };
    page.carry(Command::CallSend { call, name: "Ada".to_owned() }).await.unwrap();
    page.carry(Command::CallHalfClose { call }).await.unwrap();
    page.until(|message| match message {
        ServerMessage::Call { event: crosstalk_proto::ws::CallEvent::Trailers { .. }, .. } => Some(()),
        _ => None,
    })
    .await;
    app.client.get(app.url(MARK)).send().await.unwrap();
    assert_eq!(one(&mut page).await.1.what, MARK);
    app.stop().await;
}

#[tokio::test]
async fn a_page_that_may_come_from_elsewhere_is_refused() {
    let app = TestApp::builder().flag("public-origin", "https://play.example.org").spawn().await;
    let mut page = Page::open(&app).await;
    let problem = page.carry(Command::WatchOthers).await.unwrap_err();
    assert_eq!(problem.status, 403);
    app.stop().await;

    let app = TestApp::spawn().await;
    let mut request = app.ws_url("/ws").into_client_request().unwrap();
    request.headers_mut().insert("x-forwarded-for", "192.0.2.1".parse().unwrap());
    let mut page = Page::connect_with(request).await;
    page.send(&ClientMessage::Hello { version: VERSION }).await;
    assert_eq!(page.carry(Command::WatchOthers).await.unwrap_err().status, 403);
    app.stop().await;
}

#[tokio::test]
async fn of_many_at_once_some_are_listed_and_all_are_counted() {
    const CALLS: u64 = 100;
    let app = TestApp::spawn().await;
    let mut page = watching(&app).await;
    for _ in 0..CALLS {
        app.client.get(app.url("/api/v1/resource")).send().await.unwrap();
    }
    let (mut listed, mut missed) = (0, 0);
    while listed + missed < CALLS {
        let (_, calls, more) = told(&mut page).await;
        listed += calls.len() as u64;
        missed += more;
    }
    assert_eq!(listed + missed, CALLS);
    assert!(listed > 0);
    app.stop().await;
}

#[tokio::test]
async fn what_clients_of_the_embedded_broker_do_is_told_and_not_what_the_server_does() {
    let app = TestApp::builder().embedded_broker().spawn().await;
    settles(&app, "crosstalk_link_up", 1).await;
    let mut page = Page::open(&app).await;
    let url = page
        .until(|message| match message {
            ServerMessage::Link(LinkState::Up { client_url, .. }) => client_url,
            _ => None,
        })
        .await;
    assert!(matches!(page.carry(Command::WatchOthers).await, Ok((Answer::Done, _))));

    // through the server: its own publish, and the worker's reply
    page.carry(Command::Publish(crate::bridge_client::to_queue("hello", "from the page"))).await.unwrap();
    let body = crosstalk_proto::amqp::Body::Text("Ada".to_owned());
    page.carry(Command::Call { body, content_type: "text/plain".to_owned(), timeout_ms: 5_000 }).await.unwrap();

    let client = Amqp::connect(&url).await;
    client.publish("hello", b"confidential", BasicProperties::default()).await;
    let (style, call) = one(&mut page).await;
    assert_eq!((style, &*call.verb, &*call.what, call.code), (Style::Queue, "basic.publish", "hello", Some(200)));
    assert_eq!((call.bytes_out, call.took_ms), (Some(12), None));
    assert!(call.client.starts_with("lapin"), "{call:?}");

    client.publish("nobody.is.here", b"x", BasicProperties::default()).await;
    assert_eq!(one(&mut page).await.1.code, Some(312));
    let _consumer = client.consume("hello").await;
    let (_, call) = one(&mut page).await;
    assert_eq!((&*call.verb, &*call.what, call.code), ("basic.consume", "hello", Some(200)));
    drop(client);
    app.stop().await;
}
