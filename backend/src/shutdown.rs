//! The end of the process: one token that says it has begun, one tracker that knows every task.
//! Nothing is spawned but through [`Shutdown::spawn`], so that [`Shutdown::drain`] can prove that nothing is left.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{runtime::Handle, signal, task::JoinHandle};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How long requests in flight may take to end.
pub const DRAIN: Duration = Duration::from_millis(4_500);

/// Work was still running at the end of the drain.
#[derive(Debug, thiserror::Error)]
#[error("{tasks} tasks were still running {} ms after the signal to stop", DRAIN.as_millis())]
pub struct Overdue {
    tasks: usize,
}

/// A handle on the end; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Shutdown {
    // beside the token, whose own flag is behind a lock: this one is read with every answer
    begun: Arc<AtomicBool>,
    token: CancellationToken,
    tasks: TaskTracker,
}

impl Shutdown {
    /// Begins when [`Shutdown::begin`] is called.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Begins on SIGTERM or SIGINT.
    ///
    /// # Errors
    /// When the signal handlers cannot be installed.
    pub fn on_signals() -> std::io::Result<Self> {
        let shutdown = Self::new();
        let mut terminate = signal::unix::signal(signal::unix::SignalKind::terminate())?;
        let mut interrupt = signal::unix::signal(signal::unix::SignalKind::interrupt())?;
        let handle = shutdown.clone();
        shutdown.spawn(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
                () = handle.token.cancelled() => {}
            }
            tracing::info!("stopping");
            handle.begin();
        });
        Ok(shutdown)
    }

    /// Begins the shutdown.
    pub fn begin(&self) {
        self.begun.store(true, Ordering::Relaxed);
        self.token.cancel();
    }

    /// Whether it has begun.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.begun.load(Ordering::Relaxed)
    }

    /// The token itself, for those who wait for the beginning or need children of it.
    #[must_use]
    pub fn token(&self) -> &CancellationToken {
        &self.token
    }

    /// Runs a task that [`Shutdown::drain`] waits for.
    pub fn spawn<F>(&self, task: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.tasks.spawn(task)
    }

    /// As [`Shutdown::spawn`], on another runtime.
    pub fn spawn_on<F>(&self, task: F, runtime: &Handle) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.tasks.spawn_on(task, runtime)
    }

    /// Runs what computes for long on a thread of its own; [`Shutdown::drain`] waits for it as well.
    pub fn spawn_blocking<F, T>(&self, work: F) -> JoinHandle<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        self.tasks.spawn_blocking(work)
    }

    /// How many tasks are running.
    #[must_use]
    pub fn running(&self) -> usize {
        self.tasks.len()
    }

    /// Waits until a drain has begun and every task has ended.
    pub async fn ended(&self) {
        self.tasks.wait().await;
    }

    /// Waits for every task to end.
    ///
    /// # Errors
    /// [`Overdue`] when some have not after [`DRAIN`].
    pub async fn drain(&self) -> Result<(), Overdue> {
        self.tasks.close();
        tokio::time::timeout(DRAIN, self.ended()).await.map_err(|_elapsed| Overdue { tasks: self.tasks.len() })
    }
}
