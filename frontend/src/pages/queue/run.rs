//! A run: messages sent at their pace, each of which ends in a fate. Many at once wait for their confirms, so that a run
//! is as fast as the way to the broker allows and never longer than a bounded window.

use std::{cell::RefCell, rc::Rc};

use crosstalk_proto::ws::Publish;
use futures_channel::oneshot;
use gloo_timers::future::TimeoutFuture;

use crate::{
    api::{
        bridge::{Bridge, Published},
        browser::{now_ms, traceparent},
    },
    model::{
        exchange::{CallError, Cost},
        queue::{pace::Pace, tally::Tally},
    },
};

/// The most messages that wait for their confirms; the server takes 256 commands of a page at once.
const WINDOW: u32 = 128;
/// How often it is looked what is due, in milliseconds.
const TICK_MS: u32 = 10;
/// How often progress is told, in milliseconds.
const TOLD_EVERY_MS: f64 = 100.0;

/// What is published.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Order {
    pub(super) message: Publish,
    pub(super) count: u32,
    /// None: as fast as confirms come.
    pub(super) per_second: Option<u32>,
}

/// What a person may say meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    GoOn,
    Pause,
    Stop,
}

/// What is known of a run while it goes on.
#[derive(Debug, Default)]
struct Flow {
    tally: Tally,
    /// Of the last message that has a fate.
    cost: Option<Cost>,
    /// Told when the last one under way has its fate.
    landed: Option<oneshot::Sender<()>>,
}

/// Carries a run out. It ends when all have a fate: all that were ordered, or, when it was stopped or is hopeless, all
/// that were sent by then. The first message may have a way and a trace of its own.
pub(super) async fn carry_out(
    bridge: Bridge,
    order: &Order,
    mut first: Option<(Bridge, String)>,
    wish: impl Fn() -> Wish,
    told: impl Fn(&Tally),
) -> (Tally, Option<Cost>) {
    let flow: Rc<RefCell<Flow>> = Rc::default();
    let mut pace = Pace::start(order.per_second, now_ms());
    let mut told_ms = now_ms();
    loop {
        let wish = wish();
        let now = now_ms();
        let due = pace.due(now, wish == Wish::Pause).min(order.count);
        let (sent, under_way, hopeless) = {
            let tally = &flow.borrow().tally;
            (tally.sent, tally.under_way(), tally.is_hopeless())
        };
        if sent == order.count || hopeless || wish == Wish::Stop {
            break;
        }
        if wish == Wish::GoOn {
            for _ in 0..due.saturating_sub(sent).min(WINDOW - under_way) {
                flow.borrow_mut().tally.sent += 1;
                let flow = Rc::clone(&flow);
                let (bridge, traceparent) = first.take().unwrap_or_else(|| (bridge, traceparent()));
                bridge.publish(order.message.clone(), traceparent, move |published| land(&flow, published));
            }
        }
        if now - told_ms >= TOLD_EVERY_MS {
            told_ms = now;
            told(&flow.borrow().tally);
        }
        if flow.borrow().tally.sent < order.count {
            TimeoutFuture::new(TICK_MS).await;
        }
    }
    let landed = {
        let mut flow = flow.borrow_mut();
        let (sender, receiver) = oneshot::channel();
        (flow.tally.under_way() > 0).then(|| {
            flow.landed = Some(sender);
            receiver
        })
    };
    if let Some(landed) = landed {
        told(&flow.borrow().tally);
        // the sender is kept until it is used
        let _ = landed.await;
    }
    let flow = flow.take();
    (flow.tally, flow.cost)
}

fn land(flow: &RefCell<Flow>, published: Result<Published, CallError>) {
    let mut flow = flow.borrow_mut();
    let fate = published.map(|Published { outcome, cost }| {
        flow.cost = Some(cost);
        outcome
    });
    flow.tally.count(fate);
    if flow.tally.under_way() == 0
        && let Some(landed) = flow.landed.take()
    {
        // fails when the page was left
        let _ = landed.send(());
    }
}
