//! The bytes of one connection while it is recorded. Only who is recorded pays: an atomic look and, until the recording ends,
//! a lock that only a reader of the capture takes as well.

use std::{
    fmt,
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Instant, SystemTime},
};

use crosstalk_proto::capture::Hop;
use crosstalk_wire::{Capture, Party};
use tokio_util::sync::CancellationToken;

/// The most bytes that are kept of one connection, both directions together.
const MAX_BYTES: usize = 1 << 20;
/// With more than these it is no beginning for another capture, which might soon be cut off.
const MUCH: usize = 64 << 10;
/// The most pieces: a peer that sends byte by byte must not cost more than its bytes.
const MAX_CHUNKS: usize = 32_768;
/// The most bytes that are kept of all connections together.
const MAX_TOTAL: usize = 32 << 20;

/// How many bytes all recordings have together.
#[derive(Clone, Debug, Default)]
pub(super) struct Room(Arc<AtomicUsize>);

impl Room {
    fn take(&self, bytes: usize) -> bool {
        let grown = |held: usize| held.checked_add(bytes).filter(|held| *held <= MAX_TOTAL);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, grown).is_ok()
    }

    fn give_back(&self, bytes: usize) {
        self.0.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// A connection that is, or was, recorded from its first byte.
pub struct Recording {
    /// Who opened it, and where it was accepted.
    pub(super) ends: (SocketAddr, SocketAddr),
    /// The two ends of the connection, once they are known: for an accepted connection, from its first request.
    hop: OnceLock<Hop>,
    /// When, on the clock that the times of its bytes are on.
    pub(super) opened: Instant,
    /// The same moment by the calendar.
    pub(super) opened_at: SystemTime,
    /// Asks the connection to end.
    pub(super) leave: CancellationToken,
    /// What the network saw of it, where that is something else: TLS.
    network: Option<Arc<Recording>>,
    on: AtomicBool,
    content: Mutex<Content>,
    room: Room,
}

/// What was recorded.
#[derive(Clone, Default)]
pub(super) struct Content {
    pub(super) capture: Capture,
    /// More was said than is kept.
    pub(super) cut: bool,
}

/// A recording that is locked until this is dropped.
pub(super) struct Sending<'a> {
    recording: &'a Recording,
    content: MutexGuard<'a, Content>,
}

impl Recording {
    pub(super) fn new(ends: (SocketAddr, SocketAddr), leave: CancellationToken, room: Room) -> Self {
        Self {
            ends,
            hop: OnceLock::new(),
            opened: Instant::now(),
            opened_at: SystemTime::now(),
            leave,
            network: None,
            on: AtomicBool::new(true),
            content: Mutex::default(),
            room,
        }
    }

    /// Notes the two ends, unless they are known.
    pub(super) fn is_between(&self, hop: Hop) {
        self.hop.get_or_init(|| hop);
    }

    /// The two ends.
    pub(super) fn hop(&self) -> Hop {
        self.hop.get().copied().unwrap_or_default()
    }

    /// The same, of what went through this other connection.
    pub(super) fn within(mut self, network: Arc<Self>) -> Self {
        self.network = Some(network);
        self
    }

    /// What the network saw of it, if that is something else.
    #[must_use]
    pub fn network(&self) -> Option<Arc<Self>> {
        self.network.clone()
    }

    /// Whether everything that is said is still kept.
    pub(super) fn is_on(&self) -> bool {
        self.on.load(Ordering::Acquire)
    }

    /// Whether another capture can go on with it: from its first byte on, and with room for most of what may follow.
    pub(super) fn is_fresh(&self) -> bool {
        self.is_on() && held(&self.lock()) <= MUCH
    }

    /// Keeps bytes that were just read.
    pub(super) fn push(&self, from: Party, bytes: &[u8]) {
        if let Some(sending) = self.sending() {
            sending.keep(from, bytes);
        }
    }

    /// Before bytes are written: a reader of the recording waits until they are kept. Their peer may have them, and
    /// ask for the capture, before the thread that wrote them goes on. Nothing when no more is kept.
    pub(super) fn sending(&self) -> Option<Sending<'_>> {
        self.is_on().then(|| Sending { recording: self, content: self.lock() })
    }

    /// Keeps nothing more.
    pub(super) fn stop(&self) {
        self.on.store(false, Ordering::Release);
        if let Some(network) = &self.network {
            network.stop();
        }
    }

    /// Keeps nothing more, and forgets what was kept.
    pub(super) fn forget(&self) {
        self.stop();
        let content = std::mem::take(&mut *self.lock());
        self.room.give_back(held(&content));
        if let Some(network) = &self.network {
            network.forget();
        }
    }

    /// What was recorded so far.
    pub(super) fn content(&self) -> Content {
        self.lock().clone()
    }

    /// Changes with everything that is recorded.
    pub(super) fn revision(&self) -> [usize; 5] {
        let Content { capture, cut } = &*self.lock();
        let hop = self.hop.get().map_or(0, |hop| *hop as usize + 1);
        [capture.client.len(), capture.server.len(), capture.chunks.len(), usize::from(*cut), hop]
    }

    fn lock(&self) -> MutexGuard<'_, Content> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sending<'_> {
    /// Keeps bytes that `from` has sent.
    pub(super) fn keep(mut self, from: Party, bytes: &[u8]) {
        let Self { recording, content } = &mut self;
        if bytes.is_empty() || !recording.is_on() {
            return;
        }
        let fits = bytes.len() <= MAX_BYTES - held(content) && content.capture.chunks.len() < MAX_CHUNKS;
        if !fits || !recording.room.take(bytes.len()) {
            content.cut = true;
            recording.on.store(false, Ordering::Release);
            return;
        }
        let at = u64::try_from(recording.opened.elapsed().as_nanos()).unwrap_or(u64::MAX);
        content.capture.push(from, at, bytes);
    }
}

/// Without what was recorded, in which there may be credentials.
impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recording").field("ends", &self.ends).field("on", &self.is_on()).finish_non_exhaustive()
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        let content = self.content.get_mut().unwrap_or_else(PoisonError::into_inner);
        self.room.give_back(held(content));
    }
}

fn held(content: &Content) -> usize {
    content.capture.client.len() + content.capture.server.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recording(room: &Room) -> Recording {
        let end = SocketAddr::from(([127, 0, 0, 1], 1));
        Recording::new((end, end), CancellationToken::new(), room.clone())
    }

    #[test]
    fn a_connection_that_says_too_much_is_kept_up_to_there_and_no_further() {
        let room = Room::default();
        let recording = recording(&room);
        recording.push(Party::Client, &vec![1; MAX_BYTES - 1]);
        assert!(recording.is_on());
        recording.push(Party::Server, b"ab");
        assert!(!recording.is_on());
        recording.push(Party::Server, b"c");
        let content = recording.content();
        assert_eq!((content.capture.client.len(), content.capture.server.len(), content.cut), (MAX_BYTES - 1, 0, true));
    }

    #[test]
    fn what_was_recorded_does_not_print() {
        let recording = recording(&Room::default());
        recording.push(Party::Client, b"hunter2");
        let printed = format!("{recording:?}");
        assert!(!printed.contains("hunter2") && !printed.contains("104, 117"), "{printed}");
    }

    #[test]
    fn all_together_are_bounded_and_give_back_what_they_held() {
        let room = Room::default();
        let full = vec![1; MAX_BYTES];
        let mut many: Vec<Recording> = (0..MAX_TOTAL / MAX_BYTES).map(|_| recording(&room)).collect();
        many.iter().for_each(|recording| recording.push(Party::Client, &full));
        let late = recording(&room);
        late.push(Party::Client, b"x");
        assert!(late.content().cut);
        many[0].forget();
        many.pop();
        let next = recording(&room);
        next.push(Party::Client, &full);
        assert!(next.is_on());
        drop((many, late, next));
        assert_eq!(room.0.load(Ordering::Relaxed), 0);
    }
}
