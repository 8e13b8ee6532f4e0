//! The commands of this repository, as `cargo xtask COMMAND`. Each sets up what it needs and prints what it does.
//!
//! - [`mod@run`], [`mod@test`], [`mod@bench`], [`mod@fuzz`]: the larger commands
//! - [`page`] and [`server`]: build the page and the server
//! - [`tools`], [`debian`], [`clients`]: install what is needed
//! - [`words`]: the check for banned words
//! - [`step`] and [`process`]: steps with their times, and running programs

mod bench;
mod cache;
mod clients;
mod debian;
mod fuzz;
#[cfg(test)]
mod imports;
mod page;
mod process;
mod run;
mod server;
mod step;
mod suite;
mod test;
mod tools;
mod words;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use step::Steps;

/// Set up, build, run and check Crosstalk
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build the page and the server, and serve them at http://127.0.0.1:8080
    Run {
        /// Open the page in the browser
        #[arg(long)]
        open: bool,
        /// Arguments of the server, as in `-- --listen 127.0.0.1:9000`
        #[arg(last = true)]
        args: Vec<String>,
    },
    /// Check everything: format, lints, documentation, dependencies, tests, end to end
    Test,
    /// Measure against the peers
    Bench {
        /// Arguments of the benchmark
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Dissect random malformed input, for some minutes per dissector
    Fuzz {
        /// How long each dissector is fuzzed
        #[arg(default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=600))]
        minutes: u32,
        /// The seed of the cases; the same seed gives the same cases
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
        seed: u64,
        /// Only dissectors whose name contains this
        #[arg(long, default_value = "")]
        only: String,
    },
    /// Build the page into dist/
    Page,
    /// Finish the page that Trunk has compiled; Trunk runs it, see Trunk.toml
    #[command(hide = true)]
    PageHook,
    /// Format the sources
    Fmt,
    /// Check comments, docs and texts for banned words
    Words {
        /// Files and folders; without any, those that xtask/banned_words.toml names
        paths: Vec<PathBuf>,
    },
    /// Open an address in the browser once something listens there
    #[command(hide = true)]
    Open {
        /// host:port
        address: String,
    },
}

fn main() -> ExitCode {
    let mut steps = Steps::default();
    let done = match Cli::parse().command {
        Command::Run { open, args } => run::run(&mut steps, open, &args),
        Command::Test => return test::test(&mut steps),
        Command::Bench { args } => bench::bench(&mut steps, &args),
        Command::Fuzz { minutes, seed, only } => fuzz::fuzz(&mut steps, minutes, seed, &only),
        Command::Page => page::build_and_weigh(&mut steps),
        Command::PageHook => page::hook::run(&mut steps),
        Command::Fmt => process::cargo(&["fmt", "--all"]).and_then(process::run),
        Command::Words { paths } => words::check(&paths),
        Command::Open { address } => run::open(&address),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The root of the workspace where the command was started, from cargo's environment. Not where it was compiled: clones
/// with a shared target folder share this binary.
fn root() -> PathBuf {
    let manifest =
        PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into()));
    manifest.parent().expect("this crate is a folder of the workspace").to_owned()
}
