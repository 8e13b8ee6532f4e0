//! Delivery: ready messages go to the consumers of the highest priority, in turn.

use std::time::Instant;

use super::{
    ConsumerId, QueueId, Vhost,
    channel::{Consumer, Unacked},
    letter::Reason,
    message::Entry,
};

impl Vhost {
    /// Delivers ready messages of these queues.
    pub(super) fn pump_all(&mut self, queues: impl IntoIterator<Item = QueueId>) {
        let now = Instant::now();
        for queue in queues {
            self.pump(queue, now);
        }
    }

    /// Delivers ready messages of a queue until there are no messages or no consumers with free prefetch.
    pub(super) fn pump(&mut self, id: QueueId, now: Instant) {
        while let Some(consumer) = self.next_consumer(id) {
            let Some(entry) = self.queues.get_mut(id).and_then(|queue| queue.ready.pop()) else { return };
            if entry.expires.is_some_and(|expires| expires < now) {
                self.dead_letter(id, &entry.message, Reason::Expired, now);
                continue;
            }
            self.deliver(consumer, entry);
        }
    }

    /// The consumer of the next message, if there is a ready message.
    fn next_consumer(&mut self, id: QueueId) -> Option<ConsumerId> {
        let queue = self.queues.get_mut(id)?;
        if queue.ready.len() == 0 || queue.consumers.is_empty() {
            return None;
        }
        let ready = |id: ConsumerId| {
            let consumer = self.consumers.get(id)?;
            let connection = self.connections.get_mut(consumer.connection)?;
            let channel = connection.channels.get(&consumer.channel)?;
            let wants = consumer.is_below_prefetch(channel);
            let stuck = wants && connection.outbox.is_full();
            connection.outbox.starved |= stuck;
            (wants && !stuck).then_some(consumer.priority)
        };
        let mut ready = ready;
        if queue.options.single_active {
            let active = queue.active?;
            return ready(active).map(|_priority| active);
        }
        let (at, priority) = (0..queue.consumers.len()).find_map(|at| Some((at, ready(queue.consumers[at])?)))?;
        let next = queue.consumers[at];
        if queue.consumers.len() > 1 {
            // behind the other consumers of the same priority
            queue.consumers.remove(at);
            let end = queue
                .consumers
                .partition_point(|other| self.consumers.get(*other).is_some_and(|other| other.priority >= priority));
            queue.consumers.insert(end, next);
        }
        Some(next)
    }

    fn deliver(&mut self, id: ConsumerId, entry: Entry) {
        let Some(consumer) = self.consumers.get_mut(id) else { return };
        let Consumer { connection, channel: number, queue, no_ack, .. } = *consumer;
        let Some(connection) = self.connections.get_mut(connection) else { return };
        let Some(channel) = connection.channels.get_mut(&number) else { return };
        channel.last_tag += 1;
        let tag = channel.last_tag;
        connection.outbox.deliver(number, &consumer.tag, tag, entry.redelivered, &entry.message);
        if no_ack {
            return;
        }
        channel.unacked.push_back(Unacked { tag, queue, consumer: Some(id), entry });
        channel.unacked_by_consumers += 1;
        consumer.unacked += 1;
        if let Some(queue) = self.queues.get_mut(queue) {
            queue.unacked += 1;
        }
    }
}
