//! Operations of clients, in any order. Indices are taken modulo the number of clients, queues or deliveries.

use proptest::prelude::*;

use super::model::{CONFIRMING, QUEUES, TRANSACTING};

/// Where a message is published to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// To one queue, by its name.
    One(usize),
    /// To the first two, by a direct exchange.
    Pair,
    /// To all, by a fanout exchange.
    All,
    Nowhere,
}

/// How deliveries are settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Settlement {
    Ack,
    Requeue,
    Discard,
}

#[derive(Clone, Debug)]
pub(super) enum Operation {
    Publish { client: usize, channel: u16, route: Route },
    Commit(usize),
    Rollback(usize),
    Connect,
    Disconnect(usize),
    CloseChannel { client: usize, channel: u16 },
    Consume { client: usize, channel: u16, queue: usize, prefetch: u16, no_ack: bool },
    Cancel { client: usize, consumer: usize },
    Limit { client: usize, channel: u16, prefetch: u16 },
    Get { client: usize, channel: u16, queue: usize, no_ack: bool },
    Settle { client: usize, channel: u16, delivery: usize, multiple: bool, settlement: Settlement },
    Recover { client: usize, channel: u16 },
    Purge(usize),
}

pub(super) fn operations() -> impl Strategy<Value = Vec<Operation>> {
    prop::collection::vec(operation(), 1..150)
}

fn operation() -> impl Strategy<Value = Operation> {
    let client = || 0..8_usize;
    let channel = || prop::sample::select(vec![CONFIRMING, CONFIRMING, TRANSACTING]);
    let queue = || 0..QUEUES.len();
    let route = prop_oneof![3 => queue().prop_map(Route::One), 2 => Just(Route::Pair), 2 => Just(Route::All), 1 => Just(Route::Nowhere)];
    let settlement =
        prop::sample::select(vec![Settlement::Ack, Settlement::Ack, Settlement::Requeue, Settlement::Discard]);
    prop_oneof![
        8 => (client(), channel(), route).prop_map(|(client, channel, route)| Operation::Publish { client, channel, route }),
        2 => client().prop_map(Operation::Commit),
        1 => client().prop_map(Operation::Rollback),
        1 => Just(Operation::Connect),
        1 => client().prop_map(Operation::Disconnect),
        1 => (client(), channel()).prop_map(|(client, channel)| Operation::CloseChannel { client, channel }),
        4 => (client(), channel(), queue(), 0..4_u16, prop::bool::weighted(0.2)).prop_map(
            |(client, channel, queue, prefetch, no_ack)| Operation::Consume { client, channel, queue, prefetch, no_ack }
        ),
        1 => (client(), any::<usize>()).prop_map(|(client, consumer)| Operation::Cancel { client, consumer }),
        1 => (client(), channel(), 0..4_u16).prop_map(|(client, channel, prefetch)| Operation::Limit { client, channel, prefetch }),
        2 => (client(), channel(), queue(), prop::bool::weighted(0.3)).prop_map(
            |(client, channel, queue, no_ack)| Operation::Get { client, channel, queue, no_ack }
        ),
        8 => (client(), channel(), any::<usize>(), any::<bool>(), settlement).prop_map(
            |(client, channel, delivery, multiple, settlement)| Operation::Settle { client, channel, delivery, multiple, settlement }
        ),
        1 => (client(), channel()).prop_map(|(client, channel)| Operation::Recover { client, channel }),
        1 => queue().prop_map(Operation::Purge),
    ]
}
