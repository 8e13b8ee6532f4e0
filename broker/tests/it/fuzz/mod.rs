//! Differential fuzzing: random sequences of operations, each made from a seed, are run on the embedded broker and on
//! RabbitMQ. The answers must be the same octet by octet, and so must the remaining messages.
//!
//! - `act`: the operations, their generation and encoding
//! - `player`: runs them on a broker, and waits after each until the broker has sent everything
//!
//! `CROSSTALK_FUZZ_SEQUENCES` is the number of sequences, `CROSSTALK_FUZZ_SEED` the seed of the first.

mod act;
mod player;

use std::{env, fmt::Write as _};

use crosstalk_broker::{Broker, Config};
use crosstalk_testkit::RabbitMq;
use futures_util::{StreamExt as _, stream};

use self::{
    act::Sequence,
    player::{Patience, Step, play},
};

/// The number of sequences by default.
const SEQUENCES: u64 = 300;
/// The number of concurrent sequences.
const TOGETHER: usize = 6;

fn from_env(name: &str, otherwise: u64) -> u64 {
    match env::var(name) {
        Ok(number) => number.parse().unwrap_or_else(|_| panic!("{name} is no number: {number}")),
        Err(_unset) => otherwise,
    }
}

#[tokio::test]
async fn random_sequences_end_as_on_rabbitmq() {
    let first = from_env("CROSSTALK_FUZZ_SEED", 1);
    let seeds = first..first + from_env("CROSSTALK_FUZZ_SEQUENCES", SEQUENCES);
    let rabbit = RabbitMq::shared().await;
    let there = format!("127.0.0.1:{}", rabbit.amqp_port());
    let embedded = Broker::start(Config::default()).await.expect("a port is free");
    let here = embedded.addr().to_string();
    let played = stream::iter(seeds).map(|seed| differs(seed, &here, &there)).buffer_unordered(TOGETHER);
    let differences: Vec<String> = played.collect::<Vec<_>>().await.into_iter().flatten().collect();
    embedded.shutdown().await;
    assert!(differences.is_empty(), "{} differ:\n{}", differences.len(), differences.join("\n"));
}

/// Runs the sequence of a seed on both brokers. Returns the first difference.
async fn differs(seed: u64, here: &str, there: &str) -> Option<String> {
    let mut told = None;
    // RabbitMQ's queues are concurrent: a difference may only be a delay, so it is checked again with more time
    for (attempt, patience) in [Patience::short(), Patience::long(), Patience::long()].into_iter().enumerate() {
        let sequence = Sequence::new(seed, attempt);
        let ours = play(here, &sequence, None, patience).await;
        let theirs = play(there, &sequence, Some(&ours), patience).await;
        told = Some(difference(seed, &sequence, &ours, &theirs)?);
    }
    told
}

fn difference(seed: u64, sequence: &Sequence, ours: &[Step], theirs: &[Step]) -> Option<String> {
    let at = (0..ours.len().max(theirs.len())).find(|at| ours.get(*at) != theirs.get(*at))?;
    if let (Some(ours), Some(theirs)) = (ours.get(at), theirs.get(at))
        && (ours.is_reordered(theirs) || ours.ends_as(theirs))
    {
        // what follows depends on an order that is not guaranteed
        return None;
    }
    let mut told = format!("CROSSTALK_FUZZ_SEED={seed}, operation {at}:\n");
    for act in &sequence.acts[..=at.min(sequence.acts.len() - 1)] {
        writeln!(told, "    {act:?}").expect("a string takes every text");
    }
    for (who, steps) in [("embedded", ours), ("RabbitMQ", theirs)] {
        match steps.get(at) {
            Some(step) => writeln!(told, "  {who}: {step}"),
            None => writeln!(told, "  {who}: over"),
        }
        .expect("a string takes every text");
    }
    Some(told)
}
