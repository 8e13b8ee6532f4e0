//! What a page has started and not finished: leaving the page drops all of it, which aborts fetches and lets go of
//! what was awaited. Event handlers have no owner of their own, so each page keeps one of these.

use futures_channel::oneshot;
use futures_util::{
    FutureExt as _,
    future::{LocalBoxFuture, Shared, select},
};
use leptos::{prelude::*, task::spawn_local};

/// Starts tasks that end with the page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tasks {
    left: StoredValue<Shared<oneshot::Receiver<()>>, LocalStorage>,
}

impl Tasks {
    /// For the component that is being built: its end is theirs.
    pub(super) fn new() -> Self {
        let (end, left) = oneshot::channel::<()>();
        on_cleanup(move || drop(end));
        Self { left: StoredValue::new_local(left.shared()) }
    }

    /// Starts a task. It never runs again once the page was left, so it may use the page's signals freely.
    pub(super) fn spawn(self, task: impl Future<Output = ()> + 'static) {
        self.start(Box::pin(task));
    }

    fn start(self, task: LocalBoxFuture<'static, ()>) {
        let Some(left) = self.left.try_get_value() else {
            return;
        };
        spawn_local(async move {
            // the end is looked at first
            select(left, task).await;
        });
    }
}

impl Default for Tasks {
    fn default() -> Self {
        Self::new()
    }
}
