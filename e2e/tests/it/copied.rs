//! The programs of *copy as* make the same call as the page.

use anyhow::{Context as _, Result, ensure};
use crosstalk_e2e::{Broker, Page, copied, grpcurl, play};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// The tabs of the benches; the first is grpcurl where it is gRPC.
const CURL: usize = 0;
const PYTHON: usize = 1;
const RUST: usize = 2;
const JAVASCRIPT: usize = 3;

#[tokio::test]
async fn a_request_of_the_rest_bench_is_the_same_in_every_language() -> Result<()> {
    play("copied-rest", Broker::absent(), async |stage| {
        let page = &stage.page;
        page.open("/rest").await?;
        // with the key of what the page has sent already, whoever sends it again gets the first answer
        page.choose("rest-preset-create").await?;
        page.fill("rest-request-body", "{\"name\": \"O'Neil \\\"$HOME\\\" 你好\"}").await?;
        page.click("rest-send").await?;
        page.says("rest-status", "201").await?;
        let id = "return document.querySelector('[data-testid=rest-body]').innerText.match(/[0-9A-Z]{26}/)[0]";
        let id = page.run(id, &[]).await?;
        let id = id.as_str().unwrap_or_default();
        let said = [
            copied::shell(&text(page, CURL).await?).await?,
            copied::python(&text(page, PYTHON).await?).await?,
            copied::rust("rest", &text(page, RUST).await?).await?,
            copied::javascript(&text(page, JAVASCRIPT).await?).await?,
        ];
        for said in said {
            ensure!(said.contains("201") && said.contains(id), "not what the page was answered, {id}: {said}");
        }

        // and without a body: what is there is not sent again
        page.choose("rest-preset-ifchanged").await?;
        page.click("rest-send").await?;
        page.says("rest-status", "304").await?;
        let said = [
            copied::shell(&text(page, CURL).await?).await?,
            copied::python(&text(page, PYTHON).await?).await?,
            copied::javascript(&text(page, JAVASCRIPT).await?).await?,
        ];
        for said in said {
            ensure!(said.contains("304"), "{said}");
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_message_of_the_queue_bench_is_the_same_in_every_language() -> Result<()> {
    const PYTHON: usize = 0;
    const RUST: usize = 1;
    const WEBSOCKET: usize = 3;
    play("copied-queue", Broker::embedded(), async |stage| {
        let page = &stage.page;
        page.open("/queue").await?;
        page.click("consumer-start").await?;
        page.says("consumer-state", "consuming as").await?;
        page.fill("queue-body", "{\"name\": \"O'Neil \\\"$HOME\\\" 你好\"}").await?;
        page.fill("queue-count", "2").await?;
        page.click("queue-publish").await?;
        page.says("queue-fates", "Confirmed 2").await?;
        for said in [
            copied::python(&text(page, PYTHON).await?).await?,
            copied::rust("queue", &text(page, RUST).await?).await?,
            copied::javascript(&text(page, WEBSOCKET).await?).await?,
        ] {
            ensure!(said.matches("confirmed").count() == 2, "{said}");
        }
        // all eight are the same message, which the page can read and acks
        let acked = "[...document.querySelectorAll('[data-testid=message-fate]')].filter(e => e.innerText === 'acked')";
        page.until("eight came", &format!("{acked}.length === 8")).await?;
        let bodies = "return [...new Set([...document.querySelectorAll('[data-testid=messages] tbody tr:not(.space)')]\
                      .map(row => row.cells[3].innerText + row.cells[6].innerText))].join()";
        let bodies = page.run(bodies, &[]).await?;
        ensure!(bodies == "{\"name\": \"O'Neil \\\"$HOME\\\" 你好\"}acked", "{bodies}");

        // nobody has this key
        page.choose("queue-preset-nobody").await?;
        page.click("queue-publish").await?;
        page.says("queue-fate", "312 NO_ROUTE").await?;
        for said in [
            copied::python(&text(page, PYTHON).await?).await?,
            copied::rust("queue", &text(page, RUST).await?).await?,
            copied::javascript(&text(page, WEBSOCKET).await?).await?,
        ] {
            ensure!(said.contains("returned: 312 NO_ROUTE"), "{said}");
        }

        // and a question is answered
        page.choose("queue-preset-ask").await?;
        page.click("queue-publish").await?;
        page.says("queue-reply", "Hello, World!").await?;
        for said in [
            copied::python(&text(page, PYTHON).await?).await?,
            copied::rust("queue", &text(page, RUST).await?).await?,
            copied::javascript(&text(page, WEBSOCKET).await?).await?,
        ] {
            ensure!(said.contains("Hello, World!"), "{said}");
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_call_of_the_grpc_bench_is_the_same_in_every_language() -> Result<()> {
    play("copied-grpc", Broker::absent(), async |stage| {
        let page = &stage.page;
        page.open("/grpc").await?;
        page.fill("grpc-field-name", "O'Neil \"$HOME\" 你好").await?;
        page.find_css(".kv li:last-child input[placeholder=name]").await?.send_keys("trace-bin").await?;
        page.find_css(".kv li:nth-last-child(2) input[placeholder=value]").await?.send_keys("AAEC").await?;
        let greeting = "Hello, O'Neil \"$HOME\" 你好";
        for (method, count) in [("SayHello", 1), ("SayHelloStreamReply", 3), ("SayHelloBidiStream", 1)] {
            page.click(&format!("grpc-method-{method}")).await?;
            if method == "SayHelloStreamReply" {
                page.fill("grpc-count", "3").await?;
                page.fill("grpc-interval", "1").await?;
            }
            let mut said = vec![
                grpcurl::run(&text(page, CURL).await?).await?,
                copied::python(&text(page, PYTHON).await?).await?,
                copied::rust("grpc", &text(page, RUST).await?).await?,
            ];
            if method != "SayHelloBidiStream" {
                said.push(copied::javascript(&text(page, JAVASCRIPT).await?).await?);
            }
            for said in said {
                ensure!(said.matches(greeting).count() == count, "{method}: not {count} times {greeting}: {said}");
            }
        }

        // and what the server refuses, it refuses
        page.click("grpc-method-SayHello").await?;
        page.fill("grpc-field-name", &"x".repeat(201)).await?;
        let refused = grpcurl::run(&text(page, CURL).await?).await.map_err(|error| format!("{error:#}"));
        ensure!(refused.as_ref().is_err_and(|error| error.contains("invalid argument")), "grpcurl: {refused:?}");
        let said = copied::python(&text(page, PYTHON).await?).await?;
        ensure!(said.contains("INVALID_ARGUMENT"), "{said}");
        Ok(())
    })
    .await
}

/// Query, credentials and bytes: what the programs send is read off the wire by somebody who answers anything.
#[tokio::test]
async fn each_program_sends_the_query_the_credentials_and_the_bytes_of_the_page() -> Result<()> {
    play("copied-wire", Broker::absent(), async |stage| {
        let page = &stage.page;
        page.open("/rest").await?;
        page.choose("rest-preset-protobuf").await?;
        page.fill("rest-path", "/api/v1/resource?to=Grace & Co?&q=你").await?;
        page.fill("rest-request-body", "00 25 27 5c 22 0a ff 41").await?;
        page.click_css(".fold:has([data-testid=rest-auth-2]) summary").await?;
        page.click("rest-auth-2").await?;
        page.fill("rest-user", "Aladdin").await?;
        page.fill("rest-password", "open sesame").await?;

        let mut recorder = Recorder::start().await?;
        let origin = stage.server.url("");
        for tab in [CURL, PYTHON, RUST, JAVASCRIPT] {
            let program = text(page, tab).await?.replace(&origin, &recorder.origin);
            match tab {
                CURL => copied::shell(&program).await?,
                PYTHON => copied::python(&program).await?,
                RUST => copied::rust("rest", &program).await?,
                _ => copied::javascript(&program).await?,
            };
            let request = recorder.request().await?;
            let head = String::from_utf8_lossy(&request).to_lowercase();
            for line in [
                "post /api/v1/resource?to=grace%20&%20co?&q=%e4%bd%a0 http/1.1",
                "authorization: basic qwxhzgrpbjpvcgvuihnlc2ftzq==",
                "content-type: application/x-protobuf",
                "content-length: 8",
            ] {
                ensure!(head.contains(&format!("{line}\r\n")), "{program}\n\nsent no {line:?} but {head:?}");
            }
            ensure!(request.ends_with(b"\r\n\r\n\x00\x25\x27\x5c\x22\x0a\xff\x41"), "{program}\n\nsent {head:?}");
        }
        Ok(())
    })
    .await
}

/// Answers every request, and tells what it was.
struct Recorder {
    origin: String,
    requests: tokio::sync::mpsc::Receiver<Vec<u8>>,
    _task: tokio::task::JoinSet<()>,
}

impl Recorder {
    async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let origin = format!("http://{}", listener.local_addr()?);
        let (told, requests) = tokio::sync::mpsc::channel(1);
        let mut task = tokio::task::JoinSet::new();
        task.spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let Ok(request) = read(&mut socket).await else { continue };
                let answer = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
                let _ = socket.write_all(answer.as_bytes()).await;
                if told.send(request).await.is_err() {
                    break;
                }
            }
        });
        Ok(Self { origin, requests, _task: task })
    }

    /// The next one. The program that sent it has ended, so it is there.
    async fn request(&mut self) -> Result<Vec<u8>> {
        self.requests.recv().await.context("the recorder goes on")
    }
}

/// A request with the eight bytes of its body.
async fn read(socket: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    const BODY: usize = 8;
    let mut request = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        request.push(socket.read_u8().await?);
    }
    let head = request.len();
    request.resize(head + BODY, 0);
    socket.read_exact(&mut request[head..]).await?;
    Ok(request)
}

/// The program of a tab.
async fn text(page: &Page, tab: usize) -> Result<String> {
    // by script: where it scrolls to is beneath the header that stays
    page.run(&format!("document.getElementById('copy-{tab}').click()"), &[]).await?;
    page.text("copy-as").await
}
