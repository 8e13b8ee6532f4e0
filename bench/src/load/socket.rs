//! One WebSocket client for every bridge, so that its own cost is the same for all. It takes the ready messages, up to
//! [`BATCH`], and in protocols with acks it acks all of them with the last one, like the bridge itself.

use std::time::Duration;

use anyhow::Context as _;
use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async_with_config,
    tungstenite::{Message, Utf8Bytes, client::IntoClientRequest as _, http::HeaderValue, protocol::WebSocketConfig},
};

use super::{page::Page, stomp};

/// The maximum number of messages per ack.
const BATCH: usize = 256;
/// How long a bridge may send nothing while messages are due.
const SILENCE: Duration = Duration::from_secs(20);

/// The protocol of a bridge and its ack mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// `/ws/queues/{queue}`: a message is a frame; the server acks.
    Plain,
    /// `/ws`: JSON, manual acks.
    Page,
    /// Web STOMP with automatic acks.
    StompAutomatic,
    /// Web STOMP, cumulative acks by the client.
    StompClient,
}

/// A consumer behind a WebSocket.
#[derive(Debug)]
pub(crate) struct Consumer {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    dialect: Dialect,
    page: Page,
    /// the message to ack at the end of the batch
    last: Option<Utf8Bytes>,
}

impl Consumer {
    /// Connects to a bridge at `url` (for [`Dialect::Plain`] without the queue) and subscribes to `queue`.
    ///
    /// # Errors
    /// When the bridge refuses.
    pub(crate) async fn open(dialect: Dialect, url: &str, queue: &str) -> anyhow::Result<Self> {
        let mut request = match dialect {
            Dialect::Plain => format!("{url}/{queue}").into_client_request()?,
            _ => url.into_client_request()?,
        };
        let stomp = matches!(dialect, Dialect::StompAutomatic | Dialect::StompClient);
        if stomp {
            request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static(stomp::SUBPROTOCOL));
        }
        let (socket, _answer) = connect_async_with_config(request, Some(WebSocketConfig::default()), true).await?;
        let mut consumer = Self { socket, dialect, page: Page::default(), last: None };
        match dialect {
            Dialect::Plain => {}
            Dialect::Page => {
                for message in Page::opening(queue)? {
                    consumer.send(message).await?;
                }
                while !consumer.page.is_subscribed() {
                    let text = consumer.next().await?;
                    consumer.take(text, &mut |_body| ())?;
                }
            }
            Dialect::StompAutomatic | Dialect::StompClient => {
                consumer.send(stomp::CONNECT.into()).await?;
                let answer = consumer.next().await?;
                anyhow::ensure!(answer.starts_with("CONNECTED"), "Web STOMP refused: {answer}");
                consumer.send(stomp::subscribe(queue, dialect == Dialect::StompClient)).await?;
            }
        }
        Ok(consumer)
    }

    /// Waits for a message, takes all other ready ones, passes each body to `see` and acks them. Returns their number.
    ///
    /// # Errors
    /// When the bridge closes, reports an error or is silent for too long.
    pub(crate) async fn batch(&mut self, see: &mut impl FnMut(&str)) -> anyhow::Result<usize> {
        let mut text = self.next().await?;
        let mut count = 0;
        loop {
            count += self.take(text, see)?;
            if count >= BATCH {
                break;
            }
            match self.socket.next().now_or_never() {
                Some(message) => text = text_of(message)?,
                None => break,
            }
        }
        if let Some(last) = self.last.take() {
            let ack = match self.dialect {
                Dialect::Page => self.page.ack()?,
                _ => stomp::ack(&last)?,
            };
            self.send(ack).await?;
        }
        Ok(count)
    }

    fn take(&mut self, text: Utf8Bytes, see: &mut impl FnMut(&str)) -> anyhow::Result<usize> {
        if text.is_empty() {
            return Ok(0);
        }
        match self.dialect {
            Dialect::Plain => {
                see(&text);
                Ok(1)
            }
            Dialect::Page => {
                let count = self.page.receive(&text, see)?;
                if count > 0 {
                    self.last = Some(text);
                }
                Ok(count)
            }
            Dialect::StompAutomatic | Dialect::StompClient => {
                see(stomp::body(&text)?);
                if self.dialect == Dialect::StompClient {
                    self.last = Some(text);
                }
                Ok(1)
            }
        }
    }

    async fn send(&mut self, text: String) -> anyhow::Result<()> {
        self.socket.send(Message::text(text)).await.context("the bridge went away")
    }

    async fn next(&mut self) -> anyhow::Result<Utf8Bytes> {
        let message = tokio::time::timeout(SILENCE, self.socket.next()).await;
        text_of(message.with_context(|| format!("the bridge was silent for {SILENCE:?}"))?)
    }
}

/// Tungstenite answers pings; they count as empty text.
fn text_of(message: Option<Result<Message, tokio_tungstenite::tungstenite::Error>>) -> anyhow::Result<Utf8Bytes> {
    match message.context("the bridge closed the connection")?? {
        Message::Text(text) => Ok(text),
        Message::Close(frame) => anyhow::bail!("the bridge closed the connection: {frame:?}"),
        Message::Ping(_) | Message::Pong(_) => Ok(Utf8Bytes::default()),
        Message::Binary(_) | Message::Frame(_) => anyhow::bail!("the bridge sent something that is not text"),
    }
}
