//! The consumers of the page: start and stop, what their deliveries come to, who settles these and when.
//!
//! A consumer that acks after its work has done it when it has read a message and put it into the table. It acks for
//! all of a moment together, and at once when half of its prefetch waits, so that it never starves. What it cannot read
//! it nacks, not to come again: a message that fails for ever must not go round for ever.

use std::time::Duration;

use crosstalk_proto::ws::{AckMode, Delivery, SubscriptionEvent};
use leptos::{prelude::*, reactive::owner::Owner};

use super::{
    board::Board,
    consumer::{Consumer, State},
    journey::Journey,
};
use crate::{
    api::{
        bridge::{
            Bridge,
            subscription::{News, Subscription, SubscriptionSpec, Verdict},
        },
        browser::now_ms,
    },
    model::{
        arrivals::{Arrival, Fate, Tag, is_readable},
        exchange::CallError,
        queue::{
            draft::{Acking, ConsumerDraft},
            preset,
        },
    },
    pages::tasks::Tasks,
};

/// How long acks wait for those of the next messages.
const ACK_PAUSE: Duration = Duration::from_millis(10);

/// All consumers of the page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Consumers {
    pub(super) list: RwSignal<Vec<Consumer>>,
    pub(super) board: Board,
    /// How many messages were not settled when a connection broke, since this was last set to 0.
    pub(super) unsettled: RwSignal<u64>,
    /// The process whose built-in broker the consumers had, none for a broker of its own.
    embedded_in: StoredValue<Option<String>>,
    /// Of those that are on, with their ids.
    subscriptions: StoredValue<Vec<(u32, Subscription)>, LocalStorage>,
    last: StoredValue<u32>,
    owner: StoredValue<Owner>,
    journey: Journey,
    bridge: Bridge,
    tasks: Tasks,
}

impl Consumers {
    pub(super) fn new(journey: Journey) -> Self {
        let subscriptions = StoredValue::new_local(Vec::<(u32, Subscription)>::new());
        // before the page's values are taken apart: dropping a subscription sends a message
        on_cleanup(move || drop(subscriptions.try_update_value(std::mem::take)));
        Self {
            list: RwSignal::new(Vec::new()),
            board: Board::new(),
            unsettled: RwSignal::new(0),
            embedded_in: StoredValue::new(None),
            subscriptions,
            last: StoredValue::new(0),
            owner: StoredValue::new(Owner::current().expect("a component has an owner")),
            journey,
            bridge: Bridge::get(),
            tasks: Tasks::new(),
        }
    }

    /// One more, not started.
    pub(super) fn add(self, draft: ConsumerDraft) {
        self.last.update_value(|last| *last += 1);
        let id = self.last.get_value();
        // its signals live as long as the page, whatever handler this is called from
        let consumer = self.owner.get_value().with(|| Consumer::new(id, draft));
        self.list.update(|list| list.push(consumer));
    }

    /// As [`Consumers::add`], like a new one.
    pub(super) fn add_another(self) {
        self.add(preset::consumer());
    }

    /// Puts others in the place of all; those that are on are stopped.
    pub(super) fn replace(self, drafts: Vec<ConsumerDraft>) {
        for consumer in self.list.get_untracked() {
            self.remove(consumer);
        }
        for draft in drafts {
            self.add(draft);
        }
    }

    /// Stops it and takes it away.
    pub(super) fn remove(self, consumer: Consumer) {
        self.stop(consumer);
        self.list.update(|list| list.retain(|other| other.id != consumer.id));
    }

    pub(super) fn start(self, consumer: Consumer) {
        let Some(prefetch) = untrack(|| consumer.valid_prefetch()) else {
            return;
        };
        consumer.state.set(State::Starting);
        consumer.refused.set(None);
        consumer.stale.set(false);
        let ack_mode = consumer.ack_mode();
        let spec = SubscriptionSpec { queue: consumer.queue.get_untracked(), prefetch, ack_mode };
        let subscription = self.bridge.subscribe(spec, move |news| self.on_news(consumer, news, ack_mode));
        self.subscriptions.update_value(|all| {
            // one that ended by itself is still here
            all.retain(|(id, _)| *id != consumer.id);
            all.push((consumer.id, subscription));
        });
    }

    /// basic.cancel; what it held goes back.
    pub(super) fn stop(self, consumer: Consumer) {
        self.end(consumer, |returned| State::Stopped { returned });
    }

    /// Ends it between its work and its ack: at once when it holds something, else with the next message.
    pub(super) fn kill(self, consumer: Consumer) {
        if self.board.with(|arrivals| arrivals.held_by(consumer.id)) > 0 {
            self.die(consumer);
        } else {
            consumer.state.set(State::Dying);
        }
    }

    fn die(self, consumer: Consumer) {
        self.end(consumer, |returned| State::Killed { returned: returned.unwrap_or_default() });
    }

    fn end(self, consumer: Consumer, state: fn(Option<u32>) -> State) {
        let ended = self.subscriptions.try_update_value(|all| {
            let at = all.iter().position(|(id, _)| *id == consumer.id)?;
            Some(all.remove(at).1)
        });
        let Some(subscription) = ended.flatten() else {
            return;
        };
        consumer.state.set(state(None));
        self.leave(consumer, Fate::GivenBack);
        let stopped = subscription.stop();
        self.tasks.spawn(async move {
            if let Ok(returned) = stopped.await {
                consumer.state.set(state(Some(returned)));
            }
        });
    }

    /// Who acks from now on. What is held when the page takes over was worked on long ago.
    pub(super) fn choose(self, consumer: Consumer, acking: Acking) {
        consumer.acking.set(acking);
        if acking == Acking::AfterWork {
            self.ack_worked(consumer);
        }
    }

    /// What a person decides on one message.
    pub(super) fn decide(self, arrival: &Arrival, verdict: Verdict) {
        let list = self.list.get_untracked();
        if let Some(consumer) = list.into_iter().find(|consumer| consumer.id == arrival.consumer) {
            self.settle(consumer, arrival.tag, false, verdict);
        }
    }

    /// Acks all that a consumer holds.
    pub(super) fn ack_all(self, consumer: Consumer) {
        if let Some(newest) = self.board.with(|arrivals| arrivals.newest_held(consumer.id)) {
            self.settle(consumer, newest, true, Verdict::Ack);
        }
    }

    /// Settles a delivery, or all up to it. The table shows it at once, and takes it back when it came too late.
    fn settle(self, consumer: Consumer, tag: Tag, multiple: bool, verdict: Verdict) {
        let fate = match verdict {
            Verdict::Ack => Fate::Acked,
            Verdict::Drop => Fate::Nacked,
            Verdict::Requeue => Fate::Requeued,
        };
        let asked = self.subscriptions.with_value(|all| {
            let (_, subscription) = all.iter().find(|(id, _)| *id == consumer.id)?;
            Some(subscription.settle(tag, multiple, verdict))
        });
        let Some(asked) = asked else {
            return;
        };
        let meant = |other: Tag| other == tag || multiple && other.epoch == tag.epoch && other.delivery < tag.delivery;
        let settled = self.board.update(|arrivals| arrivals.settle(consumer.id, fate, now_ms(), meant));
        self.tasks.spawn(async move {
            match asked.await {
                Ok(1..) => return,
                Ok(0) => consumer.stale.set(true),
                // the link's own news tell
                Err(CallError::Lost | CallError::NotConnected) => {}
                Err(error) => consumer.refused.set(Some(error)),
            }
            if fate == Fate::Acked {
                self.board.update(|arrivals| arrivals.unack(consumer.id, tag, settled.unwrap_or_default()));
            }
        });
    }

    fn on_news(self, consumer: Consumer, news: News, ack_mode: AckMode) {
        let state = match news {
            News::Deliveries { epoch, messages } => return self.deliver(consumer, epoch, messages, ack_mode),
            News::Event(SubscriptionEvent::Suspended { unacked }) => {
                self.unsettled.update(|count| *count += u64::from(unacked));
                self.leave(consumer, Fate::Unsettled);
                State::Suspended { unacked }
            }
            News::Event(SubscriptionEvent::Ended { problem }) => {
                self.leave(consumer, Fate::GivenBack);
                State::Failed(CallError::Problem(Box::new(problem)))
            }
            News::Disconnected => {
                let held = self.board.with(|arrivals| arrivals.held_by(consumer.id)) as u64;
                self.unsettled.update(|count| *count += held);
                self.leave(consumer, Fate::Unsettled);
                State::Disconnected { embedded: self.embedded_in.with_value(Option::is_some) }
            }
            News::Started { consumer_tag } | News::Event(SubscriptionEvent::Resumed { consumer_tag, epoch: _ }) => {
                State::Running { consumer_tag }
            }
            News::Waiting(_) => State::NoBroker,
            News::Refused(error) => State::Failed(error),
        };
        consumer.state.set(state);
    }

    fn deliver(self, consumer: Consumer, epoch: u32, messages: Vec<Delivery>, ack_mode: AckMode) {
        let now = now_ms();
        let works = consumer.acking.get_untracked() == Acking::AfterWork;
        let fate = if ack_mode == AckMode::Automatic { Fate::Automatic } else { Fate::Held };
        consumer.got.update_value(|got| *got += messages.len() as u64);
        self.journey.deliver(consumer.id, epoch, &messages, now);
        let mut unreadable = Vec::new();
        self.board.update(|arrivals| {
            for delivery in messages {
                if works && !is_readable(&delivery) {
                    unreadable.push(Tag { epoch, delivery: delivery.delivery_tag });
                }
                arrivals.arrive(consumer.id, delivery, epoch, fate, now);
            }
        });
        if ack_mode == AckMode::Automatic {
            return;
        }
        if consumer.state.with_untracked(|state| *state == State::Dying) {
            return self.die(consumer);
        }
        if works {
            for tag in unreadable {
                self.settle(consumer, tag, false, Verdict::Drop);
            }
            self.ack_soon(consumer);
        }
    }

    fn ack_soon(self, consumer: Consumer) {
        let held = self.board.with(|arrivals| arrivals.held_by(consumer.id));
        let prefetch = untrack(|| consumer.valid_prefetch()).map_or(1, usize::from);
        if held * 2 >= prefetch {
            self.ack_worked(consumer);
        } else if consumer.ack_due.try_update_value(|due| std::mem::replace(due, true)) == Some(false) {
            let ack = move || {
                // none: the page was left since
                if consumer.ack_due.try_update_value(|due| *due = false).is_some()
                    && consumer.state.with_untracked(|state| *state != State::Dying)
                {
                    self.ack_worked(consumer);
                }
            };
            set_timeout(ack, ACK_PAUSE);
        }
    }

    fn ack_worked(self, consumer: Consumer) {
        if let Some(newest) = self.board.with(|arrivals| arrivals.newest_held(consumer.id)) {
            self.settle(consumer, newest, true, Verdict::Ack);
            self.journey.acked(consumer.id, newest, now_ms());
        }
    }

    /// The link is up. If the built-in broker is another one than before, the messages of that one are lost; says whether
    /// it is.
    pub(super) fn found_broker(self) -> bool {
        let instance = self.bridge.is_embedded().then(|| self.bridge.instance().get_untracked());
        let before = self.embedded_in.try_update_value(|known| std::mem::replace(known, instance.clone())).flatten();
        let is_another = before.is_some() && before != instance;
        if is_another {
            self.board.update(|arrivals| arrivals.lose());
        }
        is_another
    }

    /// What was held is not the page's any more.
    fn leave(self, consumer: Consumer, fate: Fate) {
        self.board.update(|arrivals| arrivals.settle(consumer.id, fate, now_ms(), |_| true));
    }
}
