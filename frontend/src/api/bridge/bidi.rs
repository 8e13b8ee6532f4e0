//! `SayHelloBidiStream`, which a browser cannot make: the server makes it, natively, and the page drives it.

use std::{cell::Cell, fmt, rc::Rc};

use crosstalk_proto::{
    step::Step,
    ws::{Answer, CallEvent, Command},
};
use futures_channel::oneshot;

use super::{REQUEST_BUDGET_MS, shared::Shared, unexpected};
use crate::model::exchange::CallError;

/// What happens on a call.
#[derive(Clone, Debug, PartialEq)]
pub enum CallNews {
    /// Something came.
    Event {
        /// What.
        event: CallEvent,
        /// When, on the server's clock.
        server_ms: f64,
        /// When the page read it, on its own clock.
        read_ms: f64,
    },
    /// The socket is gone, and with it the call. Nothing follows.
    Lost,
}

/// Where news of a call go.
pub(super) type CallSink = Rc<dyn Fn(CallNews)>;

/// An open call; dropping it resets the stream.
pub struct Bidi {
    shared: Rc<Shared>,
    call: u32,
    ended: Rc<Cell<bool>>,
}

impl fmt::Debug for Bidi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bidi").field("call", &self.call).finish_non_exhaustive()
    }
}

impl Bidi {
    pub(super) async fn open(
        shared: Rc<Shared>,
        metadata: Vec<(String, String)>,
        deadline_ms: Option<u32>,
        sink: CallSink,
    ) -> Result<(Self, Vec<Step>), CallError> {
        let (sender, receiver) = oneshot::channel();
        let ended = Rc::new(Cell::new(false));
        let (registry, end) = (Rc::downgrade(&shared), Rc::clone(&ended));
        // registered in the handler of the answer, before the call's first event can be read
        shared.send(
            Command::CallOpen { metadata, deadline_ms },
            Box::new(move |result, _| {
                let opened = match (result, registry.upgrade()) {
                    (Ok((Answer::CallOpened { call }, steps)), Some(shared)) => {
                        let sink: CallSink = Rc::new(move |news| {
                            if matches!(
                                news,
                                CallNews::Lost | CallNews::Event { event: CallEvent::Trailers { .. }, .. }
                            ) {
                                end.set(true);
                            }
                            sink(news);
                        });
                        shared.calls.borrow_mut().insert(call, sink);
                        Ok((call, steps))
                    }
                    (Ok(_), _) => Err(unexpected()),
                    (Err(error), _) => Err(error),
                };
                // nobody waits any more: the page was left meanwhile
                if let (Err(Ok((call, _))), Some(shared)) = (sender.send(opened), registry.upgrade()) {
                    shared.calls.borrow_mut().remove(&call);
                    shared.send_and_forget(Command::CallCancel { call });
                }
            }),
        );
        let (call, steps) = receiver.await.map_err(|oneshot::Canceled| CallError::Lost)??;
        Ok((Self { shared, call, ended }, steps))
    }

    /// Sends one HelloRequest.
    ///
    /// # Errors
    /// As every request.
    pub fn send(&self, name: String) -> impl Future<Output = Result<(), CallError>> + use<> {
        self.command(Command::CallSend { call: self.call, name })
    }

    /// Ends the requests; replies go on.
    ///
    /// # Errors
    /// As every request.
    pub fn half_close(&self) -> impl Future<Output = Result<(), CallError>> + use<> {
        self.command(Command::CallHalfClose { call: self.call })
    }

    /// Resets the stream; the trailers that tell of it still come.
    ///
    /// # Errors
    /// As every request.
    pub fn cancel(&self) -> impl Future<Output = Result<(), CallError>> + use<> {
        self.command(Command::CallCancel { call: self.call })
    }

    fn command(&self, command: Command) -> impl Future<Output = Result<(), CallError>> + use<> {
        let shared = Rc::clone(&self.shared);
        async move { shared.request(command, REQUEST_BUDGET_MS).await.map(|_| ()) }
    }
}

impl Drop for Bidi {
    fn drop(&mut self) {
        self.shared.calls.borrow_mut().remove(&self.call);
        if !self.ended.get() {
            self.shared.send_and_forget(Command::CallCancel { call: self.call });
        }
    }
}
