//! The test binaries of the workspace: built together, then run one after the other and counted.

use std::{
    fmt,
    ops::AddAssign,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::process::{cargo, lines, program};

/// How long one test binary may take.
const BINARY: Duration = Duration::from_secs(20 * 60);
/// How long all tests in documentation may take.
const DOCS: Duration = Duration::from_secs(10 * 60);
/// How long the build may take: a first one on two cores needs about ten minutes.
const BUILD: Duration = Duration::from_secs(60 * 60);

/// The number of tests by result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

/// A test binary.
#[derive(Clone, Debug)]
pub(crate) struct Binary {
    /// The package's folder, in which its tests expect to run.
    folder: PathBuf,
    /// The package's and the target's name.
    name: String,
    path: PathBuf,
}

/// Builds all test binaries of the workspace.
pub(crate) fn build() -> Result<Vec<Binary>> {
    let format = "--message-format=json-render-diagnostics";
    let command = cargo(&["test", "--workspace", "--no-run", format])?;
    let mut binaries = Vec::new();
    let built = lines(command, BUILD, |line| binaries.extend(binary(line)))?;
    if !built {
        bail!("the tests do not compile");
    }
    binaries.sort_by(|one, two| one.name.cmp(&two.name));
    Ok(binaries)
}

impl Binary {
    /// True if it needs the release server.
    pub(crate) fn is_end_to_end(&self) -> bool {
        self.name.starts_with("crosstalk-e2e/")
    }
}

/// Runs test binaries, with `env` set, each in the folder of its package.
pub(crate) fn run<'a>(binaries: impl Iterator<Item = &'a Binary>, env: &[(&str, PathBuf)]) -> Result<Count> {
    let mut count = Count::default();
    let mut bad = Vec::new();
    for binary in binaries {
        eprintln!("\n    {}", binary.name);
        let mut command = program(&binary.path);
        command.current_dir(&binary.folder).env("CARGO_MANIFEST_DIR", &binary.folder);
        command.envs(env.iter().map(|(name, value)| (name, value)));
        match counted(command, BINARY, &mut count) {
            Ok(true) => {}
            Ok(false) => bad.push(binary.name.clone()),
            Err(error) => {
                // killed: there was no result line, but at least one test did not pass
                count.failed += 1;
                bad.push(format!("{} ({error:#})", binary.name));
            }
        }
    }
    finish(count, &bad)
}

/// Runs the tests in documentation.
pub(crate) fn docs() -> Result<Count> {
    let mut count = Count::default();
    let passed = counted(cargo(&["test", "--workspace", "--doc", "--quiet"])?, DOCS, &mut count)?;
    finish(count, if passed { &[] } else { &["documentation"] })
}

fn finish(count: Count, bad: &[impl fmt::Display]) -> Result<Count> {
    if bad.is_empty() {
        return Ok(count);
    }
    let names = bad.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    Err(anyhow::Error::new(count).context(format!("failed: {names}")))
}

fn counted(command: std::process::Command, budget: Duration, count: &mut Count) -> Result<bool> {
    lines(command, budget, |line| {
        println!("{line}");
        if let Some(result) = result(line) {
            *count += result;
        }
    })
}

/// Reads `test result: ok. 5 passed; 0 failed; 0 ignored; …`.
fn result(line: &str) -> Option<Count> {
    let rest = line.strip_prefix("test result: ")?;
    let number = |word: &str| {
        let before = rest.split(word).next()?;
        before.rsplit(' ').next()?.parse().ok()
    };
    Some(Count { passed: number(" passed")?, failed: number(" failed")? })
}

/// Reads cargo's message about a finished artifact, if it is a test binary.
fn binary(line: &str) -> Option<Binary> {
    let message: Value = serde_json::from_str(line).ok()?;
    let path = message["executable"].as_str()?;
    if message["profile"]["test"] != true {
        return None;
    }
    let folder = Path::new(message["manifest_path"].as_str()?).parent()?;
    let package = message["package_id"].as_str()?;
    // path+file:///…/e2e#crosstalk-e2e@0.1.0, or …/xtask#0.1.0 where folder and package have the same name
    let after = package.rsplit('#').next()?;
    let package = after.split_once('@').map_or(folder.file_name()?.to_str()?, |(name, _)| name);
    let name = format!("{package}/{}", message["target"]["name"].as_str()?);
    Some(Binary { folder: folder.to_owned(), name, path: PathBuf::from(path) })
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

impl std::error::Error for Count {}

/// The counts of a run, also of a failed one.
pub(crate) fn count_of(error: &anyhow::Error) -> Count {
    error.chain().find_map(|cause| cause.downcast_ref::<Count>()).copied().context("no test ran").unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_line_is_counted() {
        let line = "test result: FAILED. 12 passed; 3 failed; 0 ignored; 0 measured; 1 filtered out; finished in 0.10s";
        assert_eq!(result(line), Some(Count { passed: 12, failed: 3 }));
        assert_eq!(result("test rest::result ... ok"), None);
    }

    #[test]
    fn a_test_binary_is_read_from_cargos_message() {
        let line = r#"{"reason":"compiler-artifact","package_id":"path+file:///a/e2e#crosstalk-e2e@0.1.0",
            "manifest_path":"/a/e2e/Cargo.toml","target":{"name":"it"},"profile":{"test":true},"executable":"/t/it-1"}"#;
        let binary = binary(line).unwrap();
        assert_eq!(binary.name, "crosstalk-e2e/it");
        assert!(binary.is_end_to_end());
        assert_eq!(binary.folder, Path::new("/a/e2e"));
    }

    #[test]
    fn the_count_of_a_failed_run_is_not_lost() {
        let count = Count { passed: 1, failed: 2 };
        let error = finish(count, &["it"]).unwrap_err();
        assert_eq!(count_of(&error), count);
    }
}
