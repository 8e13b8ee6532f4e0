//! A stream of bytes in both directions, as a trait object: a TCP socket, with or without TLS, recorded or not.

use tokio::io::{AsyncRead, AsyncWrite};

/// A socket, or a layer around one.
pub trait ByteStream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> ByteStream for S {}
