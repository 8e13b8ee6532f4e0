//! The open queue bench while it receives 10,000 messages a second for 30 s, compared with an idle page.
//!
//! Server, its own broker, load generator and browser share the machine. The page consumes `hello` and acks with its
//! default settings, except for the prefetch. Two things are judged: tasks that block the page's main thread for over
//! 50 ms, and the memory that a second load adds. That every message was counted is a condition, not a figure.

use std::{process, time::Duration};

use anyhow::Context as _;

use crate::{
    harness::{
        Plan,
        row::{Goal, Row, Spec, Unit},
        usage,
    },
    load::{amqp::Queue, browser::Browser},
    peers::subject::{NAME, Subject},
};

const PER_SECOND: u32 = 10_000;
/// The length of the first load, which is that of the goal; the second load is shorter.
const FLOOD: Duration = Duration::from_secs(30);
const MORE: Duration = Duration::from_secs(10);
/// The interval between bursts of messages, as they arrive from a socket.
const BURST: Duration = Duration::from_millis(5);
/// Further rounds add no information.
const ROUNDS: usize = 3;
const BODY: &[u8] = br#"{"name":"World!"}"#;

const TASKS: Spec = row("page/long-tasks", "over 50 ms, more than idle", Unit::Count, 0.0);
const MEMORY: Spec = row("page/memory", "added by a further flood", Unit::Megabytes, 4.0);

const fn row(name: &'static str, what: &'static str, unit: Unit, most: f64) -> Spec {
    Spec { name, what, unit, subject: NAME, peer: None, goal: Some(Goal::AtMost(most)) }
}

/// Measures those of the rows that are asked for.
///
/// # Errors
/// When the subject or the browser does not start, or the page did not count every message.
pub(crate) async fn measure(plan: &Plan) -> anyhow::Result<Vec<Row>> {
    let specs = plan.select(&[TASKS, MEMORY]);
    if specs.is_empty() {
        return Ok(Vec::new());
    }
    let rounds = plan.rounds.min(ROUNDS);
    let (mut tasks, mut memory) = (Vec::with_capacity(rounds), Vec::with_capacity(rounds));
    for round in 1..=rounds {
        let idle = idle().await?;
        let flooded = Flooded::measure().await?;
        eprintln!("page: round {round} of {rounds}: idle {idle:?}, {flooded:?}");
        tasks.push(flooded.tasks.len() as f64 - idle.len() as f64);
        memory.push(flooded.added / 1e6);
    }
    let figures = |spec: &Spec| if spec.name == TASKS.name { tasks.clone() } else { memory.clone() };
    specs.into_iter().map(|spec| Row::alone(spec, &figures(&spec))).collect()
}

/// The long tasks of an idle page.
async fn idle() -> anyhow::Result<Vec<u64>> {
    let (subject, _amqp_url) = Subject::start_with_own_broker().await?;
    let page = consuming(&subject).await?;
    tokio::time::sleep(FLOOD).await;
    let tasks = page.long_tasks().await?;
    page.quit().await?;
    Ok(tasks)
}

/// The effect of a load.
#[derive(Debug)]
#[expect(dead_code, reason = "shown as a whole for each round")]
struct Flooded {
    /// The long tasks, in milliseconds.
    tasks: Vec<u64>,
    /// Bytes in use after the flood.
    memory: f64,
    /// The additional bytes after the second load.
    added: f64,
    /// CPU cores used by the load generator, and by the server with its broker.
    generator_cores: f64,
    server_cores: f64,
}

impl Flooded {
    async fn measure() -> anyhow::Result<Self> {
        let (subject, amqp_url) = Subject::start_with_own_broker().await?;
        let page = consuming(&subject).await?;
        let (ours, served) = (usage::cpu_of(process::id())?, usage::cpu_of(subject.server.pid())?);
        let first = flood(&amqp_url, FLOOD).await?;
        let seconds = FLOOD.as_secs_f64();
        let generator_cores = (usage::cpu_of(process::id())? - ours) / seconds;
        let server_cores = (usage::cpu_of(subject.server.pid())? - served) / seconds;
        counted(&page, first).await?;
        let tasks = page.long_tasks().await?;
        let memory = page.memory().await?;
        let second = flood(&amqp_url, MORE).await?;
        counted(&page, first + second).await?;
        let added = page.memory().await? - memory;
        page.quit().await?;
        Ok(Self { tasks, memory, added, generator_cores, server_cores })
    }
}

/// The queue bench, with a consumer.
async fn consuming(subject: &Subject) -> anyhow::Result<Browser> {
    let page = Browser::open(&subject.server.url("/queue")).await?;
    page.fill("consumer-prefetch", "1000").await?;
    page.click("consumer-start").await?;
    page.until("document.querySelector('[data-testid=consumer-state]').innerText.includes('Consuming as')").await?;
    Ok(page)
}

/// Publishes for this long. Returns the number of messages.
async fn flood(amqp_url: &str, long: Duration) -> anyhow::Result<u32> {
    let burst = PER_SECOND * u32::try_from(BURST.as_millis())? / 1_000;
    let count = PER_SECOND * u32::try_from(long.as_secs())?;
    let queue = Queue::known(amqp_url, "hello").await?;
    let publisher = queue.bursts(BODY, BURST, burst, count);
    tokio::task::spawn_blocking(|| publisher.join()).await?.ok().context("the publisher panicked")??;
    Ok(count)
}

/// Waits until the page has counted this many messages.
async fn counted(page: &Browser, count: u32) -> anyhow::Result<()> {
    page.until(&format!(
        "document.querySelector('[data-testid=queue-total]').innerText.replaceAll(',', '') === '{count}'"
    ))
    .await
}
