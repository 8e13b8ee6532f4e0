//! The tap itself: a socket whose bytes are kept as they are read and written.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use crosstalk_wire::Party;
use pin_project_lite::pin_project;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::recording::Recording;

pin_project! {
    /// A socket that is recorded.
    #[derive(Debug)]
    pub struct Tapped<S> {
        #[pin]
        socket: S,
        recording: Arc<Recording>,
        // the sender of the bytes that are read; the bytes that are written are ours
        peer: Party,
        us: Party,
    }
}

impl<S> Tapped<S> {
    /// Records a socket to a client that nothing was read from or written to yet.
    pub fn new(socket: S, recording: Arc<Recording>) -> Self {
        Self { socket, recording, peer: Party::Client, us: Party::Server }
    }

    /// The same of a socket to a server, whose client we are.
    pub fn dialled(socket: S, recording: Arc<Recording>) -> Self {
        Self { socket, recording, peer: Party::Server, us: Party::Client }
    }
}

impl<S: AsyncRead> AsyncRead for Tapped<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.project();
        let before = buf.filled().len();
        ready!(this.socket.poll_read(cx, buf))?;
        this.recording.push(*this.peer, &buf.filled()[before..]);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite> AsyncWrite for Tapped<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.project();
        let sending = this.recording.sending();
        let written = ready!(this.socket.poll_write(cx, buf))?;
        if let Some(sending) = sending {
            sending.keep(*this.us, &buf[..written]);
        }
        Poll::Ready(Ok(written))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.project();
        let sending = this.recording.sending();
        let written = ready!(this.socket.poll_write_vectored(cx, bufs))?;
        let Some(sending) = sending else { return Poll::Ready(Ok(written)) };
        let mut left = written;
        let mut sent = Vec::with_capacity(written);
        for buf in bufs {
            let part = &buf[..left.min(buf.len())];
            sent.extend_from_slice(part);
            left -= part.len();
        }
        sending.keep(*this.us, &sent);
        Poll::Ready(Ok(written))
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
    use std::{net::SocketAddr, sync::mpsc, time::Duration};

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::capture::recording::Room;

    #[tokio::test]
    async fn every_byte_of_both_directions_is_kept_once() {
        let end = SocketAddr::from(([127, 0, 0, 1], 1));
        let recording = Arc::new(Recording::new((end, end), CancellationToken::new(), Room::default()));
        let (ours, mut theirs) = tokio::io::duplex(4);
        let mut ours = Tapped::new(ours, recording.clone());
        let talking = async {
            theirs.write_all(b"question").await.unwrap();
            let mut answer = Vec::new();
            theirs.read_to_end(&mut answer).await.unwrap();
            answer
        };
        let answering = async {
            let mut question = [0; 8];
            ours.read_exact(&mut question).await.unwrap();
            let mut answer = [IoSlice::new(b"an"), IoSlice::new(b""), IoSlice::new(b"swer")];
            let mut left = &mut answer[..];
            while !left.is_empty() {
                let written = ours.write_vectored(left).await.unwrap();
                IoSlice::advance_slices(&mut left, written);
            }
            ours.shutdown().await.unwrap();
        };
        let (answer, ()) = tokio::join!(talking, answering);
        assert_eq!(answer, b"answer");
        let capture = recording.content().capture;
        assert_eq!((capture.client.as_slice(), capture.server.as_slice()), (&b"question"[..], &b"answer"[..]));
        assert_eq!(capture.chunks.iter().map(|chunk| chunk.len).sum::<usize>(), 14);
    }

    /// A socket whose peer has the bytes before the one that wrote them goes on, and reads the capture.
    struct Prompt {
        recording: Arc<Recording>,
        read: mpsc::Receiver<usize>,
        reader: Option<mpsc::SyncSender<usize>>,
    }

    impl AsyncWrite for Prompt {
        fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
            let (recording, reader) = (self.recording.clone(), self.reader.take().expect("it writes once"));
            std::thread::spawn(move || reader.send(recording.content().capture.server.len()));
            let early = self.read.recv_timeout(Duration::from_millis(50));
            assert_eq!(early, Err(mpsc::RecvTimeoutError::Timeout), "it was read without what is being written");
            Poll::Ready(Ok(buf.len()))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    #[tokio::test]
    async fn a_peer_that_has_an_answer_finds_it_in_the_capture() {
        let end = SocketAddr::from(([127, 0, 0, 1], 1));
        let recording = Arc::new(Recording::new((end, end), CancellationToken::new(), Room::default()));
        let (reader, read) = mpsc::sync_channel(1);
        let prompt = Prompt { recording: recording.clone(), read, reader: Some(reader) };
        let mut tapped = Tapped::new(prompt, recording);
        tapped.write_all(b"answer").await.unwrap();
        assert_eq!(tapped.socket.read.recv(), Ok(6));
    }
}
