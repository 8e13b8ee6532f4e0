//! How gRPC calls end: a status of the server, a status that the page makes, and an answer that is cut, which has none.
//! The table is `model::outcome::grpc` of the page.

use std::sync::{Arc, Mutex};

use anyhow::{Context as _, Result, ensure};
use crosstalk_e2e::{Broker, Console, Page, play};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional},
    net::{TcpListener, TcpStream},
    sync::Notify,
    task::JoinSet,
};

use crate::grpc::stream;

const FIVE: &str = "document.querySelectorAll('[data-testid=grpc-message]').length >= 5";

#[tokio::test]
async fn a_stream_that_a_killed_server_cuts_has_no_status() -> Result<()> {
    play("grpc-killed", Broker::absent(), async |stage| {
        stage.console = Console::NetworkFailures;
        let page = &stage.page;
        stream(page, "1000", "50").await?;
        page.click("grpc-send").await?;
        page.until("five messages came", FIVE).await?;
        stage.server.kill();
        page.says("grpc-status", "no grpc-status").await?;
        page.says("grpc-explained", "cut before the trailers").await?;
        let count = counted(page).await?;
        page.says("grpc-explained", &format!("messages by then: {count}")).await?;
        page.says("history", "grpc-status: –").await?;

        // the history keeps what came
        stage.server.start_again(&stage.broker).await?;
        page.reload().await?;
        page.says("grpc-methods", "SayHello").await?;
        page.click("history-show").await?;
        page.says("grpc-explained", "cut before the trailers").await?;
        page.says("grpc-message", "Hello, World!").await?;
        ensure!(counted(page).await? == count, "the history has other messages");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_stream_that_a_stopping_server_ends_has_its_status() -> Result<()> {
    play("grpc-stopped", Broker::absent(), async |stage| {
        stage.console = Console::NetworkFailures;
        let page = &stage.page;
        stream(page, "1000", "50").await?;
        page.click("grpc-send").await?;
        page.until("five messages came", FIVE).await?;
        stage.server.terminate();
        page.says("grpc-status", "14 UNAVAILABLE").await?;
        page.says("grpc-explained", "The server ended the call before it was complete").await?;
        let count = counted(page).await?;
        page.says("grpc-explained", &format!("messages by then: {count}")).await?;
        stage.server.ended().await?;
        stage.server.start_again(&stage.broker).await
    })
    .await
}

#[tokio::test]
async fn a_driven_call_ends_with_its_socket() -> Result<()> {
    play("grpc-socket", Broker::absent(), async |stage| {
        stage.console = Console::NetworkFailures;
        let page = &stage.page;
        page.open("/grpc").await?;
        page.click("grpc-method-SayHelloBidiStream").await?;
        page.fill("grpc-field-name", "Ada").await?;
        page.click("grpc-send").await?;
        page.says("grpc-message", "Hello, Ada").await?;
        stage.server.kill();
        page.says("grpc-status", "no grpc-status").await?;
        page.says("grpc-explained", "The WebSocket closed").await?;
        page.says("grpc-explained", "messages by then: 1").await?;
        stage.server.start_again(&stage.broker).await
    })
    .await
}

#[tokio::test]
async fn an_answer_that_is_cut_has_no_status() -> Result<()> {
    play("grpc-cut", Broker::absent(), async |stage| {
        stage.console = Console::NetworkFailures;
        let faulty = Faulty::before(stage.server.http_port()).await?;
        let page = stage.page.at(faulty.origin.clone());
        page.open("/grpc").await?;

        faulty.answers(Vec::new());
        page.click("grpc-send").await?;
        page.says("problem", "No response from the server").await?;
        page.says("problem", "the connection was cut before them").await?;

        let greeting = frame(0, b"\x0a\x05Hello");
        let trailers = frame(TRAILERS, b"grpc-status:0\r\n");
        for (body, words, count) in [
            (Vec::new(), "cut after the headers", "0"),
            (chunk(&greeting), "cut before the trailers", "1"),
            (chunk(&[greeting.clone(), trailers[..9].to_vec()].concat()), "in the middle of a frame", "1"),
            ([chunk(&greeting), chunk(b"")].concat(), "The body ended without trailers", "1"),
        ] {
            faulty.answers([head("200 OK", "application/grpc-web+proto", "transfer-encoding: chunked"), body].concat());
            page.click("grpc-send").await?;
            if count != "0" {
                // the browser drops what it has not read when the connection breaks
                page.says("grpc-message", "Hello").await?;
            }
            faulty.cut();
            page.says("grpc-status", "no grpc-status").await?;
            page.says("grpc-explained", words).await?;
            ensure!(counted(&page).await? == count, "{words}: not {count} messages");
        }

        // what breaks after the status breaks after the call
        let body = chunk(&[greeting, trailers].concat());
        faulty.answers([head("200 OK", "application/grpc-web+proto", "transfer-encoding: chunked"), body].concat());
        page.click("grpc-send").await?;
        page.says("grpc-message", "Hello").await?;
        faulty.cut();
        page.says("grpc-status", "0 OK").await
    })
    .await
}

#[tokio::test]
async fn a_status_is_explained_by_where_it_came_from() -> Result<()> {
    play("grpc-statuses", Broker::absent(), async |stage| {
        stage.console = Console::NetworkFailures;
        let faulty = Faulty::before(stage.server.http_port()).await?;
        let page = stage.page.at(faulty.origin.clone());
        page.open("/grpc").await?;
        // a status in the headers: "trailers-only"
        for (code, name, words) in [
            (1, "CANCELLED", "The call was cancelled"),
            (8, "RESOURCE_EXHAUSTED", "A quota or limit"),
            (10, "ABORTED", "The message above is from the server"),
            (12, "UNIMPLEMENTED", "does not implement this method"),
            (13, "INTERNAL", "one side violated the protocol"),
            (14, "UNAVAILABLE", "no message came"),
        ] {
            let more = format!("grpc-status: {code}\r\ngrpc-message: said so\r\ncontent-length: 0");
            faulty.answers(head("200 OK", "application/grpc-web+proto", &more));
            page.click("grpc-send").await?;
            page.says("grpc-status", &format!("{code} {name}")).await?;
            page.says("grpc-explained", words).await?;
            page.says("problem", "said so").await?;
        }
        // no gRPC at all
        faulty.answers(head("502 Bad Gateway", "text/html", "content-length: 0"));
        page.click("grpc-send").await?;
        page.says("grpc-status", "14 UNAVAILABLE").await?;
        page.says("grpc-explained", "The response has no grpc-status").await?;
        page.says("problem", "HTTP 502").await?;
        // no word from the server when the deadline passes
        faulty.is_silent();
        page.fill("grpc-deadline", "300").await?;
        page.click("grpc-send").await?;
        page.says("grpc-status", "4 DEADLINE_EXCEEDED").await?;
        page.says("grpc-explained", "the server sent no status within").await
    })
    .await
}

/// How many messages the tab counts.
async fn counted(page: &Page) -> Result<String> {
    let count = page.run("return document.querySelector('#ans-0 small').innerText", &[]).await?;
    Ok(count.as_str().context("the tab has a figure")?.to_owned())
}

/// The flag of the frame with the trailers.
const TRAILERS: u8 = 0x80;

/// A frame of gRPC-Web.
fn frame(flags: u8, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap_or_default();
    [[flags].as_slice(), &length.to_be_bytes(), payload].concat()
}

/// A chunk of HTTP/1.1; an empty one is the last.
fn chunk(bytes: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat()
}

/// Status line and headers.
fn head(status: &str, content_type: &str, more: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\nconnection: close\r\n{more}\r\n\r\n").into_bytes()
}

/// A proxy before the server that answers gRPC calls itself. It closes the connection of an answer when it is told to.
struct Faulty {
    origin: String,
    /// None for an answer that does not come.
    answer: Arc<Mutex<Option<Vec<u8>>>>,
    cut: Arc<Notify>,
    _task: JoinSet<()>,
}

impl Faulty {
    async fn before(port: u16) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let origin = format!("http://{}", listener.local_addr()?);
        let answer = Arc::new(Mutex::new(None));
        let cut = Arc::new(Notify::new());
        let (given, told) = (Arc::clone(&answer), Arc::clone(&cut));
        let mut task = JoinSet::new();
        task.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((socket, _)) = listener.accept().await {
                let (given, told) = (Arc::clone(&given), Arc::clone(&told));
                connections.spawn(async move {
                    // a connection that the browser closes is no fault
                    let _ = serve(socket, port, &given, &told).await;
                });
            }
        });
        Ok(Self { origin, answer, cut, _task: task })
    }

    fn answers(&self, bytes: Vec<u8>) {
        *self.answer.lock().expect("no test panics with it") = Some(bytes);
    }

    /// Closes the connection of the answer that was given.
    fn cut(&self) {
        self.cut.notify_one();
    }

    fn is_silent(&self) {
        *self.answer.lock().expect("no test panics with it") = None;
    }
}

/// One request: of gRPC it is answered here, else by the server.
async fn serve(mut socket: TcpStream, port: u16, given: &Mutex<Option<Vec<u8>>>, told: &Notify) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(socket.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    if !head.starts_with("POST /helloworld.Greeter/") {
        let mut server = TcpStream::connect(("127.0.0.1", port)).await?;
        server.write_all(head.replace("Connection: keep-alive", "Connection: close").as_bytes()).await?;
        copy_bidirectional(&mut socket, &mut server).await?;
        return Ok(());
    }
    let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0_u8; length.unwrap_or_default()];
    socket.read_exact(&mut body).await?;
    let answer = given.lock().expect("no test panics with it").clone();
    match answer {
        Some(bytes) => {
            socket.write_all(&bytes).await?;
            if !bytes.is_empty() {
                told.notified().await;
            }
            socket.shutdown().await
        }
        // until the browser leaves
        None => socket.read_u8().await.map(|_| ()),
    }
}
