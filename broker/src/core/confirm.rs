//! Publisher confirms (class `confirm`, an extension of RabbitMQ): the broker acks what a channel publishes, with one
//! ack for all messages since the last, and nacks a message that a queue refused.

use amq_protocol::protocol::{AMQPClass, basic};

use super::{
    ConnectionId, Vhost,
    channel::{Confirms, Mode},
};
use crate::refusal::{Code, Refusal};

impl Vhost {
    /// `confirm.select`
    ///
    /// # Errors
    /// 406 on a channel with transactions.
    pub(super) fn select_confirms(&mut self, connection: ConnectionId, number: u16) -> Result<(), Refusal> {
        let channel = self.channel(connection, number)?;
        match channel.mode {
            Mode::Plain => channel.mode = Mode::Confirm(Confirms::default()),
            Mode::Confirm(_) => {}
            Mode::Transaction(_) => {
                return Err(Code::PreconditionFailed.because("cannot switch from tx to confirm mode"));
            }
        }
        Ok(())
    }

    /// Sends the pending confirms of a connection: for each channel one ack for all messages since the last.
    pub(crate) fn confirm(&mut self, id: ConnectionId) {
        while let Some(number) = self.connections.get_mut(id).and_then(|connection| connection.unconfirmed.pop()) {
            self.confirm_channel(id, number);
        }
    }

    /// Sends the pending confirms of a channel.
    pub(crate) fn confirm_channel(&mut self, id: ConnectionId, number: u16) {
        let Some(connection) = self.connections.get_mut(id) else { return };
        let Some(channel) = connection.channels.get_mut(&number) else { return };
        let Mode::Confirm(confirms) = &mut channel.mode else { return };
        let due = confirms.published - confirms.reported;
        if due > 0 {
            confirms.reported = confirms.published;
            let ack = basic::Ack { delivery_tag: confirms.published, multiple: due > 1 };
            connection.outbox.method(number, AMQPClass::Basic(basic::AMQPMethod::Ack(ack)));
        }
    }

    /// Nacks the last message, and before that acks the messages before it.
    pub(super) fn refuse_last(&mut self, id: ConnectionId, number: u16) {
        let Some(connection) = self.connections.get_mut(id) else { return };
        let Some(Mode::Confirm(confirms)) = connection.channels.get_mut(&number).map(|channel| &mut channel.mode)
        else {
            return;
        };
        let last = confirms.published;
        let due = last - 1 - confirms.reported;
        confirms.reported = last;
        if due > 0 {
            let ack = basic::Ack { delivery_tag: last - 1, multiple: due > 1 };
            connection.outbox.method(number, AMQPClass::Basic(basic::AMQPMethod::Ack(ack)));
        }
        let nack = basic::Nack { delivery_tag: last, multiple: false, requeue: false };
        connection.outbox.method(number, AMQPClass::Basic(basic::AMQPMethod::Nack(nack)));
    }
}
