//! The rows of the table, one family per file: the contenders, their load, and the goals.

pub(crate) mod bridge;
pub(crate) mod broker;
pub(crate) mod broker_memory;
pub(crate) mod grpc;
pub(crate) mod idle;
pub(crate) mod latency;
pub(crate) mod page;
pub(crate) mod rest;
pub(crate) mod stream;
pub(crate) mod tap;
pub(crate) mod visit;
pub(crate) mod wire;

use crate::harness::{
    Plan,
    rounds::{self, Contender, Series},
    row::{Row, Spec, Unit},
    table,
};

/// Runs the turns of all contenders and judges each of `specs`.
async fn compete(
    plan: &Plan,
    family: &str,
    unit: Unit,
    specs: &[Spec],
    contenders: &mut [Box<dyn Contender + '_>],
) -> anyhow::Result<Vec<Row>> {
    let progress = |round: usize, name: &str, sample: rounds::Sample| {
        let figure = table::figure(sample.figure, unit);
        eprintln!(
            "{family}: round {} of {}: {name} {figure}, {:.1} µs of CPU",
            round + 1,
            plan.rounds,
            sample.cpu * 1e6
        );
    };
    let series: Vec<Series> = rounds::alternate(plan.rounds, contenders, progress).await?;
    specs.iter().map(|spec| Row::compare(*spec, &series)).collect()
}

/// True if one of `specs` needs this contender.
fn needs(specs: &[Spec], name: &str) -> bool {
    specs.iter().any(|spec| spec.subject == name || spec.peer == Some(name))
}
