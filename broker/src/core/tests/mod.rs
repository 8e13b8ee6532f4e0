//! The core against a model: whatever connections do, and in whatever order, a message is in one place of each queue.
//!
//! - [`operation`]: what connections do
//! - [`model`] and [`perform`]: do it, and keep what should then be so
//! - [`check`]: reads what the core says, and compares

mod check;
mod model;
mod operation;
mod perform;

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use amq_protocol::protocol::{AMQPClass, queue};
use bytes::Bytes;
use proptest::prelude::*;

use self::{
    model::{CONFIRMING, QUEUES, World},
    operation::{Act, acts},
};
use super::{Publication, Publish};
use crate::table::{Arguments, Value, table, write};

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn a_message_is_delivered_until_it_is_settled_and_never_after(acts in acts()) {
        let mut world = World::new();
        for act in acts {
            world.act(act);
            world.listen();
        }
        // whoever holds something leaves, and the one who is left takes all there is
        world.leave_one();
        for queue in 0..QUEUES.len() {
            world.act(Act::Consume { client: 0, channel: CONFIRMING, queue, prefetch: 0, no_ack: true });
        }
        world.listen();
        prop_assert_eq!(world.waiting(), 0, "messages are lost");
        world.disconnect(0);
        prop_assert!(world.vhost.consumers.is_empty() && world.vhost.connections.is_empty());
        prop_assert_eq!(world.memory.load(Ordering::Relaxed), 0, "memory is lost");
    }
}

#[test]
fn what_expires_and_what_is_unused_goes_when_its_time_has_come() {
    let mut world = World::new();
    let (ttl, expires) = (write::long(1_000), write::long(5_000));
    let fields = [("x-message-ttl", &ttl), ("x-expires", &expires)];
    let arguments = table(fields.map(|(name, value)| (name.as_bytes(), Value::of(value))));
    let declare = queue::Declare { queue: "short".into(), ..queue::Declare::default() };
    let declare = AMQPClass::Queue(queue::AMQPMethod::Declare(declare));
    world.method_with(0, CONFIRMING, declare, Arguments::read(&arguments).unwrap());
    let start = Instant::now();
    world.publish_to(0, "", "short", 0, start);
    let ready =
        |world: &World| world.vhost.list_queues().iter().find(|queue| queue.name == "short").map(|queue| queue.ready);
    assert_eq!(ready(&world), Some(1));
    assert!(world.vhost.next_alarm().is_some_and(|at| at <= start + Duration::from_secs(1)));
    world.vhost.tick(start + Duration::from_secs(2));
    assert_eq!(ready(&world), Some(0));
    world.vhost.tick(start + Duration::from_secs(7));
    assert_eq!(ready(&world), None);
}

#[test]
fn dead_letters_that_go_round_without_an_end_are_dropped() {
    let mut world = World::new();
    let declare = |world: &mut World, name: &str, next: &str| {
        let values = [
            ("x-dead-letter-exchange", write::text(b"")),
            ("x-dead-letter-routing-key", write::text(next.as_bytes())),
            ("x-max-length", write::long(0)),
        ];
        let arguments = table(values.iter().map(|(name, value)| (name.as_bytes(), Value::of(value))));
        let declare = queue::Declare { queue: name.into(), ..queue::Declare::default() };
        let declare = AMQPClass::Queue(queue::AMQPMethod::Declare(declare));
        world.method_with(0, CONFIRMING, declare, Arguments::read(&arguments).unwrap());
    };
    for (name, next) in [("a", "b"), ("b", "a")] {
        declare(&mut world, name, next);
    }
    let death = |queue: &[u8], reason: &[u8]| {
        let (queue, reason) = (write::text(queue), write::text(reason));
        write::nested(&table([(&b"queue"[..], Value::of(&queue)), (b"reason", Value::of(&reason))]))
    };
    // in each of the two the death elsewhere is before that in the next, so that it never is a circle without a consumer
    let deaths = [death(b"b", b"maxlen"), death(b"elsewhere", b"rejected")];
    let deaths = write::array(deaths.iter().map(|death| Value::of(death)));
    let headers = table([(&b"x-death"[..], Value::of(&deaths))]);
    let publish = Publish { routing_key: b"a".as_slice().into(), ..Publish::default() };
    let properties = [&0x2000_u16.to_be_bytes()[..], &headers].concat().into();
    let publication = Publication { method: &publish, properties, body: Bytes::new() };
    let client = world.clients[0].id;
    assert_eq!(world.vhost.publish(client, CONFIRMING, publication, Instant::now()), Ok(1));
    assert_eq!(world.memory.load(Ordering::Relaxed), 0, "it is in no queue");
}

#[test]
fn a_message_is_in_all_its_queues_before_what_it_drives_out_of_one() {
    let mut world = World::new();
    let values = [
        ("x-dead-letter-exchange", write::text(b"")),
        ("x-dead-letter-routing-key", write::text(QUEUES[2].as_bytes())),
        ("x-max-length", write::long(1)),
    ];
    let arguments = table(values.iter().map(|(name, value)| (name.as_bytes(), Value::of(value))));
    let declare = queue::Declare { queue: "first".into(), ..queue::Declare::default() };
    let declare = AMQPClass::Queue(queue::AMQPMethod::Declare(declare));
    world.method_with(0, CONFIRMING, declare, Arguments::read(&arguments).unwrap());
    for name in ["first", QUEUES[2]] {
        let bind = queue::Bind { queue: name.into(), exchange: "amq.fanout".into(), ..queue::Bind::default() };
        world.method(0, CONFIRMING, AMQPClass::Queue(queue::AMQPMethod::Bind(bind)));
    }
    for number in [1, 2] {
        world.publish_to(0, "amq.fanout", "", number, Instant::now());
    }
    let id = world.vhost.names[QUEUES[2]];
    let ready = &mut world.vhost.queues[id].ready;
    let order: Vec<_> = std::iter::from_fn(|| ready.pop().map(|entry| entry.message.body.clone())).collect();
    assert_eq!(order, [1_usize, 2, 1].map(|number| number.to_be_bytes().to_vec()));
}
