//! Errors of starting a process: each names the program or file and the remedy.

use std::{io, path::PathBuf, time::Duration};

/// What can go wrong while a helper process is being started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The program is not on this machine.
    #[error("{program} is not installed: {remedy}")]
    Missing {
        /// The name of the program.
        program: &'static str,
        /// A command that installs it.
        remedy: &'static str,
    },
    /// The program could not be started or signalled.
    #[error("cannot run {program}: {source}")]
    Run {
        /// The program's path.
        program: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// The program ended before it was ready.
    #[error("{program} ended ({status}) before it was ready; the end of its log:\n{log}")]
    Ended {
        /// The program's path.
        program: PathBuf,
        /// Its exit status.
        status: std::process::ExitStatus,
        /// The last lines it wrote.
        log: String,
    },
    /// The program did not become ready in time.
    #[error("{program} was not ready within {budget:?}; the end of its log:\n{log}")]
    NotReady {
        /// The program's path.
        program: PathBuf,
        /// The time limit.
        budget: Duration,
        /// The last lines it wrote.
        log: String,
    },
    /// A file or folder could not be written.
    #[error("cannot prepare {}: {source}", path.display())]
    Prepare {
        /// The path.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// A certificate could not be made.
    #[error("cannot make a certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// A command line tool of the program failed.
    #[error("{command} failed: {stderr}")]
    Tool {
        /// What was run.
        command: String,
        /// Its error output.
        stderr: String,
    },
}
