//! How fast a full RabbitMQ queue is drained into one WebSocket client, with transient messages of 100 bytes.
//!
//! A new queue is filled before each turn: with a concurrent publisher the broker would be the limit, and all bridges
//! would have the same rate. The client is the same for all. Peers, on the same node:
//! - RabbitMQ's own Web STOMP with automatic ack and no prefetch, which is its fastest mode
//! - the same with client acks, one ack for all ready messages, and the subject's prefetch
//! - a bare lapin consumer in this process, which acks like the bridge and forwards nothing
//!
//! The CPU time is that of the broker and of the bridge.

use std::time::Instant;

use anyhow::Context as _;
use crosstalk_testkit::{Options, RabbitMq};
use futures_util::{FutureExt as _, future::BoxFuture};

use super::{compete, needs};
use crate::{
    harness::{
        Plan,
        rounds::{Contender, Sample},
        row::{Goal, Row, Spec, Unit},
        usage,
    },
    load::{
        amqp::{self, BODY, Queue},
        capturing_visitor::CapturingVisitor,
        socket::{self, Dialect},
    },
    peers::subject::Subject,
};

/// Messages per second of a turn's length: about the rate of a good bridge on two cores.
pub(super) const RATE: f64 = 80_000.0;
/// This share of the messages is for the warm-up and not timed.
const WARM_UP: f64 = 0.1;

pub(super) const QUEUES: &str = "/ws/queues";
const PAGE: &str = "/ws";

const ROWS: [Spec; 3] = [
    row("bridge/stomp", QUEUES, "Web STOMP", Goal::AtLeast(1.0)),
    row("bridge/lapin", QUEUES, "lapin", Goal::AtLeast(0.8)),
    row("bridge/stomp-acks", PAGE, "Web STOMP, acks", Goal::AtLeast(1.2)),
];

const fn row(name: &'static str, subject: &'static str, peer: &'static str, goal: Goal) -> Spec {
    Spec { name, what: subject, unit: Unit::PerSecond, subject, peer: Some(peer), goal: Some(goal) }
}

/// Measures those of the rows that are asked for.
///
/// # Errors
/// When the broker or the subject does not start, or a message is missing.
pub(crate) async fn measure(plan: &Plan) -> anyhow::Result<Vec<Row>> {
    let specs = plan.select(&ROWS);
    if specs.is_empty() {
        return Ok(Vec::new());
    }
    let rabbit = RabbitMq::start_with(&Options { web_stomp: true, ..Options::default() }).await?;
    let subject = Subject::start_with_broker(&rabbit.amqp_url()).await?;
    let messages = (RATE * plan.turn.as_secs_f64()) as u32;
    let ours = subject.server.url("").replace("http://", "ws://");
    let stomp = rabbit.web_stomp_url().context("the node has Web STOMP")?;
    let crosstalk = [subject.server.pid(), rabbit.pid()];
    let all: [(&str, Via, Vec<u32>); 5] = [
        (QUEUES, Via::Socket(Dialect::Plain, format!("{ours}{QUEUES}")), crosstalk.to_vec()),
        ("Web STOMP", Via::Socket(Dialect::StompAutomatic, stomp.clone()), vec![rabbit.pid()]),
        ("lapin", Via::Lapin, vec![std::process::id(), rabbit.pid()]),
        (PAGE, Via::Socket(Dialect::Page, format!("{ours}{PAGE}")), crosstalk.to_vec()),
        ("Web STOMP, acks", Via::Socket(Dialect::StompClient, stomp), vec![rabbit.pid()]),
    ];
    let mut contenders: Vec<Box<dyn Contender + '_>> = Vec::new();
    for (name, via, servers) in all {
        if needs(&specs, name) {
            let amqp_url = rabbit.amqp_url();
            contenders.push(Box::new(Drain { name, via, servers, messages, amqp_url, visited: None }));
        }
    }
    compete(plan, "bridge", Unit::PerSecond, &specs, &mut contenders).await
}

/// Drains a full queue.
#[derive(Debug)]
pub(super) struct Drain {
    pub(super) name: &'static str,
    pub(super) via: Via,
    /// The processes whose CPU time counts.
    pub(super) servers: Vec<u32>,
    pub(super) messages: u32,
    pub(super) amqp_url: String,
    /// The server where a visitor has a capture armed, if any.
    pub(super) visited: Option<String>,
}

#[derive(Debug)]
pub(super) enum Via {
    Socket(Dialect, String),
    Lapin,
}

enum Client {
    Socket(socket::Consumer),
    Lapin(amqp::Consumer),
}

impl Contender for Drain {
    fn name(&self) -> &'static str {
        self.name
    }

    fn turn(&mut self) -> BoxFuture<'_, anyhow::Result<Sample>> {
        async {
            let Some(origin) = &self.visited else { return self.drain().await };
            let visitor = CapturingVisitor::arrive(origin).await?;
            let sample = tokio::select! {
                sample = self.drain() => sample?,
                failed = visitor.look() => match failed? {},
            };
            visitor.leave().await?;
            Ok(sample)
        }
        .boxed()
    }
}

impl Drain {
    async fn drain(&self) -> anyhow::Result<Sample> {
        let queue = Queue::declare(&self.amqp_url).await?;
        queue.fill(self.messages).await?;
        let before = self.cpu()?;
        let mut client = match &self.via {
            Via::Socket(dialect, url) => Client::Socket(socket::Consumer::open(*dialect, url, &queue.name).await?),
            Via::Lapin => Client::Lapin(amqp::Consumer::open(&self.amqp_url, &queue.name).await?),
        };
        let total = self.messages as usize;
        let warm = (f64::from(self.messages) * WARM_UP) as usize;
        let mut received = client.receive(warm).await?;
        let (start, skipped) = (Instant::now(), received);
        received += client.receive(total - received).await?;
        let elapsed = start.elapsed();
        anyhow::ensure!(received == total, "{received} messages came, {total} were sent");
        let cpu = (self.cpu()? - before) / total as f64;
        drop(client);
        queue.delete().await?;
        Ok(Sample { figure: (total - skipped) as f64 / elapsed.as_secs_f64(), cpu })
    }

    fn cpu(&self) -> anyhow::Result<f64> {
        self.servers.iter().map(|process| usage::cpu_of(*process)).sum()
    }
}

impl Client {
    /// Receives at least `count` messages; returns how many.
    async fn receive(&mut self, count: usize) -> anyhow::Result<usize> {
        let mut received = 0;
        let mut strange = 0;
        while received < count {
            received += match self {
                Self::Socket(consumer) => {
                    consumer.batch(&mut |body| strange += usize::from(body.len() != BODY)).await?
                }
                Self::Lapin(consumer) => consumer.batch().await?,
            };
        }
        anyhow::ensure!(strange == 0, "{strange} messages are not {BODY} bytes long");
        Ok(received)
    }
}
