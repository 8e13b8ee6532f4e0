//! A command and its answer: each request has an id, which its answer repeats.

use crosstalk_proto::{
    step::Step,
    ws::{Answer, ClientMessage, Command, Request},
};
use futures_channel::oneshot;
use futures_util::future::{Either, select};
use gloo_timers::future::TimeoutFuture;

use leptos::prelude::*;

use super::{Answered, Connection, shared::Shared, with_browser_steps};
use crate::{
    api::browser::{now_ms, traceparent},
    model::exchange::{CallError, Cost},
};

/// Takes the answer to a request, and when its message was read, on the page's clock.
pub(super) type Waiter = Box<dyn FnOnce(Result<(Answer, Vec<Step>), CallError>, f64)>;

impl Shared {
    /// Sends a command; `waiter` is called once, maybe at once. Gives the request's id.
    pub(super) fn send(&self, command: Command, waiter: Waiter) -> u64 {
        self.send_traced(command, traceparent(), waiter)
    }

    /// As [`Shared::send`], within a trace of the caller's.
    pub(super) fn send_traced(&self, command: Command, traceparent: String, waiter: Waiter) -> u64 {
        let id = self.last_id.get() + 1;
        self.last_id.set(id);
        let message = ClientMessage::Request(Request { id, traceparent: Some(traceparent), command });
        self.waiting.borrow_mut().insert(id, waiter);
        let open = matches!(self.connection.get_untracked(), Connection::Open { .. });
        if !(open && self.write(&message)) {
            self.resolve(id, Err(CallError::NotConnected), now_ms());
        }
        id
    }

    /// Sends a command whose answer nobody waits for.
    pub(super) fn send_and_forget(&self, command: Command) {
        self.send(command, Box::new(|_, _| {}));
    }

    /// Sends a command and waits for its answer, at most `budget_ms`.
    pub(super) async fn request(&self, command: Command, budget_ms: u32) -> Result<Answered, CallError> {
        self.request_traced(command, traceparent(), budget_ms).await
    }

    /// As [`Shared::request`], within a trace of the caller's.
    pub(super) async fn request_traced(
        &self,
        command: Command,
        traceparent: String,
        budget_ms: u32,
    ) -> Result<Answered, CallError> {
        let (sender, receiver) = oneshot::channel();
        let started_ms = now_ms();
        let waiter = move |result, read_ms| {
            // fails when nobody waits any more
            let _ = sender.send((result, read_ms));
        };
        let id = self.send_traced(command, traceparent, Box::new(waiter));
        match select(receiver, TimeoutFuture::new(budget_ms)).await {
            Either::Left((Ok((result, read_ms)), _)) => {
                let (answer, steps) = result?;
                let steps = with_browser_steps(started_ms, read_ms, now_ms(), steps);
                let cost = Cost { started_ms, ended_ms: read_ms, steps, bytes_out: 0, bytes_in: 0 };
                Ok(Answered { answer, cost })
            }
            Either::Left((Err(oneshot::Canceled), _)) => Err(CallError::Lost),
            Either::Right(_) => {
                self.waiting.borrow_mut().remove(&id);
                Err(CallError::TimedOut { after_ms: budget_ms })
            }
        }
    }

    pub(super) fn resolve(&self, id: u64, result: Result<(Answer, Vec<Step>), CallError>, read_ms: f64) {
        let waiter = self.waiting.borrow_mut().remove(&id);
        if let Some(waiter) = waiter {
            waiter(result, read_ms);
        }
    }
}
