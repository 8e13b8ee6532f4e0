//! A [`Sanitizer`] around a stream. It is between lapin and TLS, where there is some.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_io::{AsyncRead, AsyncWrite};

use super::Sanitizer;

/// A stream of which only frames that lapin can read are read.
#[derive(Debug)]
pub(in crate::queue) struct SanitizedStream<S> {
    stream: S,
    sanitizer: Sanitizer,
}

impl<S> SanitizedStream<S> {
    /// Around a stream that nothing was read from.
    pub(in crate::queue) fn new(stream: S) -> Self {
        Self { stream, sanitizer: Sanitizer::default() }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for SanitizedStream<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, out: &mut [u8]) -> Poll<io::Result<usize>> {
        let Self { stream, sanitizer } = self.get_mut();
        if out.is_empty() {
            return Poll::Ready(Ok(0));
        }
        loop {
            match sanitizer.take(out) {
                Ok(0) => {}
                taken => return Poll::Ready(taken),
            }
            let space = sanitizer.space();
            match ready!(Pin::new(&mut *stream).poll_read(cx, space))? {
                0 => return Poll::Ready(Ok(0)),
                count => sanitizer.fill(count),
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for SanitizedStream<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, octets)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        octets: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(cx, octets)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_close(cx)
    }
}
