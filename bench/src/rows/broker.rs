//! The embedded broker and RabbitMQ: publishing with confirms and consuming with acks at the same time, transient
//! messages, one exclusive queue for each connection. The same load generator is used for both, and for a mirror that
//! shows the generator's own maximum.
//!
//! The latency is from the publisher's socket to the consumer, in an open loop at a rate that RabbitMQ sustains easily.

use std::time::{Duration, Instant};

use crosstalk_measure::Latencies;
use crosstalk_testkit::RabbitMq;
use futures_util::{FutureExt as _, future, future::BoxFuture};

use super::{compete, needs};
use crate::{
    harness::{
        Plan,
        rounds::{Contender, Sample},
        row::{Goal, Row, Spec, Unit},
        usage,
    },
    load::generator::{Connection, Load},
    peers::native,
};

const SUBJECT: &str = "embedded";
const RABBIT: &str = "RabbitMQ";
const GENERATOR: &str = "generator";

/// The maximum number of outstanding messages of a connection in a closed loop.
const WINDOW: usize = 500;
/// In an open loop the window is never full.
const WIDE: usize = 100_000;
/// The warm-up, which is not counted.
const WARM_UP: Duration = Duration::from_millis(500);
/// Messages per second, of all connections together, in the open loop.
const RATE: f64 = 4_000.0;

/// A load and its rows.
#[derive(Clone, Copy, Debug)]
struct Case {
    /// The names of its rows.
    names: [&'static str; 2],
    what: &'static str,
    connections: usize,
    body: usize,
    /// In an open loop the figure is the 99th percentile of the latency, otherwise messages per second.
    rate: Option<f64>,
}

const CASES: [Case; 8] = [
    closed(["broker/100B-1", "broker/100B-1-ceiling"], "100 B, 1 connection", 1, 100),
    closed(["broker/100B-4", "broker/100B-4-ceiling"], "100 B, 4 connections", 4, 100),
    closed(["broker/100B-16", "broker/100B-16-ceiling"], "100 B, 16 connections", 16, 100),
    closed(["broker/10KB-1", "broker/10KB-1-ceiling"], "10 KB, 1 connection", 1, 10_000),
    closed(["broker/10KB-4", "broker/10KB-4-ceiling"], "10 KB, 4 connections", 4, 10_000),
    closed(["broker/10KB-16", "broker/10KB-16-ceiling"], "10 KB, 16 connections", 16, 10_000),
    open(["broker/100B-p99", "broker/100B-p99-generator"], "p99 of 4,000/s, 100 B", 100),
    open(["broker/10KB-p99", "broker/10KB-p99-generator"], "p99 of 4,000/s, 10 KB", 10_000),
];

const fn closed(names: [&'static str; 2], what: &'static str, connections: usize, body: usize) -> Case {
    Case { names, what, connections, body, rate: None }
}

const fn open(names: [&'static str; 2], what: &'static str, body: usize) -> Case {
    Case { names, what, connections: 4, body, rate: Some(RATE) }
}

impl Case {
    fn unit(&self) -> Unit {
        if self.rate.is_some() { Unit::Milliseconds } else { Unit::PerSecond }
    }

    fn specs(&self) -> [Spec; 2] {
        let (goal, ceiling) = match self.rate {
            None => (Goal::AtLeast(2.0), Some(Goal::AtLeast(3.0))),
            Some(_) => (Goal::AtMost(1.0), None),
        };
        let [name, generator] = self.names;
        let row =
            Spec { name, what: self.what, unit: self.unit(), subject: SUBJECT, peer: Some(RABBIT), goal: Some(goal) };
        [row, Spec { name: generator, what: "the generator by itself", subject: GENERATOR, goal: ceiling, ..row }]
    }
}

/// Measures those of the rows that are asked for.
///
/// # Errors
/// When a broker does not start, refuses, or loses a message.
pub(crate) async fn measure(plan: &Plan) -> anyhow::Result<Vec<Row>> {
    let asked: Vec<(Case, Vec<Spec>)> = CASES
        .iter()
        .map(|case| (*case, plan.select(&case.specs())))
        .filter(|(_case, specs)| !specs.is_empty())
        .collect();
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let rabbit = RabbitMq::start().await?;
    let (embedded, mirror) = (native::start_broker().await?, native::start_mirror().await?);
    let mut rows = Vec::new();
    for (case, specs) in asked {
        let mut contenders: Vec<Box<dyn Contender>> = Vec::new();
        let mut add = |name, port, process| {
            if needs(&specs, name) {
                contenders.push(Box::new(Loaded { name, port, process, case, turn: plan.turn }));
            }
        };
        add(SUBJECT, embedded.port, embedded.pid());
        add(RABBIT, rabbit.amqp_port(), rabbit.pid());
        add(GENERATOR, mirror.port, mirror.pid());
        rows.extend(compete(plan, case.names[0], case.unit(), &specs, &mut contenders).await?);
    }
    Ok(rows)
}

/// A broker under load.
#[derive(Debug)]
struct Loaded {
    name: &'static str,
    port: u16,
    process: u32,
    case: Case,
    turn: Duration,
}

impl Contender for Loaded {
    fn name(&self) -> &'static str {
        self.name
    }

    fn turn(&mut self) -> BoxFuture<'_, anyhow::Result<Sample>> {
        async {
            let opening = (0..self.case.connections).map(|_| Connection::open(self.port));
            let connections = future::try_join_all(opening).await?;
            let before = usage::cpu_of(self.process)?;
            let start = Instant::now();
            let count_from = start + WARM_UP;
            let load = Load {
                body: self.case.body,
                window: if self.case.rate.is_some() { WIDE } else { WINDOW },
                rate: self.case.rate.map(|rate| rate / self.case.connections as f64),
                start,
                count_from,
                end: count_from + self.turn,
                limit: u64::MAX,
                consume: true,
            };
            let running: Vec<_> = connections
                .into_iter()
                .map(|mut connection| tokio::spawn(async move { connection.run(load).await }))
                .collect();
            let (mut counted, mut latencies) = (0, Latencies::new());
            for tally in future::try_join_all(running).await? {
                let tally = tally?;
                counted += tally.counted;
                latencies.merge(&tally.latencies);
            }
            anyhow::ensure!(counted > 0, "no message came within {:?}", self.turn);
            let share = self.turn.as_secs_f64() / (self.turn + WARM_UP).as_secs_f64();
            let cpu = (usage::cpu_of(self.process)? - before) * share / counted as f64;
            let figure = match self.case.rate {
                None => counted as f64 / self.turn.as_secs_f64(),
                Some(_) => latencies.value_at(0.99).as_secs_f64() * 1e3,
            };
            Ok(Sample { figure, cpu })
        }
        .boxed()
    }
}
