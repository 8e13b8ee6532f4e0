//! Wireshark opens a downloaded capture and finds the same protocols, methods and fields.

use std::{fs, path::Path};

use anyhow::{Context as _, Result, ensure};
use crosstalk_e2e::{Broker, Server};
use crosstalk_proto::{
    amqp::{Body, Properties},
    capture::{Armed, Capture, Message},
    helloworld::{HelloRequest, greeter_client::GreeterClient},
    ws::{ClientMessage, Command, Publish, Request, ServerMessage, VERSION},
};
use futures_util::{SinkExt as _, StreamExt as _};
use tempfile::TempDir;
use tokio_tungstenite::tungstenite;
use tonic::transport::Endpoint;

use crate::inspector;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

#[tokio::test]
async fn rest_is_http() -> Result<()> {
    captured(async |server| {
        let call = reqwest::Client::new().post(server.url("/api/v1/resource")).header("traceparent", PARENT);
        call.header("content-type", "application/json").body(r#"{"name":"Ada"}"#).send().await?.bytes().await?;
        Ok(())
    })
    .await?
    .says(&[
        ("http.request.method", &["POST"]),
        ("http.request.uri", &["/api/v1/resource"]),
        ("http.response.code", &["201"]),
        ("json.key", &["name", "id", "name", "message", "version", "created_at", "updated_at"]),
    ])
}

#[tokio::test]
async fn grpc_web_is_http_with_a_body_of_its_kind() -> Result<()> {
    captured(async |server| {
        let call =
            reqwest::Client::new().post(server.url("/helloworld.Greeter/SayHello")).header("traceparent", PARENT);
        let call = call.header("content-type", "application/grpc-web+proto").body(&b"\0\0\0\0\x05\x0a\x03Ada"[..]);
        call.send().await?.bytes().await?;
        Ok(())
    })
    .await?
    .says(&[
        ("http.request.uri", &["/helloworld.Greeter/SayHello"]),
        ("http.content_type", &["application/grpc-web+proto", "application/grpc-web+proto"]),
        ("http.response.code", &["200"]),
    ])
}

#[tokio::test]
async fn grpc_is_grpc_in_http2() -> Result<()> {
    let read = captured(async |server| {
        let mut client = GreeterClient::new(Endpoint::from_shared(server.url(""))?.connect().await?);
        let mut request = tonic::Request::new(HelloRequest { name: "Ada".to_owned() });
        request.metadata_mut().insert("traceparent", PARENT.parse()?);
        client.say_hello(request).await?;
        Ok(client)
    })
    .await?;
    read.says(&[
        ("http2.headers.method", &["POST"]),
        ("http2.headers.path", &["/helloworld.Greeter/SayHello"]),
        ("http2.headers.status", &["200"]),
        ("grpc.message_length", &["5", "12"]),
    ])?;
    // both read the same frames
    let frames = |message: &Message| Some(message.value.split_once(", stream")?.0.to_owned());
    let ours: Vec<_> = read.messages().filter_map(frames).collect();
    let theirs = read.field("http2.type")?;
    let names =
        ["DATA", "HEADERS", "PRIORITY", "RST_STREAM", "SETTINGS", "PUSH_PROMISE", "PING", "GOAWAY", "WINDOW_UPDATE"];
    let theirs: Vec<_> = theirs.iter().filter_map(|kind| names.get(kind.parse::<usize>().ok()?)).collect();
    ensure!(sorted(&ours) == sorted(&theirs), "{ours:?} and {theirs:?}");
    Ok(())
}

#[tokio::test]
async fn a_message_is_amqp() -> Result<()> {
    let read = captured(async |server| {
        let (mut socket, _answer) = tokio_tungstenite::connect_async(server.ws_url("/ws")).await?;
        let publish = Publish {
            exchange: String::new(),
            routing_key: "hello".to_owned(),
            mandatory: false,
            properties: Properties { content_type: Some("text/plain".to_owned()), ..Properties::default() },
            body: Body::Text("Hello, World!".to_owned()),
        };
        let request = Request { id: 1, traceparent: Some(PARENT.to_owned()), command: Command::Publish(publish) };
        for message in [ClientMessage::Hello { version: VERSION }, ClientMessage::Request(request)] {
            socket.send(tungstenite::Message::text(serde_json::to_string(&message)?)).await?;
        }
        while let Some(message) = socket.next().await {
            match serde_json::from_str(message?.to_text()?)? {
                ServerMessage::Answer { id: 1, .. } => return Ok(()),
                ServerMessage::Refusal { problem, .. } => anyhow::bail!("{problem:?}"),
                _ => {}
            }
        }
        anyhow::bail!("the socket closed")
    })
    .await?;
    read.says(&[("amqp.method.arguments.routing_key", &["hello"]), ("amqp.header.body-size", &["13"])])?;
    // both read the same methods
    let plain = |name: &str| name.to_lowercase().replace(['-', '.'], "");
    let infos = plain(&read.field("_ws.col.Info")?.join(" "));
    for method in read.messages().map(|message| &message.value).filter(|value| value.contains('.')) {
        ensure!(infos.contains(&plain(method)), "{method} is not in {infos}");
    }
    Ok(())
}

/// What tshark is asked about.
struct Read {
    capture: Capture,
    folder: TempDir,
}

/// Captures what `call` does, and downloads it. What it gives is kept until then: a goodbye could come between what is told
/// and the file.
async fn captured<Open>(call: impl AsyncFnOnce(&Server) -> Result<Open>) -> Result<Read> {
    let server = Server::start(&Broker::embedded()).await?;
    let http = reqwest::Client::new();
    let capture = server.url(&format!("/api/v1/captures/{TRACE}"));
    let armed: Armed = http.put(&capture).send().await?.error_for_status()?.json().await?;
    let get = |url: String| http.get(url).header("capture-secret", &armed.secret).send();
    let open = call(&server).await?;
    let told = get(capture.clone()).await?.error_for_status()?.json().await?;
    inspector::check(&told)?;
    let file = get(format!("{capture}/pcapng")).await?.error_for_status()?.bytes().await?;
    drop(open);
    let folder = TempDir::new()?;
    fs::write(folder.path().join("capture.pcapng"), file)?;
    server.stop().await?;
    Ok(Read { capture: told, folder })
}

impl Read {
    fn messages(&self) -> impl Iterator<Item = &Message> {
        self.capture.connections.iter().flat_map(|connection| &connection.messages)
    }

    /// Every value of a field, in the order of the packets.
    fn field(&self, name: &str) -> Result<Vec<String>> {
        let file = self.folder.path().join("capture.pcapng");
        let values = tshark(&file, name)?;
        Ok(values.split(['\n', '\t', '|']).filter(|value| !value.is_empty()).map(str::to_owned).collect())
    }

    fn says(&self, expected: &[(&str, &[&str])]) -> Result<()> {
        for (name, values) in expected {
            let read = self.field(name)?;
            ensure!(read == *values, "tshark reads {name} as {read:?}, not {values:?}");
        }
        Ok(())
    }
}

fn tshark(file: &Path, field: &str) -> Result<String> {
    let mut command = std::process::Command::new("tshark");
    command.arg("-r").arg(file).args(["-T", "fields", "-E", "aggregator=|", "-e", field]);
    let output =
        command.output().context("tshark is needed (Debian's package of that name); `cargo xtask test` installs it")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}

fn sorted<T: AsRef<str>>(names: &[T]) -> Vec<&str> {
    let mut names: Vec<_> = names.iter().map(AsRef::as_ref).collect();
    names.sort_unstable();
    names
}
