//! What cannot be understood gets a clear answer of the right kind.

use std::time::Duration;

use crosstalk::rest::body::BODY_BUDGET;
use crosstalk_proto::rest::MAX_BODY;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::support::{Answer, TestApp};

const PATH: &str = "/api/v1/resource";

fn post(app: &TestApp, body: impl Into<reqwest::Body>) -> reqwest::RequestBuilder {
    app.request("POST", PATH).header("content-type", "application/json").body(body)
}

#[tokio::test]
async fn malformed_json_is_refused_with_line_and_column() {
    let app = TestApp::spawn().await;
    let answer = Answer::to(post(&app, "{\n  \"name\": Ada\n}")).await;
    answer.problem(400);
    insta::assert_json_snapshot!(answer.stable_json(), @r#"
    {
      "detail": "the body is not JSON: expected value, in line 2, column 11",
      "errors": [
        {
          "column": 11,
          "detail": "expected value",
          "line": 2,
          "pointer": ""
        }
      ],
      "request_id": "[request_id]",
      "status": 400,
      "title": "Bad Request",
      "type": "/problems/bad-request"
    }
    "#);
    for body in ["", "{", "{\"name\":\"Ada\"", "{\"name\":\"Ada\"} x", "{'name':'Ada'}", "{\"name\":\"\\ud800\"}"] {
        assert!(Answer::to(post(&app, body)).await.problem(400).errors[0].line.is_some(), "{body}");
    }
    let not_utf8 = b"{\"name\":\"\xff\"}".to_vec();
    Answer::to(post(&app, not_utf8)).await.problem(400);
    app.stop().await;
}

#[tokio::test]
async fn a_wrong_shape_is_refused_with_pointers() {
    let app = TestApp::spawn().await;
    let answer = Answer::to(post(&app, r#"{"name":["Ada"]}"#)).await;
    answer.problem(422);
    insta::assert_json_snapshot!(answer.stable_json(), @r#"
    {
      "detail": "/name in the body is not as it must be: invalid type: sequence, expected a string",
      "errors": [
        {
          "detail": "invalid type: sequence, expected a string",
          "pointer": "/name"
        }
      ],
      "request_id": "[request_id]",
      "status": 422,
      "title": "Unprocessable Entity",
      "type": "/problems/unprocessable-entity"
    }
    "#);
    let long = format!("{{\"name\":\"{}\"}}", "a".repeat(201));
    for (body, pointer) in [
        ("{}", ""),
        (r#"["Ada"]"#, ""),
        ("null", ""),
        (r#"{"name":"Ada","nmae":"Ada"}"#, "/nmae"),
        (r#"{"name":null}"#, "/name"),
        (r#"{"name":"A\nda"}"#, "/name"),
        (&long, "/name"),
    ] {
        assert_eq!(Answer::to(post(&app, body.to_owned())).await.problem(422).errors[0].pointer, pointer, "{body}");
    }
    app.stop().await;
}

#[tokio::test]
async fn another_media_type_hears_which_are_taken() {
    let app = TestApp::spawn().await;
    for kind in ["text/plain", "application/xml", "", "json"] {
        for (method, path) in [("POST", PATH), ("PUT", "/api/v1/resource/ada")] {
            let request = app.request(method, path).header("content-type", kind).body(r#"{"name":"Ada"}"#);
            let answer = Answer::to(request).await;
            answer.problem(415);
            assert_eq!(answer.header("accept"), "application/json, application/x-protobuf");
        }
    }
    let compressed = Answer::to(post(&app, "{}").header("content-encoding", "gzip")).await;
    compressed.problem(415);
    assert_eq!(compressed.header("accept-encoding"), "identity");
    for taken in ["application/json; charset=utf-8", "Application/JSON"] {
        let request = app.request("POST", PATH).header("content-type", taken).body(r#"{"name":"Ada"}"#);
        assert_eq!(Answer::to(request).await.status, 201, "{taken}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_body_over_64_kib_is_refused_and_one_of_64_kib_is_read() {
    let app = TestApp::spawn().await;
    let body = |len: usize| format!("{{\"name\":\"Ada\"{}}}", " ".repeat(len - 14));
    assert_eq!(Answer::to(post(&app, body(MAX_BODY))).await.status, 201);
    for len in [MAX_BODY + 1, 300_000] {
        Answer::to(post(&app, body(len))).await.problem(413);
        // without Content-Length, in chunks
        let chunks = futures_util::stream::iter([Ok::<_, std::io::Error>(body(len))]);
        Answer::to(post(&app, reqwest::Body::wrap_stream(chunks))).await.problem(413);
    }
    app.stop().await;
}

#[tokio::test]
async fn an_oversized_body_that_was_announced_is_refused_before_it_is_sent() {
    let app = TestApp::spawn().await;
    let head = "content-type: application/json\r\ncontent-length: 70000\r\nexpect: 100-continue\r\n";
    let (mut stream, mut heard) = raw_post(&app, head).await;
    read_until(&mut stream, &mut heard, "\r\n\r\n").await;
    assert!(heard.starts_with("HTTP/1.1 413 "), "{heard}");
    drop(stream);
    app.stop().await;
}

/// The clock is moved by hand: nobody waits ten seconds.
#[tokio::test]
async fn a_body_that_does_not_arrive_is_given_up() {
    let app = TestApp::spawn().await;
    let head = "content-type: application/json\r\ncontent-length: 14\r\nexpect: 100-continue\r\n";
    let (mut stream, mut heard) = raw_post(&app, head).await;
    // the server asks for the body once it waits for it
    read_until(&mut stream, &mut heard, "100 Continue\r\n\r\n").await;
    stream.write_all(b"{\"name\"").await.unwrap();
    tokio::time::pause();
    tokio::time::advance(BODY_BUDGET + Duration::from_millis(1)).await;
    tokio::time::resume();
    heard.clear();
    read_until(&mut stream, &mut heard, "}").await;
    assert!(heard.starts_with("HTTP/1.1 408 "), "{heard}");
    assert!(heard.contains("connection: close\r\n") && heard.contains("/problems/request-timeout"), "{heard}");
    drop(stream);
    app.stop().await;
}

#[tokio::test]
async fn what_is_not_http_is_refused_and_the_server_lives_on() {
    let app = TestApp::spawn().await;
    for bytes in
        [&b"\x00\x01\x02\r\n\r\n"[..], b"GET / HTTP/9.9\r\n\r\n", b"GET /\xff\xfe HTTP/1.1\r\nhost: localhost\r\n\r\n"]
    {
        let mut stream = TcpStream::connect(app.addr()).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        let mut heard = Vec::new();
        stream.read_to_end(&mut heard).await.unwrap();
        assert!(heard.starts_with(b"HTTP/1.1 400 "), "{}", String::from_utf8_lossy(&heard));
    }
    assert_eq!(app.get(PATH).await.status, 200);
    app.stop().await;
}

#[tokio::test]
async fn paths_and_methods_that_are_none_are_problems() {
    let app = TestApp::spawn().await;
    for path in ["/api", "/api/", "/api/v1", "/api/v2/resource", "/api/v1/resource/a/b", "/api/v1/resources/"] {
        app.get(path).await.problem(404);
    }
    for (method, path) in [
        ("DELETE", PATH),
        ("PUT", PATH),
        ("POST", "/api/v1/resource/ada"),
        ("POST", "/api/v1/resources"),
        ("BREW", PATH),
    ] {
        let answer = Answer::to(app.request(method, path)).await;
        answer.problem(405);
        assert!(answer.header("allow").contains("GET"), "{answer:?}");
    }
    app.stop().await;
}

/// Sends the head of a `POST` and nothing more.
async fn raw_post(app: &TestApp, head: &str) -> (TcpStream, String) {
    let mut stream = TcpStream::connect(app.addr()).await.unwrap();
    let request = format!("POST {PATH} HTTP/1.1\r\nhost: localhost\r\n{head}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    (stream, String::new())
}

/// Reads until `end` was heard, for at most some seconds.
async fn read_until(stream: &mut TcpStream, heard: &mut String, end: &str) {
    let reading = async {
        while !heard.contains(end) {
            let mut buffer = [0; 4096];
            let read = stream.read(&mut buffer).await.unwrap();
            assert_ne!(read, 0, "the server closed after {heard:?}");
            heard.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
        }
    };
    tokio::time::timeout(Duration::from_secs(5), reading).await.expect("the server says nothing");
}
