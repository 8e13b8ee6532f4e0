//! `cargo xtask bench`: measures Crosstalk and its peers in one run on one machine, and judges the ratios.
//!
//! [`rows`] defines the comparisons and their goals, [`peers`] starts the servers, [`load`] loads them, and [`harness`]
//! turns figures into verdicts. Everything is on loopback and ends with this process. The exit code is 1 when a row
//! fails.

mod harness;
mod load;
mod peers;
mod rows;

use std::{path::PathBuf, process::ExitCode, thread, time::Duration};

use clap::Parser;
use crosstalk_measure::{Interval, Verdict};
use futures_util::{FutureExt as _, future::LocalBoxFuture};

use crate::{
    harness::{Plan, row::Row, table},
    peers::native::{self, Serve},
};

/// Measures Crosstalk against its peers
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench", args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    serve: Option<Serve>,

    /// Only rows whose name contains this: `rest`, `grpc/tonic`, `bridge`, `latency`, `broker`, `idle`, `page`, `stream`, `visit`, `tap`, `wire`
    #[arg(default_value = "")]
    filter: String,

    /// How often subject and peers take turns; a useful interval needs 5
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=99))]
    rounds: u16,

    /// How long a turn takes
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=60))]
    seconds: u64,

    /// The server binary before a change; the rows of `visit` print its figures beside the new ones
    #[arg(long, env = "CROSSTALK_BEFORE", value_name = "PATH")]
    before: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    if let Some(serve) = arguments.serve {
        native::serve(serve).await?;
        return Ok(ExitCode::SUCCESS);
    }
    rows::idle::allow_many_files();
    let (rounds, turn) = (usize::from(arguments.rounds), Duration::from_secs(arguments.seconds));
    let plan = Plan { filter: arguments.filter, rounds, turn, before: arguments.before };
    let (rows, errors) = measure(&plan).await;
    anyhow::ensure!(!rows.is_empty() || !errors.is_empty(), "no row's name contains {:?}", plan.filter);
    report(&plan, &rows, &errors)?;
    let failed = !errors.is_empty() || rows.iter().any(|row| row.verdict() == Some(Verdict::Missed));
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Measures one family after the other; one that cannot be measured does not stop the others.
async fn measure(plan: &Plan) -> (Vec<Row>, Vec<anyhow::Error>) {
    let families: [LocalBoxFuture<'_, anyhow::Result<Vec<Row>>>; 12] = [
        rows::rest::measure(plan).boxed_local(),
        rows::grpc::measure(plan).boxed_local(),
        rows::bridge::measure(plan).boxed_local(),
        rows::latency::measure(plan).boxed_local(),
        rows::broker::measure(plan).boxed_local(),
        rows::broker_memory::measure(plan).boxed_local(),
        rows::idle::measure(plan).boxed_local(),
        rows::page::measure(plan).boxed_local(),
        rows::stream::measure(plan).boxed_local(),
        rows::visit::measure(plan).boxed_local(),
        rows::tap::measure(plan).boxed_local(),
        rows::wire::measure(plan).boxed_local(),
    ];
    let (mut rows, mut errors) = (Vec::new(), Vec::new());
    for family in families {
        match family.await {
            Ok(measured) => rows.extend(measured),
            Err(error) => errors.push(error),
        }
    }
    (rows, errors)
}

fn report(plan: &Plan, rows: &[Row], errors: &[anyhow::Error]) -> anyhow::Result<()> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let coverage = Interval::of_median(&vec![0.0; plan.rounds])?.coverage * 100.0;
    if !rows.is_empty() {
        println!("\n{}", table::render(rows));
        println!(
            "{cores} cores, {} rounds of {} s. Figures are medians; a ratio is of two turns of one round, and its \
             interval holds the true median with {coverage:.0} %.",
            plan.rounds,
            plan.turn.as_secs()
        );
        println!("A row is MISSED when its whole interval is. CPU per op is of the processes that serve.");
    }
    for error in errors {
        println!("\nnot measured: {error:#}");
    }
    Ok(())
}
