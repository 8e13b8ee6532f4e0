//! Consuming (`basic.consume`, `basic.cancel`) and fetching (`basic.get`).

use std::time::Instant;

use amq_protocol::protocol::{AMQPClass, basic};

use super::{
    ConnectionId, ConsumerId, Vhost,
    arguments::consumer_priority,
    channel::{Consumer, Unacked},
    declare::count,
    direct_reply_to,
    generated_name::generated,
    letter::Reason,
};
use crate::{
    refusal::{Code, Refusal},
    table::Arguments,
};

impl Vhost {
    /// `basic.consume`. The answer, if wanted, is sent before the first message.
    ///
    /// # Errors
    /// 403 when the queue is in exclusive use, 404, 405, 406 for a wrong argument, 530 when the tag is taken.
    pub(super) fn consume(
        &mut self,
        connection: ConnectionId,
        number: u16,
        consume: &basic::Consume,
        arguments: &Arguments,
        now: Instant,
    ) -> Result<(), Refusal> {
        if consume.queue.as_str() == direct_reply_to::QUEUE {
            return self.consume_replies(connection, number, consume);
        }
        let name = self.queue_name(connection, number, consume.queue.as_str())?;
        let channel = self.channel(connection, number)?;
        let prefetch = channel.prefetch;
        let tag: Box<str> = match consume.consumer_tag.as_str() {
            "" => generated("amq.ctag-").into(),
            tag => tag.into(),
        };
        if channel.consumers.contains_key(&tag) {
            return Err(Code::NotAllowed.because(format!("attempt to reuse consumer tag '{tag}'")));
        }
        let id = self.accessible(connection, &name)?;
        let priority = consumer_priority(arguments, &self.of_queue(&name))?;
        let queue = &self.queues[id];
        let alone = queue.consumers.is_empty() && !queue.options.single_active;
        if queue.exclusively_consumed || (consume.exclusive && !alone) {
            return Err(Code::AccessRefused.because(format!("{} in exclusive use", self.of_queue(&name))));
        }
        let consumer = self.consumers.insert(Consumer {
            connection,
            channel: number,
            tag: tag.clone(),
            queue: id,
            no_ack: consume.no_ack,
            exclusive: consume.exclusive,
            priority,
            prefetch,
            unacked: 0,
        });
        let consumers = &self.consumers;
        let queue = &mut self.queues[id];
        let before = |other: &ConsumerId| consumers.get(*other).is_some_and(|other| other.priority >= priority);
        let at = queue.consumers.partition_point(before);
        queue.consumers.insert(at, consumer);
        queue.exclusively_consumed = consume.exclusive;
        if queue.options.single_active && queue.active.is_none() {
            queue.active = Some(consumer);
        }
        self.channel(connection, number)?.consumers.insert(tag.clone(), consumer);
        if !consume.nowait {
            let ok = basic::ConsumeOk { consumer_tag: (&*tag).into() };
            self.send(connection, number, AMQPClass::Basic(basic::AMQPMethod::ConsumeOk(ok)));
        }
        self.pump(id, now);
        Ok(())
    }

    /// `basic.cancel`. Unsettled deliveries stay with the channel. An unknown tag is no error. The answer is sent
    /// before deliveries to other consumers of the channel.
    pub(super) fn cancel(&mut self, connection: ConnectionId, number: u16, cancel: &basic::Cancel) {
        if !cancel.nowait {
            let ok = basic::CancelOk { consumer_tag: cancel.consumer_tag.clone() };
            self.send(connection, number, AMQPClass::Basic(basic::AMQPMethod::CancelOk(ok)));
        }
        let tag = cancel.consumer_tag.as_str();
        let Some(channel) = self.connections.get_mut(connection).and_then(|one| one.channels.get_mut(&number)) else {
            return;
        };
        if let Some(consumer) = channel.consumers.remove(tag) {
            self.forget_consumer(consumer);
        } else if channel.replies.as_ref().is_some_and(|replies| &*replies.consumer_tag == tag)
            && let Some(replies) = channel.replies.take()
        {
            self.replies.remove(&replies.token);
        }
    }

    /// Removes a consumer from its queue. An auto-delete queue is deleted with its last consumer.
    pub(super) fn forget_consumer(&mut self, id: ConsumerId) {
        let Some(consumer) = self.consumers.remove(id) else { return };
        let Some(queue) = self.queues.get_mut(consumer.queue) else { return };
        queue.consumers.retain(|other| *other != id);
        queue.exclusively_consumed &= !consumer.exclusive;
        if queue.active == Some(id) {
            queue.active = queue.consumers.front().copied();
        }
        if queue.consumers.is_empty() {
            if queue.auto_delete {
                self.delete_queue(consumer.queue);
                return;
            }
            queue.idle_since = Instant::now();
            self.set_alarm(consumer.queue);
        } else {
            self.pump_all([consumer.queue]);
        }
    }

    /// `basic.get`
    ///
    /// # Errors
    /// 404, 405.
    pub(super) fn get(
        &mut self,
        connection: ConnectionId,
        number: u16,
        get: &basic::Get,
        now: Instant,
    ) -> Result<(), Refusal> {
        let name = self.queue_name(connection, number, get.queue.as_str())?;
        let id = self.accessible(connection, &name)?;
        self.queues[id].idle_since = now;
        self.drop_expired(id, now);
        let Some(entry) = self.queues.get_mut(id).and_then(|queue| queue.ready.pop()) else {
            let empty = AMQPClass::Basic(basic::AMQPMethod::GetEmpty(basic::GetEmpty {}));
            self.send(connection, number, empty);
            return Ok(());
        };
        self.drop_expired(id, now);
        let left = count(self.queues[id].ready.len());
        let Some(connection) = self.connections.get_mut(connection) else { return Ok(()) };
        let Some(channel) = connection.channels.get_mut(&number) else { return Ok(()) };
        channel.last_tag += 1;
        connection.outbox.got(number, channel.last_tag, entry.redelivered, &entry.message, left);
        if !get.no_ack {
            channel.unacked.push_back(Unacked { tag: channel.last_tag, queue: id, consumer: None, entry });
            self.queues[id].unacked += 1;
        }
        self.set_alarm(id);
        Ok(())
    }

    /// Drops expired messages at the head of a queue.
    pub(super) fn drop_expired(&mut self, id: super::QueueId, now: Instant) {
        while let Some(entry) = self.queues.get_mut(id).and_then(|queue| queue.ready.pop_expired(now)) {
            self.dead_letter(id, &entry.message, Reason::Expired, now);
        }
    }
}
