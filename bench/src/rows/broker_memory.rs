//! The resident memory of an idle connection and of a queued message, in the embedded broker and in RabbitMQ. Each
//! round has a new process of each, because used memory is not returned at once. These rows are shown without a goal.
//! That the embedded broker returns used memory is judged.

use std::time::{Duration, Instant};

use crosstalk_testkit::RabbitMq;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use crate::{
    harness::{
        Plan,
        row::{Goal, Row, Spec, Unit},
        usage::Memory,
    },
    load::generator::{Connection, Load},
    peers::native,
};

const CONNECTIONS: u32 = 1_000;
/// How many connections are opened at a time.
const AT_ONCE: usize = 32;
const MESSAGES: u32 = 200_000;
const BODY: usize = 100;
/// The maximum number of unconfirmed messages.
const WINDOW: usize = 1_000;
/// The time limit for publishing.
const LONGEST: Duration = Duration::from_secs(120);
/// A broker counts as idle after this time without work.
const SETTLE: Duration = Duration::from_secs(2);

const ROWS: [Spec; 4] = [
    row("broker/memory-connection", "idle connection, two channels", "embedded"),
    row("broker/memory-connection-rabbitmq", "idle connection, two channels", "RabbitMQ"),
    row("broker/memory-message", "queued message of 100 B", "embedded"),
    row("broker/memory-message-rabbitmq", "queued message of 100 B", "RabbitMQ"),
];

/// The memory that remains after much work.
const RETURNS: Spec = Spec {
    name: "broker/memory-returns",
    what: "kept after 100,000 connections, 10 million messages",
    unit: Unit::Megabytes,
    subject: "embedded",
    peer: None,
    goal: Some(Goal::AtMost(5.0)),
};
const MANY_CONNECTIONS: u32 = 100_000;
const MANY_MESSAGES: u64 = 10_000_000;
/// One in this many of the connections and messages comes before the first measurement, to fill pools and buffers.
const WARM_UP: u32 = 50;

const fn row(name: &'static str, what: &'static str, subject: &'static str) -> Spec {
    Spec { name, what, unit: Unit::Kilobytes, subject, peer: None, goal: None }
}

/// Measures those of the rows that are asked for.
///
/// # Errors
/// When a broker does not start or refuses.
pub(crate) async fn measure(plan: &Plan) -> anyhow::Result<Vec<Row>> {
    let mut rows = Vec::new();
    if !plan.select(&[RETURNS]).is_empty() {
        let kept = kept().await?;
        eprintln!("{}: {kept:.1} MB", RETURNS.name);
        rows.push(Row::alone(RETURNS, &[kept])?);
    }
    let specs = plan.select(&ROWS);
    if specs.is_empty() {
        return Ok(rows);
    }
    let mut rounds = Vec::with_capacity(plan.rounds);
    for round in 1..=plan.rounds {
        let embedded = native::start_broker().await?;
        let ours = cost(embedded.port, embedded.pid()).await?;
        drop(embedded);
        let rabbit = RabbitMq::start().await?;
        let theirs = cost(rabbit.amqp_port(), rabbit.pid()).await?;
        eprintln!("broker/memory: round {round} of {}: {ours:?}, RabbitMQ {theirs:?}", plan.rounds);
        // in the order of the rows
        rounds.push([ours.connection, theirs.connection, ours.message, theirs.message]);
    }
    let judge = |spec: &Spec| {
        let index = ROWS.iter().position(|row| row.name == spec.name)?;
        let figures: Vec<f64> = rounds.iter().map(|round| round[index] / 1e3).collect();
        Some(Row::alone(*spec, &figures))
    };
    for row in specs.iter().filter_map(judge) {
        rows.push(row?);
    }
    Ok(rows)
}

/// Bytes.
#[derive(Clone, Copy, Debug)]
struct Cost {
    connection: f64,
    message: f64,
}

async fn cost(port: u16, process: u32) -> anyhow::Result<Cost> {
    // what is allocated only once is allocated now
    let mut first = Connection::open(port).await?;
    let before = resident(process).await?;
    let opening = stream::iter(0..CONNECTIONS).map(|_| Connection::open(port)).buffer_unordered(AT_ONCE);
    let connections: Vec<Connection> = opening.try_collect().await?;
    let connected = resident(process).await?;
    first.run(load(u64::from(MESSAGES), false)).await?;
    let filled = resident(process).await?;
    drop(connections);
    Ok(Cost {
        connection: (connected - before) / f64::from(CONNECTIONS),
        message: (filled - connected) / f64::from(MESSAGES),
    })
}

fn load(limit: u64, consume: bool) -> Load {
    let start = Instant::now();
    Load { body: BODY, window: WINDOW, rate: None, start, count_from: start, end: start + LONGEST, limit, consume }
}

/// The increase of the embedded broker's memory in megabytes after much work.
async fn kept() -> anyhow::Result<f64> {
    let broker = native::start_broker().await?;
    work(broker.port, MANY_CONNECTIONS / WARM_UP, MANY_MESSAGES / u64::from(WARM_UP)).await?;
    let before = resident(broker.pid()).await?;
    work(broker.port, MANY_CONNECTIONS, MANY_MESSAGES).await?;
    Ok((resident(broker.pid()).await? - before) / 1e6)
}

async fn work(port: u16, connections: u32, messages: u64) -> anyhow::Result<()> {
    let opening = stream::iter(0..connections).map(|_| Connection::open(port)).buffer_unordered(AT_ONCE);
    opening.try_for_each(|opened| async move { opened.close().await }).await?;
    Connection::open(port).await?.run(load(messages, true)).await?;
    Ok(())
}

async fn resident(process: u32) -> anyhow::Result<f64> {
    tokio::time::sleep(SETTLE).await;
    Ok(Memory::of(process)?.resident as f64)
}
