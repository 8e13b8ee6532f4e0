//! The broker without its sockets: a state machine that is told what connections say and when, and puts what they are to
//! be told into their outboxes. It does no I/O, starts no task and never waits.
//!
//! - [`Vhost`] is all of it; what it does is in a file for each concern: [`connect`], [`declare`], [`bind`], [`publish`],
//!   [`deliver`], [`consume`], [`acknowledgement`], [`transaction`], [`dead_letter`], [`expiration`], [`direct_reply_to`], [`inspect`], [`restart`];
//!   [`methods`] is where a method finds its room
//! - [`exchange`], [`queue`], [`message`], [`properties`], [`channel`] and [`outbox`] are what it consists of; [`arguments`],
//!   [`equivalence`] and [`matching`] say what its tables mean

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
mod inspect;
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

use slotmap::{SlotMap, new_key_type};
use tokio::sync::Notify;

pub use self::inspect::{ConsumerInfo, QueueInfo};
use self::{
    channel::{Channel, Connection, Consumer},
    dead_letter::DeadLetter,
    exchange::{Exchange, ExchangeType},
    queue::Queue,
};
pub(crate) use self::{
    connect::Peer,
    message::Charge,
    publish::{Publication, Publish},
};
use crate::{
    config::Policy,
    refusal::{Code, Refusal},
};

new_key_type! {
    /// A connection to a vhost.
    pub(crate) struct ConnectionId;
    struct QueueId;
    struct ConsumerId;
}

/// The exchanges that every vhost has.
const STANDARD: [(&str, ExchangeType); 7] = [
    ("amq.direct", ExchangeType::Direct),
    ("amq.fanout", ExchangeType::Fanout),
    ("amq.topic", ExchangeType::Topic),
    ("amq.headers", ExchangeType::Headers),
    ("amq.match", ExchangeType::Headers),
    (TRACE, ExchangeType::Topic),
    // the default exchange has no bindings that could be listed: it knows every queue by its name
    ("", ExchangeType::Direct),
];

/// Where RabbitMQ publishes what it traces; here it is only there.
const TRACE: &str = "amq.rabbitmq.trace";

/// A virtual host: exchanges, queues, and who is connected to it.
#[derive(Debug)]
pub(crate) struct Vhost {
    name: Arc<str>,
    exchanges: HashMap<Arc<str>, Exchange>,
    names: HashMap<Arc<str>, QueueId>,
    queues: SlotMap<QueueId, Queue>,
    connections: SlotMap<ConnectionId, Connection>,
    consumers: SlotMap<ConsumerId, Consumer>,
    /// Who gets direct replies, by the token in the address.
    replies: HashMap<Box<str>, (ConnectionId, u16)>,
    /// When which queue is to be looked at.
    alarms: BinaryHeap<Reverse<(Instant, QueueId)>>,
    /// Wakes who waits for [`Vhost::next_alarm`].
    timer: Arc<Notify>,
    /// Bytes of all messages of all vhosts.
    memory: Arc<AtomicUsize>,
    /// Bounds for queues by name.
    policies: Vec<Policy>,
    /// Kept between publishes, for where a message goes.
    routed: Vec<QueueId>,
    /// Dead letters that wait to be put into queues, and whether more are only added to them.
    dead_letters: VecDeque<DeadLetter>,
    dead_letters_held: bool,
}

impl Vhost {
    /// One with the standard exchanges and nothing else.
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

    /// The same, with bounds for queues that are declared from now on.
    pub(crate) fn with_policies(self, policies: Vec<Policy>) -> Self {
        Self { policies, ..self }
    }

    /// Wakes who waits for [`Vhost::next_alarm`] when that is earlier than it was.
    pub(crate) fn timer(&self) -> Arc<Notify> {
        self.timer.clone()
    }

    fn exchange(&self, name: &str) -> Result<&Exchange, Refusal> {
        self.exchanges
            .get(name)
            .ok_or_else(|| Code::NotFound.because(format!("no exchange '{name}' in vhost '{}'", self.name)))
    }

    /// The exchange of a name that need not be UTF-8, in which case it does not exist.
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

    /// The name a method means: the last declared queue, if it is empty.
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

    /// A queue that this connection may use.
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
