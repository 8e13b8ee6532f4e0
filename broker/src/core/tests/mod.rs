//! The core against a model: whatever connections do, and in whatever order, a message is in one place of each queue.
//!
//! - [`act`]: what connections do
//! - [`world`] and [`doing`]: do it, and keep what should then be so
//! - [`listen`]: reads what the core says, and compares

mod act;
mod doing;
mod listen;
mod world;

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use amq_protocol::protocol::{AMQPClass, queue};
use proptest::prelude::*;

use self::{
    act::{Act, acts},
    world::{CONFIRMING, QUEUES, World},
};
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
