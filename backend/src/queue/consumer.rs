//! A consumer on a channel of its own: `multiple` acks a whole channel, and a wrong tag closes it. Dropping a
//! [`Subscription`] closes the channel, and the broker has back what was unacked.

use std::{fmt, sync::Arc, task::Poll};

use futures_util::{FutureExt as _, StreamExt as _};
use lapin::{
    Channel, Consumer,
    message::Delivery,
    options::{BasicAckOptions, BasicConsumeOptions, BasicNackOptions},
    types::FieldTable,
};

use super::{
    Error,
    ask::ask,
    names,
    properties::{log_unreadable, short},
    session::Session,
};

/// A running consumer.
pub struct Subscription {
    session: Arc<Session>,
    channel: Channel,
    consumer: Consumer,
    tag: String,
    queue: String,
}

/// Why a consumer gets no more.
#[derive(Clone, Debug)]
pub enum Ended {
    /// The link broke: what was unacked is delivered again over the next one.
    LinkLost,
    /// The broker cancelled the consumer: the queue was deleted.
    Cancelled,
    /// The broker closed the channel, as it does when a delivery was not acked for too long.
    Closed(Error),
}

impl Session {
    /// Starts a consumer with at most `prefetch` unacked messages. The queue `hello` is declared; any other must exist.
    ///
    /// # Errors
    /// [`Error::Refused`] with 404 when there is no such queue, with 403 when another has it for itself.
    pub async fn subscribe(self: &Arc<Self>, queue: &str, prefetch: u16) -> Result<Subscription, Error> {
        let name = short("the queue's name", queue)?;
        if queue == names::HELLO {
            let channel = self.channel().await?;
            match ask("queue.declare", names::declare(&channel, names::HELLO)).await {
                // another client declared it with other arguments: it exists
                Ok(()) | Err(Error::Refused { .. }) => self.context().close_channel(channel),
                Err(error) => return Err(error),
            }
        }
        let channel = self.consuming_channel(prefetch).await?;
        let consume = channel.basic_consume(name, "".into(), BasicConsumeOptions::default(), FieldTable::default());
        match ask("basic.consume", consume).await {
            Ok(consumer) => {
                self.context().metrics().consumers.inc();
                let tag = consumer.tag().as_str().to_owned();
                Ok(Subscription { session: self.clone(), channel, consumer, tag, queue: queue.to_owned() })
            }
            Err(error) => {
                self.context().close_channel(channel);
                Err(error)
            }
        }
    }
}

impl Subscription {
    /// The consumer's name at the broker.
    #[must_use]
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// The link it came over.
    #[must_use]
    pub fn epoch(&self) -> u32 {
        self.session.epoch()
    }

    /// The next delivery, or why there are no more.
    pub fn poll_next(&mut self, cx: &mut std::task::Context<'_>) -> Poll<Result<Delivery, Ended>> {
        self.consumer.poll_next_unpin(cx).map(|next| match next {
            Some(Ok(delivery)) => {
                log_unreadable(&self.queue, &delivery);
                Ok(delivery)
            }
            Some(Err(error)) => Err(Error::refusal(&error).map_or(Ended::LinkLost, Ended::Closed)),
            // the broker cancels a consumer on a channel that lives on; a consumer of a dead channel lost its link, also
            // when the session has not noticed yet
            None if self.session.context().ended().is_cancelled() || !self.channel.status().connected() => {
                Err(Ended::LinkLost)
            }
            None => Err(Ended::Cancelled),
        })
    }

    /// The next delivery that is here already.
    pub fn ready(&mut self) -> Option<Result<Delivery, Ended>> {
        std::future::poll_fn(|cx| self.poll_next(cx)).now_or_never()
    }

    /// Acks a delivery, or all up to it. The tag must be of an unsettled delivery. Does not wait until the ack is
    /// written: it is, in order, or the link is gone and the broker delivers again.
    pub fn ack(&self, delivery_tag: u64, multiple: bool) {
        sent(self.channel.basic_ack(delivery_tag, BasicAckOptions { multiple }));
    }

    /// Refuses a delivery, or all up to it, as [`Subscription::ack`].
    pub fn nack(&self, delivery_tag: u64, multiple: bool, requeue: bool) {
        sent(self.channel.basic_nack(delivery_tag, BasicNackOptions { multiple, requeue }));
    }
}

fn sent(settling: impl Future<Output = Result<(), lapin::Error>>) {
    if let Some(Err(error)) = settling.now_or_never() {
        tracing::debug!(%error, "a settlement was not sent; the broker delivers again");
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let metrics = self.session.context().metrics().clone();
        // counted until the broker has taken it back
        self.session.context().close_consumer(self.channel.clone(), self.consumer.clone(), move || {
            metrics.consumers.dec();
        });
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription").field("tag", &self.tag).field("epoch", &self.epoch()).finish_non_exhaustive()
    }
}
