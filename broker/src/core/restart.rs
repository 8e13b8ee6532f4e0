//! Restart: durable exchanges and queues remain, and persistent messages in durable queues.

use std::time::Instant;

use super::{QueueId, Vhost, exchange::Destination};

impl Vhost {
    /// Removes everything that does not survive a restart. All connections have ended before.
    pub(crate) fn restart(&mut self, now: Instant) {
        let connections: Vec<_> = self.connections.keys().collect();
        for connection in connections {
            self.disconnect(connection);
        }
        let transient: Vec<QueueId> =
            self.queues.iter().filter(|(_id, queue)| !queue.durable).map(|(id, _queue)| id).collect();
        for queue in transient {
            self.delete_queue(queue);
        }
        let transient: Vec<_> = self
            .exchanges
            .values()
            .filter(|exchange| !exchange.durable)
            .map(|exchange| exchange.name.clone())
            .collect();
        for name in transient {
            self.exchanges.remove(&name);
            for exchange in self.exchanges.values_mut() {
                exchange.unbind(|_key, binding| binding.destination == Destination::Exchange(name.clone()));
            }
        }
        for queue in self.queues.values_mut() {
            queue.ready.retain(|entry| entry.message.persistent);
            queue.idle_since = now;
        }
    }
}
