//! Opening and closing connections and channels. A closed channel settles its deliveries.

use std::sync::Arc;

use amq_protocol::protocol::AMQPClass;
use tokio::sync::Notify;

use super::{
    ConnectionId, QueueId, Vhost,
    channel::{Channel, Connection, Mode, Settlement},
    message::Charge,
    outbox::Outbox,
};
use crate::refusal::{Code, Refusal};

/// A connecting client.
#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) user: Arc<str>,
    /// `127.0.0.1:40000`
    pub(crate) address: String,
    /// As negotiated in the handshake.
    pub(crate) frame_max: u32,
    pub(crate) cancel_notify: bool,
    /// Wakes the connection's task when there is output.
    pub(crate) notify: Arc<Notify>,
}

impl Vhost {
    /// Adds a connection.
    pub(crate) fn connect(&mut self, peer: Peer) -> ConnectionId {
        self.connections.insert(Connection {
            outbox: Outbox::new(peer.frame_max, peer.notify),
            user: peer.user,
            peer: peer.address,
            channels: std::collections::BTreeMap::new(),
            exclusive: Vec::new(),
            cancel_notify: peer.cancel_notify,
            unconfirmed: Vec::new(),
        })
    }

    /// Removes a connection: closes its channels and deletes its exclusive queues.
    pub(crate) fn disconnect(&mut self, id: ConnectionId) {
        let Some(connection) = self.connections.get(id) else { return };
        for queue in connection.exclusive.clone() {
            // before its messages are requeued, since they would be deleted anyway
            self.delete_queue(queue);
        }
        let Some(connection) = self.connections.get_mut(id) else { return };
        // all channels at once: a requeued message must not be delivered to another channel of this connection
        for channel in std::mem::take(&mut connection.channels).into_values() {
            self.release_channel(channel);
        }
        self.connections.remove(id);
    }

    /// `channel.open`
    ///
    /// # Errors
    /// 504 when the channel is open already.
    pub(crate) fn open_channel(&mut self, connection: ConnectionId, channel: u16) -> Result<(), Refusal> {
        let Some(connection) = self.connections.get_mut(connection) else { return Ok(()) };
        if connection.channels.contains_key(&channel) {
            return Err(Code::ChannelError.because("second 'channel.open' seen"));
        }
        connection.channels.insert(channel, Channel::default());
        Ok(())
    }

    /// The number of open channels.
    pub(crate) fn channel_count(&self, connection: ConnectionId) -> usize {
        self.connections.get(connection).map_or(0, |connection| connection.channels.len())
    }

    /// True if the channel is open.
    pub(crate) fn has_channel(&self, connection: ConnectionId, channel: u16) -> bool {
        self.connections.get(connection).is_some_and(|connection| connection.channels.contains_key(&channel))
    }

    /// Closes a channel: removes its consumers and requeues its unsettled deliveries.
    pub(crate) fn close_channel(&mut self, connection: ConnectionId, number: u16) {
        if let Some(channel) = self.connections.get_mut(connection).and_then(|one| one.channels.remove(&number)) {
            self.release_channel(channel);
        }
    }

    /// Removes the consumers of a closed channel and requeues its unsettled deliveries.
    fn release_channel(&mut self, channel: Channel) {
        if let Some(replies) = channel.replies {
            self.replies.remove(&replies.token);
        }
        for consumer in channel.consumers.into_values() {
            self.forget_consumer(consumer);
        }
        let mut unacked: Vec<_> = channel.unacked.into();
        if let Mode::Transaction(transaction) = channel.mode {
            // an uncommitted acknowledgement has no effect
            unacked.extend(transaction.settled.into_iter().flat_map(|(_how, deliveries)| deliveries));
        }
        let queues = self.settle(Settlement::Requeue, unacked);
        self.pump_all(queues);
    }

    /// Puts a method into a connection's outbox.
    pub(crate) fn send(&mut self, connection: ConnectionId, channel: u16, method: AMQPClass) {
        if let Some(connection) = self.connections.get_mut(connection) {
            connection.outbox.method(channel, method);
        }
    }

    /// Puts an encoded frame into a connection's outbox.
    pub(crate) fn send_frame(&mut self, connection: ConnectionId, frame: &[u8]) {
        if let Some(connection) = self.connections.get_mut(connection) {
            connection.outbox.frame(frame);
        }
    }

    /// Takes the output of a connection; `spare` is an empty buffer. The call also reports that the output taken before
    /// was written. Consumers that waited for space in the outbox get their messages.
    pub(crate) fn take_output(&mut self, id: ConnectionId, spare: Vec<u8>) -> Vec<u8> {
        let Some(connection) = self.connections.get_mut(id) else { return spare };
        let output = connection.outbox.take(spare);
        if connection.outbox.starved && !connection.outbox.is_full() {
            connection.outbox.starved = false;
            let queues: Vec<QueueId> = connection
                .channels
                .values()
                .flat_map(|channel| channel.consumers.values())
                .filter_map(|consumer| self.consumers.get(*consumer).map(|consumer| consumer.queue))
                .collect();
            self.pump_all(queues);
        }
        output
    }

    /// True if a connection does not read the answers to its requests. No more requests should be read from it.
    pub(crate) fn is_backed_up(&self, id: ConnectionId) -> bool {
        self.connections.get(id).is_some_and(|connection| connection.outbox.is_backed_up())
    }

    /// An empty account of memory.
    pub(crate) fn charge(&self) -> Charge {
        Charge::new(&self.memory)
    }
}
