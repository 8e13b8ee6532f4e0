//! Prefetch (`basic.qos`): how many deliveries a consumer or a channel may have unacked.

use amq_protocol::protocol::{AMQPClass, basic};

use super::{
    ConnectionId, ConsumerId, Vhost,
    channel::{Channel, Consumer},
};
use crate::refusal::Refusal;

impl Consumer {
    /// True when neither the prefetch of the consumer nor that of its channel is used up. Without acks there is no limit.
    pub(super) fn is_below_prefetch(&self, channel: &Channel) -> bool {
        self.no_ack
            || ((self.prefetch == 0 || self.unacked < usize::from(self.prefetch))
                && (channel.global_prefetch == 0
                    || channel.unacked_by_consumers < usize::from(channel.global_prefetch)))
    }
}

impl Vhost {
    /// `basic.qos`, with RabbitMQ's meaning: with `global` the limit is for the channel. Otherwise it is for each later
    /// consumer, and the channel has no limit until the next `global` one. The answer is sent before deliveries that it
    /// makes possible.
    ///
    /// # Errors
    /// 504 when the channel is not open.
    pub(super) fn qos(&mut self, connection: ConnectionId, number: u16, qos: &basic::Qos) -> Result<(), Refusal> {
        let channel = self.channel(connection, number)?;
        channel.global_prefetch = if qos.global { qos.prefetch_count } else { 0 };
        if !qos.global {
            channel.prefetch = qos.prefetch_count;
        }
        let consumers: Vec<ConsumerId> = channel.consumers.values().copied().collect();
        self.send(connection, number, AMQPClass::Basic(basic::AMQPMethod::QosOk(basic::QosOk {})));
        let queues: Vec<_> =
            consumers.iter().filter_map(|id| self.consumers.get(*id).map(|consumer| consumer.queue)).collect();
        self.pump_all(queues);
        Ok(())
    }
}
