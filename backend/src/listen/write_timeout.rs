//! Ends a connection whose peer takes nothing of what is to be written to it. Only pending writes count: a connection on
//! which there is nothing to write may be quiet for as long as it likes.
//!
//! A write is pending while the socket takes no more bytes, or while a part of a response is kept back by HTTP/2's flow
//! control (RFC 9113, section 5.2): then the socket is free, but the peer gives no credit. [`Outgoing`] tells of the latter.
//! Of a socket any byte that it takes is progress, of responses any byte of theirs: a PING that is written is none.

use std::{
    future::Future as _,
    io::{self, IoSlice},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::body::Body;
use bytes::{Buf, Bytes};
use http_body::{Body as HttpBody, Frame, SizeHint};
use pin_project_lite::pin_project;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep},
};

/// How long pending writes of a connection may make no progress; at most twice as long passes before it ends.
pub(super) const WRITE_BUDGET: Duration = Duration::from_secs(30);

/// What of the responses of one connection was handed to hyper and is not written yet. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Unwritten(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    parts: AtomicUsize,
    progress: AtomicUsize,
}

impl Unwritten {
    /// The body of a response, whose parts count as unwritten from when hyper has them.
    pub(crate) fn body(&self, body: Body) -> Outgoing {
        Outgoing { body, unwritten: self.clone() }
    }

    fn part(&self, bytes: Bytes) -> Part {
        if self.0.parts.fetch_add(1, Ordering::Relaxed) == 0 {
            // the time of this one begins now
            self.advance();
        }
        Part { bytes, unwritten: self.clone() }
    }

    fn is_any(&self) -> bool {
        self.0.parts.load(Ordering::Relaxed) > 0
    }

    fn advance(&self) {
        self.0.progress.fetch_add(1, Ordering::Relaxed);
    }

    /// Changes with every write of a part, and when the first becomes unwritten.
    fn progress(&self) -> usize {
        self.0.progress.load(Ordering::Relaxed)
    }
}

pin_project! {
    /// The body of a response that is on its way.
    #[derive(Debug)]
    pub struct Outgoing {
        #[pin]
        body: Body,
        unwritten: Unwritten,
    }
}

impl HttpBody for Outgoing {
    type Data = Part;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Part>, axum::Error>>> {
        let this = self.project();
        let frame = ready!(this.body.poll_frame(cx));
        Poll::Ready(frame.map(|frame| frame.map(|frame| frame.map_data(|bytes| this.unwritten.part(bytes)))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Bytes that hyper has to write.
#[derive(Debug)]
pub struct Part {
    bytes: Bytes,
    unwritten: Unwritten,
}

impl Buf for Part {
    fn remaining(&self) -> usize {
        self.bytes.remaining()
    }

    fn chunk(&self) -> &[u8] {
        self.bytes.chunk()
    }

    fn chunks_vectored<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        self.bytes.chunks_vectored(slices)
    }

    fn advance(&mut self, count: usize) {
        self.bytes.advance(count);
        self.unwritten.advance();
    }

    fn copy_to_bytes(&mut self, len: usize) -> Bytes {
        self.unwritten.advance();
        self.bytes.copy_to_bytes(len)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        self.unwritten.0.parts.fetch_sub(1, Ordering::Relaxed);
        self.unwritten.advance();
    }
}

pin_project! {
    /// A socket that gives up a peer which takes nothing.
    #[derive(Debug)]
    pub(super) struct WriteTimeout<S> {
        #[pin]
        socket: S,
        pending: Pending,
    }
}

impl<S> WriteTimeout<S> {
    pub(super) fn new(socket: S, unwritten: Unwritten, budget: Duration) -> Self {
        Self { socket, pending: Pending { unwritten, is_blocked: false, taken: 0, budget, watch: None } }
    }
}

/// What is pending on a socket.
#[derive(Debug)]
struct Pending {
    unwritten: Unwritten,
    /// The socket did not take what it was given last.
    is_blocked: bool,
    /// Changes whenever the socket takes something again, and when it begins not to.
    taken: usize,
    budget: Duration,
    /// There from when something is pending until it is noticed that nothing is.
    watch: Option<Watch>,
}

#[derive(Debug)]
struct Watch {
    timer: Pin<Box<Sleep>>,
    /// `taken` and the progress of the responses when the timer was set.
    taken: usize,
    progress: usize,
}

impl Pending {
    fn is_any(&self) -> bool {
        self.is_blocked || self.unwritten.is_any()
    }

    /// Notes the outcome of a write or a flush; `Ready` with an error when it is pending for too long.
    fn noted<T>(&mut self, cx: &mut Context<'_>, outcome: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if self.is_blocked != outcome.is_pending() {
            self.is_blocked = outcome.is_pending();
            self.taken = self.taken.wrapping_add(1);
        }
        match outcome {
            Poll::Ready(outcome) => Poll::Ready(outcome),
            Poll::Pending => self.poll(cx).map(Err),
        }
    }

    /// Ready when nothing was written for as long as something was to be. Costs a timer for each budget in which something was
    /// pending, and none for each write.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        let is_any = self.is_any();
        if self.watch.is_none() && !is_any {
            return Poll::Pending;
        }
        let (taken, progress) = (self.taken, self.unwritten.progress());
        let watch = self.watch.get_or_insert_with(|| {
            let timer = Box::pin(tokio::time::sleep(self.budget));
            Watch { timer, taken, progress }
        });
        while watch.timer.as_mut().poll(cx).is_ready() {
            let is_stuck = self.is_blocked && watch.taken == taken;
            if is_stuck || (self.unwritten.is_any() && watch.progress == progress) {
                return Poll::Ready(io::Error::new(
                    io::ErrorKind::TimedOut,
                    "the peer takes nothing of what is written",
                ));
            }
            if !is_any {
                self.watch = None;
                return Poll::Pending;
            }
            watch.timer.as_mut().reset(Instant::now() + self.budget);
            (watch.taken, watch.progress) = (taken, progress);
        }
        Poll::Pending
    }
}

impl<S: AsyncRead> AsyncRead for WriteTimeout<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.project();
        match this.socket.poll_read(cx, buf) {
            Poll::Ready(read) => Poll::Ready(read),
            // the task of a connection waits here whatever it writes, so here the time is kept
            Poll::Pending => this.pending.poll(cx).map(Err),
        }
    }
}

impl<S: AsyncWrite> AsyncWrite for WriteTimeout<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.project();
        let outcome = this.socket.poll_write(cx, buf);
        this.pending.noted(cx, outcome)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.project();
        let outcome = this.socket.poll_write_vectored(cx, bufs);
        this.pending.noted(cx, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.project();
        let outcome = this.socket.poll_flush(cx);
        this.pending.noted(cx, outcome)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.project();
        let outcome = this.socket.poll_shutdown(cx);
        this.pending.noted(cx, outcome)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};

    use super::*;

    const BUDGET: Duration = Duration::from_secs(30);

    fn pair(unwritten: &Unwritten) -> (WriteTimeout<DuplexStream>, DuplexStream) {
        let (near, far) = tokio::io::duplex(64);
        (WriteTimeout::new(near, unwritten.clone(), BUDGET), far)
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_takes_nothing_is_given_up() {
        let (mut near, _far) = pair(&Unwritten::default());
        let start = Instant::now();
        let error = near.write_all(&[0; 65]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!((BUDGET..=BUDGET * 2).contains(&start.elapsed()), "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_takes_something_in_each_budget_is_not() {
        let (mut near, mut far) = pair(&Unwritten::default());
        let reading = async {
            let mut read = 0;
            while read < 640 {
                tokio::time::sleep(BUDGET - Duration::from_secs(1)).await;
                read += far.read(&mut [0; 32]).await.unwrap();
            }
        };
        let (written, ()) = tokio::join!(near.write_all(&[0; 640]), reading);
        written.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn the_time_of_a_write_begins_with_that_write() {
        let unwritten = Unwritten::default();
        let (mut near, mut far) = pair(&unwritten);
        let part = unwritten.part(Bytes::from_static(b"a"));
        let mut byte = [0];
        let almost = BUDGET - Duration::from_secs(1);
        assert!(tokio::time::timeout(almost, near.read(&mut byte)).await.is_err());
        // the timer is set, and something else begins to be pending just before it ends
        drop(part);
        let (written, ()) = tokio::join!(near.write_all(&[0; 65]), async {
            tokio::time::sleep(almost).await;
            far.read_exact(&mut [0; 65]).await.unwrap();
        });
        written.unwrap();
        let _part = unwritten.part(Bytes::from_static(b"b"));
        assert!(tokio::time::timeout(almost, near.read(&mut byte)).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_quiet_connection_may_stay() {
        let (mut near, mut far) = pair(&Unwritten::default());
        near.write_all(&[0; 64]).await.unwrap();
        let mut byte = [0];
        let quiet = tokio::time::timeout(10 * BUDGET, near.read(&mut byte)).await;
        assert!(quiet.is_err(), "{quiet:?}");
        // also after it was busy
        let (written, read) = tokio::join!(near.write_all(&[0; 65]), async {
            tokio::time::sleep(BUDGET / 2).await;
            far.read_exact(&mut [0; 129]).await
        });
        assert!(written.is_ok() && read.is_ok());
        let quiet = tokio::time::timeout(10 * BUDGET, near.read(&mut byte)).await;
        assert!(quiet.is_err(), "{quiet:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_part_that_is_not_written_counts_and_other_bytes_do_not() {
        let unwritten = Unwritten::default();
        let (mut near, mut far) = pair(&unwritten);
        let mut part = unwritten.part(Bytes::from_static(b"ab"));
        let mut byte = [0];
        for _ in 0..2 {
            let quiet = tokio::time::timeout(BUDGET - Duration::from_secs(1), near.read(&mut byte)).await;
            assert!(quiet.is_err(), "{quiet:?}");
            part.advance(1);
        }
        near.write_all(b"ping").await.unwrap();
        far.read_exact(&mut [0; 4]).await.unwrap();
        let error = near.read(&mut byte).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);

        drop(part);
        let (mut near, _far) = pair(&unwritten);
        let quiet = tokio::time::timeout(10 * BUDGET, near.read(&mut byte)).await;
        assert!(quiet.is_err(), "{quiet:?}");
    }
}
