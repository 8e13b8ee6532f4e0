//! `SayHelloBidiStream`: opened by the server on the page's behalf, with names sent as one likes and replies as
//! they come. Leaving the page resets the stream.

use crosstalk_proto::{
    helloworld::{HelloReply, HelloRequest},
    ws::CallEvent,
};
use leptos::prelude::*;
use prost::Message as _;

use super::calls::{Calls, Request};
use crate::{
    api::{
        bridge::{
            Bridge,
            bidi::{Bidi, CallNews},
        },
        browser::now_ms,
        grpc::End,
    },
    model::{
        exchange::CallError,
        grpc_status::{self, Status},
        server_timing,
    },
    pages::tasks::Tasks,
};

/// The call the server drives, while it is open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Driven {
    bridge: Bridge,
    tasks: Tasks,
    call: StoredValue<Option<Bidi>, LocalStorage>,
    open: RwSignal<bool>,
    half_closed: RwSignal<bool>,
    /// What the last command failed with.
    pub(super) refused: RwSignal<Option<CallError>>,
}

impl Driven {
    pub(super) fn new(tasks: Tasks) -> Self {
        let call: StoredValue<Option<Bidi>, LocalStorage> = StoredValue::new_local(None);
        // before the page's values are taken apart: dropping a call sends a message
        on_cleanup(move || drop(call.try_update_value(Option::take)));
        Self {
            bridge: Bridge::get(),
            tasks,
            call,
            open: RwSignal::new(false),
            half_closed: RwSignal::new(false),
            refused: RwSignal::new(None),
        }
    }

    pub(super) fn is_open(self) -> bool {
        self.open.get()
    }

    /// Whether names can still be sent.
    pub(super) fn takes_names(self) -> bool {
        self.open.get() && !self.half_closed.get()
    }

    pub(super) fn open(self, calls: Calls, request: Request) {
        calls.begin();
        self.open.set(true);
        self.half_closed.set(false);
        self.refused.set(None);
        self.tasks.spawn(async move {
            let asked = request.clone();
            let sink = move |news| self.on_news(calls, &asked, news);
            match self.bridge.open_call(request.metadata.clone(), request.deadline_ms, sink).await {
                Ok(call) if self.open.get_untracked() => {
                    self.call.set_value(Some(call));
                    self.send(calls);
                }
                // it has ended already
                Ok(_) => {}
                Err(error) => {
                    self.open.set(false);
                    calls.end(request, Err(error));
                }
            }
        });
    }

    /// Sends the name in the editor.
    pub(super) fn send(self, calls: Calls) {
        let name = calls.name.get_untracked();
        let sent = self.call.with_value(|call| call.as_ref().map(|call| call.send(name.clone())));
        if let Some(sent) = sent {
            calls.progress.update(|progress| {
                if let Some(progress) = progress {
                    let bytes = HelloRequest { name: name.clone() }.encoded_len();
                    progress.line(now_ms(), name, bytes, true);
                }
            });
            self.watch(sent);
        }
    }

    pub(super) fn half_close(self) {
        let sent = self.call.with_value(|call| call.as_ref().map(Bidi::half_close));
        if let Some(sent) = sent {
            self.half_closed.set(true);
            self.watch(sent);
        }
    }

    /// Resets the stream, when there is one.
    pub(super) fn cancel(self, calls: Calls) {
        if !self.open.get_untracked() {
            return;
        }
        match self.call.with_value(|call| call.as_ref().map(Bidi::cancel)) {
            // its trailers tell the end
            Some(sent) => self.watch(sent),
            None => {
                self.open.set(false);
                calls.outcome.set(Some(Ok(calls.given_up(grpc_status::CANCELLED))));
            }
        }
    }

    fn watch(self, sent: impl Future<Output = Result<(), CallError>> + 'static) {
        self.tasks.spawn(async move {
            self.refused.set(sent.await.err());
        });
    }

    fn on_news(self, calls: Calls, request: &Request, news: CallNews) {
        let (event, read_ms) = match news {
            CallNews::Event { event, read_ms, .. } => (event, read_ms),
            CallNews::Lost => {
                self.close();
                calls.end(request.clone(), Err(CallError::Lost));
                return;
            }
        };
        let mut end = None;
        calls.progress.update(|progress| {
            let Some(progress) = progress else {
                return;
            };
            let at_ms = read_ms - progress.started_ms;
            match event {
                CallEvent::Headers { metadata } => progress.headers = Some((at_ms, metadata)),
                CallEvent::Message { message } => {
                    // the server decoded it: as long as it was on its wire
                    let bytes = HelloReply { message: message.clone() }.encoded_len();
                    progress.line(read_ms, message, bytes, false);
                }
                CallEvent::Trailers { code, message, metadata } => {
                    let timing = metadata.iter().find(|(name, _)| name == "server-timing");
                    progress.steps = timing.map(|(_, value)| server_timing::parse(value)).unwrap_or_default();
                    progress.trailers = Some((at_ms, metadata));
                    end = Some(Status { code, message });
                }
            }
        });
        if let Some(status) = end {
            self.close();
            let given_up = calls.given_up(status.code);
            calls.end(request.clone(), Ok(End { status, by_page: false, ..given_up }));
        }
    }

    fn close(self) {
        self.open.set(false);
        self.call.set_value(None);
    }
}
