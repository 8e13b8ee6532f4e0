//! The answers to readers of captures. Readers of the same revision of a capture share one rendering.
//!
//! An answer can have tens of megabytes, so the memory is bounded: a rendering is shared while it is being read and the capture
//! has not grown, at most [`MAX_DISSECTED`] are made at once, and all renderings together have at most [`MAX_RENDERED`] bytes. A
//! reader keeps its rendering for at least [`READ_BUDGET`]; after that the answer is ended when other readers wait.

use std::{
    collections::{HashMap, VecDeque},
    fmt, io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::{
    sync::{OnceCell, OwnedSemaphorePermit, Semaphore},
    time::Instant,
};

use super::{
    error::Error,
    snapshot::{Revision, Snapshot},
};
use crate::shutdown::Shutdown;

/// The most captures that are dissected at once; who reads another waits. It takes many times the memory of what was recorded.
const MAX_DISSECTED: usize = 2;
/// The most bytes of all renderings that are being read.
const MAX_RENDERED: usize = 128 << 20;
/// Bytes are counted in these.
const UNIT: usize = 1 << 10;
/// A rendering is kept in pieces of this size, so that one which is ended leaves no more than a piece behind.
const PIECE: usize = 64 << 10;
/// How long a rendering can be read at least.
const READ_BUDGET: Duration = Duration::from_secs(20);
/// How long a reader waits for a rendering.
const RENDER_BUDGET: Duration = Duration::from_secs(50);

/// In which form a capture is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// JSON, [`mod@super::told`].
    Json,
    /// For Wireshark, [`mod@super::pcapng`].
    Pcapng,
}

/// Writes a capture down. Takes its time: not to be done where others wait.
pub(super) type Render = fn(&Snapshot, &mut dyn io::Write) -> io::Result<()>;

/// All renderings that there are.
pub(super) struct Renderings {
    shutdown: Shutdown,
    dissecting: Arc<Semaphore>,
    room: Arc<Semaphore>,
    units: u32,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    shared: HashMap<(u128, Form), Weak<Shared>>,
    /// The oldest first.
    live: VecDeque<(Instant, Weak<Rendering>)>,
}

/// A rendering that is there or is being made.
struct Shared {
    revision: Revision,
    rendering: OnceCell<Arc<Rendering>>,
}

/// A capture that was written down; without content when it was ended.
struct Rendering {
    len: usize,
    content: Mutex<Option<Content>>,
}

struct Content {
    pieces: Vec<Bytes>,
    _room: OwnedSemaphorePermit,
}

impl Renderings {
    pub(super) fn new(shutdown: &Shutdown) -> Self {
        Self::with_room(shutdown, MAX_RENDERED)
    }

    fn with_room(shutdown: &Shutdown, bytes: usize) -> Self {
        let units = u32::try_from(bytes / UNIT).unwrap_or(u32::MAX);
        Self {
            shutdown: shutdown.clone(),
            dissecting: Arc::new(Semaphore::new(MAX_DISSECTED)),
            room: Arc::new(Semaphore::new(units as usize)),
            units,
            state: Mutex::default(),
        }
    }

    /// Begins to read a capture. Cancel safe.
    ///
    /// # Errors
    /// [`Error::Crowded`] when there was no room in time.
    pub(super) async fn read(&self, taken: Snapshot, form: Form, render: Render) -> Result<Reading, Error> {
        let read = async {
            let shared = self.shared(&taken, form);
            let rendering = shared.rendering.get_or_try_init(|| self.make(taken, render)).await?.clone();
            Ok(Reading::of(rendering, shared))
        };
        tokio::time::timeout(RENDER_BUDGET, read).await.unwrap_or(Err(Error::Crowded))
    }

    /// What others who read the same have, or a place for it.
    fn shared(&self, taken: &Snapshot, form: Form) -> Arc<Shared> {
        let revision = taken.revision();
        let mut state = self.lock();
        state.shared.retain(|_, shared| shared.strong_count() > 0);
        let known = state.shared.get(&(taken.trace_id, form)).and_then(Weak::upgrade);
        if let Some(known) = known.filter(|known| known.revision == revision && !known.is_ended()) {
            return known;
        }
        let shared = Arc::new(Shared { revision, rendering: OnceCell::new() });
        state.shared.insert((taken.trace_id, form), Arc::downgrade(&shared));
        shared
    }

    async fn make(&self, taken: Snapshot, render: Render) -> Result<Arc<Rendering>, Error> {
        let turn = self.dissecting.clone().acquire_owned().await.expect("the semaphore is never closed");
        let work = self.shutdown.spawn_blocking(move || {
            let mut pieces = Pieces::default();
            render(&taken, &mut pieces).map(|()| (pieces.finish(), turn))
        });
        let rendered = work.await.map_err(io::Error::other).flatten();
        // while it waits for room the turn is kept: so no more than these wait with a rendering
        let (pieces, _turn) = rendered.map_err(Error::Unwritable)?;
        let len = pieces.iter().map(Bytes::len).sum::<usize>();
        let room = self.take_room(len).await;
        let rendering = Arc::new(Rendering { len, content: Mutex::new(Some(Content { pieces, _room: room })) });
        let mut state = self.lock();
        state.live.retain(|(_, rendering)| rendering.strong_count() > 0);
        state.live.push_back((Instant::now(), Arc::downgrade(&rendering)));
        Ok(rendering)
    }

    /// Waits for room; ends the oldest rendering whenever its time is up.
    async fn take_room(&self, bytes: usize) -> OwnedSemaphorePermit {
        let units = u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX).min(self.units);
        let mut acquiring = Box::pin(self.room.clone().acquire_many_owned(units));
        loop {
            let patience = self.oldest().map_or(READ_BUDGET, |since| READ_BUDGET.saturating_sub(since.elapsed()));
            match tokio::time::timeout(patience, acquiring.as_mut()).await {
                Ok(room) => return room.expect("the semaphore is never closed"),
                Err(_elapsed) => self.end_oldest(),
            }
        }
    }

    fn oldest(&self) -> Option<Instant> {
        let mut state = self.lock();
        state.live.retain(|(_, rendering)| rendering.upgrade().is_some_and(|rendering| !rendering.is_ended()));
        state.live.front().map(|(since, _)| *since)
    }

    fn end_oldest(&self) {
        let oldest = self.lock().live.pop_front_if(|(since, _)| since.elapsed() >= READ_BUDGET);
        if let Some(rendering) = oldest.and_then(|(_, rendering)| rendering.upgrade()) {
            tracing::debug!(bytes = rendering.len, "a capture was not read to its end in time");
            rendering.lock().take();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    fn is_ended(&self) -> bool {
        self.rendering.get().is_some_and(|rendering| rendering.is_ended())
    }
}

impl Rendering {
    fn is_ended(&self) -> bool {
        self.lock().is_none()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Content>> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The body of an answer: a capture that is being read. Other readers may share it.
pub struct Reading {
    head: Option<Bytes>,
    rendering: Arc<Rendering>,
    next: usize,
    left: u64,
    // others find the rendering for as long as it is read
    _shared: Arc<Shared>,
}

/// A reading was ended, because it took too long and others waited.
#[derive(Debug, thiserror::Error)]
#[error("the capture was not read in time, and others wait to read theirs")]
pub struct Ended;

impl Reading {
    fn of(rendering: Arc<Rendering>, shared: Arc<Shared>) -> Self {
        Self { head: None, left: rendering.len as u64, rendering, next: 0, _shared: shared }
    }

    /// Puts something in front of the rendering, which others do not read.
    pub(super) fn behind(self, head: Bytes) -> Self {
        Self { left: self.left + head.len() as u64, head: Some(head), ..self }
    }
}

impl Body for Reading {
    type Data = Bytes;
    type Error = Ended;

    fn poll_frame(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Ended>>> {
        let this = self.get_mut();
        let bytes = match this.head.take() {
            Some(head) => head,
            None => {
                let content = this.rendering.lock();
                let Some(content) = &*content else { return Poll::Ready(Some(Err(Ended))) };
                let Some(piece) = content.pieces.get(this.next) else { return Poll::Ready(None) };
                this.next += 1;
                piece.clone()
            }
        };
        this.left = this.left.saturating_sub(bytes.len() as u64);
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

/// Without what was recorded.
impl fmt::Debug for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reading").field("left", &self.left).finish_non_exhaustive()
    }
}

/// Gathers what is written, in pieces.
#[derive(Default)]
struct Pieces {
    whole: Vec<Bytes>,
    last: Vec<u8>,
}

impl Pieces {
    fn finish(mut self) -> Vec<Bytes> {
        if !self.last.is_empty() {
            self.last.shrink_to_fit();
            self.whole.push(self.last.into());
        }
        self.whole
    }
}

impl io::Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.last.capacity() == 0 {
            self.last.reserve_exact(PIECE);
        }
        let taken = bytes.len().min(PIECE - self.last.len());
        self.last.extend_from_slice(&bytes[..taken]);
        if self.last.len() == PIECE {
            self.whole.push(std::mem::take(&mut self.last).into());
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use futures_util::FutureExt as _;
    use http_body_util::BodyExt as _;

    use super::*;

    /// As many bytes as the trace says.
    fn render(taken: &Snapshot, writer: &mut dyn io::Write) -> io::Result<()> {
        writer.write_all(&vec![b'x'; taken.trace_id as usize])
    }

    fn taken(trace_id: u128) -> Snapshot {
        Snapshot {
            trace_id,
            since: std::time::Instant::now(),
            armed_for: Duration::ZERO,
            kept_for: Duration::ZERO,
            connections: Vec::new(),
            missing: None,
        }
    }

    fn again(taken: &Snapshot) -> Snapshot {
        Snapshot { since: taken.since, missing: taken.missing.clone(), ..self::taken(taken.trace_id) }
    }

    #[tokio::test]
    async fn what_is_written_is_read_once_and_in_order() {
        let mut pieces = Pieces::default();
        let text: Vec<u8> = (0..3 * PIECE + 5).map(|at| at as u8).collect();
        text.chunks(1_000).for_each(|chunk| pieces.write_all(chunk).unwrap());
        let pieces = pieces.finish();
        assert_eq!((pieces.len(), pieces.concat()), (4, text));

        let renderings = Renderings::new(&Shutdown::new());
        let reading = renderings.read(taken(100_000), Form::Json, render).await.unwrap().behind("head".into());
        assert_eq!(reading.size_hint().exact(), Some(100_004));
        let read = reading.collect().await.unwrap().to_bytes();
        assert!(read.starts_with(b"headxx") && read.len() == 100_004);
        let empty = renderings.read(taken(0), Form::Json, render).await.unwrap();
        assert!(empty.is_end_stream());
    }

    #[tokio::test]
    async fn who_reads_the_same_at_the_same_time_shares_it() {
        let renderings = Renderings::new(&Shutdown::new());
        let read = async |taken: &Snapshot, form| renderings.read(again(taken), form, render).await.unwrap();
        let mut taken = taken(1_000);
        let (one, two) = tokio::join!(read(&taken, Form::Json), read(&taken, Form::Json));
        let same = |other: &Reading| Arc::ptr_eq(&one.rendering, &other.rendering);
        assert!(same(&two) && same(&read(&taken, Form::Json).await));
        assert!(!same(&read(&taken, Form::Pcapng).await));
        taken.missing = Some("something".to_owned());
        assert!(!same(&read(&taken, Form::Json).await), "something has changed");
        assert!(!same(&read(&self::taken(1_000), Form::Json).await), "it is another capture of that trace");
        assert_eq!(renderings.units as usize - renderings.room.available_permits(), 1, "one for both");
        drop((one, two));
        assert_eq!(renderings.room.available_permits(), renderings.units as usize);
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_too_long_gives_way_to_others_that_wait() {
        let renderings = Renderings::with_room(&Shutdown::new(), 1 << 20);
        let first = renderings.read(taken(600 << 10), Form::Json, render).await.unwrap();
        tokio::time::sleep(READ_BUDGET / 2).await;
        let second = renderings.read(taken(400 << 10), Form::Json, render).await.unwrap();
        let start = Instant::now();
        let third = renderings.read(taken(500 << 10), Form::Json, render).await.unwrap();
        assert_eq!(start.elapsed().as_secs(), READ_BUDGET.as_secs() / 2, "it waits until the first had its time");
        assert!(first.collect().await.is_err());
        assert_eq!(second.collect().await.unwrap().to_bytes().len(), 400 << 10);
        // more than there is room for has all of it
        drop(third);
        let large = renderings.read(taken(3 << 20), Form::Json, render).await.unwrap();
        assert_eq!(renderings.room.available_permits(), 0);
        assert_eq!(large.collect().await.unwrap().to_bytes().len(), 3 << 20);
    }

    #[tokio::test]
    async fn only_so_many_are_dissected_at_once() {
        let renderings = Renderings::new(&Shutdown::new());
        let turns = renderings.dissecting.clone().acquire_many_owned(MAX_DISSECTED as u32).await.unwrap();
        let mut waiting = Box::pin(renderings.read(taken(1), Form::Json, render));
        assert!(waiting.as_mut().now_or_never().is_none());
        drop(turns);
        waiting.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_ever() {
        let renderings = Renderings::new(&Shutdown::new());
        let _turns = renderings.dissecting.clone().acquire_many_owned(MAX_DISSECTED as u32).await.unwrap();
        assert!(matches!(renderings.read(taken(1), Form::Json, render).await, Err(Error::Crowded)));
    }
}
