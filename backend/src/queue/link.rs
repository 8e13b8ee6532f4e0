//! The supervised link to the broker: connects, waits for the end of it, backs off, connects again, until the shutdown.
//! Its users take the current session, and learn of a new one from a watch.

use std::{
    fmt, io,
    sync::Arc,
    time::{Duration, Instant},
};

use crosstalk_proto::ws::LinkState;
use tokio::{
    sync::{Notify, watch},
    task::JoinHandle,
};
use tokio_util::task::{TaskTracker, task_tracker::TaskTrackerToken};

use super::{
    Error, backoff::Backoff, embedded::Target, fair_limit::FairLimit, rpc_server, session::Session, thread::LinkThread,
};
use crate::{shutdown::Shutdown, telemetry::Metrics};

/// The cap leaves a page live again well within 5 s of the broker's return.
const BACKOFF: Backoff = Backoff::new(Duration::from_millis(200), Duration::from_secs(2));
/// A link that lived this long starts the back-off over.
const LASTED: Duration = Duration::from_secs(5);
/// How long who uses the link may go on after the shutdown began, before it is closed.
const USERS_BUDGET: Duration = Duration::from_secs(3);
/// The most messages that wait for their confirms at once.
const MAX_UNCONFIRMED: usize = 1_024;
/// The most calls that wait for their replies at once.
const MAX_CALLS: usize = 512;

/// A handle on the link to the broker. Cheap to clone.
#[derive(Clone)]
pub struct Link(Arc<Inner>);

struct Inner {
    target: Target,
    address: String,
    metrics: Metrics,
    shutdown: Shutdown,
    thread: LinkThread,
    view: watch::Sender<View>,
    /// Notified to connect without waiting for the next try.
    now: Notify,
    users: TaskTracker,
    limits: Limits,
}

/// How much may be under way over the link at once, whichever session it began with.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Messages of visitors that wait for their confirms.
    pub publishing: FairLimit,
    /// Calls of visitors that wait for their replies.
    pub calls: FairLimit,
}

/// The link as it is now.
#[derive(Clone)]
enum View {
    Connecting,
    Up(Arc<Session>),
    Down { reason: String, retry_at: Instant },
}

impl Link {
    /// Begins to connect, and goes on trying until the shutdown.
    ///
    /// # Errors
    /// When the system gives no thread for it.
    pub fn start(target: Target, metrics: &Metrics, shutdown: &Shutdown) -> io::Result<Self> {
        let link = Self(Arc::new(Inner {
            address: target.url.address(),
            target,
            metrics: metrics.clone(),
            shutdown: shutdown.clone(),
            thread: LinkThread::start(shutdown)?,
            view: watch::Sender::new(View::Connecting),
            now: Notify::new(),
            users: TaskTracker::new(),
            limits: Limits {
                publishing: FairLimit::new("unconfirmed messages", MAX_UNCONFIRMED),
                calls: FairLimit::new("calls", MAX_CALLS),
            },
        }));
        link.spawn(link.clone().supervise());
        Ok(link)
    }

    /// Runs a task on the thread of the link, for what it feeds.
    pub fn spawn<F>(&self, task: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.0.thread.spawn(task)
    }

    /// Where the broker is, without credentials.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.0.address
    }

    /// Which broker it goes to.
    #[must_use]
    pub fn target(&self) -> &Target {
        &self.0.target
    }

    /// How much may be under way at once.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// How the link is now.
    #[must_use]
    pub fn state(&self) -> LinkState {
        self.0.view.borrow().state(&self.0)
    }

    /// The session of the moment.
    ///
    /// # Errors
    /// [`Error::Down`] when there is none.
    pub fn session(&self) -> Result<Arc<Session>, Error> {
        match &*self.0.view.borrow() {
            View::Up(session) => Ok(session.clone()),
            View::Connecting | View::Down { .. } => Err(Error::Down { address: self.0.address.clone() }),
        }
    }

    /// Follows the link's state.
    #[must_use]
    pub fn watch(&self) -> Watch {
        Watch { link: self.clone(), view: self.0.view.subscribe() }
    }

    /// Tries to connect at once, when it waits to. Otherwise it does nothing.
    pub fn retry(&self) {
        self.0.now.notify_waiters();
    }

    /// Keeps the link open for a while after the shutdown began.
    pub fn hold(&self) -> TaskTrackerToken {
        self.0.users.token()
    }

    async fn supervise(self) {
        let Inner { shutdown, now, .. } = &*self.0;
        let mut backoff = BACKOFF;
        let mut epoch = 0;
        loop {
            self.set(View::Connecting);
            let opened = tokio::select! {
                () = shutdown.token().cancelled() => break,
                opened = self.open(epoch + 1) => opened,
            };
            let reason = match opened {
                Ok(session) => {
                    epoch += 1;
                    tracing::info!(broker = session.product(), address = self.address(), epoch, "linked to the broker");
                    let since = Instant::now();
                    let reason = self.serve(&session).await;
                    if since.elapsed() > LASTED {
                        backoff.reset();
                    }
                    match reason {
                        Some(reason) => reason,
                        None => break,
                    }
                }
                Err(reason) => reason,
            };
            let delay = backoff.delay();
            tracing::warn!(address = self.address(), %reason, retry_in = ?delay, "no link to the broker");
            self.set(View::Down { reason, retry_at: Instant::now() + delay });
            tokio::select! {
                () = shutdown.token().cancelled() => break,
                () = tokio::time::sleep(delay) => {}
                () = now.notified() => {}
            }
        }
    }

    /// Opens a session that serves requests.
    ///
    /// # Errors
    /// The reason, in a sentence without credentials.
    async fn open(&self, epoch: u32) -> Result<Arc<Session>, String> {
        let Inner { target, metrics, shutdown, .. } = &*self.0;
        let session = Session::open(&target.url, epoch, metrics, shutdown).await?;
        match rpc_server::start(&session).await {
            Ok(()) => Ok(session),
            Err(error) => {
                session.close().await;
                Err(error.to_string())
            }
        }
    }

    /// The life of one session; gives why it ended, or nothing when the shutdown ended it.
    async fn serve(&self, session: &Arc<Session>) -> Option<String> {
        let Inner { metrics, shutdown, users, .. } = &*self.0;
        self.set(View::Up(session.clone()));
        metrics.link_up.set(1);
        let reason = tokio::select! {
            reason = session.context().failed() => Some(reason),
            () = shutdown.token().cancelled() => None,
        };
        if reason.is_none() {
            users.close();
            let ended = tokio::time::timeout(USERS_BUDGET, users.wait()).await;
            if ended.is_err() {
                tracing::warn!("closing the link to the broker although it is in use");
            }
        }
        metrics.link_up.set(0);
        if reason.is_none() {
            self.set(View::Connecting);
        }
        session.close().await;
        reason
    }

    fn set(&self, view: View) {
        self.0.view.send_replace(view);
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").field("state", &self.state()).finish()
    }
}

impl View {
    fn state(&self, link: &Inner) -> LinkState {
        let address = link.address.clone();
        match self {
            Self::Connecting => LinkState::Connecting { address },
            Self::Up(session) => {
                let client_url = link.target.client_url();
                LinkState::Up { address, product: session.product().to_owned(), epoch: session.epoch(), client_url }
            }
            Self::Down { reason, retry_at } => {
                let left = retry_at.saturating_duration_since(Instant::now()).as_millis();
                LinkState::Down {
                    address,
                    reason: reason.clone(),
                    retry_in_ms: u32::try_from(left).unwrap_or(u32::MAX),
                }
            }
        }
    }
}

/// Follows the link's state.
pub struct Watch {
    link: Link,
    view: watch::Receiver<View>,
}

impl Watch {
    /// How the link is now; what [`Watch::changed`] waits for is a change after this.
    pub fn state(&mut self) -> LinkState {
        self.view.borrow_and_update().state(&self.link.0)
    }

    /// Waits until the link is up, and not the one of `epoch`. Cancel safe.
    pub async fn up_after(&mut self, epoch: u32) {
        let up = |view: &View| matches!(view, View::Up(session) if session.epoch() != epoch);
        if self.view.wait_for(up).await.is_err() {
            std::future::pending().await
        }
    }

    /// Waits for a change. Cancel safe.
    pub async fn changed(&mut self) {
        if self.view.changed().await.is_err() {
            std::future::pending().await
        }
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").field("link", &self.link).finish_non_exhaustive()
    }
}
