//! Consumers of the page. A subscription is wanted until it is dropped: when the socket comes back, or the broker
//! does, it is made again, and its sink is told.

use std::{cell::Cell, fmt, rc::Rc};

use crosstalk_proto::{
    problem::Problem,
    ws::{AckMode, Answer, Command, Delivery, SubscriptionEvent},
};

use super::{REQUEST_BUDGET_MS, shared::Shared, unexpected};
use crate::model::{arrivals::Tag, exchange::CallError};

/// The HTTP status of a problem that passes by itself: no link to the broker.
const UNAVAILABLE: u16 = 503;

/// What to consume and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriptionSpec {
    /// The queue.
    pub queue: String,
    /// How many unacked messages at most.
    pub prefetch: u16,
    /// Who acks.
    pub ack_mode: AckMode,
}

/// What happens to a subscription.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// It consumes; told again whenever it had to be made anew.
    Started {
        /// The consumer's name at the broker.
        consumer_tag: String,
    },
    /// Messages, in order.
    Deliveries {
        /// The link they came over.
        epoch: u32,
        /// The messages.
        messages: Vec<Delivery>,
    },
    /// Something the server tells; after `Ended` nothing follows.
    Event(SubscriptionEvent),
    /// The page's socket is gone, and with it the consumer. What it held goes back to the queue.
    Disconnected,
    /// There is no link to the broker; it is tried again when there is one.
    Waiting(Problem),
    /// It cannot be: nothing follows.
    Refused(CallError),
}

/// Where news go.
pub(super) type Sink = Rc<dyn Fn(News)>;

/// What the bridge keeps of a subscription.
pub(super) struct Entry {
    spec: SubscriptionSpec,
    sink: Sink,
    stage: Stage,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// To be asked for when there is somebody to ask.
    Wanted,
    /// Asked for.
    Asked,
    /// Made, with the server's name for it.
    Made(u32),
}

/// A consumer; dropping it ends it.
pub struct Subscription {
    shared: Rc<Shared>,
    key: u64,
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription").field("key", &self.key).finish_non_exhaustive()
    }
}

/// What to do with a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// basic.ack
    Ack,
    /// basic.nack, not to come again
    Drop,
    /// basic.nack, to come again
    Requeue,
}

impl Subscription {
    pub(super) fn start(shared: &Rc<Shared>, spec: SubscriptionSpec, sink: Sink) -> Self {
        thread_local!(static LAST: Cell<u64> = const { Cell::new(0) });
        let key = LAST.get() + 1;
        LAST.set(key);
        let entry = Entry { spec, sink, stage: Stage::Wanted };
        shared.subscriptions.borrow_mut().insert(key, entry);
        shared.make_subscriptions();
        Self { shared: Rc::clone(shared), key }
    }

    /// Settles one delivery, or all up to it. Gives how many that settled, none when the delivery is of an earlier
    /// link or consumer: the broker has it back already. May be awaited after the subscription was dropped.
    ///
    /// # Errors
    /// As every request.
    pub fn settle(
        &self,
        tag: Tag,
        multiple: bool,
        verdict: Verdict,
    ) -> impl Future<Output = Result<u32, CallError>> + use<> {
        let shared = Rc::clone(&self.shared);
        let made = shared.made(self.key);
        async move {
            let Some(subscription) = made else {
                return Ok(0);
            };
            let Tag { epoch, delivery: delivery_tag } = tag;
            let command = match verdict {
                Verdict::Ack => Command::Ack { subscription, epoch, delivery_tag, multiple },
                Verdict::Drop | Verdict::Requeue => {
                    Command::Nack { subscription, epoch, delivery_tag, multiple, requeue: verdict == Verdict::Requeue }
                }
            };
            match shared.request(command, REQUEST_BUDGET_MS).await?.answer {
                Answer::Settled { stale: true, .. } => Ok(0),
                Answer::Settled { count, stale: false } => Ok(count),
                _ => Err(unexpected()),
            }
        }
    }

    /// Ends it and tells how many unacked messages went back to the queue.
    ///
    /// # Errors
    /// As every request.
    pub fn stop(self) -> impl Future<Output = Result<u32, CallError>> + use<> {
        let shared = Rc::clone(&self.shared);
        let stage = shared.subscriptions.borrow_mut().remove(&self.key).map(|entry| entry.stage);
        async move {
            let Some(Stage::Made(subscription)) = stage else {
                return Ok(0);
            };
            let command = Command::Unsubscribe { subscription };
            match shared.request(command, REQUEST_BUDGET_MS).await?.answer {
                Answer::Unsubscribed { returned } => Ok(returned),
                _ => Err(unexpected()),
            }
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let removed = self.shared.subscriptions.borrow_mut().remove(&self.key);
        if let Some(Entry { stage: Stage::Made(subscription), .. }) = removed {
            self.shared.send_and_forget(Command::Unsubscribe { subscription });
        }
    }
}

impl Shared {
    /// Asks for every subscription that is wanted and not made.
    pub(super) fn make_subscriptions(self: &Rc<Self>) {
        let wanted: Vec<(u64, SubscriptionSpec)> = self
            .subscriptions
            .borrow_mut()
            .iter_mut()
            .filter(|(_, entry)| entry.stage == Stage::Wanted)
            .map(|(key, entry)| {
                entry.stage = Stage::Asked;
                (*key, entry.spec.clone())
            })
            .collect();
        for (key, SubscriptionSpec { queue, prefetch, ack_mode }) in wanted {
            let this = Rc::downgrade(self);
            let command = Command::Subscribe { queue, prefetch, ack_mode };
            self.send(
                command,
                Box::new(move |result, _| {
                    if let Some(this) = this.upgrade() {
                        this.on_subscribe_answer(key, result.map(|(answer, _)| answer));
                    }
                }),
            );
        }
    }

    fn on_subscribe_answer(&self, key: u64, result: Result<Answer, CallError>) {
        let (stage, news) = match result {
            Ok(Answer::Subscribed { subscription, consumer_tag, epoch: _ }) => {
                if !self.subscriptions.borrow().contains_key(&key) {
                    // dropped in the meantime
                    self.send_and_forget(Command::Unsubscribe { subscription });
                    return;
                }
                (Some(Stage::Made(subscription)), Some(News::Started { consumer_tag }))
            }
            Err(CallError::Problem(problem)) if problem.status == UNAVAILABLE => {
                (Some(Stage::Wanted), Some(News::Waiting(*problem)))
            }
            // asked for again when the socket is back
            Err(CallError::NotConnected | CallError::Lost) => (Some(Stage::Wanted), None),
            Err(error) => (None, Some(News::Refused(error))),
            Ok(_) => (None, Some(News::Refused(unexpected()))),
        };
        let mut subscriptions = self.subscriptions.borrow_mut();
        let Some(entry) = subscriptions.get_mut(&key) else {
            return;
        };
        let sink = Rc::clone(&entry.sink);
        match stage {
            Some(stage) => entry.stage = stage,
            None => drop(subscriptions.remove(&key)),
        }
        drop(subscriptions);
        if let Some(news) = news {
            sink(news);
        }
    }

    /// Hands news of the server to the subscription it names.
    pub(super) fn tell(&self, subscription: u32, news: News) {
        let mut subscriptions = self.subscriptions.borrow_mut();
        let found = subscriptions
            .iter()
            .find(|(_, entry)| entry.stage == Stage::Made(subscription))
            .map(|(key, entry)| (*key, Rc::clone(&entry.sink)));
        // not found: it was dropped, and the server will hear of that
        let Some((key, sink)) = found else {
            return;
        };
        if matches!(news, News::Event(SubscriptionEvent::Ended { .. })) {
            subscriptions.remove(&key);
        }
        drop(subscriptions);
        sink(news);
    }

    /// The socket is gone.
    pub(super) fn suspend_subscriptions(&self) {
        let sinks: Vec<Sink> = self
            .subscriptions
            .borrow_mut()
            .values_mut()
            .map(|entry| {
                entry.stage = Stage::Wanted;
                Rc::clone(&entry.sink)
            })
            .collect();
        for sink in sinks {
            sink(News::Disconnected);
        }
    }

    fn made(&self, key: u64) -> Option<u32> {
        match self.subscriptions.borrow().get(&key)?.stage {
            Stage::Made(subscription) => Some(subscription),
            Stage::Wanted | Stage::Asked => None,
        }
    }
}
