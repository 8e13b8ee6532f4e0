//! One WebSocket, read and written by one task without splitting it. Nothing here waits for the peer but
//! [`Socket::happened`], and that for whatever comes first.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use crosstalk_proto::ws::{MAX_CLIENT_MESSAGE, close};
use futures_util::{FutureExt as _, Sink as _, Stream as _, StreamExt as _};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::AsyncReadExt as _;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Bytes, Error as WsError, Message, Utf8Bytes,
        error::CapacityError,
        protocol::{CloseFrame, Role, WebSocketConfig},
    },
};

/// tungstenite zero-fills this much per socket; what clients send is small.
const READ_BUFFER: usize = 4 * 1024;
/// So much is gathered before it is written; a flush writes the rest.
const WRITE_BUFFER: usize = 64 * 1024;
/// While more than this is unwritten, no more is read: who does not read answers gets no further.
const MAX_UNWRITTEN: usize = 256 * 1024;
/// How long the closing handshake may take.
const CLOSE_BUDGET: Duration = Duration::from_secs(1);
/// The most bytes of a refused message that are read off, so that the peer gets to read why.
const MAX_READ_OFF: u64 = 4 * 1024 * 1024;
/// A close reason has at most 123 bytes (RFC 6455, section 5.5).
const MAX_REASON: usize = 123;

/// An upgraded connection.
#[derive(Debug)]
pub struct Socket {
    stream: WebSocketStream<TokioIo<Upgraded>>,
    unwritten: usize,
    // since when something is unwritten
    since: Option<Instant>,
}

/// What happened on a socket.
#[derive(Debug)]
pub enum Happened {
    /// A text message came.
    Text(Utf8Bytes),
    /// A binary message came.
    Binary,
    /// The peer answered a ping, or pinged.
    Alive,
    /// All that was fed is written.
    Written,
    /// The peer sent a close frame or is gone.
    Gone,
    /// The peer did what the protocol forbids.
    Broken(Close),
}

/// Why the server closes a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Close {
    /// Of [`close`].
    pub code: u16,
    /// For people.
    pub reason: String,
}

impl Close {
    /// A code with its reason.
    pub fn new(code: u16, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into() }
    }
}

impl Socket {
    pub(super) async fn new(upgraded: Upgraded) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .write_buffer_size(WRITE_BUFFER)
            .max_message_size(Some(MAX_CLIENT_MESSAGE))
            .max_frame_size(Some(MAX_CLIENT_MESSAGE));
        let stream = WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(config)).await;
        Self { stream, unwritten: 0, since: None }
    }

    /// Takes a message to be written; never waits. A socket that is broken says so by its next event.
    pub fn feed(&mut self, message: impl Into<Message>) {
        let message = message.into();
        self.unwritten += message.len().max(1);
        self.since.get_or_insert_with(Instant::now);
        if let Err(error) = Pin::new(&mut self.stream).start_send(message) {
            tracing::debug!(%error, "a message could not be fed to a socket");
        }
    }

    /// Sends a ping.
    pub fn ping(&mut self) {
        self.feed(Message::Ping(Bytes::new()));
    }

    /// Whether all that was fed is written.
    #[must_use]
    pub fn is_clear(&self) -> bool {
        self.unwritten == 0
    }

    /// Since when the peer has not taken what was fed.
    #[must_use]
    pub fn stalled_since(&self) -> Option<Instant> {
        self.since
    }

    /// The next event. Messages come first, then the end of writing, so that answers to many messages are written at
    /// once. Without `reading` no messages are taken. Cancel safe.
    pub async fn happened(&mut self, reading: bool) -> Happened {
        std::future::poll_fn(|cx| self.poll(cx, reading)).await
    }

    /// An event that has happened already. Each is given once, so the caller must handle all of them, as it does those of
    /// [`Socket::happened`].
    #[must_use]
    pub fn happened_already(&mut self) -> Option<Happened> {
        self.happened(true).now_or_never()
    }

    fn poll(&mut self, cx: &mut Context<'_>, reading: bool) -> Poll<Happened> {
        if reading
            && self.unwritten < MAX_UNWRITTEN
            && let Poll::Ready(read) = Pin::new(&mut self.stream).poll_next(cx)
        {
            return Poll::Ready(match read {
                Some(Ok(Message::Text(text))) => Happened::Text(text),
                Some(Ok(Message::Ping(_))) => {
                    // tungstenite has the pong ready and writes it with the next flush
                    self.unwritten += 1;
                    self.since.get_or_insert_with(Instant::now);
                    Happened::Alive
                }
                Some(Ok(Message::Pong(_))) => Happened::Alive,
                Some(Ok(Message::Binary(_))) => Happened::Binary,
                Some(Ok(Message::Close(_) | Message::Frame(_))) | None => Happened::Gone,
                Some(Err(error)) => broken(&error),
            });
        }
        if self.unwritten > 0 {
            match Pin::new(&mut self.stream).poll_flush(cx) {
                Poll::Ready(Ok(())) => {
                    self.unwritten = 0;
                    self.since = None;
                    return Poll::Ready(Happened::Written);
                }
                Poll::Ready(Err(_gone)) => return Poll::Ready(Happened::Gone),
                Poll::Pending => {}
            }
        }
        Poll::Pending
    }

    /// Sends a close frame, waits a while for the peer's, and ends the connection.
    pub async fn close(mut self, why: Close) {
        let goodbye = async {
            let mut end = MAX_REASON.min(why.reason.len());
            while !why.reason.is_char_boundary(end) {
                end -= 1;
            }
            let frame = CloseFrame { code: why.code.into(), reason: why.reason[..end].into() };
            if self.stream.close(Some(frame)).await.is_err() {
                return;
            }
            while let Some(Ok(_late)) = self.stream.next().await {}
            // after a protocol error tungstenite reads no more, but closing on unread bytes would reset the connection
            let mut rest = self.stream.get_mut().take(MAX_READ_OFF);
            let mut dust = [0; 2048];
            while matches!(rest.read(&mut dust).await, Ok(1..)) {}
        };
        if tokio::time::timeout(CLOSE_BUDGET, goodbye).await.is_err() {
            tracing::debug!(code = why.code, "a peer did not say goodbye");
        }
    }

    /// Ends a connection whose peer has sent a close frame, or is gone.
    pub async fn finish(mut self) {
        // writes the answer to a close frame
        let last = tokio::time::timeout(CLOSE_BUDGET, async { while let Some(Ok(_)) = self.stream.next().await {} });
        if last.await.is_err() {
            tracing::debug!("a peer did not take our goodbye");
        }
    }
}

fn broken(error: &WsError) -> Happened {
    match error {
        WsError::Capacity(CapacityError::MessageTooLong { .. }) => Happened::Broken(Close::new(
            close::MESSAGE_TOO_BIG,
            format!("a message has at most {MAX_CLIENT_MESSAGE} bytes"),
        )),
        WsError::Utf8(_) => Happened::Broken(Close::new(close::INVALID_UTF8, "text is UTF-8")),
        WsError::Protocol(tokio_tungstenite::tungstenite::error::ProtocolError::ResetWithoutClosingHandshake)
        | WsError::Io(_)
        | WsError::ConnectionClosed
        | WsError::AlreadyClosed => Happened::Gone,
        other => Happened::Broken(Close::new(close::PROTOCOL_ERROR, other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::Empty;
    use hyper::{Request, Response, server::conn::http1, service::service_fn};
    use tokio::io::{AsyncRead, AsyncWriteExt as _, DuplexStream, duplex};
    use tokio_tungstenite::tungstenite::protocol::Role;

    use super::*;

    /// A socket and its client, with a pipe in between that takes 64 bytes.
    async fn connected() -> (Socket, WebSocketStream<DuplexStream>) {
        let (mut client, server) = duplex(64);
        let (upgraded, mut upgrade) = tokio::sync::mpsc::channel(1);
        let service = service_fn(move |request: Request<_>| {
            upgraded.try_send(hyper::upgrade::on(request)).unwrap();
            let answer = Response::builder().status(101).header("connection", "upgrade").header("upgrade", "websocket");
            std::future::ready(answer.body(Empty::<Bytes>::new()))
        });
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(server), service).with_upgrades());
        let request = b"GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n";
        client.write_all(request).await.unwrap();
        read_head(&mut client).await;
        let socket = Socket::new(upgrade.recv().await.unwrap().await.unwrap()).await;
        (socket, WebSocketStream::from_raw_socket(client, Role::Client, None).await)
    }

    async fn read_head(client: &mut (impl AsyncRead + Unpin)) {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(client.read_u8().await.unwrap());
        }
    }

    /// A command that came while a delivery was being written took the place of the end of that writing: its ack waited for
    /// the next write, up to the next ping.
    #[tokio::test]
    async fn the_end_of_writing_is_told_also_when_messages_come_meanwhile() {
        let (mut socket, mut client) = connected().await;
        socket.feed("x".repeat(1_000));
        assert!(socket.happened(true).now_or_never().is_none(), "the pipe takes no 1,000 bytes");
        let (sent, happened) =
            tokio::join!(futures_util::SinkExt::send(&mut client, Message::text("a command")), socket.happened(true));
        sent.unwrap();
        assert!(matches!(&happened, Happened::Text(text) if text.as_str() == "a command"), "{happened:?}");
        let written = async {
            loop {
                // as the loop of a page does after a message
                if let Some(happened) = socket.happened_already() {
                    break happened;
                }
                assert!(!socket.is_clear(), "all is written, and that was not told");
                tokio::task::yield_now().await;
            }
        };
        let (delivered, written) = tokio::join!(client.next(), written);
        assert_eq!(delivered.unwrap().unwrap().len(), 1_000);
        assert!(matches!(written, Happened::Written), "{written:?}");
        assert!(socket.is_clear());
    }
}
