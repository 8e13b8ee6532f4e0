//! The state of connections and channels.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::Arc,
};

use super::{
    ConsumerId, QueueId,
    message::{Entry, Message},
    outbox::Outbox,
};

/// A connection to a vhost.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) outbox: Outbox,
    pub(crate) user: Arc<str>,
    /// The client's address, for listings.
    pub(crate) peer: String,
    pub(crate) channels: BTreeMap<u16, Channel>,
    /// Queues that are deleted with the connection.
    pub(crate) exclusive: Vec<QueueId>,
    /// True if the client accepts `basic.cancel` when a consumer's queue is deleted.
    pub(crate) cancel_notify: bool,
    /// Channels with confirms to send.
    pub(crate) unconfirmed: Vec<u16>,
}

/// A channel.
#[derive(Debug, Default)]
pub(crate) struct Channel {
    /// The prefetch of each later consumer; 0 means no limit.
    pub(crate) prefetch: u16,
    /// The prefetch of all consumers together; 0 means no limit.
    pub(crate) global_prefetch: u16,
    /// The tag of the last delivery.
    pub(crate) last_tag: u64,
    /// Unsettled deliveries, ordered by tag.
    pub(crate) unacked: VecDeque<Unacked>,
    /// How many unacked deliveries count for the global prefetch: all except those of `basic.get`.
    pub(crate) unacked_by_consumers: usize,
    pub(crate) consumers: HashMap<Box<str>, ConsumerId>,
    pub(crate) mode: Mode,
    /// The queue that an empty queue name refers to.
    pub(crate) last_queue: Option<Arc<str>>,
    /// The consumer of direct replies.
    pub(crate) replies: Option<Replies>,
}

/// A consumer of direct replies (direct reply-to).
#[derive(Clone, Debug)]
pub(crate) struct Replies {
    pub(crate) consumer_tag: Box<str>,
    /// The part of a reply address after the name of the pseudo-queue.
    pub(crate) token: Box<str>,
}

/// How publishes and acknowledgements take effect.
#[derive(Debug, Default)]
pub(crate) enum Mode {
    #[default]
    Plain,
    Confirm(Confirms),
    Transaction(Transaction),
}

/// The state of publisher confirms (an extension of RabbitMQ).
#[derive(Debug, Default)]
pub(crate) struct Confirms {
    /// Messages published since `confirm.select`.
    pub(crate) published: u64,
    /// The number of the last message that was acked or nacked.
    pub(crate) reported: u64,
}

/// What a commit carries out (class `tx`).
#[derive(Debug, Default)]
pub(crate) struct Transaction {
    /// Each message with the names of its queues: a queue that was deleted and declared again meanwhile gets the message.
    pub(crate) publishes: Vec<(Routed, Vec<Arc<str>>)>,
    pub(crate) settled: Vec<(Settlement, Vec<Unacked>)>,
}

/// A message with the queues it goes to.
#[derive(Debug)]
pub(crate) struct Routed {
    pub(crate) message: Arc<Message>,
    pub(crate) mandatory: bool,
    /// The queues, determined when the message was published.
    pub(crate) queues: Vec<QueueId>,
}

/// How a delivery is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Settlement {
    Ack,
    Requeue,
    Discard,
}

/// An unsettled delivery.
#[derive(Debug)]
pub(crate) struct Unacked {
    pub(crate) tag: u64,
    pub(crate) queue: QueueId,
    /// None for `basic.get`.
    pub(crate) consumer: Option<ConsumerId>,
    pub(crate) entry: Entry,
}

/// A consumer.
#[derive(Debug)]
pub(crate) struct Consumer {
    pub(crate) connection: super::ConnectionId,
    pub(crate) channel: u16,
    pub(crate) tag: Box<str>,
    pub(crate) queue: QueueId,
    pub(crate) no_ack: bool,
    pub(crate) exclusive: bool,
    /// Consumers with a higher priority get messages first.
    pub(crate) priority: i128,
    /// 0 means no limit.
    pub(crate) prefetch: u16,
    pub(crate) unacked: usize,
}
