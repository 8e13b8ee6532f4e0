//! Readers of a capture that stop reading, seen from outside of the server's process: what it keeps for them is one answer.

use std::time::Duration;

use crosstalk_broker::{Broker, Config};
use crosstalk_proto::capture::Armed;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use crate::{
    bridge_memory::Server,
    capture_support::{CAPTURE_SECRET, PARENT, TRACE},
};

/// What is captured is dissected by a program that was not optimised.
const BUDGET: Duration = Duration::from_secs(60);
const READERS: usize = 48;

/// Sends a request and reads what comes first.
async fn begin(server: &Server, request: &str) -> TcpStream {
    let mut socket = TcpStream::connect(("127.0.0.1", server.port)).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut status = [0; 13];
    timeout(BUDGET, socket.read_exact(&mut status)).await.expect("the server did not answer").unwrap();
    assert_eq!(&status[..10], b"HTTP/1.1 2", "{}", String::from_utf8_lossy(&status));
    socket
}

#[tokio::test]
async fn readers_of_a_capture_that_stop_reading_cost_no_more_than_one() {
    let listen = ([127, 0, 0, 1], 0).into();
    let broker = Broker::start(Config { listen, ..Config::default() }).await.unwrap();
    let server = Server::start(&broker.amqp_url()).await;
    let capture = format!("/api/v1/captures/{TRACE} HTTP/1.1\r\nHost: localhost\r\n");
    let address = format!("http://127.0.0.1:{}/api/v1/captures/{TRACE}", server.port);
    let armed = reqwest::Client::new().put(address).send().await.unwrap();
    let secret = armed.json::<Armed>().await.unwrap().secret;
    let capture = format!("{capture}{CAPTURE_SECRET}: {secret}\r\n");
    // a body with many fields: its description is many times as long
    let json = format!("[{}1]", "1,".repeat(20_000));
    for _ in 0..4 {
        let head = format!(
            "POST /api/v1/resource HTTP/1.1\r\nHost: localhost\r\ntraceparent: {PARENT}\r\nContent-Type: application/json"
        );
        let mut socket = TcpStream::connect(("127.0.0.1", server.port)).await.unwrap();
        let request = format!("{head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{json}", json.len());
        socket.write_all(request.as_bytes()).await.unwrap();
        timeout(BUDGET, socket.read_to_end(&mut Vec::new())).await.unwrap().unwrap();
    }
    // one that reads: making the answer takes memory of its own, which is given back
    let mut answer = Vec::new();
    let mut whole = begin(&server, &format!("GET {capture}Connection: close\r\n\r\n")).await;
    timeout(BUDGET, whole.read_to_end(&mut answer)).await.unwrap().unwrap();
    assert!(answer.len() > 4 << 20, "{}", answer.len());
    let before = server.resident();
    let mut deaf = Vec::new();
    for _ in 0..READERS {
        deaf.push(begin(&server, &format!("GET {capture}\r\n")).await);
    }
    let grown = server.resident().saturating_sub(before);
    let bound = 3 * answer.len();
    assert!(grown < bound, "grown by {} KiB for {READERS} readers of {} KiB", grown / 1024, answer.len() / 1024);
    drop(deaf);
    broker.shutdown().await;
}
