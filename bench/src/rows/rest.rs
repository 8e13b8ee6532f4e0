//! `GET /api/v1/resource`, loaded by wrk over 16 kept-alive connections, compared with servers that do nothing else.

use super::{compete, needs};
use crate::{
    harness::{
        Plan,
        rounds::Contender,
        row::{Goal, Row, Spec, Unit},
    },
    load::http::{Generator, Loaded},
    peers::{
        native::{self, Replay},
        python::Python,
        subject::{NAME, RESOURCE, Subject},
    },
};

const ROWS: [Spec; 4] = [
    row("rest/axum", "axum", Some(Goal::AtLeast(0.9))),
    row("rest/hyper", "hyper", None),
    row("rest/flask", "flask", Some(Goal::AtLeast(40.0))),
    row("rest/gunicorn", "gunicorn", Some(Goal::AtLeast(12.0))),
];

const fn row(name: &'static str, peer: &'static str, goal: Option<Goal>) -> Spec {
    Spec { name, what: "GET", unit: Unit::PerSecond, subject: NAME, peer: Some(peer), goal }
}

/// Measures those of the rows that are asked for.
///
/// # Errors
/// When a server does not start, or a request fails.
pub(crate) async fn measure(plan: &Plan) -> anyhow::Result<Vec<Row>> {
    let specs = plan.select(&ROWS);
    if specs.is_empty() {
        return Ok(Vec::new());
    }
    let subject = Subject::start().await?;
    let replay = Replay::of(&subject.server.url(RESOURCE)).await?;
    let mut peers = Vec::new();
    if needs(&specs, "axum") {
        peers.push(native::start_axum(&replay).await?);
    }
    if needs(&specs, "hyper") {
        peers.push(native::start_hyper(&replay).await?);
    }
    // kept until the end: gunicorn listens before its workers have read the script
    let python;
    if needs(&specs, "flask") || needs(&specs, "gunicorn") {
        python = Python::prepare().await?;
        peers.push(python.start_flask().await?);
        peers.push(python.start_gunicorn().await?);
    }
    let generator = Generator::Wrk;
    let mut contenders: Vec<Box<dyn Contender + '_>> = Vec::new();
    for server in std::iter::once(&subject.server).chain(&peers) {
        contenders.push(Box::new(Loaded { server, generator: &generator, path: RESOURCE, turn: plan.turn }));
    }
    compete(plan, "rest", Unit::PerSecond, &specs, &mut contenders).await
}
