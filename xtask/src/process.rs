//! Runs programs: with their output passed through, captured, or read line by line within a budget.

use std::{
    env,
    ffi::OsStr,
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Command, Stdio},
    sync::mpsc::{RecvTimeoutError, sync_channel},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};

/// A command in the root of the workspace, without the variables that the outer cargo set for this process: build
/// scripts of dependencies watch them and would run again each time.
pub(crate) fn program(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(crate::root());
    for (name, _value) in env::vars_os() {
        let text = name.to_string_lossy();
        let of_this_package = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"];
        if text == "LD_LIBRARY_PATH" || of_this_package.iter().any(|prefix| text.starts_with(prefix)) {
            command.env_remove(&name);
        }
    }
    command
}

/// The cargo that runs this command.
#[expect(clippy::unnecessary_wraps, reason = "so that it chains with `run`")]
pub(crate) fn cargo(args: &[&str]) -> Result<Command> {
    let mut command = program(env::var_os("CARGO").unwrap_or("cargo".into()));
    command.args(args);
    Ok(command)
}

/// Runs a command and passes its output through.
///
/// # Errors
/// When it cannot be started or fails.
pub(crate) fn run(mut command: Command) -> Result<()> {
    let status = command.stdin(Stdio::null()).status().with_context(|| format!("cannot run {}", shown(&command)))?;
    if !status.success() {
        bail!("{} failed ({status})", shown(&command));
    }
    Ok(())
}

/// Runs a command and returns its output.
///
/// # Errors
/// When it cannot be started or fails; with its error output.
pub(crate) fn output(mut command: Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot run {}", shown(&command)))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{} failed ({}): {}", shown(&command), output.status, said.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a command, calls `line` for each line of its output, and kills it after `budget`. Returns whether it succeeded.
///
/// # Errors
/// When it cannot be started, or was killed.
pub(crate) fn lines(mut command: Command, budget: Duration, mut line: impl FnMut(&str)) -> Result<bool> {
    let shown = shown(&command);
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().with_context(|| format!("cannot run {shown}"))?;
    let stdout = BufReader::new(child.stdout.take().expect("it was just made a pipe"));
    let (send, receive) = sync_channel(64);
    thread::spawn(move || {
        for text in stdout.split(b'\n').map_while(Result::ok) {
            if send.send(String::from_utf8_lossy(&text).into_owned()).is_err() {
                break;
            }
        }
    });
    let deadline = Instant::now() + budget;
    loop {
        match receive.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(text) => line(&text),
            Err(RecvTimeoutError::Disconnected) => return Ok(child.wait()?.success()),
            Err(RecvTimeoutError::Timeout) => {
                child.kill()?;
                child.wait()?;
                bail!("{shown} did not end within {budget:?} and was killed");
            }
        }
    }
}

/// The path of a program on PATH.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = program("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn lines_are_read_as_they_come() {
        let mut read = Vec::new();
        let done = lines(sh("echo one; echo two; exit 3"), Duration::from_secs(10), |line| read.push(line.to_owned()));
        assert!(!done.unwrap());
        assert_eq!(read, ["one", "two"]);
    }

    #[test]
    fn what_hangs_is_killed() {
        let error = lines(sh("exec sleep 600"), Duration::from_millis(50), |_| {}).unwrap_err();
        assert!(error.to_string().contains("killed"), "{error}");
    }
}
