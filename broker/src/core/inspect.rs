//! Listings of queues and consumers.

use super::{Vhost, channel::Consumer};

/// A snapshot of a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueInfo {
    /// Its name.
    pub name: String,
    /// Messages that wait for a consumer.
    pub ready: usize,
    /// Unsettled deliveries.
    pub unacked: usize,
    /// The number of consumers.
    pub consumers: usize,
    /// True if the definition survives a restart.
    pub durable: bool,
    /// True if the queue belongs to one connection.
    pub exclusive: bool,
    /// True if the queue is deleted with its last consumer.
    pub auto_delete: bool,
}

/// A snapshot of a consumer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsumerInfo {
    /// The queue it consumes from.
    pub queue: String,
    /// Its tag, unique to its channel.
    pub tag: String,
    /// The address of its client.
    pub peer: String,
    /// The number of its channel.
    pub channel: u16,
    /// The maximum number of unsettled deliveries; 0 means no limit.
    pub prefetch: u16,
    /// True if deliveries need no ack.
    pub no_ack: bool,
    /// Unsettled deliveries.
    pub unacked: usize,
}

impl Vhost {
    /// All queues, sorted by name.
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

    /// All consumers, sorted by queue and tag.
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
