//! The call that a browser cannot make: opened by the server on the page's behalf, with messages sent one by one as one
//! likes, and replies as they come. Leaving the page resets the stream.

use crosstalk_proto::{helloworld::HelloReply, ws::CallEvent};
use leptos::prelude::*;
use prost::Message as _;

use super::{calls::Calls, request::Request};
use crate::{
    api::{
        bridge::{
            Bridge,
            bidi::{Bidi, CallNews},
            errand::Errand,
        },
        browser::now_ms,
        grpc::End,
    },
    model::{
        exchange::{CallError, Cut},
        grpc_record::{DATA, HEADERS, TRAILERS},
        grpc_status::{self, Status},
        grpc_web::HEAD,
        outcome::grpc::EndedBy,
        protobuf::{json, kind::Datum},
        server_timing,
    },
    pages::tasks::Tasks,
};

/// What the server drives; it knows the messages of this one.
pub(super) const DRIVEN: &str = "helloworld.Greeter/SayHelloBidiStream";

/// The call the server drives, while it is open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Driven {
    bridge: Bridge,
    tasks: Tasks,
    /// With the socket of its own that it has when it is captured; none while it opens, or says goodbye.
    call: StoredValue<Option<(Bidi, Option<Errand>)>, LocalStorage>,
    open: RwSignal<bool>,
    half_closed: RwSignal<bool>,
    /// The person ended it.
    cancelled: StoredValue<bool>,
    /// What the last command failed with.
    pub(super) refused: RwSignal<Option<CallError>>,
}

impl Driven {
    pub(super) fn new(tasks: Tasks) -> Self {
        let call: StoredValue<Option<(Bidi, Option<Errand>)>, LocalStorage> = StoredValue::new_local(None);
        // before the page's values are taken apart: dropping a call sends a message
        on_cleanup(move || drop(call.try_update_value(Option::take)));
        Self {
            bridge: Bridge::get(),
            tasks,
            call,
            open: RwSignal::new(false),
            half_closed: RwSignal::new(false),
            cancelled: StoredValue::new(false),
            refused: RwSignal::new(None),
        }
    }

    pub(super) fn is_open(self) -> bool {
        self.open.get()
    }

    /// Whether messages can still be sent.
    pub(super) fn takes_messages(self) -> bool {
        self.open.get() && !self.half_closed.get()
    }

    /// Opens it, and sends the message in the editor.
    pub(super) fn open(self, calls: Calls, request: Request) {
        calls.begin(request.clone());
        calls.note(|record| record.driven = true);
        self.open.set(true);
        self.half_closed.set(false);
        self.cancelled.set_value(false);
        self.refused.set(None);
        self.tasks.spawn(async move {
            let sink = move |news| self.on_news(calls, news);
            let mut metadata = request.metadata.clone();
            let errand = calls.arm_errand(&mut metadata).await;
            let bridge = errand.as_ref().map_or(self.bridge, Errand::bridge);
            match bridge.open_call(metadata, request.deadline_ms, sink).await {
                Ok((call, steps)) if self.open.get_untracked() => {
                    calls.note(|record| record.others.extend(steps));
                    self.call.set_value(Some((call, errand)));
                    self.send(calls, &request);
                }
                // it has ended already
                Ok(_) => {}
                Err(error) => {
                    self.open.set(false);
                    calls.end(Err(error));
                }
            }
        });
    }

    /// Sends a message; the server encodes it.
    pub(super) fn send(self, calls: Calls, request: &Request) {
        let values = json::decode(&request.method.request, &request.message).unwrap_or_default();
        let name = values.into_iter().find_map(|(_, datum)| match datum {
            Datum::Text(name) => Some(name),
            _ => None,
        });
        let name = name.unwrap_or_default();
        let sent = self.call.with_value(|call| call.as_ref().map(|(call, _)| call.send(name)));
        if let Some(sent) = sent {
            calls.note(|record| record.bytes_out += request.message.len() + HEAD);
            calls.line(now_ms(), request.message.clone(), true);
            self.watch(sent);
        }
    }

    pub(super) fn half_close(self) {
        let sent = self.call.with_value(|call| call.as_ref().map(|(call, _)| call.half_close()));
        if let Some(sent) = sent {
            self.half_closed.set(true);
            self.watch(sent);
        }
    }

    /// Resets the stream, when there is one; its trailers tell the end.
    pub(super) fn cancel(self, calls: Calls) {
        if !self.open.get_untracked() {
            return;
        }
        self.cancelled.set_value(true);
        match self.call.with_value(|call| call.as_ref().map(|(call, _)| call.cancel())) {
            Some(sent) => self.watch(sent),
            None if self.half_closed.get_untracked() => {} // it has ended, and says goodbye
            None => {
                self.open.set(false);
                calls.end(Ok(calls.given_up()));
            }
        }
    }

    fn watch(self, sent: impl Future<Output = Result<(), CallError>> + 'static) {
        self.tasks.spawn(async move {
            // a command that comes after the end of the call is no trouble
            self.refused.set(sent.await.err().filter(|error| self.open.get_untracked() || *error != CallError::Lost));
        });
    }

    fn on_news(self, calls: Calls, news: CallNews) {
        let (event, server_ms, read_ms) = match news {
            CallNews::Event { event, server_ms, read_ms } => (event, server_ms, read_ms),
            CallNews::Lost => {
                self.close();
                calls.note(|record| record.ended_ms = now_ms());
                calls.end(Ok(End::cut(Cut::Socket)));
                return;
            }
        };
        match event {
            CallEvent::Headers { metadata } => {
                calls.note(|record| {
                    record.headers_ms = Some(read_ms);
                    record.forwarded(HEADERS, server_ms);
                });
                calls.headers(read_ms, None, metadata);
            }
            CallEvent::Message { message } => {
                // the server decoded it: these are the bytes that were on its wire
                let bytes = HelloReply { message }.encode_to_vec();
                calls.note(|record| {
                    if record.messages == 0 {
                        record.forwarded(DATA, server_ms);
                    }
                    record.message(read_ms);
                    record.bytes_in += bytes.len() + HEAD;
                });
                calls.line(read_ms, bytes, false);
            }
            CallEvent::Trailers { code, message, metadata } => {
                calls.note(|record| {
                    record.trailers_ms = Some(read_ms);
                    record.ended_ms = now_ms();
                    record.forwarded(TRAILERS, server_ms);
                    record.others.extend(server_timing::of(&metadata));
                });
                calls.trailers(read_ms, metadata, 0);
                let given_up = code == grpc_status::CANCELLED && self.cancelled.get_value();
                let by = if given_up { EndedBy::Page } else { EndedBy::Server };
                self.end(calls, End { status: Status { code, message }, by });
            }
        }
    }

    /// The call is over. The end of its own socket is part of its capture.
    fn end(self, calls: Calls, end: End) {
        let call = self.call.try_update_value(Option::take).flatten();
        let Some(errand) = call.and_then(|(_, errand)| errand) else {
            self.close();
            calls.end(Ok(end));
            return;
        };
        self.half_closed.set(true);
        self.tasks.spawn(async move {
            errand.end().await;
            self.close();
            calls.end(Ok(end));
        });
    }

    fn close(self) {
        self.open.set(false);
        self.call.set_value(None);
    }
}
