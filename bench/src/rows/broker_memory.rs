//! What an idle connection and a queued message cost the embedded broker and RabbitMQ in resident memory: a fresh process
//! of each in every round, as memory that was used once is not given back at once. Shown, not judged.

use std::time::{Duration, Instant};

use crosstalk_testkit::RabbitMq;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use crate::{
    harness::{
        Plan,
        row::{Row, Spec, Unit},
        usage::Memory,
    },
    load::generator::{Connection, Load},
    peers::native,
};

const CONNECTIONS: u32 = 1_000;
/// How many are opened at a time.
const AT_ONCE: usize = 32;
const MESSAGES: u32 = 200_000;
const BODY: usize = 100;
/// How many messages wait for their confirm.
const WINDOW: usize = 1_000;
/// The longest that filling the queue may take.
const FILL: Duration = Duration::from_secs(60);
/// After this long without work a broker counts as idle.
const SETTLE: Duration = Duration::from_secs(2);

const ROWS: [Spec; 4] = [
    row("broker/memory-connection", "idle connection, two channels", "embedded"),
    row("broker/memory-connection-rabbitmq", "idle connection, two channels", "RabbitMQ"),
    row("broker/memory-message", "queued message of 100 B", "embedded"),
    row("broker/memory-message-rabbitmq", "queued message of 100 B", "RabbitMQ"),
];

const fn row(name: &'static str, what: &'static str, subject: &'static str) -> Spec {
    Spec { name, what, unit: Unit::Kilobytes, subject, peer: None, goal: None }
}

/// Measures those of the rows that are asked for.
///
/// # Errors
/// When a broker does not start or refuses.
pub(crate) async fn measure(plan: &Plan) -> anyhow::Result<Vec<Row>> {
    let specs = plan.select(&ROWS);
    if specs.is_empty() {
        return Ok(Vec::new());
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
    Ok(specs.iter().filter_map(judge).collect())
}

/// Bytes.
#[derive(Clone, Copy, Debug)]
struct Cost {
    connection: f64,
    message: f64,
}

async fn cost(port: u16, process: u32) -> anyhow::Result<Cost> {
    // whatever is made once is made now
    let mut first = Connection::open(port).await?;
    let before = resident(process).await?;
    let opening = stream::iter(0..CONNECTIONS).map(|_| Connection::open(port)).buffer_unordered(AT_ONCE);
    let connections: Vec<Connection> = opening.try_collect().await?;
    let connected = resident(process).await?;
    let start = Instant::now();
    let load = Load {
        body: BODY,
        window: WINDOW,
        rate: None,
        start,
        count_from: start,
        end: start + FILL,
        limit: u64::from(MESSAGES),
        consume: false,
    };
    first.run(load).await?;
    let filled = resident(process).await?;
    drop(connections);
    Ok(Cost {
        connection: (connected - before) / f64::from(CONNECTIONS),
        message: (filled - connected) / f64::from(MESSAGES),
    })
}

async fn resident(process: u32) -> anyhow::Result<f64> {
    tokio::time::sleep(SETTLE).await;
    Ok(Memory::of(process)?.resident as f64)
}
