//! The broker without its sockets: a state machine. Its input is what clients send and the time; it puts the output for
//! each connection into an outbox. It does no I/O, starts no task and never waits.
//!
//! - [`Vhost`] is the state machine. Its methods are in one file for each concern: [`connect`], [`declare`], [`bind`],
//!   [`publish`], [`confirm`], [`deliver`], [`prefetch`], [`consume`], [`acknowledgement`], [`transaction`],
//!   [`dead_letter`], [`expiration`], [`direct_reply_to`], [`inspect`], [`restart`]. [`methods`] dispatches AMQP
//!   methods to them.
//! - Its parts are [`exchange`], [`queue`], [`message`], [`properties`], [`channel`] and [`outbox`].
//! - [`arguments`], [`equivalence`] and [`matching`] interpret field tables.

mod acknowledgement;
mod arguments;
mod bind;
mod channel;
mod confirm;
mod connect;
mod consume;
mod dead_letter;
mod declare;
mod deliver;
mod direct_reply_to;
mod equivalence;
mod exchange;
mod expiration;
mod generated_name;
mod ids;
mod inspect;
mod letter;
mod matching;
mod message;
mod methods;
mod outbox;
mod prefetch;
mod properties;
mod publish;
mod queue;
mod restart;
mod transaction;

#[cfg(test)]
mod tests;

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap, VecDeque},
    sync::{Arc, atomic::AtomicUsize},
    time::Instant,
};

use slotmap::SlotMap;
use tokio::sync::Notify;

pub use self::inspect::{ConsumerInfo, QueueInfo};
use self::{
    channel::{Channel, Connection, Consumer},
    exchange::{Exchange, ExchangeType},
    ids::{ConsumerId, QueueId},
    letter::DeadLetter,
    queue::Queue,
};
pub(crate) use self::{
    connect::Peer,
    ids::ConnectionId,
    message::Charge,
    publish::{Publication, Publish},
};
use crate::{
    config::Policy,
    refusal::{Code, Refusal},
};

/// The exchanges that every vhost has.
const STANDARD: [(&str, ExchangeType); 7] = [
    ("amq.direct", ExchangeType::Direct),
    ("amq.fanout", ExchangeType::Fanout),
    ("amq.topic", ExchangeType::Topic),
    ("amq.headers", ExchangeType::Headers),
    ("amq.match", ExchangeType::Headers),
    (TRACE, ExchangeType::Topic),
    // the default exchange has no bindings to list: it routes to every queue by name
    ("", ExchangeType::Direct),
];

/// RabbitMQ publishes traces here; this broker only declares it.
const TRACE: &str = "amq.rabbitmq.trace";

/// A virtual host: exchanges, queues, consumers and connections.
#[derive(Debug)]
pub(crate) struct Vhost {
    name: Arc<str>,
    exchanges: HashMap<Arc<str>, Exchange>,
    names: HashMap<Arc<str>, QueueId>,
    queues: SlotMap<QueueId, Queue>,
    connections: SlotMap<ConnectionId, Connection>,
    consumers: SlotMap<ConsumerId, Consumer>,
    /// The channels of requesters by the token in their address.
    replies: HashMap<Box<str>, (ConnectionId, u16)>,
    /// When each queue has to be checked.
    alarms: BinaryHeap<Reverse<(Instant, QueueId)>>,
    /// Notified when [`Vhost::next_alarm`] becomes earlier.
    timer: Arc<Notify>,
    /// Bytes of all messages of all virtual hosts.
    memory: Arc<AtomicUsize>,
    /// Length limits for queues by name.
    policies: Vec<Policy>,
    /// A reused buffer for the result of routing.
    routed: Vec<QueueId>,
    /// Dead letters that wait to be routed, and whether they are held back.
    dead_letters: VecDeque<DeadLetter>,
    dead_letters_held: bool,
}

impl Vhost {
    /// A virtual host with the standard exchanges.
    pub(crate) fn new(name: &str, memory: Arc<AtomicUsize>) -> Self {
        let exchanges = STANDARD.map(|(name, kind)| Exchange { internal: name == TRACE, ..Exchange::new(name, kind) });
        Self {
            name: name.into(),
            exchanges: exchanges.into_iter().map(|exchange| (exchange.name.clone(), exchange)).collect(),
            names: HashMap::new(),
            queues: SlotMap::with_key(),
            connections: SlotMap::with_key(),
            consumers: SlotMap::with_key(),
            replies: HashMap::new(),
            alarms: BinaryHeap::new(),
            timer: Arc::default(),
            memory,
            policies: Vec::new(),
            routed: Vec::new(),
            dead_letters: VecDeque::new(),
            dead_letters_held: false,
        }
    }

    /// The same with length limits for queues declared from now on.
    pub(crate) fn with_policies(self, policies: Vec<Policy>) -> Self {
        Self { policies, ..self }
    }

    /// Notified when [`Vhost::next_alarm`] becomes earlier.
    pub(crate) fn timer(&self) -> Arc<Notify> {
        self.timer.clone()
    }

    fn exchange(&self, name: &str) -> Result<&Exchange, Refusal> {
        self.exchanges
            .get(name)
            .ok_or_else(|| Code::NotFound.because(format!("no exchange '{name}' in vhost '{}'", self.name)))
    }

    /// The exchange with a name that need not be UTF-8; then it does not exist.
    fn exchange_of_octets(&self, name: &[u8]) -> Result<&Exchange, Refusal> {
        match str::from_utf8(name) {
            Ok(name) => self.exchange(name),
            Err(_octets) => {
                let text: [&[u8]; 5] = [b"no exchange '", name, b"' in vhost '", self.name.as_bytes(), b"'"];
                Err(Code::NotFound.because(text.concat()))
            }
        }
    }

    fn channel(&mut self, connection: ConnectionId, channel: u16) -> Result<&mut Channel, Refusal> {
        self.connections
            .get_mut(connection)
            .and_then(|connection| connection.channels.get_mut(&channel))
            .ok_or_else(|| Code::ChannelError.because("expected 'channel.open'"))
    }

    /// The queue that a method names: the last declared one if the name is empty.
    fn queue_name(&mut self, connection: ConnectionId, channel: u16, name: &str) -> Result<Arc<str>, Refusal> {
        if !name.is_empty() {
            return Ok(name.into());
        }
        let last = self.channel(connection, channel)?.last_queue.clone();
        last.ok_or_else(|| Code::NotFound.because("no previously declared queue"))
    }

    fn find_queue(&self, name: &str) -> Result<QueueId, Refusal> {
        self.names
            .get(name)
            .copied()
            .ok_or_else(|| Code::NotFound.because(format!("no queue '{name}' in vhost '{}'", self.name)))
    }

    /// A queue that the connection may use.
    fn accessible(&self, connection: ConnectionId, name: &str) -> Result<QueueId, Refusal> {
        let id = self.find_queue(name)?;
        match self.queues[id].exclusive {
            Some(owner) if owner != connection => Err(self.locked(name)),
            _own => Ok(id),
        }
    }

    fn locked(&self, name: &str) -> Refusal {
        Code::ResourceLocked.because(format!(
            "cannot obtain exclusive access to locked queue '{name}' in vhost '{}'. It could be originally declared on \
             another connection or the exclusive property value does not match that of the original declaration.",
            self.name
        ))
    }

    /// `queue 'name' in vhost '/'`
    fn of_queue(&self, name: &str) -> String {
        format!("queue '{name}' in vhost '{}'", self.name)
    }
}
