//! The latency from publish to a WebSocket client, at 1,000 messages a second.
//!
//! Open loop: each message has an intended time, independent of earlier ones, and its latency counts from then, so
//! waiting is not hidden. Publisher and client are this process, so there is one clock. The peer is RabbitMQ's Web
//! STOMP with automatic ack, on the same node.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use crosstalk_measure::{Latencies, Schedule};
use crosstalk_testkit::{Options, RabbitMq};
use futures_util::{FutureExt as _, future::BoxFuture};

use super::compete;
use crate::{
    harness::{
        Plan,
        rounds::{Contender, Sample},
        row::{Goal, Row, Spec, Unit},
        usage,
    },
    load::{
        amqp::Queue,
        socket::{Consumer, Dialect},
    },
    peers::subject::Subject,
};

/// Messages per second, one a millisecond.
const RATE: f64 = 1_000.0;
/// Latencies of the first second do not count.
const WARM_UP: Duration = Duration::from_secs(1);
/// The time between the subscription and the first message, because Web STOMP does not answer a subscription.
const SETTLE: Duration = Duration::from_millis(200);
/// A percentile needs more values than a rate, so a turn is longer by this factor.
const STRETCH: u32 = 2;

const QUEUES: &str = "/ws/queues";

const ROWS: [Spec; 1] = [Spec {
    name: "latency/stomp",
    what: "publish to client, p99",
    unit: Unit::Milliseconds,
    subject: QUEUES,
    peer: Some("Web STOMP"),
    goal: Some(Goal::AtMost(1.0)),
}];

/// Measures the row if it is asked for.
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
    let counted = plan.turn * STRETCH;
    let paced =
        |name, dialect, url, servers| Paced { name, dialect, url, servers, counted, amqp_url: rabbit.amqp_url() };
    let ours = subject.server.url(QUEUES).replace("http://", "ws://");
    let stomp = rabbit.web_stomp_url().context("the node has Web STOMP")?;
    let mut contenders: [Box<dyn Contender + '_>; 2] = [
        Box::new(paced(QUEUES, Dialect::Plain, ours, vec![subject.server.pid(), rabbit.pid()])),
        Box::new(paced("Web STOMP", Dialect::StompAutomatic, stomp, vec![rabbit.pid()])),
    ];
    compete(plan, "latency", Unit::Milliseconds, &specs, &mut contenders).await
}

/// A client of a paced publisher.
#[derive(Debug)]
struct Paced {
    name: &'static str,
    dialect: Dialect,
    url: String,
    /// The processes whose CPU time counts.
    servers: Vec<u32>,
    counted: Duration,
    amqp_url: String,
}

impl Contender for Paced {
    fn name(&self) -> &'static str {
        self.name
    }

    fn turn(&mut self) -> BoxFuture<'_, anyhow::Result<Sample>> {
        async {
            let queue = Queue::declare(&self.amqp_url).await?;
            let mut consumer = Consumer::open(self.dialect, &self.url, &queue.name).await?;
            tokio::time::sleep(SETTLE).await;
            let schedule = Schedule::new(RATE, WARM_UP, self.counted)?;
            let count = schedule.starts().count();
            let before = self.cpu()?;
            let start = Instant::now();
            let publisher = queue.pace(start, &schedule);
            let mut latencies = Latencies::new();
            let (mut received, mut strange) = (0, 0);
            while received < count {
                received += consumer
                    .batch(&mut |body| match body.parse().map(Duration::from_nanos) {
                        Ok(due) if schedule.counts(due) => latencies.record(start.elapsed().saturating_sub(due)),
                        Ok(_early) => {}
                        Err(_not_ours) => strange += 1,
                    })
                    .await?;
            }
            anyhow::ensure!(strange == 0 && received == count, "{received} messages came, {count} were sent");
            let cpu = (self.cpu()? - before) / count as f64;
            let queue = tokio::task::spawn_blocking(|| publisher.join()).await?;
            let queue = queue.ok().context("the publisher panicked")??;
            drop(consumer);
            queue.delete().await?;
            Ok(Sample { figure: latencies.value_at(0.99).as_secs_f64() * 1e3, cpu })
        }
        .boxed()
    }
}

impl Paced {
    fn cpu(&self) -> anyhow::Result<f64> {
        self.servers.iter().map(|process| usage::cpu_of(*process)).sum()
    }
}
