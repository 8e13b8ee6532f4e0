//! The measured servers: the subject and its peers, each a process of its own on loopback that ends with its
//! [`Server`].
//!
//! - [`subject`]: the release binary `crosstalk`
//! - [`native`]: bare hyper, axum and tonic, served by this binary
//! - [`listeners`]: the subject's service on its own listener and on one without recorder, served by this binary
//! - [`mirror`]: a broker without queues, served by this binary, like the embedded one
//! - [`python`]: Flask, gunicorn and grpcio from a venv in the cache folder
//!
//! RabbitMQ, with Web STOMP, is started by the testkit.

pub(crate) mod listeners;
pub(crate) mod mirror;
pub(crate) mod native;
pub(crate) mod python;
pub(crate) mod subject;

use std::{
    fs,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use crosstalk_testkit::Child;
use tempfile::NamedTempFile;
use tokio::net::TcpStream;

use crate::harness::usage;

/// How long a peer may take to listen. Python takes seconds on a loaded machine.
const START: Duration = Duration::from_secs(30);
/// The interval between two connection attempts.
const ASK: Duration = Duration::from_millis(1);
/// How many bytes of the log an error shows.
const LOG_TAIL: usize = 2_000;

/// A server that listens.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) name: &'static str,
    pub(crate) port: u16,
    /// The time from the start to the first accepted connection.
    pub(crate) listening_after: Duration,
    child: Child,
}

impl Server {
    /// Starts `command` and waits until something on 127.0.0.1 accepts connections on `port`.
    ///
    /// # Errors
    /// When it ends or does not listen in time; with the end of its log.
    pub(crate) async fn start(name: &'static str, mut command: Command, port: u16) -> anyhow::Result<Self> {
        let log = NamedTempFile::new().context("cannot make a file for a log")?;
        let output = || log.reopen().context("cannot open a log");
        command.stdin(Stdio::null()).stdout(output()?).stderr(output()?);
        let start = Instant::now();
        let mut child = Child::spawn(command)?;
        loop {
            if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return Ok(Self { name, port, listening_after: start.elapsed(), child });
            }
            let ended = child.ended().context("cannot ask for the state of a process")?;
            if ended.is_some() || start.elapsed() > START {
                let log = fs::read(log.path()).unwrap_or_default();
                let tail = String::from_utf8_lossy(&log[log.len().saturating_sub(LOG_TAIL)..]);
                let how = ended.map_or_else(
                    || format!("does not listen within {START:?}"),
                    |status| format!("ended ({status}) before it listened"),
                );
                anyhow::bail!("{name} {how}; the end of its log:\n{tail}");
            }
            tokio::time::sleep(ASK).await;
        }
    }

    /// `http://127.0.0.1:PORT` and `path`.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// The id of its first process, which is also the id of its group.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The CPU seconds used so far, including workers.
    ///
    /// # Errors
    /// When the server has ended.
    pub(crate) fn cpu(&self) -> anyhow::Result<f64> {
        usage::cpu_of_group(self.pid()).with_context(|| format!("{} is gone", self.name))
    }
}
