//! What the broker knows of a connection and of its channels.

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
    /// Where it comes from, for lists.
    pub(crate) peer: String,
    pub(crate) channels: BTreeMap<u16, Channel>,
    /// Queues that go when it goes.
    pub(crate) exclusive: Vec<QueueId>,
    /// It wants `basic.cancel` when a consumer's queue goes.
    pub(crate) cancel_notify: bool,
    /// Channels with confirms that are due.
    pub(crate) unconfirmed: Vec<u16>,
}

/// A channel.
#[derive(Debug, Default)]
pub(crate) struct Channel {
    /// For consumers to come; 0 is no limit.
    pub(crate) prefetch: u16,
    /// For all consumers together; 0 is no limit.
    pub(crate) global_prefetch: u16,
    /// Of the last delivery.
    pub(crate) last_tag: u64,
    /// Deliveries that are not settled, by their tags.
    pub(crate) unacked: VecDeque<Unacked>,
    /// How many of these count for the global prefetch: all but those that were fetched by `basic.get`.
    pub(crate) unacked_by_consumers: usize,
    pub(crate) consumers: HashMap<Box<str>, ConsumerId>,
    pub(crate) mode: Mode,
    /// What an empty queue name means.
    pub(crate) last_queue: Option<Arc<str>>,
    /// The pseudo-consumer of direct replies.
    pub(crate) replies: Option<Replies>,
}

/// Direct reply-to.
#[derive(Clone, Debug)]
pub(crate) struct Replies {
    pub(crate) consumer_tag: Box<str>,
    /// What follows the pseudo-queue's name in an address.
    pub(crate) token: Box<str>,
}

/// What becomes of publishes and acknowledgements.
#[derive(Debug, Default)]
pub(crate) enum Mode {
    #[default]
    Plain,
    Confirm(Confirms),
    Transaction(Transaction),
}

/// Confirms that are due (an extension of RabbitMQ's).
#[derive(Debug, Default)]
pub(crate) struct Confirms {
    /// Messages published since `confirm.select`.
    pub(crate) published: u64,
    /// The last that was told of.
    pub(crate) reported: u64,
}

/// What a commit carries out (class `tx`).
#[derive(Debug, Default)]
pub(crate) struct Transaction {
    pub(crate) publishes: Vec<Routed>,
    pub(crate) settled: Vec<(Settlement, Vec<Unacked>)>,
}

/// A message on its way to its queues.
#[derive(Debug)]
pub(crate) struct Routed {
    pub(crate) message: Arc<Message>,
    pub(crate) mandatory: bool,
    /// Where it is to go, found out when it was published.
    pub(crate) queues: Vec<QueueId>,
}

/// How a delivery is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Settlement {
    Ack,
    Requeue,
    Discard,
}

/// A delivery that is not settled.
#[derive(Debug)]
pub(crate) struct Unacked {
    pub(crate) tag: u64,
    pub(crate) queue: QueueId,
    /// None: fetched by `basic.get`.
    pub(crate) consumer: Option<ConsumerId>,
    pub(crate) entry: Entry,
}

/// Somebody who gets messages as they come.
#[derive(Debug)]
pub(crate) struct Consumer {
    pub(crate) connection: super::ConnectionId,
    pub(crate) channel: u16,
    pub(crate) tag: Box<str>,
    pub(crate) queue: QueueId,
    pub(crate) no_ack: bool,
    pub(crate) exclusive: bool,
    /// Higher ones first.
    pub(crate) priority: i128,
    /// 0 is no limit.
    pub(crate) prefetch: u16,
    pub(crate) unacked: usize,
}
