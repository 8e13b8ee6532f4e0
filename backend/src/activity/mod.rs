//! Calls of other clients, for the open pages: that curl, a `grpcio` stub or a `pika` producer was here, and the outcome of
//! its call. Never what a call carried.
//!
//! - [`ring_buffer`] keeps what is noted until the pages have taken it; [`subscriber`] is a page's end of it
//! - [`http`] notes REST and gRPC calls, at the edge; [`queue`] what clients of the broker in this process do
//! - [`origin`] says whose calls those of others are, and whether they may be shown
//!
//! They may be shown while the page is open on this machine only: every listener is on loopback, and no proxy is in between.
//! While no page asks, a call costs one look at a number. What comes too fast is counted and not told one by one.

pub mod http;
pub mod origin;
mod queue;
pub(crate) mod ring_buffer;
pub mod subscriber;

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use crosstalk_proto::ws::{OtherCall, Style};
use tokio::sync::watch;

pub(crate) use self::queue::INSTANCE;
use self::ring_buffer::RingBuffer;
use crate::config::Config;

/// All styles, as their boards are ordered.
const STYLES: [Style; 3] = [Style::Rest, Style::Grpc, Style::Queue];

/// Calls of other clients are not shown.
#[derive(Debug, thiserror::Error)]
#[error(
    "calls of other clients are shown only while every listener is on loopback, CROSSTALK_PUBLIC_ORIGIN is not set, and \
     nothing forwards the page's requests"
)]
pub struct NotShown;

/// A handle on what other clients do. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Activity(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// Only this machine can reach the server.
    allowed: bool,
    watchers: AtomicUsize,
    boards: [Mutex<RingBuffer>; STYLES.len()],
    /// Something was noted.
    noted: watch::Sender<()>,
}

impl Activity {
    /// Without subscribers.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        Self(Arc::new(Inner {
            allowed: origin::is_local(config),
            watchers: AtomicUsize::new(0),
            boards: STYLES.map(|_style| Mutex::default()),
            noted: watch::Sender::new(()),
        }))
    }

    /// Whether there is a subscriber.
    #[must_use]
    pub fn is_watched(&self) -> bool {
        self.0.watchers.load(Ordering::Relaxed) > 0
    }

    /// Whether a call that begins now is to be noted; if not, it was counted.
    fn admits(&self, style: Style, now: Instant) -> bool {
        self.board(style).admits(now)
    }

    fn note(&self, style: Style, call: OtherCall) {
        self.board(style).keep(call);
        self.0.noted.send_replace(());
    }

    fn board(&self, style: Style) -> MutexGuard<'_, RingBuffer> {
        self.0.boards[style as usize].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Milliseconds since 1970.
fn now_ms() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_micros() as f64 / 1e3)
}
