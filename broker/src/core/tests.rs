//! The core against a model: whatever connections do, and in whatever order, a message is in one place.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use amq_protocol::{
    frame::{AMQPFrame, parse_frame},
    protocol::{AMQPClass, basic, queue},
};
use proptest::prelude::*;
use tokio::sync::Notify;

use super::{ConnectionId, Peer, Publication, Vhost};

const CHANNEL: u16 = 1;
const QUEUE: &str = "queue";

/// What a connection does. Indices are taken modulo what there is.
#[derive(Clone, Debug)]
enum Act {
    Publish,
    Connect,
    Disconnect(usize),
    Consume { connection: usize, prefetch: u16 },
    Cancel { connection: usize, consumer: usize },
    Get(usize),
    Settle { connection: usize, delivery: usize, multiple: bool, how: How },
    Recover(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Ack,
    Requeue,
    Discard,
}

fn act() -> impl Strategy<Value = Act> {
    let how = prop::sample::select(vec![How::Ack, How::Ack, How::Requeue, How::Discard]);
    prop_oneof![
        6 => Just(Act::Publish),
        1 => Just(Act::Connect),
        1 => any::<usize>().prop_map(Act::Disconnect),
        3 => (any::<usize>(), 0..4_u16).prop_map(|(connection, prefetch)| Act::Consume { connection, prefetch }),
        1 => (any::<usize>(), any::<usize>()).prop_map(|(connection, consumer)| Act::Cancel { connection, consumer }),
        2 => any::<usize>().prop_map(Act::Get),
        6 => (any::<usize>(), any::<usize>(), any::<bool>(), how).prop_map(|(connection, delivery, multiple, how)| {
            Act::Settle { connection, delivery, multiple, how }
        }),
        1 => any::<usize>().prop_map(Act::Recover),
    ]
}

/// Where a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Queued,
    Held,
    Gone,
}

#[derive(Debug, Default)]
struct Client {
    /// By tag: the prefetch it was started with.
    consumers: BTreeMap<String, u16>,
    /// By delivery tag: message and consumer.
    held: BTreeMap<u64, (u32, Option<String>)>,
}

struct World {
    vhost: Vhost,
    clients: Vec<(ConnectionId, Client)>,
    places: Vec<Place>,
    /// Whether each was ever delivered.
    delivered: Vec<bool>,
    next_tag: u32,
}

impl World {
    fn new() -> Self {
        let vhost = Vhost::new("/", Arc::default());
        let mut world = Self { vhost, clients: Vec::new(), places: Vec::new(), delivered: Vec::new(), next_tag: 0 };
        world.connect();
        let declare = queue::Declare { queue: QUEUE.into(), ..queue::Declare::default() };
        world.method(0, AMQPClass::Queue(queue::AMQPMethod::Declare(declare)));
        world
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
        self.vhost.open_channel(id, CHANNEL).unwrap();
        self.clients.push((id, Client::default()));
    }

    fn method(&mut self, client: usize, method: AMQPClass) {
        self.vhost.method(self.clients[client].0, CHANNEL, method, Instant::now()).unwrap();
    }

    fn basic(&mut self, client: usize, method: basic::AMQPMethod) {
        self.method(client, AMQPClass::Basic(method));
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::Connect => self.connect(),
            Act::Publish => {
                let number = u32::try_from(self.places.len()).unwrap();
                self.places.push(Place::Queued);
                self.delivered.push(false);
                let publish = basic::Publish { routing_key: QUEUE.into(), ..basic::Publish::default() };
                let body = number.to_be_bytes().to_vec().into();
                let publication = Publication { method: &publish, properties: Box::new([0, 0]), body };
                self.vhost.publish(self.clients[0].0, CHANNEL, publication, Instant::now()).unwrap();
            }
            // the first one publishes to the end
            Act::Disconnect(client) if self.clients.len() > 1 => {
                let (id, client) = self.clients.remove(1 + client % (self.clients.len() - 1));
                for (number, _consumer) in client.held.into_values() {
                    self.places[number as usize] = Place::Queued;
                }
                self.vhost.disconnect(id);
            }
            Act::Disconnect(_only) => {}
            Act::Consume { connection, prefetch } => {
                let client = connection % self.clients.len();
                self.next_tag += 1;
                let tag = format!("consumer-{}", self.next_tag);
                self.clients[client].1.consumers.insert(tag.clone(), prefetch);
                self.basic(client, basic::AMQPMethod::Qos(basic::Qos { prefetch_count: prefetch, global: false }));
                let consume =
                    basic::Consume { queue: QUEUE.into(), consumer_tag: tag.into(), ..basic::Consume::default() };
                self.basic(client, basic::AMQPMethod::Consume(consume));
            }
            Act::Cancel { connection, consumer } => {
                let client = connection % self.clients.len();
                let consumers = &mut self.clients[client].1.consumers;
                let Some(tag) = consumers.keys().nth(consumer % consumers.len().max(1)).cloned() else { return };
                consumers.remove(&tag);
                let cancel = basic::Cancel { consumer_tag: tag.into(), nowait: false };
                self.basic(client, basic::AMQPMethod::Cancel(cancel));
            }
            Act::Get(client) => {
                let client = client % self.clients.len();
                self.basic(client, basic::AMQPMethod::Get(basic::Get { queue: QUEUE.into(), no_ack: false }));
            }
            Act::Settle { connection, delivery, multiple, how } => {
                let client = connection % self.clients.len();
                let held = &mut self.clients[client].1.held;
                let Some(tag) = held.keys().nth(delivery % held.len().max(1)).copied() else { return };
                let later = held.split_off(&(tag + 1));
                let (settled, mut kept): (BTreeMap<_, _>, BTreeMap<_, _>) =
                    std::mem::take(held).into_iter().partition(|(other, _)| multiple || *other == tag);
                kept.extend(later);
                *held = kept;
                for (number, _consumer) in settled.into_values() {
                    self.places[number as usize] = if how == How::Requeue { Place::Queued } else { Place::Gone };
                }
                let method = match how {
                    How::Ack => basic::AMQPMethod::Ack(basic::Ack { delivery_tag: tag, multiple }),
                    How::Requeue => basic::AMQPMethod::Nack(basic::Nack { delivery_tag: tag, multiple, requeue: true }),
                    How::Discard => {
                        basic::AMQPMethod::Nack(basic::Nack { delivery_tag: tag, multiple, requeue: false })
                    }
                };
                self.basic(client, method);
            }
            Act::Recover(client) => {
                let client = client % self.clients.len();
                for (number, _consumer) in std::mem::take(&mut self.clients[client].1.held).into_values() {
                    self.places[number as usize] = Place::Queued;
                }
                self.basic(client, basic::AMQPMethod::Recover(basic::Recover { requeue: true }));
            }
        }
    }

    /// Reads what every client was told, and checks it.
    fn listen(&mut self) {
        for (id, client) in &mut self.clients {
            let output = self.vhost.take_output(*id, Vec::new());
            let mut rest = output.as_slice();
            let mut method = None;
            let mut first_deliveries = Vec::new();
            while !rest.is_empty() {
                let (left, frame) = parse_frame(rest).expect("the core writes whole frames");
                rest = left;
                match frame {
                    AMQPFrame::Method(_, AMQPClass::Basic(basic::AMQPMethod::Deliver(deliver))) => {
                        let tag = deliver.consumer_tag.to_string();
                        method = Some((deliver.delivery_tag, deliver.redelivered, Some(tag)));
                    }
                    AMQPFrame::Method(_, AMQPClass::Basic(basic::AMQPMethod::GetOk(got))) => {
                        method = Some((got.delivery_tag, got.redelivered, None));
                    }
                    AMQPFrame::Body(_, body) => {
                        let number = u32::from_be_bytes(body.try_into().unwrap());
                        let (tag, redelivered, consumer) = method.take().expect("a body follows its method");
                        let place = &mut self.places[number as usize];
                        assert_eq!(*place, Place::Queued, "message {number} was delivered from where it is not");
                        *place = Place::Held;
                        let before = std::mem::replace(&mut self.delivered[number as usize], true);
                        assert_eq!(before, redelivered, "message {number} has the wrong flag");
                        if !before && consumer.is_some() {
                            first_deliveries.push(number);
                        }
                        client.held.insert(tag, (number, consumer));
                    }
                    _other => {}
                }
            }
            assert!(first_deliveries.is_sorted(), "out of order: {first_deliveries:?}");
            for (tag, prefetch) in &client.consumers {
                let holds = client.held.values().filter(|(_, consumer)| consumer.as_ref() == Some(tag)).count();
                assert!(*prefetch == 0 || holds <= usize::from(*prefetch), "{tag} holds {holds} of {prefetch}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_message_is_delivered_until_it_is_settled_and_never_after(acts in prop::collection::vec(act(), 1..120)) {
        let mut world = World::new();
        for act in acts {
            world.act(act);
            world.listen();
        }
        // whoever holds something leaves, and one comes who takes all there is
        while world.clients.len() > 1 {
            world.act(Act::Disconnect(0));
            world.listen();
        }
        let tags: Vec<_> = world.clients[0].1.consumers.keys().cloned().collect();
        for _ in tags {
            world.act(Act::Cancel { connection: 0, consumer: 0 });
        }
        world.act(Act::Recover(0));
        world.act(Act::Consume { connection: 0, prefetch: 0 });
        world.listen();
        let left = world.places.iter().filter(|place| **place == Place::Queued).count();
        prop_assert_eq!(left, 0, "messages are lost: {:?}", world.places);
        world.vhost.disconnect(world.clients[0].0);
        prop_assert!(world.vhost.consumers.is_empty() && world.vhost.connections.is_empty());
    }
}

#[test]
fn what_expires_and_what_is_unused_goes_when_its_time_has_come() {
    let mut world = World::new();
    let mut arguments = amq_protocol::types::FieldTable::default();
    arguments.insert("x-message-ttl".into(), amq_protocol::types::AMQPValue::LongInt(1_000));
    arguments.insert("x-expires".into(), amq_protocol::types::AMQPValue::LongInt(5_000));
    let declare = queue::Declare { queue: "short".into(), arguments, ..queue::Declare::default() };
    world.method(0, AMQPClass::Queue(queue::AMQPMethod::Declare(declare)));
    let start = Instant::now();
    let publish = basic::Publish { routing_key: "short".into(), ..basic::Publish::default() };
    let publication = Publication { method: &publish, properties: Box::new([0, 0]), body: bytes::Bytes::new() };
    world.vhost.publish(world.clients[0].0, CHANNEL, publication, start).unwrap();
    let ready =
        |world: &World| world.vhost.list_queues().iter().find(|queue| queue.name == "short").map(|queue| queue.ready);
    assert_eq!(ready(&world), Some(1));
    assert!(world.vhost.next_alarm().is_some_and(|at| at <= start + Duration::from_secs(1)));
    world.vhost.tick(start + Duration::from_secs(2));
    assert_eq!(ready(&world), Some(0));
    world.vhost.tick(start + Duration::from_secs(7));
    assert_eq!(ready(&world), None);
}
