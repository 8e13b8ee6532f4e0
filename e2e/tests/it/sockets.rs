//! Any WebSocket client can read a queue at `/ws/queues/{queue}`: one frame per message, with only the body.

use std::time::Duration;

use anyhow::{Context as _, Result};
use crosstalk_e2e::{Broker, Server, script};
use futures_util::StreamExt as _;
use tokio::time::timeout;
use tokio_tungstenite::{connect_async, tungstenite::Message};

const BUDGET: Duration = Duration::from_secs(15);

#[tokio::test]
async fn a_websocket_client_gets_what_a_stock_producer_publishes() -> Result<()> {
    published_is_received(Broker::shared().await?).await
}

#[tokio::test]
async fn a_websocket_client_reads_the_embedded_broker_alike() -> Result<()> {
    published_is_received(Broker::embedded()).await
}

async fn published_is_received(broker: Broker) -> Result<()> {
    let server = Server::start(&broker).await?;
    // published first: a queue keeps what nobody has read yet
    script::python("pika_send.py", &[&broker.url(), "straight from the queue"]).await?;
    let (mut socket, _answer) = connect_async(server.ws_url("/ws/queues/hello")).await?;
    let frame = timeout(BUDGET, socket.next()).await?.context("the socket was closed")??;
    assert_eq!(frame, Message::text("straight from the queue"));
    socket.close(None).await?;
    server.stop().await
}
