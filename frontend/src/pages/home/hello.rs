//! Sends the greeting all three ways and keeps what came back. One after the other: sent at once they would wait
//! for each other in the browser, and each would be shown slower than it is. One that fails stops none.

use std::time::Duration;

use crosstalk_proto::amqp::Body;
use futures_util::future::{AbortHandle, abortable};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::{bridge::Bridge, browser, grpc, rest},
    model::{
        clock::Offset,
        exchange::{CallError, Greeted},
    },
    settings::Settings,
};

/// How long the server waits for the worker's reply.
pub(super) const REPLY_BUDGET_MS: u32 = 5_000;
/// How often a counting lane looks at the clock.
const GLANCE: Duration = Duration::from_millis(50);
/// What `greeter.rpc` is asked: an empty object, which is the default name.
pub(super) const REQUEST: &str = "{}";

/// The three ways, in the order of the lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// `GET /api/v1/resource`
    Rest,
    /// `SayHello` over gRPC-Web
    Grpc,
    /// A request to the queue `greeter.rpc`
    Queue,
}

impl Way {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Rest, Self::Grpc, Self::Queue];
}

/// One way's part in a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Not sent yet.
    Idle,
    /// Sent, at this time on the page's clock.
    Sent(f64),
    /// Answered.
    Answered(Greeted),
    /// Not answered, and given up after so many milliseconds.
    Failed {
        /// Why.
        error: CallError,
        /// Since it was sent.
        after_ms: f64,
    },
}

/// The button and the lanes.
#[derive(Clone, Copy, Debug)]
pub struct Hello {
    parts: [RwSignal<Part>; 3],
    /// Milliseconds since 1970; none before the first run.
    sent_at: RwSignal<Option<f64>>,
    busy: RwSignal<bool>,
    /// The page's clock while a lane counts.
    pub now: RwSignal<f64>,
    /// Between the clocks, as known when the run began and again at its end.
    pub offset: RwSignal<Option<Offset>>,
    bridge: Bridge,
    instant: bool,
    abort: StoredValue<Option<AbortHandle>>,
}

impl Hello {
    /// Nothing sent yet. Leaving the page aborts what is on its way.
    #[expect(clippy::new_without_default, reason = "it needs the contexts of a page")]
    pub fn new() -> Self {
        let hello = Self {
            parts: Way::ALL.map(|_| RwSignal::new(Part::Idle)),
            sent_at: RwSignal::new(None),
            busy: RwSignal::new(false),
            now: RwSignal::new(0.0),
            offset: RwSignal::new(None),
            bridge: Bridge::get(),
            instant: Settings::get().instant,
            abort: StoredValue::new(None),
        };
        on_cleanup(move || {
            if let Some(Some(abort)) = hello.abort.try_get_value() {
                abort.abort();
            }
        });
        hello
    }

    /// What became of one way.
    pub fn part(&self, way: Way) -> Part {
        self.parts[way as usize].get()
    }

    /// A run is going on.
    pub fn is_busy(&self) -> bool {
        self.busy.get()
    }

    /// There was a run.
    pub fn was_sent(&self) -> bool {
        self.sent_at.read().is_some()
    }

    /// When the last run began, in milliseconds since 1970.
    pub fn sent_at(&self) -> Option<f64> {
        self.sent_at.get()
    }

    /// All is told, and may be shown as it happened.
    pub fn is_replay(&self) -> bool {
        self.was_sent() && !self.is_busy() && !self.instant
    }

    /// Sends it, unless it is on its way.
    pub fn send(self) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.sent_at.set(Some(browser::unix_ms()));
        for part in self.parts {
            part.set(Part::Idle);
        }
        let (run, abort) = abortable(self.run());
        self.abort.set_value(Some(abort));
        spawn_local(async move {
            let _ = run.await; // aborted when the page was left
        });
    }

    async fn run(self) {
        let ticking = (!self.instant)
            .then(|| set_interval_with_handle(move || self.now.set(browser::now_ms()), GLANCE).ok())
            .flatten();
        let _stop = Stop(ticking);
        self.offset.set(self.bridge.clock_offset().get_untracked());
        self.carry(Way::Rest, rest::get_greeting("", None)).await;
        self.carry(Way::Grpc, grpc::say_hello("", None)).await;
        self.carry(Way::Queue, async {
            let body = Body::Text(REQUEST.to_owned());
            Ok(self.bridge.call(body, "application/json", REPLY_BUDGET_MS, None).await?.greeted)
        })
        .await;
        self.offset.set(self.bridge.clock_offset().get_untracked());
        self.busy.set(false);
    }

    async fn carry(self, way: Way, job: impl Future<Output = Result<Greeted, CallError>>) {
        let part = self.parts[way as usize];
        let started = browser::now_ms();
        self.now.set(started);
        part.set(Part::Sent(started));
        part.set(match job.await {
            Ok(greeted) => Part::Answered(greeted),
            Err(error) => Part::Failed { error, after_ms: browser::now_ms() - started },
        });
    }
}

/// Stops the clock when the run ends, however it ends.
struct Stop(Option<IntervalHandle>);

impl Drop for Stop {
    fn drop(&mut self) {
        if let Some(handle) = self.0.take() {
            handle.clear();
        }
    }
}
