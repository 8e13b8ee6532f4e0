//! Transactions (class `tx`): publishes and acknowledgements of a channel take effect with a commit. A channel has either
//! transactions or confirms ([`super::confirm`]).

use std::time::Instant;

use super::{
    ConnectionId, Vhost,
    channel::{Mode, Transaction},
};
use crate::refusal::{Code, Refusal};

impl Vhost {
    /// `tx.select`
    ///
    /// # Errors
    /// 406 on a channel with confirms.
    pub(super) fn select_transactions(&mut self, connection: ConnectionId, number: u16) -> Result<(), Refusal> {
        let channel = self.channel(connection, number)?;
        match channel.mode {
            Mode::Plain => channel.mode = Mode::Transaction(Transaction::default()),
            Mode::Transaction(_) => {}
            Mode::Confirm(_) => {
                return Err(Code::PreconditionFailed.because("cannot switch from confirm to tx mode"));
            }
        }
        Ok(())
    }

    /// `tx.commit`: carries out what was published and settled since the last commit or rollback.
    ///
    /// # Errors
    /// 406 on a channel without transactions, and when a queue with `x-overflow` refuses a message. As in RabbitMQ, the
    /// other messages and all settlements of the transaction are carried out nevertheless.
    pub(super) fn commit(&mut self, connection: ConnectionId, number: u16, now: Instant) -> Result<(), Refusal> {
        let Transaction { publishes, settled } = self.transaction(connection, number)?;
        let is_first = self.hold_dead_letters();
        let mut accepted = true;
        for (mut publish, names) in publishes {
            if publish.message.exchange.is_empty() {
                // the default exchange has no bindings: it finds queues by name, also one declared after the publish
                self.route(&publish.message, &mut publish.queues);
            } else {
                publish.queues = names.iter().filter_map(|name| self.names.get(name).copied()).collect();
            }
            accepted &= self.route_to_queues(connection, number, &publish, now);
        }
        if is_first {
            self.release_dead_letters(now);
        }
        for (how, deliveries) in settled {
            let queues = self.settle_on_channel(connection, number, how, deliveries);
            self.pump_all(queues);
        }
        if accepted { Ok(()) } else { Err(Code::PreconditionFailed.because("partial tx completion")) }
    }

    /// `tx.rollback`: discards what was published, and makes settled deliveries outstanding again.
    ///
    /// # Errors
    /// 406 on a channel without transactions.
    pub(super) fn rollback(&mut self, connection: ConnectionId, number: u16) -> Result<(), Refusal> {
        let Transaction { settled, publishes: _ } = self.transaction(connection, number)?;
        let channel = self.channel(connection, number)?;
        let mut unacked: Vec<_> = settled.into_iter().flat_map(|(_how, deliveries)| deliveries).collect();
        unacked.extend(channel.unacked.drain(..));
        unacked.sort_by_key(|delivery| delivery.tag);
        channel.unacked = unacked.into();
        Ok(())
    }

    fn transaction(&mut self, connection: ConnectionId, number: u16) -> Result<Transaction, Refusal> {
        match &mut self.channel(connection, number)?.mode {
            Mode::Transaction(transaction) => Ok(std::mem::take(transaction)),
            Mode::Plain | Mode::Confirm(_) => Err(Code::PreconditionFailed.because("channel is not transactional")),
        }
    }
}
