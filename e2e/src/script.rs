//! Third-party clients: a short script in Python or JavaScript and its output.

use std::{ffi::OsString, io, os::unix::fs::symlink, path::Path, process::Stdio, time::Duration};

use anyhow::{Context as _, Result, bail, ensure};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    time::timeout,
};

use crate::need;

/// A script starts an interpreter and loads large libraries, which takes a while on a loaded machine.
const BUDGET: Duration = Duration::from_secs(60);

/// Runs `e2e/clients/NAME` with Python and returns its output.
///
/// # Errors
/// When it does not run, fails or does not end in time; with its output.
pub async fn python(name: &str, args: &[&str]) -> Result<String> {
    finish(name, python_command(name, args)).await
}

/// Runs `e2e/clients/NAME` with node and returns its output.
///
/// # Errors
/// As [`python`].
pub async fn node(name: &str, args: &[&str]) -> Result<String> {
    // node looks modules up from the folder of the script, so the script is copied beside the packages
    let folder = TempDir::with_prefix("crosstalk-e2e-node-")?;
    let clients = need::workspace().join("e2e/clients");
    for entry in clients.read_dir()? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            std::fs::copy(entry.path(), folder.path().join(entry.file_name()))?;
        }
    }
    symlink(std::path::absolute(need::node_modules()?)?, folder.path().join("node_modules"))?;
    let mut command = Command::new("node");
    command.arg(name).args(args).current_dir(folder.path());
    finish(name, command).await
}

/// Runs any program and returns its output.
///
/// # Errors
/// As [`python`].
pub async fn program(path: &Path, args: &[OsString], folder: &Path, budget: Duration) -> Result<String> {
    let name = path.display().to_string();
    let mut command = Command::new(path);
    command.args(args).current_dir(folder);
    finish_within(&name, command, budget).await
}

fn python_command(name: &str, args: &[&str]) -> Command {
    let mut command = Command::new(need::python());
    command.arg("-u").arg(need::workspace().join("e2e/clients").join(name)).args(args);
    command
}

async fn finish(name: &str, command: Command) -> Result<String> {
    finish_within(name, command, BUDGET).await
}

async fn finish_within(name: &str, mut command: Command, budget: Duration) -> Result<String> {
    command.stdin(Stdio::null()).kill_on_drop(true);
    let output = timeout(budget, command.output())
        .await
        .with_context(|| format!("{name} was still running after {budget:?}"))?
        .map_err(|error| not_run(name, error))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&output.stderr);
    let remedy = if complaint.contains("ModuleNotFoundError") { need::python_remedy() } else { String::new() };
    ensure!(output.status.success(), "{name} failed ({}):\n{said}\n{complaint}\n{remedy}", output.status);
    Ok(said)
}

fn not_run(name: &str, error: io::Error) -> anyhow::Error {
    anyhow::Error::new(error).context(format!("{name} could not be started; {}", need::python_remedy()))
}

/// A running Python script and its output line by line; dropping it kills it.
#[derive(Debug)]
pub struct Running {
    name: String,
    lines: Lines<BufReader<ChildStdout>>,
    _child: Child,
}

impl Running {
    /// Starts `e2e/clients/NAME`.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn python(name: &str, args: &[&str]) -> Result<Self> {
        let mut command = python_command(name, args);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().map_err(|error| not_run(name, error))?;
        let output = child.stdout.take().expect("it was asked for above");
        Ok(Self { name: name.to_owned(), lines: BufReader::new(output).lines(), _child: child })
    }

    /// Reads lines until one contains `text`, and returns that line.
    ///
    /// # Errors
    /// When the script ends before, or the budget is used up; with the lines so far.
    pub async fn prints(&mut self, text: &str) -> Result<String> {
        let mut seen = Vec::new();
        let found = timeout(BUDGET, async {
            while let Some(line) = self.lines.next_line().await? {
                if line.contains(text) {
                    return Ok(line);
                }
                seen.push(line);
            }
            bail!("it ended; {}", need::python_remedy())
        })
        .await;
        found
            .unwrap_or_else(|_elapsed| bail!("still not after {BUDGET:?}"))
            .with_context(|| format!("{} did not print {text:?} but {seen:?}", self.name))
    }
}
