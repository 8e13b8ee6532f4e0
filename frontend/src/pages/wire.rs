//! The wire inspector of a bench: whether calls are captured, and the last capture. A bench arms it with the headers of a call
//! before that is sent, and lets it read afterwards.

use leptos::prelude::*;

use std::sync::Arc;

use super::tasks::Tasks;
use crate::{
    api::captures,
    components::wire::{Captured, Download},
    model::exchange::CallError,
    settings,
};

/// The inspector of one bench.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wire {
    /// Whether calls are captured.
    pub(crate) on: RwSignal<bool>,
    /// What there is to see.
    pub(crate) seen: RwSignal<Captured>,
    /// The trace of the call that is captured, or was the last to be.
    trace: StoredValue<Option<String>>,
    tasks: Tasks,
}

impl Wire {
    /// For the bench of this name; the browser remembers whether it captured.
    pub(crate) fn new(bench: &'static str) -> Self {
        let key = format!("wire-{bench}");
        let on = RwSignal::new(settings::stored(&key).is_some());
        Effect::new(move |_| settings::remember(&key, on.get().then_some("on")));
        Self::that_is(on)
    }

    /// For a page that captures whatever it arms.
    pub(crate) fn always() -> Self {
        Self::that_is(RwSignal::new(true))
    }

    fn that_is(on: RwSignal<bool>) -> Self {
        Self { on, seen: RwSignal::new(Captured::None), trace: StoredValue::new(None), tasks: Tasks::new() }
    }

    /// Arms a capture of the call that is about to be sent with these headers, if calls are captured. A call that cannot be
    /// captured is sent all the same.
    pub(crate) async fn arm(self, headers: &mut Vec<(String, String)>) {
        self.forget();
        if !self.on.get_untracked() {
            return;
        }
        self.seen.set(Captured::Waiting);
        match captures::arm(headers).await {
            Ok(trace) => self.trace.set_value(Some(trace)),
            Err(error) => self.seen.set(Captured::Failed(error)),
        }
    }

    /// The same for what goes over the page's WebSocket: the `traceparent` to send with it.
    pub(crate) async fn trace(self) -> Option<String> {
        let mut headers = Vec::new();
        self.arm(&mut headers).await;
        headers.pop().map(|(_, parent)| parent)
    }

    /// Whether the call that was begun last is captured.
    pub(crate) fn is_armed(self) -> bool {
        self.trace.with_value(Option::is_some)
    }

    /// Reads what was captured, once the call is over.
    pub(crate) fn read(self) {
        let Some(trace) = self.trace.get_value() else {
            // given up before it was armed
            if matches!(self.seen.get_untracked(), Captured::Waiting) {
                self.forget();
            }
            return;
        };
        self.tasks.spawn(async move {
            match captures::read(&trace).await {
                Ok(told) => self.see(&trace, Captured::Seen { told: Arc::new(told), file: self.file(trace.clone()) }),
                Err(error) => self.see(&trace, Captured::Failed(error)),
            }
        });
    }

    /// Downloads a capture as a file.
    fn file(self, trace: String) -> Download {
        Download(Arc::new(move || {
            let trace = trace.clone();
            self.tasks.spawn(async move {
                if let Err(error) = captures::download(&trace).await {
                    self.see(&trace, Captured::Failed(error));
                }
            });
        }))
    }

    /// The next call may be on its way already: then this is nothing to see any more.
    fn see(self, trace: &str, seen: Captured) {
        if self.trace.with_value(|now| now.as_deref() == Some(trace)) {
            self.seen.set(seen);
        }
    }

    /// The call could not be made, so there is nothing to read.
    pub(crate) fn fail(self, error: CallError) {
        self.trace.set_value(None);
        self.seen.set(Captured::Failed(error));
    }

    /// The call on show is another one than that was captured.
    pub(crate) fn forget(self) {
        self.trace.set_value(None);
        self.seen.set(Captured::None);
    }
}
