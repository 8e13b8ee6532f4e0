//! From publish to a WebSocket client, at 1,000 messages a second.
//!
//! Open loop: a message is due at its time whether or not those before it have arrived, and its latency counts from then,
//! so that waiting is not hidden. Publisher and client are this process, so there is one clock. The peer is RabbitMQ's
//! Web STOMP with automatic ack, on the same node.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use crosstalk_testkit::{Options, RabbitMq};
use futures_util::{FutureExt as _, future::BoxFuture};
use hdrhistogram::Histogram;

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

/// One message a millisecond.
const INTERVAL: Duration = Duration::from_millis(1);
/// Latencies of the first second do not count.
const WARM_UP: Duration = Duration::from_secs(1);
/// From the subscription to the first message: the subscription of Web STOMP is not answered.
const SETTLE: Duration = Duration::from_millis(200);
/// A percentile needs more values than a rate: a turn is this much longer.
const STRETCH: u32 = 2;

/// The longest latency that is told from longer ones, in nanoseconds.
const LONGEST: u64 = 60_000_000_000;

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
    /// Whose CPU time counts.
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
            let count = u32::try_from((WARM_UP + self.counted).as_nanos() / INTERVAL.as_nanos())?;
            let before = self.cpu()?;
            let start = Instant::now();
            let publisher = queue.pace(start, INTERVAL, count);
            let mut latencies = Histogram::<u64>::new_with_max(LONGEST, 3)?;
            let (mut received, mut strange) = (0, 0);
            while received < count as usize {
                received += consumer
                    .batch(&mut |body| match body.parse().map(Duration::from_nanos) {
                        Ok(due) if due >= WARM_UP => {
                            let latency = start.elapsed().saturating_sub(due);
                            latencies.saturating_record(u64::try_from(latency.as_nanos()).unwrap_or(LONGEST));
                        }
                        Ok(_early) => {}
                        Err(_not_ours) => strange += 1,
                    })
                    .await?;
            }
            anyhow::ensure!(strange == 0 && received == count as usize, "{received} messages came, {count} were sent");
            let cpu = (self.cpu()? - before) / f64::from(count);
            let queue = tokio::task::spawn_blocking(|| publisher.join()).await?;
            let queue = queue.ok().context("the publisher panicked")??;
            drop(consumer);
            queue.delete().await?;
            Ok(Sample { figure: latencies.value_at_quantile(0.99) as f64 / 1e6, cpu })
        }
        .boxed()
    }
}

impl Paced {
    fn cpu(&self) -> anyhow::Result<f64> {
        self.servers.iter().map(|process| usage::cpu_of(*process)).sum()
    }
}
