//! How long a client may keep a connection and not say what it wants: before hyper knows which HTTP is spoken it sets no
//! limit, and who sends nothing, or the first letters of HTTP/2's preface, would stay for ever.

use std::{
    future::Future as _,
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use pin_project_lite::pin_project;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::Sleep,
};

/// So many bytes tell HTTP/1.1 from HTTP/2: the preface (RFC 9113, section 3.4). Only a request of HTTP/1.0 without a
/// single header can be shorter, and has the budget for its answer too.
const ENOUGH: usize = 24;

pin_project! {
    /// A socket whose client has said nothing yet.
    pub(super) struct PrefaceTimeout<S> {
        #[pin]
        socket: S,
        // how many bytes are due still
        due: usize,
        budget: Duration,
        // only who has to be waited for pays for a timer
        end: Option<Pin<Box<Sleep>>>,
    }
}

impl<S> PrefaceTimeout<S> {
    pub(super) fn new(socket: S, budget: Duration) -> Self {
        Self { socket, due: ENOUGH, budget, end: None }
    }
}

impl<S: AsyncRead> AsyncRead for PrefaceTimeout<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.project();
        if *this.due == 0 {
            return this.socket.poll_read(cx, buf);
        }
        let before = buf.filled().len();
        if let Poll::Ready(read) = this.socket.poll_read(cx, buf) {
            *this.due = this.due.saturating_sub(buf.filled().len() - before);
            if *this.due == 0 {
                *this.end = None;
            }
            return Poll::Ready(read);
        }
        let budget = *this.budget;
        ready!(this.end.get_or_insert_with(|| Box::pin(tokio::time::sleep(budget))).as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncWrite> AsyncWrite for PrefaceTimeout<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.project().socket.poll_write(cx, buf)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.project().socket.poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.project().socket.poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.project().socket.poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    const BUDGET: Duration = Duration::from_secs(15);

    #[tokio::test(start_paused = true)]
    async fn who_does_not_say_what_it_wants_is_not_waited_for() {
        let (near, mut far) = tokio::io::duplex(64);
        let mut patient = PrefaceTimeout::new(near, BUDGET);
        far.write_all(b"PRI").await.unwrap();
        let mut read = Vec::new();
        let error = patient.read_to_end(&mut read).await.unwrap_err();
        assert_eq!((error.kind(), &read[..]), (io::ErrorKind::TimedOut, &b"PRI"[..]));
    }

    #[tokio::test(start_paused = true)]
    async fn who_has_said_it_may_be_silent() {
        let (near, mut far) = tokio::io::duplex(64);
        let mut patient = PrefaceTimeout::new(near, BUDGET);
        far.write_all(&[b'x'; ENOUGH]).await.unwrap();
        patient.read_exact(&mut [0; ENOUGH]).await.unwrap();
        let mut next = [0];
        let silent = tokio::time::timeout(2 * BUDGET, patient.read(&mut next)).await;
        assert!(silent.is_err(), "{silent:?}");
    }
}
