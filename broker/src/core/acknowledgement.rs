//! Acknowledgements: deliveries are acked, rejected or requeued.

use std::time::Instant;

use amq_protocol::protocol::AMQPClass;

use super::{
    ConnectionId, QueueId, Vhost,
    arguments::Overflow,
    channel::{Mode, Settlement, Unacked},
    letter::Reason,
};
use crate::refusal::{Code, Refusal};

impl Vhost {
    /// `basic.ack`, `basic.nack` and `basic.reject`. With `multiple` they settle the delivery with this tag and all
    /// before it. Tag 0 with `multiple` settles every delivery of the channel, also when there is none.
    ///
    /// # Errors
    /// 406 when the delivery with this tag is not outstanding, also with `multiple`. Then nothing is settled.
    pub(super) fn acknowledge(
        &mut self,
        connection: ConnectionId,
        number: u16,
        tag: u64,
        multiple: bool,
        how: Settlement,
    ) -> Result<(), Refusal> {
        let channel = self.channel(connection, number)?;
        let unknown = || Code::PreconditionFailed.because(format!("unknown delivery tag {tag}"));
        let settled: Vec<Unacked> = if multiple && tag == 0 {
            channel.unacked.drain(..).collect()
        } else {
            let at = channel.unacked.binary_search_by_key(&tag, |unacked| unacked.tag).map_err(|_place| unknown())?;
            let first = if multiple { 0 } else { at };
            channel.unacked.drain(first..=at).collect()
        };
        if channel.unacked.is_empty() && channel.unacked.capacity() > KEEP {
            channel.unacked.shrink_to(KEEP);
        }
        if let Mode::Transaction(transaction) = &mut channel.mode {
            transaction.settled.push((how, settled));
            return Ok(());
        }
        let queues = self.settle_on_channel(connection, number, how, settled);
        self.pump_all(queues);
        Ok(())
    }

    /// `basic.recover`: requeues all unsettled deliveries. The answer is sent before the redeliveries.
    ///
    /// # Errors
    /// 540 without `requeue`, as in RabbitMQ.
    pub(super) fn recover(
        &mut self,
        connection: ConnectionId,
        number: u16,
        requeue: bool,
        answer: Option<AMQPClass>,
    ) -> Result<(), Refusal> {
        if !requeue {
            return Err(Code::NotImplemented.because("requeue=false"));
        }
        let unacked: Vec<Unacked> = self.channel(connection, number)?.unacked.drain(..).collect();
        let queues = self.settle_on_channel(connection, number, Settlement::Requeue, unacked);
        if let Some(answer) = answer {
            self.send(connection, number, answer);
        }
        self.pump_all(queues);
        Ok(())
    }

    /// Settles deliveries of an open channel. The channel may then receive more. Returns the queues to deliver from.
    pub(super) fn settle_on_channel(
        &mut self,
        connection: ConnectionId,
        number: u16,
        how: Settlement,
        settled: Vec<Unacked>,
    ) -> Vec<QueueId> {
        let mut wanting = Vec::new();
        if let Ok(channel) = self.channel(connection, number) {
            channel.unacked_by_consumers -= settled.iter().filter(|unacked| unacked.consumer.is_some()).count();
            if channel.global_prefetch > 0 {
                wanting.extend(channel.consumers.values().copied());
            }
        }
        let mut queues = self.settle(how, settled);
        for consumer in wanting {
            if let Some(consumer) = self.consumers.get(consumer)
                && !queues.contains(&consumer.queue)
            {
                queues.push(consumer.queue);
            }
        }
        queues
    }

    /// Settles deliveries. Returns the queues to deliver from.
    pub(super) fn settle(&mut self, how: Settlement, settled: Vec<Unacked>) -> Vec<QueueId> {
        let mut queues = Vec::new();
        let now = Instant::now();
        for unacked in settled {
            let Unacked { queue: id, consumer, mut entry, .. } = unacked;
            if let Some(consumer) = consumer.and_then(|consumer| self.consumers.get_mut(consumer)) {
                consumer.unacked -= 1;
            }
            let Some(queue) = self.queues.get_mut(id) else { continue };
            queue.unacked -= 1;
            match how {
                Settlement::Ack => {}
                Settlement::Requeue => {
                    entry.redelivered = true;
                    queue.ready.insert(entry);
                }
                Settlement::Discard => self.dead_letter(id, &entry.message, Reason::Rejected, now),
            }
            if queues.last() != Some(&id) && !queues.contains(&id) {
                queues.push(id);
            }
        }
        if how == Settlement::Requeue {
            for queue in &queues {
                if self.queues.get(*queue).is_some_and(|queue| queue.options.overflow == Overflow::DropHead) {
                    self.trim(*queue, now);
                }
                self.set_alarm(*queue);
            }
        }
        queues
    }
}

/// A channel that had more unacked deliveries than this gives their memory back.
const KEEP: usize = 1_024;
