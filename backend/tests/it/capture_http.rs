//! What is captured of the listener: exactly what went over the socket, but for masks, and nothing of anybody else.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use crosstalk_proto::{
    capture::{Capture, Sender},
    ws::{ClientMessage, VERSION},
};
use crosstalk_testkit::Observer;
use futures_util::{SinkExt as _, StreamExt as _};
use http::StatusCode;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest as _};

use crate::{
    capture_support::{BUDGET, CAPTURE_SECRET, PARENT, TRACE, all, arm, ask, only, read},
    grpc_support::{SAY_HELLO, greeter, hello, hello_frame},
    support::{Answer, TestApp},
};

const UNKNOWN: &str = "00000000000000000000000000000001";

/// A request by hand on a connection of its own; gives all that was sent and all that came back.
async fn exchange(app: &TestApp, head: &str, body: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let sent = [format!("{head}\r\n\r\n").as_bytes(), body].concat();
    let mut socket = TcpStream::connect(app.addr()).await.unwrap();
    socket.write_all(&sent).await.unwrap();
    let mut answer = Vec::new();
    timeout(BUDGET, socket.read_to_end(&mut answer)).await.expect("the server did not answer").unwrap();
    (sent, answer)
}

#[track_caller]
fn names(capture: &Capture) -> Vec<String> {
    let messages = capture.connections.iter().flat_map(|connection| &connection.messages);
    messages.map(|message| format!("{:?} {} {}", message.from, message.name, message.value)).collect()
}

#[tokio::test]
async fn a_rest_call_is_captured_byte_for_byte_but_for_its_credentials() {
    let app = TestApp::spawn().await;
    let secret = arm(&app, TRACE).await;
    let head = format!(
        "POST /api/v1/resource HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer s3cret\r\n\
         Content-Type: application/json\r\nContent-Length: 14\r\ntraceparent: {PARENT}"
    );
    let (sent, answered) = exchange(&app, &head, br#"{"name":"Ada"}"#).await;
    let capture = read(&app, TRACE, &secret).await;
    let connection = only(&capture);
    assert_eq!(connection.protocol, "HTTP/1.1");
    let masked = String::from_utf8(sent).unwrap().replace("s3cret", "******");
    assert_eq!(String::from_utf8(all(connection, Sender::Client)).unwrap(), masked);
    assert_eq!(all(connection, Sender::Server), answered);
    insta::assert_snapshot!(names(&capture).join("\n"), @r#"
    Client request head POST /api/v1/resource
    Client request body 14 bytes
    Server answer head 201 Created
    Server answer body 163 bytes
    "#);
    let body = &connection.messages[1];
    let name = body.fields.iter().find(|field| field.name == "name").unwrap();
    assert_eq!((name.start, name.len, body.totals.payload), (1, 12, 14));
    app.stop().await;
}

#[tokio::test]
async fn what_others_say_on_the_same_connection_is_not_told() {
    let app = TestApp::spawn().await;
    let secret = arm(&app, TRACE).await;
    let other = PARENT.replace("4bf9", "beef");
    let before = format!("GET /healthz HTTP/1.1\r\nHost: localhost\r\ntraceparent: {other}\r\n\r\n");
    let after = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let ours = format!("GET /api/v1/resource?name=Ada HTTP/1.1\r\nHost: localhost\r\ntraceparent: {PARENT}\r\n\r\n");
    let mut socket = TcpStream::connect(app.addr()).await.unwrap();
    socket.write_all(format!("{before}{ours}{after}").as_bytes()).await.unwrap();
    timeout(BUDGET, socket.read_to_end(&mut Vec::new())).await.unwrap().unwrap();
    let capture = read(&app, TRACE, &secret).await;
    insta::assert_snapshot!(names(&capture).join("\n"), @r"
    Client request head GET /api/v1/resource?name=Ada
    Server answer head 200 OK
    Server answer body 24 bytes
    ");
    assert_eq!(only(&capture).messages[0].offset, before.len() as u64);
    app.stop().await;
}

#[tokio::test]
async fn connections_that_were_there_before_are_ended_and_not_captured() {
    let app = TestApp::spawn().await;
    let mut idle = TcpStream::connect(app.addr()).await.unwrap();
    idle.write_all(b"HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    assert!(idle.read(&mut [0; 1024]).await.unwrap() > 0);
    let armed = Answer::to(app.request("PUT", &format!("/api/v1/captures/{TRACE}"))).await;
    assert_eq!((armed.status, armed.header("connection")), (StatusCode::CREATED, "close"));
    assert_eq!(armed.header("cache-control"), "no-store");
    let secret = armed.json()["secret"].as_str().unwrap().to_owned();
    let end = timeout(BUDGET, idle.read(&mut [0; 1])).await.expect("the idle connection was not ended");
    assert_eq!(end.unwrap(), 0);
    assert_eq!(read(&app, TRACE, &secret).await.connections, []);
    let again = app.request("PUT", &format!("/api/v1/captures/{TRACE}")).header(CAPTURE_SECRET, &secret);
    let again = Answer::to(again).await;
    assert_eq!((again.status, again.json()["secret"].as_str()), (StatusCode::OK, Some(secret.as_str())));
    app.stop().await;
}

#[tokio::test]
async fn a_native_grpc_call_is_captured_from_the_preface_to_the_goodbye() {
    let app = TestApp::spawn().await;
    let secret = arm(&app, TRACE).await;
    let observer = Observer::before(app.addr()).await.unwrap();
    let mut client = greeter(observer.address()).await;
    let mut request = tonic::Request::new(hello("Ada"));
    request.metadata_mut().insert("traceparent", PARENT.parse().unwrap());
    client.say_hello(request).await.unwrap();
    drop(client);
    let seen = observer.ended("PRI * HTTP/2.0", BUDGET).await.unwrap();
    let capture = read(&app, TRACE, &secret).await;
    let connection = only(&capture);
    assert_eq!(connection.protocol, "HTTP/2");
    assert_eq!(all(connection, Sender::Client), seen.client);
    assert_eq!(all(connection, Sender::Server), seen.server);
    let names = names(&capture);
    for expected in
        ["Client connection preface PRI * HTTP/2.0 … SM", "Client frame DATA, stream 1", "Server frame DATA, stream 1"]
    {
        assert!(names.iter().any(|name| name == expected), "{expected}: {names:?}");
    }
    let reply = connection
        .messages
        .iter()
        .flat_map(|message| &message.fields)
        .find(|field| field.name == "message" && field.value == "Hello, Ada");
    assert!(reply.is_some(), "{connection:?}");
    app.stop().await;
}

#[tokio::test]
async fn a_grpc_web_call_is_captured_with_its_trailers() {
    let app = TestApp::spawn().await;
    let secret = arm(&app, TRACE).await;
    let body = hello_frame("Ada");
    let head = format!(
        "POST {SAY_HELLO} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Content-Type: application/grpc-web+proto\r\nContent-Length: {}\r\ntraceparent: {PARENT}",
        body.len()
    );
    let (sent, answered) = exchange(&app, &head, &body).await;
    let capture = read(&app, TRACE, &secret).await;
    let connection = only(&capture);
    assert_eq!(all(connection, Sender::Client), sent);
    assert_eq!(all(connection, Sender::Server), answered);
    let fields: Vec<_> = connection.messages.iter().flat_map(|message| &message.fields).collect();
    for (name, value) in [("name", "Ada"), ("message", "Hello, Ada"), ("grpc-status", "0")] {
        assert!(fields.iter().any(|field| field.name == name && field.value == value), "{name}: {fields:?}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_websocket_is_captured_behind_its_handshake() {
    let app = TestApp::spawn().await;
    let secret = arm(&app, TRACE).await;
    let observer = Observer::before(app.addr()).await.unwrap();
    let mut request = format!("ws://{}/ws", observer.address()).into_client_request().unwrap();
    request.headers_mut().insert("traceparent", PARENT.parse().unwrap());
    let (mut socket, _answer) = tokio_tungstenite::connect_async(request).await.unwrap();
    let hello = serde_json::to_string(&ClientMessage::Hello { version: VERSION }).unwrap();
    socket.send(Message::text(&hello)).await.unwrap();
    timeout(BUDGET, socket.next()).await.unwrap().unwrap().unwrap();
    socket.close(None).await.unwrap();
    while let Some(Ok(_)) = timeout(BUDGET, socket.next()).await.unwrap() {}
    drop(socket);
    let seen = observer.ended(TRACE, BUDGET).await.unwrap();
    let capture = read(&app, TRACE, &secret).await;
    let connection = only(&capture);
    assert_eq!(connection.protocol, "WebSocket");
    assert_eq!(all(connection, Sender::Client), seen.client);
    assert_eq!(all(connection, Sender::Server), seen.server);
    let payload =
        connection.messages.iter().flat_map(|message| &message.fields).find_map(|field| field.decoded.clone());
    assert_eq!(base64::Engine::decode(&base64::prelude::BASE64_STANDARD, payload.unwrap()).unwrap(), hello.as_bytes());
    app.stop().await;
}

#[tokio::test]
async fn a_request_with_two_trace_contexts_is_part_of_neither_capture() {
    let app = TestApp::spawn().await;
    let other = TRACE.replace("4bf9", "beef");
    let secret = arm(&app, TRACE).await;
    let others = arm(&app, &other).await;
    let head = format!(
        "GET /api/v1/resource HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\ntraceparent: {PARENT}\r\n\
         traceparent: {}",
        PARENT.replace("4bf9", "beef")
    );
    exchange(&app, &head, b"").await;
    assert_eq!(read(&app, TRACE, &secret).await.connections, []);
    assert_eq!(read(&app, &other, &others).await.connections, []);
    app.stop().await;
}

#[tokio::test]
async fn who_has_no_secret_reads_nothing() {
    let app = TestApp::spawn().await;
    let secret = arm(&app, TRACE).await;
    let other = arm(&app, &TRACE.replace("4bf9", "beef")).await;
    assert!(secret != other && secret != TRACE, "{secret}");
    for path in ["", "/pcapng"] {
        let of = |trace: &str| format!("/api/v1/captures/{trace}{path}");
        for trace in [TRACE, UNKNOWN] {
            let missing = app.get(&of(trace)).await.problem(403);
            assert!(missing.detail.contains("capture-secret"), "{missing:?}");
        }
        let mut details = Vec::new();
        for (trace, wrong) in [(TRACE, other.as_str()), (TRACE, TRACE), (TRACE, ""), (TRACE, "x"), (UNKNOWN, &secret)] {
            let refused = ask(&app, trace, path, wrong).await.problem(404);
            assert!(refused.detail.contains("arm it with PUT"), "{refused:?}");
            details.push(refused.detail.replace(trace, ""));
        }
        details.dedup();
        assert_eq!(details.len(), 1, "a wrong secret is told from an unknown capture: {details:?}");
        let twice = app.request("GET", &of(TRACE)).header(CAPTURE_SECRET, &secret).header(CAPTURE_SECRET, &secret);
        Answer::to(twice).await.problem(404);
        let in_query = format!("{}?capture-secret={secret}", of(TRACE));
        app.get(&in_query).await.problem(403);
        for bad in ["x", "4BF92F3577B34DA6A3CE929D0E0E4736", "00000000000000000000000000000000", "%ff"] {
            ask(&app, bad, path, &secret).await.problem(400);
        }
        assert_eq!(ask(&app, TRACE, path, &secret).await.status, StatusCode::OK);
    }
    for bad in ["x", "%ff"] {
        Answer::to(app.request("PUT", &format!("/api/v1/captures/{bad}"))).await.problem(400);
    }
    // others can neither take it over nor learn its secret
    let again = app.request("PUT", &format!("/api/v1/captures/{TRACE}"));
    for wrong in [again.try_clone().unwrap(), again.header(CAPTURE_SECRET, &other)] {
        let refused = Answer::to(wrong).await;
        refused.problem(403);
        assert!(!refused.text().contains(&secret));
    }
    app.stop().await;
}

#[tokio::test]
async fn the_secret_is_in_no_capture() {
    let app = TestApp::spawn().await;
    let secret = arm(&app, TRACE).await;
    let other = TRACE.replace("4bf9", "beef");
    let head = |method, trace, secret: &str| {
        format!(
            "{method} /api/v1/captures/{trace} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Capture-Secret: {secret}\r\ntraceparent: {PARENT}"
        )
    };
    exchange(&app, &head("GET", TRACE, &secret), b"").await;
    let (_, armed) = exchange(&app, &head("PUT", &other, &secret), b"").await;
    let armed = String::from_utf8(armed).unwrap();
    let others = armed.split("\"secret\":\"").nth(1).unwrap().split('"').next().unwrap();
    for path in ["", "/pcapng"] {
        let told = ask(&app, TRACE, path, &secret).await;
        let text = String::from_utf8_lossy(&told.body);
        for secret in [&*secret, others] {
            assert!(!text.contains(secret) && !text.contains(&BASE64_STANDARD.encode(secret)), "{path}");
        }
    }
    let capture = read(&app, TRACE, &secret).await;
    assert_eq!(capture.connections.len(), 2);
    let bytes: Vec<u8> = capture
        .connections
        .iter()
        .flat_map(|one| [all(one, Sender::Client), all(one, Sender::Server)].concat())
        .collect();
    let bytes = String::from_utf8(bytes).unwrap();
    assert!(!bytes.contains(&secret) && !bytes.contains(others) && bytes.contains("Capture-Secret: ****"), "{bytes}");
    app.stop().await;
}

#[tokio::test]
async fn only_so_many_captures_wait_at_once() {
    let app = TestApp::spawn().await;
    let mut secrets = Vec::new();
    for nth in 1..=64 {
        secrets.push(arm(&app, &format!("{nth:032x}")).await);
    }
    let refused = Answer::to(app.request("PUT", &format!("/api/v1/captures/{TRACE}"))).await;
    let problem = refused.problem(429);
    assert!(problem.detail.contains("no visitor holds more of them than you; try again"), "{problem:?}");
    // another visitor is not locked out
    let other = app.request("PUT", &format!("/api/v1/captures/{TRACE}")).header("x-forwarded-for", "192.0.2.1");
    assert_eq!(Answer::to(other).await.status, 201);
    ask(&app, &format!("{:032x}", 1), "", &secrets[0]).await.problem(404);
    assert_eq!(ask(&app, &format!("{:032x}", 2), "", &secrets[1]).await.status, 200);
    app.stop().await;
}
