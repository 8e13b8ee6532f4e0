//! Steps with a name and a duration. A step prints its start and its outcome, so that a waiting person knows what is
//! running.

use std::time::{Duration, Instant};

use anyhow::Result;

/// The outcome of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was done.
    Done,
    /// Nothing had to be done.
    UpToDate,
    /// It ended in an error.
    Failed,
    /// A step that it depends on failed.
    NotRun,
}

#[derive(Debug)]
struct Row {
    name: String,
    outcome: Outcome,
    took: Duration,
}

/// The steps so far.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    rows: Vec<Row>,
}

impl Steps {
    /// Runs one step. Its error is passed on.
    pub(crate) fn step<T>(&mut self, name: &str, step: impl FnOnce() -> Result<T>) -> Result<T> {
        self.step_with(name, || Ok((step()?, Outcome::Done)))
    }

    /// Runs one step that may be up to date already.
    pub(crate) fn step_with<T>(&mut self, name: &str, step: impl FnOnce() -> Result<(T, Outcome)>) -> Result<T> {
        eprintln!("\n==> {name}");
        let start = Instant::now();
        let result = step();
        let took = start.elapsed();
        let outcome = match &result {
            Ok((_, outcome)) => outcome.clone(),
            Err(_) => Outcome::Failed,
        };
        eprintln!("    {name}: {} in {}", outcome.word(), seconds(took));
        self.rows.push(Row { name: name.to_owned(), outcome, took });
        result.map(|(value, _)| value)
    }

    /// Runs a step that does not stop the others: prints the error and continues.
    pub(crate) fn check<T>(&mut self, name: &str, step: impl FnOnce() -> Result<T>) -> Option<T> {
        match self.step(name, step) {
            Ok(value) => Some(value),
            Err(error) => {
                eprintln!("error: {name}: {error:#}");
                None
            }
        }
    }

    /// Records that a step could not be run.
    pub(crate) fn not_run(&mut self, name: &str) {
        eprintln!("\n==> {name}: not run, since a step that it needs failed");
        self.rows.push(Row { name: name.to_owned(), outcome: Outcome::NotRun, took: Duration::ZERO });
    }

    /// True if a step failed or could not be run.
    pub(crate) fn failed(&self) -> bool {
        self.rows.iter().any(|row| matches!(row.outcome, Outcome::Failed | Outcome::NotRun))
    }

    /// All steps as a table.
    pub(crate) fn table(&self) -> String {
        let width = self.rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0);
        let total: Duration = self.rows.iter().map(|row| row.took).sum();
        let line = |name: &str, took, word: &str| format!("{name:width$}  {:>9}  {word}\n", seconds(took));
        let rows = self.rows.iter().map(|row| line(&row.name, row.took, row.outcome.word()));
        rows.chain([line("all", total, if self.failed() { "FAILED" } else { "ok" })]).collect()
    }
}

impl Outcome {
    fn word(&self) -> &'static str {
        match self {
            Self::Done => "ok",
            Self::UpToDate => "up to date",
            Self::Failed => "FAILED",
            Self::NotRun => "NOT RUN",
        }
    }
}

fn seconds(took: Duration) -> String {
    format!("{:.1} s", took.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_check_is_in_the_table_and_does_not_end_the_run() {
        let mut steps = Steps::default();
        assert_eq!(steps.check("one", || Ok(1)), Some(1));
        assert!(!steps.failed());
        assert_eq!(steps.check::<()>("two", || anyhow::bail!("no")), None);
        steps.not_run("three");
        assert!(steps.failed());
        let table = steps.table();
        assert!(table.contains("two") && table.contains("FAILED") && table.contains("NOT RUN"), "{table}");
    }
}
