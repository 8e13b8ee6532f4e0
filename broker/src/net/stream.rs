//! A connection's socket with its input buffer.

use std::{io, time::Duration};

use amq_protocol::{
    frame::{AMQPFrame, gen_frame},
    protocol::{AMQPClass, connection},
};
use bytes::BytesMut;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use super::{
    frame::{self, Payload},
    method::{Ids, Method},
};
use crate::refusal::{Code, Refusal};

/// The number of bytes per read.
pub(super) const READ: usize = 64 * 1024;
/// How long a client may take to answer `connection.close`.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(3);

/// Why a connection ended.
#[derive(Debug, thiserror::Error)]
pub(super) enum EndReason {
    /// The client or the network closed the socket.
    #[error("the client left: {0}")]
    Left(#[from] io::Error),
    /// The client closed the connection with `connection.close`.
    #[error("the client closed the connection")]
    Closed,
    /// The program that holds the broker cut the connection.
    #[error("the connection was cut")]
    Cut,
    /// The client did not begin with the protocol header.
    #[error("the client does not begin with the protocol header of AMQP 0-9-1; the broker answered with that header")]
    NotAmqp,
    /// Name or password are wrong.
    #[error("the client's name or password is wrong")]
    NotAuthenticated,
    /// The client was silent for too long.
    #[error("the client was silent for too long")]
    Silent,
    /// The client violated the protocol.
    #[error(transparent)]
    Refused(Refusal),
    /// The client asked, with this class and method, for something that is refused.
    #[error("{0}")]
    RefusedFor(Refusal, Ids),
}

/// A socket with its buffer.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) socket: TcpStream,
    pub(super) input: BytesMut,
}

impl Stream {
    pub(super) fn new(socket: TcpStream) -> Self {
        Self { socket, input: BytesMut::new() }
    }

    /// The first eight bytes.
    pub(super) async fn read_header(&mut self) -> io::Result<[u8; 8]> {
        let mut header = [0; 8];
        self.socket.read_exact(&mut header).await?;
        Ok(header)
    }

    /// Waits for a frame.
    pub(super) async fn next(&mut self, frame_max: u32) -> Result<(u16, Payload), EndReason> {
        loop {
            if let Some(frame) = frame::take(&mut self.input, frame_max)
                .map_err(|(refusal, cause)| EndReason::RefusedFor(refusal, cause))?
            {
                return Ok(frame);
            }
            // little, because most connections send little during the handshake
            self.input.reserve(512);
            if self.socket.read_buf(&mut self.input).await? == 0 {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
            }
        }
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.socket.write_all(bytes).await
    }

    pub(super) async fn send(&mut self, channel: u16, method: AMQPClass) -> io::Result<()> {
        let frame = AMQPFrame::Method(channel, method);
        let written = gen_frame(&frame)(Vec::new().into()).map_err(io::Error::other)?;
        self.write(&written.write).await
    }

    /// Sends `connection.close` and waits for the answer, ignoring other frames. `cause` is the class and method that
    /// caused it, or zeros.
    pub(super) async fn close(&mut self, why: &Refusal, cause: Ids) {
        if why.code == Code::FrameError {
            // the start of the next frame is unknown, so the bytes read so far cannot help to find the answer
            self.input.clear();
        }
        let closing = async {
            self.write(&frame::close(0, why, cause)).await?;
            self.drain_until_close_ok().await
        };
        if timeout(CLOSE_TIMEOUT, closing).await.is_err() {
            tracing::debug!("a client did not answer connection.close");
        }
    }

    /// Reads and discards input until the client closes the socket.
    pub(super) async fn drain(&mut self) {
        let reading = async {
            loop {
                self.input.clear();
                self.input.reserve(READ);
                if !matches!(self.socket.read_buf(&mut self.input).await, Ok(1..)) {
                    break;
                }
            }
        };
        if timeout(CLOSE_TIMEOUT, reading).await.is_err() {
            tracing::debug!("a client did not close the socket after connection.close-ok");
        }
    }

    /// Reads until the client sends `connection.close-ok` or closes the socket. Undecodable input is skipped, and all
    /// methods but those of the close are ignored.
    async fn drain_until_close_ok(&mut self) -> io::Result<()> {
        loop {
            match frame::take(&mut self.input, u32::MAX) {
                Ok(Some((0, Payload::Method(Method::Other(AMQPClass::Connection(method), _))))) => match method {
                    connection::AMQPMethod::CloseOk(_) => return Ok(()),
                    connection::AMQPMethod::Close(_) => {
                        let ok = connection::AMQPMethod::CloseOk(connection::CloseOk {});
                        self.send(0, AMQPClass::Connection(ok)).await?;
                    }
                    _other => {}
                },
                Ok(Some(_)) => {}
                // a frame may announce any size, so no more than one read is kept
                Ok(None) if self.input.len() < READ => {
                    self.input.reserve(READ);
                    if self.socket.read_buf(&mut self.input).await? == 0 {
                        return Ok(());
                    }
                }
                Ok(None) | Err(_) => {
                    self.input.clear();
                    if self.socket.read_buf(&mut self.input).await? == 0 {
                        return Ok(());
                    }
                }
            }
        }
    }
}
