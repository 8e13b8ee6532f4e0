//! The core against a model: for any sequence of operations, a message has exactly one state in each queue.
//!
//! - [`operation`]: what clients do
//! - [`model`] and [`perform`]: apply an operation to the core and to the model
//! - [`check`]: compares the core's output with the model

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
    model::{CONFIRMING, Model, QUEUES},
    operation::{Operation, operations},
};
use super::{Publication, Publish};
use crate::table::{Arguments, FieldValue, table, write};

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn a_message_is_delivered_until_it_is_settled_and_never_after(operations in operations()) {
        let mut model = Model::new();
        for operation in operations {
            model.apply(operation);
            model.check();
        }
        // all clients but one disconnect, and the last one consumes all remaining messages
        model.disconnect_all_but_one();
        for queue in 0..QUEUES.len() {
            model.apply(Operation::Consume { client: 0, channel: CONFIRMING, queue, prefetch: 0, no_ack: true });
        }
        model.check();
        prop_assert_eq!(model.waiting(), 0, "messages are lost");
        model.disconnect(0);
        prop_assert!(model.vhost.consumers.is_empty() && model.vhost.connections.is_empty());
        prop_assert_eq!(model.memory.load(Ordering::Relaxed), 0, "memory is lost");
    }
}

#[test]
fn what_expires_and_what_is_unused_goes_when_its_time_has_come() {
    let mut model = Model::new();
    let (ttl, expires) = (write::long(1_000), write::long(5_000));
    let fields = [("x-message-ttl", &ttl), ("x-expires", &expires)];
    let arguments = table(fields.map(|(name, value)| (name.as_bytes(), FieldValue::of(value))));
    let declare = queue::Declare { queue: "short".into(), ..queue::Declare::default() };
    let declare = AMQPClass::Queue(queue::AMQPMethod::Declare(declare));
    model.method_with(0, CONFIRMING, declare, Arguments::read(&arguments).unwrap());
    let start = Instant::now();
    model.publish_to(0, "", "short", 0, start);
    let ready =
        |model: &Model| model.vhost.list_queues().iter().find(|queue| queue.name == "short").map(|queue| queue.ready);
    assert_eq!(ready(&model), Some(1));
    assert!(model.vhost.next_alarm().is_some_and(|at| at <= start + Duration::from_secs(1)));
    model.vhost.tick(start + Duration::from_secs(2));
    assert_eq!(ready(&model), Some(0));
    model.vhost.tick(start + Duration::from_secs(7));
    assert_eq!(ready(&model), None);
}

#[test]
fn dead_letters_that_go_round_without_an_end_are_dropped() {
    let mut model = Model::new();
    let declare = |model: &mut Model, name: &str, next: &str| {
        let values = [
            ("x-dead-letter-exchange", write::text(b"")),
            ("x-dead-letter-routing-key", write::text(next.as_bytes())),
            ("x-max-length", write::long(0)),
        ];
        let arguments = table(values.iter().map(|(name, value)| (name.as_bytes(), FieldValue::of(value))));
        let declare = queue::Declare { queue: name.into(), ..queue::Declare::default() };
        let declare = AMQPClass::Queue(queue::AMQPMethod::Declare(declare));
        model.method_with(0, CONFIRMING, declare, Arguments::read(&arguments).unwrap());
    };
    for (name, next) in [("a", "b"), ("b", "a")] {
        declare(&mut model, name, next);
    }
    let death = |queue: &[u8], reason: &[u8]| {
        let (queue, reason) = (write::text(queue), write::text(reason));
        write::nested(&table([(&b"queue"[..], FieldValue::of(&queue)), (b"reason", FieldValue::of(&reason))]))
    };
    // in both queues a rejection follows the death, so that the check for cycles never finds one
    let deaths = [death(b"b", b"maxlen"), death(b"elsewhere", b"rejected")];
    let deaths = write::array(deaths.iter().map(|death| FieldValue::of(death)));
    let headers = table([(&b"x-death"[..], FieldValue::of(&deaths))]);
    let publish = Publish { routing_key: b"a".as_slice().into(), ..Publish::default() };
    let properties = [&0x2000_u16.to_be_bytes()[..], &headers].concat().into();
    let publication = Publication { method: &publish, properties, body: Bytes::new() };
    let client = model.clients[0].id;
    assert_eq!(model.vhost.publish(client, CONFIRMING, publication, Instant::now()), Ok(1));
    assert_eq!(model.memory.load(Ordering::Relaxed), 0, "it is in no queue");
}

#[test]
fn a_message_is_in_all_its_queues_before_what_it_drives_out_of_one() {
    let mut model = Model::new();
    let values = [
        ("x-dead-letter-exchange", write::text(b"")),
        ("x-dead-letter-routing-key", write::text(QUEUES[2].as_bytes())),
        ("x-max-length", write::long(1)),
    ];
    let arguments = table(values.iter().map(|(name, value)| (name.as_bytes(), FieldValue::of(value))));
    let declare = queue::Declare { queue: "first".into(), ..queue::Declare::default() };
    let declare = AMQPClass::Queue(queue::AMQPMethod::Declare(declare));
    model.method_with(0, CONFIRMING, declare, Arguments::read(&arguments).unwrap());
    for name in ["first", QUEUES[2]] {
        let bind = queue::Bind { queue: name.into(), exchange: "amq.fanout".into(), ..queue::Bind::default() };
        model.method(0, CONFIRMING, AMQPClass::Queue(queue::AMQPMethod::Bind(bind)));
    }
    for number in [1, 2] {
        model.publish_to(0, "amq.fanout", "", number, Instant::now());
    }
    let id = model.vhost.names[QUEUES[2]];
    let ready = &mut model.vhost.queues[id].ready;
    let order: Vec<_> = std::iter::from_fn(|| ready.pop().map(|entry| entry.message.body.clone())).collect();
    assert_eq!(order, [1_usize, 2, 1].map(|number| number.to_be_bytes().to_vec()));
}
