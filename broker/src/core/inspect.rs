//! What can be listed of a vhost.

use super::{Vhost, channel::Consumer};

/// A queue as it is at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueInfo {
    /// Its name.
    pub name: String,
    /// Messages that wait for a consumer.
    pub ready: usize,
    /// Messages delivered and not settled.
    pub unacked: usize,
    /// How many consumers it has.
    pub consumers: usize,
    /// Whether its definition survives a restart.
    pub durable: bool,
    /// Whether it belongs to one connection.
    pub exclusive: bool,
    /// Whether it goes with its last consumer.
    pub auto_delete: bool,
}

/// A consumer as it is at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsumerInfo {
    /// The queue it consumes from.
    pub queue: String,
    /// Its tag, unique to its channel.
    pub tag: String,
    /// The address that its connection comes from.
    pub peer: String,
    /// The number of its channel.
    pub channel: u16,
    /// The most unsettled deliveries it has at once; 0 is no limit.
    pub prefetch: u16,
    /// Whether its deliveries are settled when they are sent.
    pub no_ack: bool,
    /// Deliveries that it has not settled.
    pub unacked: usize,
}

impl Vhost {
    /// All queues, by name.
    pub(crate) fn list_queues(&self) -> Vec<QueueInfo> {
        let mut queues: Vec<QueueInfo> = self
            .queues
            .values()
            .map(|queue| QueueInfo {
                name: queue.name.to_string(),
                ready: queue.ready.len(),
                unacked: queue.unacked,
                consumers: queue.consumers.len(),
                durable: queue.durable,
                exclusive: queue.exclusive.is_some(),
                auto_delete: queue.auto_delete,
            })
            .collect();
        queues.sort_by(|one, other| one.name.cmp(&other.name));
        queues
    }

    /// All consumers, by queue and tag.
    pub(crate) fn list_consumers(&self) -> Vec<ConsumerInfo> {
        let info = |consumer: &Consumer| {
            Some(ConsumerInfo {
                queue: self.queues.get(consumer.queue)?.name.to_string(),
                tag: consumer.tag.to_string(),
                peer: self.connections.get(consumer.connection)?.peer.clone(),
                channel: consumer.channel,
                prefetch: consumer.prefetch,
                no_ack: consumer.no_ack,
                unacked: consumer.unacked,
            })
        };
        let mut consumers: Vec<ConsumerInfo> = self.consumers.values().filter_map(info).collect();
        consumers.sort_by(|one, other| (&one.queue, &one.tag).cmp(&(&other.queue, &other.tag)));
        consumers
    }
}
