//! The core, its clients, and the model: the state of each message in each queue.

use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::AtomicUsize},
    time::Instant,
};

use amq_protocol::protocol::{AMQPClass, basic, confirm, exchange, queue, tx};
use tokio::sync::Notify;

use super::{
    super::{ConnectionId, Peer, Publication, Publish, Vhost},
    operation::{Operation, Route, Settlement},
};
use crate::table::Arguments;

pub(super) const QUEUES: [&str; 3] = ["q0", "q1", "q2"];
/// The channels that each client has: one with confirms, one with transactions.
pub(super) const CONFIRMING: u16 = 1;
pub(super) const TRANSACTING: u16 = 2;

/// The state of a message in one queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MessageState {
    /// Not routed to this queue, or not yet.
    Elsewhere,
    Queued,
    Held,
    Gone,
}

/// A message and its state in each queue.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) publisher: (usize, u16),
    pub(super) states: [MessageState; 3],
    pub(super) delivered: [bool; 3],
}

#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) message: usize,
    pub(super) queue: usize,
    /// None for `basic.get`.
    pub(super) consumer: Option<String>,
}

#[derive(Clone, Debug)]
pub(super) struct Consumer {
    pub(super) queue: usize,
    pub(super) prefetch: u16,
    pub(super) no_ack: bool,
}

/// The model of a channel.
#[derive(Debug, Default)]
pub(super) struct Channel {
    pub(super) consumers: BTreeMap<String, Consumer>,
    pub(super) held: BTreeMap<u64, Held>,
    /// The prefetch of all consumers together; 0 means no limit.
    pub(super) limit: u16,
    /// The outstanding `basic.get`: queue and `no-ack`.
    pub(super) fetching: Option<(usize, bool)>,
    pub(super) published: u64,
    pub(super) confirmed: u64,
    pub(super) uncommitted: Vec<(usize, Route)>,
    pub(super) unsettled: Vec<(Settlement, BTreeMap<u64, Held>)>,
}

impl Channel {
    /// All unsettled deliveries, including those whose settlement waits for a commit.
    pub(super) fn holds(&self) -> impl Iterator<Item = &Held> {
        self.held.values().chain(self.unsettled.iter().flat_map(|(_how, held)| held.values()))
    }
}

#[derive(Debug)]
pub(super) struct Client {
    pub(super) id: ConnectionId,
    pub(super) number: usize,
    pub(super) channels: [Channel; 2],
}

#[derive(Debug)]
pub(super) struct Model {
    pub(super) vhost: Vhost,
    pub(super) memory: Arc<AtomicUsize>,
    pub(super) clients: Vec<Client>,
    pub(super) sent: Vec<Sent>,
    /// The last message that was delivered for the first time, by queue and publisher.
    pub(super) latest: BTreeMap<(usize, (usize, u16)), usize>,
    pub(super) numbers: usize,
}

impl Model {
    pub(super) fn new() -> Self {
        let memory = Arc::new(AtomicUsize::new(0));
        let vhost = Vhost::new("/", memory.clone());
        let mut model =
            Self { vhost, memory, clients: Vec::new(), sent: Vec::new(), latest: BTreeMap::new(), numbers: 0 };
        model.apply(Operation::Connect);
        let all = exchange::Declare { exchange: "all".into(), kind: "fanout".into(), ..Default::default() };
        model.method(0, CONFIRMING, AMQPClass::Exchange(exchange::AMQPMethod::Declare(all)));
        for (at, name) in QUEUES.into_iter().enumerate() {
            let declare = queue::Declare { queue: name.into(), ..queue::Declare::default() };
            model.method(0, CONFIRMING, AMQPClass::Queue(queue::AMQPMethod::Declare(declare)));
            for exchange in ["all", "amq.direct"].into_iter().take(if at < 2 { 2 } else { 1 }) {
                let bind = queue::Bind {
                    queue: name.into(),
                    exchange: exchange.into(),
                    routing_key: "pair".into(),
                    ..queue::Bind::default()
                };
                model.method(0, CONFIRMING, AMQPClass::Queue(queue::AMQPMethod::Bind(bind)));
            }
        }
        model
    }

    pub(super) fn method(&mut self, client: usize, channel: u16, method: AMQPClass) {
        self.method_with(client, channel, method, Arguments::default());
    }

    pub(super) fn method_with(&mut self, client: usize, channel: u16, method: AMQPClass, arguments: Arguments) {
        self.vhost.method(self.clients[client].id, channel, method, arguments, Instant::now()).unwrap();
    }

    pub(super) fn basic(&mut self, client: usize, channel: u16, method: basic::AMQPMethod) {
        self.method(client, channel, AMQPClass::Basic(method));
    }

    pub(super) fn channel(&mut self, client: usize, channel: u16) -> &mut Channel {
        &mut self.clients[client].channels[usize::from(channel - 1)]
    }

    pub(super) fn publish_to(&mut self, client: usize, exchange: &str, key: &str, number: usize, now: Instant) {
        self.publish_on(client, CONFIRMING, (exchange, key), number, now);
    }

    pub(super) fn publish_on(&mut self, client: usize, channel: u16, to: (&str, &str), number: usize, now: Instant) {
        let octets = |text: &str| text.as_bytes().into();
        let publish = Publish { exchange: octets(to.0), routing_key: octets(to.1), ..Publish::default() };
        let body = number.to_be_bytes().to_vec().into();
        let publication = Publication { method: &publish, properties: Box::new([0, 0]), body };
        self.vhost.publish(self.clients[client].id, channel, publication, now).unwrap();
    }

    pub(super) fn apply(&mut self, operation: Operation) {
        let there = self.clients.len().max(1);
        match operation {
            Operation::Connect => self.connect(),
            // one client always stays
            Operation::Disconnect(client) if there > 1 => self.disconnect(client % there),
            Operation::Disconnect(_only) => {}
            Operation::CloseChannel { client, channel } => self.close_channel(client % there, channel),
            Operation::Publish { client, channel, route } => self.publish(client % there, channel, route),
            Operation::Commit(client) => self.commit(client % there),
            Operation::Rollback(client) => self.rollback(client % there),
            Operation::Consume { client, channel, queue, prefetch, no_ack } => {
                self.consume(client % there, channel, Consumer { queue, prefetch, no_ack });
            }
            Operation::Cancel { client, consumer } => self.cancel(client % there, consumer),
            Operation::Limit { client, channel, prefetch } => {
                let client = client % there;
                self.channel(client, channel).limit = prefetch;
                let qos = basic::Qos { prefetch_count: prefetch, global: true };
                self.basic(client, channel, basic::AMQPMethod::Qos(qos));
            }
            Operation::Get { client, channel, queue, no_ack } => {
                let client = client % there;
                self.channel(client, channel).fetching = Some((queue, no_ack));
                let get = basic::Get { queue: QUEUES[queue].into(), no_ack };
                self.basic(client, channel, basic::AMQPMethod::Get(get));
            }
            Operation::Settle { client, channel, delivery, multiple, settlement } => {
                self.settle(client % there, channel, delivery, multiple, settlement);
            }
            Operation::Recover { client, channel } => {
                let client = client % there;
                let held = std::mem::take(&mut self.channel(client, channel).held);
                self.settled(Settlement::Requeue, held);
                self.basic(client, channel, basic::AMQPMethod::Recover(basic::Recover { requeue: true }));
            }
            Operation::Purge(queue) => {
                for sent in &mut self.sent {
                    if sent.states[queue] == MessageState::Queued {
                        sent.states[queue] = MessageState::Gone;
                    }
                }
                let purge = queue::Purge { queue: QUEUES[queue].into(), ..queue::Purge::default() };
                self.method(0, CONFIRMING, AMQPClass::Queue(queue::AMQPMethod::Purge(purge)));
            }
        }
    }

    fn connect(&mut self) {
        let peer = Peer {
            user: "guest".into(),
            address: "here".to_owned(),
            frame_max: 4096,
            cancel_notify: true,
            notify: Arc::new(Notify::new()),
        };
        let id = self.vhost.connect(peer);
        self.numbers += 1;
        self.clients.push(Client { id, number: self.numbers, channels: Default::default() });
        for channel in [CONFIRMING, TRANSACTING] {
            self.open_channel(self.clients.len() - 1, channel);
        }
    }

    fn open_channel(&mut self, client: usize, channel: u16) {
        self.vhost.open_channel(self.clients[client].id, channel).unwrap();
        let mode = if channel == CONFIRMING {
            AMQPClass::Confirm(confirm::AMQPMethod::Select(confirm::Select { nowait: true }))
        } else {
            AMQPClass::Tx(tx::AMQPMethod::Select(tx::Select {}))
        };
        self.method(client, channel, mode);
    }

    pub(super) fn disconnect(&mut self, client: usize) {
        let client = self.clients.remove(client);
        for channel in client.channels {
            self.requeue_all(channel);
        }
        self.vhost.disconnect(client.id);
    }

    fn close_channel(&mut self, client: usize, number: u16) {
        let channel = std::mem::take(self.channel(client, number));
        self.requeue_all(channel);
        self.vhost.close_channel(self.clients[client].id, number);
        self.open_channel(client, number);
    }

    /// Requeues all deliveries of a closed channel, including those whose settlement waited for a commit.
    fn requeue_all(&mut self, channel: Channel) {
        for (_how, held) in channel.unsettled {
            self.settled(Settlement::Requeue, held);
        }
        self.settled(Settlement::Requeue, channel.held);
    }

    /// Disconnects all clients but one, which then holds no deliveries and has no consumers.
    pub(super) fn disconnect_all_but_one(&mut self) {
        while self.clients.len() > 1 {
            self.disconnect(1);
            self.check();
        }
        for channel in [CONFIRMING, TRANSACTING] {
            self.close_channel(0, channel);
            self.check();
        }
    }

    /// The number of ready messages in all queues.
    pub(super) fn waiting(&self) -> usize {
        self.sent.iter().flat_map(|sent| sent.states).filter(|state| *state == MessageState::Queued).count()
    }
}
