//! What the gRPC tests share: clients, frames by hand, raw HTTP/1.1, and a look at the counters.

use std::{net::SocketAddr, time::Duration};

use bytes::Bytes;
use crosstalk_proto::helloworld::{HelloRequest, greeter_client::GreeterClient};
use prost::Message as _;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use tonic::transport::{Channel, Endpoint};

use crate::support::TestApp;

/// How long anything may take that is expected to happen.
pub(crate) const BUDGET: Duration = Duration::from_secs(10);

pub(crate) const SAY_HELLO: &str = "/helloworld.Greeter/SayHello";
pub(crate) const SAY_HELLO_STREAM_REPLY: &str = "/helloworld.Greeter/SayHelloStreamReply";

pub(crate) async fn channel(address: SocketAddr) -> Channel {
    Endpoint::from_shared(format!("http://{address}")).unwrap().connect().await.unwrap()
}

pub(crate) async fn greeter(address: SocketAddr) -> GreeterClient<Channel> {
    GreeterClient::new(channel(address).await)
}

pub(crate) fn hello(name: &str) -> HelloRequest {
    HelloRequest { name: name.to_owned() }
}

/// A length-prefixed message (gRPC over HTTP/2, section Requests).
pub(crate) fn frame(flag: u8, message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).unwrap();
    [&[flag], length.to_be_bytes().as_slice(), message].concat()
}

pub(crate) fn hello_frame(name: &str) -> Vec<u8> {
    frame(0, &hello(name).encode_to_vec())
}

/// Takes the frames of a gRPC-Web body apart: flag and content of each.
#[track_caller]
pub(crate) fn frames(mut body: &[u8]) -> Vec<(u8, Bytes)> {
    let mut frames = Vec::new();
    while let [flag, a, b, c, d, rest @ ..] = body {
        let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        assert!(rest.len() >= length, "a frame is cut");
        frames.push((*flag, Bytes::copy_from_slice(&rest[..length])));
        body = &rest[length..];
    }
    assert!(body.is_empty(), "bytes are left over: {body:?}");
    frames
}

/// An answer over HTTP/1.1, as it came but for the chunks.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().filter_map(|line| line.split_once(": ")).find(|(n, _)| *n == name).map(|(_, value)| value)
    }
}

/// One POST by hand. `headers` are whole lines.
pub(crate) async fn post(address: SocketAddr, path: &str, headers: &[&str], body: &[u8]) -> Answer {
    let mut socket = send(address, path, headers, body, body.len()).await;
    let mut bytes = Vec::new();
    timeout(BUDGET, socket.read_to_end(&mut bytes)).await.expect("the server did not answer").unwrap();
    parse(&bytes)
}

/// Sends a POST that promises `length` bytes of body.
pub(crate) async fn send(address: SocketAddr, path: &str, headers: &[&str], body: &[u8], length: usize) -> TcpStream {
    let mut socket = TcpStream::connect(address).await.unwrap();
    let lines: String = headers.iter().flat_map(|line| [*line, "\r\n"]).collect();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {length}\r\n{lines}\r\n"
    );
    socket.write_all(&[head.as_bytes(), body].concat()).await.unwrap();
    socket
}

fn parse(bytes: &[u8]) -> Answer {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").expect("an answer has a head") + 4;
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let answer = Answer { status, head, body: bytes[end..].to_vec() };
    match answer.header("transfer-encoding") {
        Some("chunked") => Answer { body: unchunked(&answer.body), ..answer },
        _ => answer,
    }
}

fn unchunked(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let line = rest.windows(2).position(|window| window == b"\r\n").expect("a chunk has a length");
        let length = usize::from_str_radix(std::str::from_utf8(&rest[..line]).unwrap(), 16).unwrap();
        if length == 0 {
            return body;
        }
        body.extend_from_slice(&rest[line + 2..line + 2 + length]);
        rest = &rest[line + 2 + length + 2..];
    }
}

/// A counter or gauge, as `/metrics` tells it.
pub(crate) async fn metric(app: &TestApp, name: &str) -> i64 {
    let text = app.client.get(app.url("/metrics")).send().await.unwrap().text().await.unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name)).expect("the metric is there");
    line.trim().parse().unwrap()
}

/// Waits until a counter or gauge has this value.
pub(crate) async fn until_metric(app: &TestApp, name: &str, value: i64) {
    let reached = async {
        while metric(app, name).await != value {
            tokio::task::yield_now().await;
        }
    };
    timeout(BUDGET, reached).await.expect("the metric did not reach its value");
}
