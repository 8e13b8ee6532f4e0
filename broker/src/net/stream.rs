//! A connection's socket with what was read of it and what is to be written.

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

/// So much is read at once.
pub(super) const READ: usize = 64 * 1024;
/// How long a client may take to say that it has heard the goodbye.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(3);

/// Why a connection is over.
#[derive(Debug, thiserror::Error)]
pub(super) enum EndReason {
    /// The client closed the socket, or the network did.
    #[error("the client left: {0}")]
    Left(#[from] io::Error),
    /// Client and broker said goodbye.
    #[error("closed")]
    Closed,
    /// It was cut from inside.
    #[error("cut")]
    Cut,
    /// It began with something else.
    #[error("the client does not begin with the protocol header of AMQP 0-9-1; it was told what is expected")]
    NotAmqp,
    /// It is nobody that is known.
    #[error("the client's name or password is wrong")]
    NotAuthenticated,
    /// It did nothing for too long.
    #[error("the client was silent for too long")]
    Silent,
    /// It did what the protocol forbids.
    #[error(transparent)]
    Refused(Refusal),
    /// It asked for what it cannot have, by this class and method.
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
            // small: most connections say little while they shake hands
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

    /// Says why the connection is closed and waits for the answer; whatever else comes is not looked at. `cause` is class
    /// and method that it is for, or zeros.
    pub(super) async fn close(&mut self, why: &Refusal, cause: Ids) {
        if why.code == Code::FrameError {
            // where the next frame begins is not known: what was read already is no help in finding the answer
            self.input.clear();
        }
        let goodbye = async {
            self.write(&frame::close(0, why, cause)).await?;
            self.drain_until_close_ok().await
        };
        if timeout(CLOSE_TIMEOUT, goodbye).await.is_err() {
            tracing::debug!("a client did not answer the goodbye");
        }
    }

    /// Reads off what a client sends before it has heard the goodbye, until it leaves.
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
            tracing::debug!("a client did not leave after its goodbye");
        }
    }

    /// Reads until the client says `connection.close-ok` or leaves. What cannot be read is passed over, and of what can only
    /// the two methods of the goodbye are looked at.
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
                // more is needed to tell, but never more than one read: the frame may be endless
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
