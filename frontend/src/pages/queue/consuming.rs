//! The consumer's state. Deliveries go into `model::arrivals` at once and onto the page once for each animation
//! frame, so a burst costs frames and not time. In the mode "after showing" that frame is what is acked.

use crosstalk_proto::ws::{AckMode, MAX_PREFETCH, SubscriptionEvent};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;

use super::QUEUE;
use crate::{
    api::{
        bridge::{
            Bridge,
            subscription::{News, Subscription, SubscriptionSpec, Verdict},
        },
        browser::{now_ms, unix_ms},
    },
    model::{
        arrivals::{Arrivals, Fate, Row, Tag},
        exchange::CallError,
        rate::Rate,
    },
    pages::tasks::Tasks,
};

/// How long a rate is shown before it is looked at again, in milliseconds.
const RATE_GLANCE_MS: u32 = 500;

/// Who acks, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Acking {
    /// The broker forgets what it has sent.
    Automatic,
    /// The page, when the message is in its table.
    AfterShowing,
    /// The person.
    ByHand,
}

/// How the consumer is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum State {
    /// Nobody has started it, or it was stopped: so many went back to the queue.
    Stopped { returned: Option<u32> },
    /// It was asked for.
    Starting,
    /// It consumes.
    Running { consumer_tag: String },
    /// The broker link broke; so many were unacked.
    Suspended { unacked: u32 },
    /// There is no broker link; it starts when there is.
    NoBroker,
    /// The page's socket is gone; it starts again with it.
    Disconnected,
    /// It is over.
    Failed(CallError),
}

/// The figures above the table.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Counts {
    pub(super) total: u64,
    pub(super) redelivered: u64,
    pub(super) held: usize,
    pub(super) per_second: f64,
}

/// Everything the consumer's views share.
#[derive(Clone, Copy, Debug)]
pub(super) struct Consuming {
    pub(super) acking: RwSignal<Acking>,
    pub(super) prefetch: RwSignal<String>,
    pub(super) state: RwSignal<State>,
    pub(super) rows: RwSignal<Vec<Row>>,
    pub(super) counts: RwSignal<Counts>,
    pub(super) paused: RwSignal<bool>,
    /// What the last ack by hand failed with.
    pub(super) refused: RwSignal<Option<CallError>>,
    /// An ack by hand came too late: the broker has the message back.
    pub(super) stale: RwSignal<bool>,
    arrivals: StoredValue<Arrivals>,
    rate: StoredValue<Rate>,
    frame_asked: StoredValue<bool>,
    glancing: StoredValue<bool>,
    subscription: StoredValue<Option<Subscription>, LocalStorage>,
    bridge: Bridge,
    tasks: Tasks,
}

impl Consuming {
    pub(super) fn new() -> Self {
        let subscription: StoredValue<Option<Subscription>, LocalStorage> = StoredValue::new_local(None);
        // before the page's values are taken apart: dropping a subscription sends a message
        on_cleanup(move || drop(subscription.try_update_value(Option::take)));
        Self {
            acking: RwSignal::new(Acking::AfterShowing),
            prefetch: RwSignal::new("20".to_owned()),
            state: RwSignal::new(State::Stopped { returned: None }),
            rows: RwSignal::new(Vec::new()),
            counts: RwSignal::new(Counts::default()),
            paused: RwSignal::new(false),
            refused: RwSignal::new(None),
            stale: RwSignal::new(false),
            arrivals: StoredValue::new(Arrivals::default()),
            rate: StoredValue::new(Rate::default()),
            frame_asked: StoredValue::new(false),
            glancing: StoredValue::new(false),
            subscription,
            bridge: Bridge::get(),
            tasks: Tasks::new(),
        }
    }

    /// The prefetch, when it is a number within bounds.
    pub(super) fn valid_prefetch(self) -> Option<u16> {
        self.prefetch.get().trim().parse().ok().filter(|prefetch| (1..=MAX_PREFETCH).contains(prefetch))
    }

    /// Whether it consumes, or will by itself.
    pub(super) fn is_on(self) -> bool {
        !self.state.with(|state| matches!(state, State::Stopped { .. } | State::Failed(_)))
    }

    pub(super) fn start(self) {
        let Some(prefetch) = untrack(|| self.valid_prefetch()) else {
            return;
        };
        let automatic = self.acking.get_untracked() == Acking::Automatic;
        let ack_mode = if automatic { AckMode::Automatic } else { AckMode::Manual };
        self.state.set(State::Starting);
        self.refused.set(None);
        let spec = SubscriptionSpec { queue: QUEUE.to_owned(), prefetch, ack_mode };
        let subscription = self.bridge.subscribe(spec, move |news| self.on_news(news, automatic));
        self.subscription.set_value(Some(subscription));
    }

    pub(super) fn stop(self) {
        let Some(subscription) = self.subscription.try_update_value(Option::take).flatten() else {
            return;
        };
        self.state.set(State::Stopped { returned: None });
        self.give_back();
        let stopped = subscription.stop();
        self.tasks.spawn(async move {
            if let Ok(returned) = stopped.await {
                self.state.set(State::Stopped { returned: Some(returned) });
            }
        });
    }

    /// What a person decides on one message.
    pub(super) fn decide(self, tag: Tag, verdict: Verdict) {
        let fate = match verdict {
            Verdict::Ack => Fate::Acked,
            Verdict::Drop => Fate::Dropped,
            Verdict::Requeue => Fate::Requeued,
        };
        let asked = self.subscription.with_value(|subscription| {
            subscription.as_ref().map(|subscription| subscription.settle(tag, false, verdict))
        });
        let Some(asked) = asked else {
            return;
        };
        self.tasks.spawn(async move {
            match asked.await {
                Ok(settled) => {
                    self.stale.set(settled == 0);
                    let fate = if settled == 0 { Fate::GivenBack } else { fate };
                    self.arrivals.update_value(|arrivals| arrivals.settle(tag, fate));
                    self.ask_for_frame();
                }
                Err(error) => self.refused.set(Some(error)),
            }
        });
    }

    /// Holds the table still, or lets it go on.
    pub(super) fn toggle_pause(self) {
        self.paused.update(|paused| *paused = !*paused);
        self.ask_for_frame();
    }

    /// Empties the table, but for what waits for a decision.
    pub(super) fn clear(self) {
        self.arrivals.update_value(Arrivals::clear);
        self.ask_for_frame();
    }

    fn on_news(self, news: News, automatic: bool) {
        match news {
            News::Started { consumer_tag } => self.state.set(State::Running { consumer_tag }),
            News::Deliveries { epoch, messages } => {
                let at = unix_ms();
                self.arrivals.update_value(|arrivals| {
                    for delivery in &messages {
                        arrivals.arrive(delivery, epoch, automatic, at);
                    }
                });
                let count = u32::try_from(messages.len()).unwrap_or(u32::MAX);
                self.rate.update_value(|rate| rate.add(count, now_ms()));
                self.ask_for_frame();
            }
            News::Event(SubscriptionEvent::Suspended { unacked }) => {
                self.give_back();
                self.state.set(State::Suspended { unacked });
            }
            News::Event(SubscriptionEvent::Resumed { consumer_tag, epoch: _ }) => {
                self.state.set(State::Running { consumer_tag });
            }
            News::Event(SubscriptionEvent::Ended { problem }) => {
                self.give_back();
                self.state.set(State::Failed(CallError::Problem(Box::new(problem))));
            }
            News::Disconnected => {
                self.give_back();
                self.state.set(State::Disconnected);
            }
            News::Waiting(_) => self.state.set(State::NoBroker),
            News::Refused(error) => self.state.set(State::Failed(error)),
        }
    }

    /// The broker has back what was held.
    fn give_back(self) {
        self.arrivals.update_value(Arrivals::give_back);
        self.ask_for_frame();
    }

    fn ask_for_frame(self) {
        if self.frame_asked.try_update_value(|asked| std::mem::replace(asked, true)) == Some(false) {
            request_animation_frame(move || self.on_frame());
        }
    }

    fn on_frame(self) {
        // none: the page was left since the frame was asked for
        if self.frame_asked.try_update_value(|asked| *asked = false).is_none() {
            return;
        }
        let now = now_ms();
        let paused = self.paused.get_untracked();
        let acking = self.acking.get_untracked();
        let mut counts = Counts::default();
        let mut taken = None;
        self.arrivals.update_value(|arrivals| {
            if !paused {
                if acking == Acking::AfterShowing {
                    arrivals.ack_waiting();
                }
                taken = arrivals.draw(acking == Acking::ByHand);
                self.rows.set(arrivals.rows().cloned().collect());
            }
            counts.total = arrivals.total();
            counts.redelivered = arrivals.redelivered();
            counts.held = arrivals.held();
        });
        self.rate.update_value(|rate| counts.per_second = rate.per_second(now));
        self.counts.set(counts);
        if let Some((first, last)) = taken.filter(|_| acking == Acking::AfterShowing) {
            self.ack_through(first, last);
        }
        if counts.per_second > 0.0 {
            self.look_again();
        }
    }

    /// The rate has to fall when nothing comes.
    fn look_again(self) {
        if self.glancing.try_update_value(|glancing| std::mem::replace(glancing, true)) == Some(false) {
            self.tasks.spawn(async move {
                TimeoutFuture::new(RATE_GLANCE_MS).await;
                self.glancing.set_value(false);
                self.ask_for_frame();
            });
        }
    }

    /// Acks all up to `last`; these were shown a moment ago.
    fn ack_through(self, first: Tag, last: Tag) {
        let asked = self.subscription.with_value(|subscription| {
            subscription.as_ref().map(|subscription| subscription.settle(last, true, Verdict::Ack))
        });
        self.tasks.spawn(async move {
            let settled = match asked {
                Some(asked) => asked.await,
                None => Ok(0), // stopped in the meantime
            };
            match settled {
                Ok(1..) => return,
                // too late; if the link is the reason, its own news tell so
                Ok(0) | Err(CallError::Lost | CallError::NotConnected) => {}
                Err(error) => self.refused.set(Some(error)),
            }
            self.arrivals.update_value(|arrivals| arrivals.unack(first, last));
            self.ask_for_frame();
        });
    }
}
