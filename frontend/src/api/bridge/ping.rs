//! Pings on the open socket: how far apart the clocks of both ends are, and whether the socket still lives.

use std::rc::Weak;

use crosstalk_proto::ws::{Answer, Command, close};
use gloo_timers::future::TimeoutFuture;

use leptos::prelude::*;

use super::{Answered, shared::Shared};
use crate::{
    api::browser::now_ms,
    model::{clock::Ping, exchange::CallError},
};

/// How long a pong may take before the socket is held to be dead, in milliseconds.
const PONG_BUDGET_MS: u32 = 5_000;
/// How long messages that already wait at the page may take to be read, in milliseconds.
const PONG_GRACE_MS: u32 = 1_000;
/// Pings of a new socket, close together, for a good first estimate of the clocks.
const FIRST_PINGS: u32 = 5;
const FIRST_PING_EVERY_MS: u32 = 150;
const PING_EVERY_MS: u32 = 10_000;

/// Keeps the estimate of the clocks fresh, and finds out when a socket is dead without a goodbye.
pub(super) async fn keep(shared: Weak<Shared>, attempt: u64) {
    for round in 1_u32.. {
        let Some(this) = shared.upgrade().filter(|this| this.attempt.get() == attempt) else {
            return;
        };
        let asked_ms = now_ms();
        match this.request(Command::Ping, PONG_BUDGET_MS).await {
            Ok(Answered { answer: Answer::Pong { received_ms, sent_ms }, cost }) => {
                // the time of the handler, not of this task, is when the pong was read
                let read_ms = cost.steps.get(1).map_or(cost.ended_ms, |step| step.start_ms);
                let mut clocks = this.clocks.borrow_mut();
                clocks.add(Ping {
                    sent: cost.started_ms,
                    server_received: received_ms,
                    server_sent: sent_ms,
                    received: read_ms,
                });
                let offset = clocks.offset();
                drop(clocks);
                this.offset.set(offset);
            }
            Err(CallError::TimedOut { .. }) => {
                // a page that was itself busy finds its timers due before the messages that wait
                TimeoutFuture::new(PONG_GRACE_MS).await;
                if this.attempt.get() == attempt && this.read_ms.get() < asked_ms {
                    this.lose(close::UNRESPONSIVE);
                    return;
                }
            }
            _ => {}
        }
        drop(this);
        let pause = if round < FIRST_PINGS { FIRST_PING_EVERY_MS } else { PING_EVERY_MS };
        TimeoutFuture::new(pause).await;
    }
}
