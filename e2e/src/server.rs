//! The binary under test as a process, with its own ports, data folder and log. It is ended by SIGTERM, as a service
//! manager would, and must then exit in time with code 0 and without a panic in its log.

use std::{
    fs::{self, OpenOptions},
    path::PathBuf,
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, Result, bail, ensure};
use crosstalk_proto::status::Readiness;
use crosstalk_testkit::{Child, ports, wait_until};
use tempfile::TempDir;

use crate::{Broker, copied, need};

/// The server listens within 100 ms; its broker link needs longer on a loaded machine.
const START: Duration = Duration::from_secs(20);
/// The server's limit between SIGTERM and its exit.
const STOP: Duration = Duration::from_secs(5);
/// How much of the log is shown with a failure.
const LOG_TAIL: usize = 6_000;

/// A running server; dropping it kills it.
#[derive(Debug)]
pub struct Server {
    child: Child,
    http: u16,
    grpc: u16,
    folder: TempDir,
    secure: bool,
}

impl Server {
    /// Starts the binary and waits until `/readyz` says `ready`, or `degraded` without a broker.
    ///
    /// # Errors
    /// When there is no binary, or it does not become ready in time; with its log.
    pub async fn start(broker: &Broker) -> Result<Self> {
        Self::start_as(broker, false).await
    }

    /// Starts it with TLS and a self-signed certificate.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub async fn start_secure(broker: &Broker) -> Result<Self> {
        Self::start_as(broker, true).await
    }

    async fn start_as(broker: &Broker, secure: bool) -> Result<Self> {
        let folder = TempDir::with_prefix("crosstalk-e2e-")?;
        let (http, grpc) = (ports::free(), ports::free());
        let mut command = command(broker, http, grpc, &folder)?;
        if secure {
            command.env("CROSSTALK_TLS", "self-signed");
        }
        let mut server = Self { child: Child::spawn(command)?, http, grpc, folder, secure };
        server.reaches(wanted(broker), START).await?;
        Ok(server)
    }

    /// Starts it again after it has ended, with the same ports and data.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub async fn start_again(&mut self, broker: &Broker) -> Result<()> {
        self.child = Child::spawn(command(broker, self.http, self.grpc, &self.folder)?)?;
        self.reaches(wanted(broker), START).await
    }

    /// `http://127.0.0.1:PORT` and the path, `https` with TLS.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}://127.0.0.1:{}{path}", if self.secure { "https" } else { "http" }, self.http)
    }

    /// `ws://127.0.0.1:PORT` and the path.
    #[must_use]
    pub fn ws_url(&self, path: &str) -> String {
        format!("ws://127.0.0.1:{}{path}", self.http)
    }

    /// The certificate for clients to trust, with TLS.
    #[must_use]
    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join("data/self-signed.pem")
    }

    /// The port for everything.
    #[must_use]
    pub fn http_port(&self) -> u16 {
        self.http
    }

    /// The additional port for gRPC.
    #[must_use]
    pub fn grpc_port(&self) -> u16 {
        self.grpc
    }

    /// Waits until `/readyz` says `status`.
    ///
    /// # Errors
    /// When it does not within `budget`, or the process ends.
    pub async fn reaches(&mut self, status: &str, budget: Duration) -> Result<()> {
        let (url, secure) = (self.url("/readyz"), self.secure);
        let child = &mut self.child;
        let mut ended = None;
        let reached = wait_until(budget, || {
            ended = child.ended().ok().flatten();
            let (over, url) = (ended.is_some(), url.clone());
            async move { over || readiness(&url, secure).await.is_ok_and(|now| now.status == status) }
        })
        .await;
        match (ended, reached) {
            (Some(exit), _) => bail!("the server ended ({exit}); its log:\n{}", self.log_tail()),
            (None, Err(late)) => bail!("/readyz does not say {status}: {late}; the log:\n{}", self.log_tail()),
            (None, Ok(())) => Ok(()),
        }
    }

    /// The whole log so far.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read(self.folder.path().join("log"))
            .map_or_else(|error| format!("(no log: {error})"), |bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The end of [`Server::log`].
    #[must_use]
    pub fn log_tail(&self) -> String {
        let log = self.log();
        let from = log.char_indices().rev().map(|(at, _)| at).take(LOG_TAIL).last().unwrap_or_default();
        log[from..].to_owned()
    }

    /// Sends SIGTERM and does not wait.
    pub fn terminate(&mut self) {
        self.child.terminate();
    }

    /// Kills it (SIGKILL) and waits for the exit. Start it again before the end of the test, which expects a server that ends
    /// cleanly.
    pub fn kill(&mut self) {
        self.child.kill();
    }

    /// Waits for the exit after [`Server::terminate`] and checks that it was clean.
    ///
    /// # Errors
    /// When it took more than 5 s, the exit code is not 0, or the log has a panic.
    pub async fn ended(&mut self) -> Result<()> {
        let status = self
            .child
            .wait(STOP)
            .await
            .with_context(|| format!("still running {STOP:?} after SIGTERM; the log:\n{}", self.log_tail()))?;
        ensure!(status.success(), "ended with {status}; the log:\n{}", self.log_tail());
        ensure!(!self.log().contains("panicked at"), "something panicked; the log:\n{}", self.log_tail());
        Ok(())
    }

    /// [`Server::terminate`] and [`Server::ended`].
    ///
    /// # Errors
    /// As [`Server::ended`].
    pub async fn stop(mut self) -> Result<()> {
        self.terminate();
        self.ended().await
    }
}

fn wanted(broker: &Broker) -> &'static str {
    if broker.is_there() { "ready" } else { "degraded" }
}

/// The binary with its own ports, data and log, and without the variables of the shell.
fn command(broker: &Broker, http: u16, grpc: u16, folder: &TempDir) -> Result<Command> {
    let log = OpenOptions::new().create(true).append(true).open(folder.path().join("log"))?;
    let mut command = Command::new(need::binary()?);
    for (name, _value) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CROSSTALK_") || name == "DATABASE_URL" {
            command.env_remove(name);
        }
    }
    command
        .env("CROSSTALK_LISTEN", format!("127.0.0.1:{http}"))
        .env("CROSSTALK_GRPC_LISTEN", format!("127.0.0.1:{grpc}"))
        .env("CROSSTALK_DATA", folder.path().join("data"))
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log);
    match broker {
        Broker::Embedded { port } => {
            command.env_remove("AMQP_URL").env("CROSSTALK_AMQP_LISTEN", format!("127.0.0.1:{port}"))
        }
        Broker::Shared { .. } | Broker::Own(_) | Broker::Absent { .. } => command.env("AMQP_URL", broker.url()),
    };
    Ok(command)
}

async fn readiness(url: &str, secure: bool) -> Result<Readiness> {
    if secure {
        // other tests check the certificate
        return Ok(serde_json::from_str(&copied::shell(&format!("curl -ksS {url}")).await?)?);
    }
    Ok(reqwest::get(url).await?.json().await?)
}
