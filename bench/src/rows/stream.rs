//! A stream of 1,000 gRPC messages in the open page: the time from reading each message off the network to painting it.
//!
//! The stream is paced, so that messages do not arrive together. Server and browser share the machine. A message that
//! was replaced before a frame was painted counts until the end of the stream.

use anyhow::Context as _;
use crosstalk_testkit::WATCH_ARRIVALS;
use serde_json::Value;

use crate::{
    harness::{
        Plan,
        row::{Goal, Row, Spec, Unit},
    },
    load::browser::Browser,
    peers::subject::{NAME, Subject},
};

const COUNT: usize = 1_000;
/// A link to the bench with the call: `x-count` and `x-interval-ms` shape the stream.
const LINK: &str =
    "/grpc#1&method=helloworld.Greeter/SayHelloStreamReply&message={}&count=1000&interval=8&deadline=60000";
/// The delays of all messages, in order.
const DELAYS: &str = "const end = performance.now();
    return arrived.map((at, index) => (painted.get(index + 1) ?? end) - at)";

const WORST: Spec = row("stream/worst", "message to paint, the worst of 1,000");
const P99: Spec = row("stream/p99", "message to paint, p99");

const fn row(name: &'static str, what: &'static str) -> Spec {
    Spec { name, what, unit: Unit::Milliseconds, subject: NAME, peer: None, goal: Some(Goal::AtMost(100.0)) }
}

/// Measures those of the rows that are asked for.
///
/// # Errors
/// When the server or the browser does not start, or the stream does not come whole.
pub(crate) async fn measure(plan: &Plan) -> anyhow::Result<Vec<Row>> {
    let specs = plan.select(&[WORST, P99]);
    if specs.is_empty() {
        return Ok(Vec::new());
    }
    let (mut worst, mut p99) = (Vec::with_capacity(plan.rounds), Vec::with_capacity(plan.rounds));
    for round in 1..=plan.rounds {
        let delays = delays().await?;
        worst.push(delays[COUNT - 1]);
        p99.push(delays[COUNT * 99 / 100 - 1]);
        eprintln!(
            "stream: round {round} of {}: {:.1} ms at worst, p99 {:.1} ms",
            plan.rounds,
            worst[round - 1],
            p99[round - 1]
        );
    }
    let figures = |spec: &Spec| if spec.name == WORST.name { worst.clone() } else { p99.clone() };
    specs.into_iter().map(|spec| Row::alone(spec, &figures(&spec))).collect()
}

/// The delays of one stream in milliseconds, in ascending order.
async fn delays() -> anyhow::Result<Vec<f64>> {
    let (subject, _broker) = Subject::start_with_own_broker().await?;
    let page = Browser::open(&subject.server.url(LINK)).await?;
    page.run(WATCH_ARRIVALS).await?;
    page.click("grpc-send").await?;
    page.until("document.querySelector('[data-testid=grpc-status]')?.innerText.includes('OK')").await?;
    page.until(&format!("painted.has({COUNT})")).await?;
    let told = page.run(DELAYS).await?;
    page.quit().await?;
    let mut delays: Vec<f64> = told.as_array().context("not a list")?.iter().filter_map(Value::as_f64).collect();
    anyhow::ensure!(delays.len() == COUNT, "{} messages came, {COUNT} were asked for", delays.len());
    delays.sort_by(f64::total_cmp);
    Ok(delays)
}
