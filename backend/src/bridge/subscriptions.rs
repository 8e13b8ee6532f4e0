//! The subscriptions of one socket: which there are, whose turn it is, and how each begins, breaks, goes on and ends.
//! Nothing here waits or writes: it gives the messages for the page.

use std::{
    task::{Context, Poll},
    time::Instant,
};

use crosstalk_proto::ws::{Answer, MAX_SUBSCRIPTIONS, ServerMessage, SubscriptionEvent};
use http::StatusCode;
use lapin::message::Delivery;

use super::consuming::{Consuming, Settled, Wanted};
use crate::{
    error::Error,
    queue::{self, Ended, Subscription},
};

/// The subscriptions of one socket.
#[derive(Debug, Default)]
pub struct Subscriptions {
    list: Vec<Consuming>,
    // asked for, not yet begun
    starting: usize,
    last: u32,
    // whose deliveries come first next time
    turn: usize,
}

/// A subscription that is to be made again over a link after `epoch`.
#[derive(Clone, Debug)]
pub struct Suspended {
    /// Names the subscription.
    pub number: u32,
    /// The queue.
    pub queue: String,
    /// How many unacked messages at most.
    pub prefetch: u16,
    /// Of the link that broke.
    pub epoch: u32,
}

impl Subscriptions {
    /// Keeps a place for a subscription that is asked for.
    ///
    /// # Errors
    /// 429 when there are too many.
    pub fn reserve(&mut self) -> Result<(), Error> {
        if self.list.len() + self.starting >= MAX_SUBSCRIPTIONS {
            let detail =
                format!("a socket has at most {MAX_SUBSCRIPTIONS} subscriptions; end one, or open another socket");
            return Err(Error::request(StatusCode::TOO_MANY_REQUESTS, detail));
        }
        self.starting += 1;
        Ok(())
    }

    /// One that had a place has begun, or not.
    ///
    /// # Errors
    /// Why not.
    pub fn begun(&mut self, wanted: Wanted, result: Result<Subscription, Error>) -> Result<Answer, Error> {
        self.starting -= 1;
        let subscription = result?;
        self.last += 1;
        let (consumer_tag, epoch) = (subscription.tag().to_owned(), subscription.epoch());
        self.list.push(Consuming::new(self.last, wanted, subscription));
        Ok(Answer::Subscribed { subscription: self.last, consumer_tag, epoch })
    }

    /// One that was suspended consumes again, or cannot. Nothing to tell when it was ended meanwhile: then the new
    /// consumer goes at once.
    pub fn resumed(&mut self, number: u32, result: Result<Subscription, Error>) -> Option<ServerMessage> {
        let at = self.list.iter().position(|one| one.number == number)?;
        let event = match result {
            Ok(subscription) => {
                let (consumer_tag, epoch) = (subscription.tag().to_owned(), subscription.epoch());
                self.list[at].resume(subscription);
                SubscriptionEvent::Resumed { epoch, consumer_tag }
            }
            Err(error) => {
                self.list.remove(at);
                SubscriptionEvent::Ended { problem: error.problem() }
            }
        };
        Some(ServerMessage::Subscription { subscription: number, event })
    }

    /// The next delivery of any, beginning with the one whose turn it is, with its place. Cancel safe.
    pub async fn next(&mut self) -> (usize, Result<Delivery, Ended>) {
        std::future::poll_fn(|cx| self.poll_next(cx)).await
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<(usize, Result<Delivery, Ended>)> {
        let count = self.list.len();
        for at in (0..count).map(|at| (self.turn + at) % count) {
            if let Poll::Ready(next) = self.list[at].poll_next(cx) {
                self.turn = at + 1;
                return Poll::Ready((at, next));
            }
        }
        Poll::Pending
    }

    /// Takes a delivery of the one at a place, and what is ready after it: the message, how many, and the end if it came.
    pub fn batch(&mut self, at: usize, first: Delivery) -> (ServerMessage, usize, Option<Ended>) {
        self.list[at].batch(first)
    }

    /// The one at a place gets no more for now, or for good.
    pub fn ended(&mut self, at: usize, ended: Ended) -> (ServerMessage, Option<Suspended>) {
        let one = &mut self.list[at];
        let number = one.number;
        let (event, suspended) = match ended {
            Ended::LinkLost => {
                let unacked = one.suspend();
                let again = Suspended { number, queue: one.queue.clone(), prefetch: one.prefetch, epoch: one.epoch };
                (SubscriptionEvent::Suspended { unacked }, Some(again))
            }
            ended @ (Ended::Cancelled | Ended::Closed(_)) => {
                let queue = self.list.remove(at).queue;
                (SubscriptionEvent::Ended { problem: over(&queue, ended).problem() }, None)
            }
        };
        (ServerMessage::Subscription { subscription: number, event }, suspended)
    }

    /// The page acks.
    ///
    /// # Errors
    /// 404 when there is no such subscription, or no such delivery with the page.
    pub fn ack(&mut self, number: u32, epoch: u32, tag: u64, multiple: bool) -> Result<Answer, Error> {
        self.find(number)?.ack(epoch, tag, multiple).map(answer)
    }

    /// The page nacks.
    ///
    /// # Errors
    /// As [`Subscriptions::ack`].
    pub fn nack(&mut self, number: u32, epoch: u32, tag: u64, multiple: bool, requeue: bool) -> Result<Answer, Error> {
        self.find(number)?.nack(epoch, tag, multiple, requeue).map(answer)
    }

    /// The page wants no more of one.
    ///
    /// # Errors
    /// 404 when there is no such subscription.
    pub fn unsubscribe(&mut self, number: u32) -> Result<Answer, Error> {
        let at = self.list.iter().position(|one| one.number == number).ok_or_else(|| unknown(number))?;
        let mut one = self.list.remove(at);
        one.send_last_acks();
        Ok(Answer::Unsubscribed { returned: one.unacked() })
    }

    /// All that was fed is written.
    pub fn written(&mut self, now: Instant) {
        self.list.iter_mut().for_each(|one| one.written(now));
    }

    /// When [`Subscriptions::send_acks`] has something to send of what was written.
    #[must_use]
    pub fn due(&self) -> Option<Instant> {
        self.list.iter().filter_map(Consuming::due).min()
    }

    /// Tells the broker what the page has acked, and what was written if it is time.
    pub fn send_acks(&mut self, now: Instant) {
        self.list.iter_mut().for_each(|one| one.send_acks(now));
    }

    /// Tells the broker all that is acked, before the end.
    pub fn send_last_acks(&mut self) {
        self.list.iter_mut().for_each(Consuming::send_last_acks);
    }

    fn find(&mut self, number: u32) -> Result<&mut Consuming, Error> {
        self.list.iter_mut().find(|one| one.number == number).ok_or_else(|| unknown(number))
    }
}

fn answer(settled: Settled) -> Answer {
    Answer::Settled { count: settled.count, stale: settled.stale }
}

fn unknown(number: u32) -> Error {
    Error::request(StatusCode::NOT_FOUND, format!("there is no subscription {number}; it may have ended"))
}

/// Why a subscription is over, and what to do.
pub(super) fn over(queue: &str, ended: Ended) -> Error {
    match ended {
        Ended::Closed(queue::Error::Refused { code: 406, text }) if text.contains("timeout") => Error::request(
            StatusCode::CONFLICT,
            format!(
                "a delivery was not acked for too long, so the broker took all of them back ({text}); subscribe again"
            ),
        ),
        Ended::Closed(error) => error.into(),
        Ended::Cancelled => Error::request(
            StatusCode::NOT_FOUND,
            format!("the broker cancelled the consumer: queue {queue:?} was deleted; declare it and subscribe again"),
        ),
        Ended::LinkLost => Error::request(StatusCode::SERVICE_UNAVAILABLE, "the link to the broker broke"),
    }
}
