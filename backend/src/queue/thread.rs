//! The thread on which the link and the sockets that it feeds run. A delivery is decoded on a thread of lapin's own and
//! then handed on once; on the threads that serve requests each such hand-over would wake another of them in vain.
//! lapin's thread is one for all, so this one does not limit it.

use std::{io, thread};

use tokio::{
    runtime::{Builder, Handle},
    task::JoinHandle,
};

use crate::shutdown::Shutdown;

/// A handle on the thread. It ends when the shutdown's last task has.
#[derive(Clone, Debug)]
pub(super) struct LinkThread {
    runtime: Handle,
    shutdown: Shutdown,
}

impl LinkThread {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system gives no thread or no reactor.
    pub(super) fn start(shutdown: &Shutdown) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (handle, last) = (runtime.handle().clone(), shutdown.clone());
        thread::Builder::new().name("link".into()).spawn(move || runtime.block_on(last.ended()))?;
        Ok(Self { runtime: handle, shutdown: shutdown.clone() })
    }

    /// Runs a task there, which the drain waits for.
    pub(super) fn spawn<F>(&self, task: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.shutdown.spawn_on(task, &self.runtime)
    }
}
