//! SIGTERM under load: no request is cut, sockets get a close frame, and the process exits in time.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use crosstalk_e2e::{Broker, Server};
use crosstalk_proto::helloworld::{HelloRequest, greeter_client::GreeterClient};
use crosstalk_testkit::wait_until;
use futures_util::StreamExt as _;
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};
use tonic::{Request, transport::Endpoint};

use crate::load;

const BUDGET: Duration = Duration::from_secs(15);
const CLIENTS: usize = 8;
/// How many answers prove that the load is on.
const WARM: u64 = 500;
/// Of the stream that is open when the signal comes: it ends well inside the drain of 5 s, and well after the signal.
const REPLIES: usize = 6;
const INTERVAL_MS: u64 = 250;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_under_load_cuts_nothing() -> Result<()> {
    let broker = Broker::shared().await?;
    let mut server = Server::start(&broker).await?;
    let page = connected(&server, "/ws").await?;
    let queue = connected(&server, "/ws/queues/hello").await?;
    let (tally, mut clients) = load::start(server.http_port(), CLIENTS);
    wait_until(BUDGET, || std::future::ready(tally.answered() > WARM)).await.context("the load never began")?;

    let mut greeter = GreeterClient::new(Endpoint::new(server.url(""))?.connect().await?);
    let mut request = Request::new(HelloRequest { name: "Ada".into() });
    request.metadata_mut().insert("x-count", REPLIES.into());
    request.metadata_mut().insert("x-interval-ms", INTERVAL_MS.into());
    let mut stream = greeter.say_hello_stream_reply(request).await?.into_inner();
    let first = stream.message().await?.context("the stream ended at once")?;
    assert_eq!(first.message, "Hello, Ada");

    server.terminate();
    let mut replies = 1;
    while let Some(reply) = stream.message().await.context("the stream was cut")? {
        assert_eq!(reply.message, "Hello, Ada");
        replies += 1;
    }
    assert_eq!(replies, REPLIES, "the stream ended early");
    for (name, socket) in [("/ws", page), ("/ws/queues/hello", queue)] {
        assert_eq!(close_code(socket).await.context(name)?, 1001, "{name}");
    }
    server.ended().await?;
    timeout(BUDGET, async {
        while clients.join_next().await.transpose()?.is_some() {}
        anyhow::Ok(())
    })
    .await??;
    assert_eq!(tally.cut(), 0, "requests were sent and not answered; {} were", tally.answered());
    Ok(())
}

async fn connected(server: &Server, path: &str) -> Result<Socket> {
    let (socket, _answer) = connect_async(server.ws_url(path)).await.with_context(|| path.to_owned())?;
    Ok(socket)
}

async fn close_code(mut socket: Socket) -> Result<u16> {
    timeout(BUDGET, async {
        while let Some(frame) = socket.next().await {
            if let Message::Close(Some(frame)) = frame? {
                return Ok(frame.code.into());
            }
        }
        bail!("it ended without a close frame")
    })
    .await?
}
