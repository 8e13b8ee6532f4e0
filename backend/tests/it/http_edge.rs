//! What is around every request: who may ask, and what nobody serves.

use http::{Method, Request, StatusCode, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use crate::{
    capture_support::BUDGET,
    support::{Answer, TestApp},
};

/// The status of the answer to a request written by hand; `{at}` stands for the address of the server.
async fn raw(app: &TestApp, request: &str) -> u16 {
    let mut socket = TcpStream::connect(app.addr()).await.unwrap();
    socket.write_all(request.replace("{at}", &app.addr().to_string()).as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    timeout(BUDGET, socket.read_exact(&mut answer)).await.expect("the server did not answer").unwrap();
    std::str::from_utf8(&answer).unwrap().split(' ').nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_host_that_is_not_this_machine_is_refused() {
    let app = TestApp::builder().flag("public-origin", "https://play.example.org").spawn().await;
    for (host, expected) in [
        ("evil.example.org", StatusCode::FORBIDDEN),
        ("play.example.org:80", StatusCode::FORBIDDEN),
        ("127.1", StatusCode::FORBIDDEN),
        ("play.example.org", StatusCode::OK),
        ("Play.Example.org", StatusCode::OK),
        ("play.example.org:443", StatusCode::OK),
        ("localhost:9", StatusCode::OK),
        ("LocalHost", StatusCode::OK),
    ] {
        let answer = app.client.get(app.url("/healthz")).header("host", host).send().await.unwrap();
        assert_eq!(answer.status(), expected, "{host}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_request_that_does_not_name_one_host_is_malformed() {
    let app = TestApp::spawn().await;
    for host in [
        "",
        "Host: \r\n",
        "Host: 127.0.0.1:80@evil.example.org\r\n",
        "Host: user@localhost\r\n",
        "Host: local host\r\n",
        "Host: localhost:http\r\n",
        "Host: localhost:+80\r\n",
        "Host: localhost:65536\r\n",
        "Host: localhost.\r\n",
        "Host: [::1\r\n",
        "Host: [::1::]\r\n",
        "Host: localhost/\r\n",
        "Host: localhost\r\nHost: localhost\r\n",
        "Host: {at}\r\nhost: evil.example.org\r\n",
    ] {
        for method in ["GET", "PUT"] {
            assert_eq!(raw(&app, &format!("{method} /healthz HTTP/1.1\r\n{host}\r\n")).await, 400, "{host:?}");
        }
    }
    Answer::to(app.request("GET", "/healthz").header("host", "a@localhost")).await.problem(400);
    app.stop().await;
}

#[tokio::test]
async fn the_target_of_a_request_and_its_host_must_agree() {
    let app = TestApp::spawn().await;
    for (request, status) in [
        ("GET http://{at}/healthz HTTP/1.1\r\nHost: {at}\r\n\r\n", 200),
        ("GET http://LOCALHOST/healthz HTTP/1.1\r\nHost: localhost:80\r\n\r\n", 200),
        ("GET http://{at}/healthz HTTP/1.0\r\n\r\n", 200),
        ("GET http://{at}/healthz HTTP/1.1\r\n\r\n", 400),
        ("GET http://{at}/healthz HTTP/1.1\r\nHost: evil.example.org\r\n\r\n", 400),
        ("GET http://evil.example.org/healthz HTTP/1.1\r\nHost: {at}\r\n\r\n", 400),
        ("GET http://evil.example.org/healthz HTTP/1.1\r\nHost: evil.example.org\r\n\r\n", 403),
        ("GET http://a@{at}/healthz HTTP/1.1\r\nHost: {at}\r\n\r\n", 400),
        ("CONNECT evil.example.org:443 HTTP/1.1\r\nHost: evil.example.org:443\r\n\r\n", 403),
        ("CONNECT {at} HTTP/1.1\r\nHost: {at}\r\n\r\n", 404),
        ("OPTIONS * HTTP/1.1\r\nHost: {at}\r\n\r\n", 404),
    ] {
        assert_eq!(raw(&app, request).await, status, "{request}");
    }
    app.stop().await;
}

#[tokio::test]
async fn an_authority_of_http2_is_checked_like_a_host() {
    let app = TestApp::builder().flag("public-origin", "https://play.example.org").spawn().await;
    let stream = TokioIo::new(TcpStream::connect(app.addr()).await.unwrap());
    let (mut client, connection) = hyper::client::conn::http2::handshake(TokioExecutor::new(), stream).await.unwrap();
    let connection = tokio::spawn(connection);
    for (authority, host, status) in [
        ("Play.Example.org", None, 200),
        ("play.example.org:443", None, 200),
        ("LOCALHOST", Some("localhost:80"), 200),
        ("localhost", Some("127.0.0.1"), 400),
        ("localhost", Some("a@localhost"), 400),
        ("localhost.", None, 400),
        ("evil.example.org", None, 403),
    ] {
        let mut request =
            Request::builder().method(Method::GET).version(Version::HTTP_2).uri(format!("http://{authority}/healthz"));
        if let Some(host) = host {
            request = request.header("host", host);
        }
        let request = request.body(http_body_util::Empty::<bytes::Bytes>::new()).unwrap();
        let answer = timeout(BUDGET, client.send_request(request)).await.unwrap().unwrap();
        assert_eq!(answer.status().as_u16(), status, "{authority} {host:?}");
    }
    drop(client);
    timeout(BUDGET, connection).await.unwrap().unwrap().unwrap();
    app.stop().await;
}

#[tokio::test]
async fn the_server_is_ready_without_a_broker_and_says_so() {
    let app = TestApp::spawn().await;
    let answer = app.client.get(app.url("/readyz")).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let body: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(body["status"], "degraded");
    assert_eq!(body["store_up"], true);
    app.stop().await;
}

#[tokio::test]
async fn what_nobody_serves_is_a_problem() {
    let app = TestApp::spawn().await;
    let answer = app.client.get(app.url("/api/v1/nothing")).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let body: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(body["type"], "/problems/not-found");
    app.stop().await;
}

#[tokio::test]
async fn both_listeners_serve_the_same() {
    let app = TestApp::spawn().await;
    for address in [app.addr(), app.grpc_addr()] {
        let answer = app.client.get(format!("http://{address}/healthz")).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{address}");
    }
    app.stop().await;
}

#[tokio::test]
async fn the_store_lives_in_the_data_folder() {
    let app = TestApp::spawn().await;
    app.client.get(app.url("/readyz")).send().await.unwrap();
    assert!(app.data().join("crosstalk.sqlite").is_file());
    app.stop().await;
}

#[tokio::test]
async fn the_brokers_password_is_not_told() {
    let app = TestApp::builder().amqp_url("amqp://guest:hunter2@127.0.0.1:1/%2f").spawn().await;
    let body = app.client.get(app.url("/readyz")).send().await.unwrap().text().await.unwrap();
    assert!(!body.contains("hunter2"), "{body}");
    app.stop().await;
}

#[tokio::test]
async fn a_websocket_handshake_at_an_unknown_path_is_not_accepted() {
    let app = TestApp::spawn().await;
    let refused = tokio_tungstenite::connect_async(app.ws_url("/nothing")).await.unwrap_err();
    let tokio_tungstenite::tungstenite::Error::Http(answer) = refused else { panic!("{refused}") };
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    app.stop().await;
}
