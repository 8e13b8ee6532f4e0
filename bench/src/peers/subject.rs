//! The subject: the release binary `crosstalk`, with its defaults but for ports, data and broker.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use crosstalk_proto::{status::Readiness, ws::LinkState};
use crosstalk_testkit::{ports, wait_until};
use tempfile::TempDir;

use super::Server;

/// The name in the table.
pub(crate) const NAME: &str = "crosstalk";
/// The resource of the REST rows.
pub(crate) const RESOURCE: &str = "/api/v1/resource";
/// How long the first answer and the link to the broker may take.
const READY: Duration = Duration::from_secs(20);
/// Variables of the shell that must not affect the server.
const VARIABLES: [&str; 2] = ["AMQP_URL", "DATABASE_URL"];

/// A running Crosstalk with data of its own.
#[derive(Debug)]
pub(crate) struct Subject {
    pub(crate) server: Server,
    /// The time from the start to the first 200.
    pub(crate) answered_after: Duration,
    _data: TempDir,
}

impl Subject {
    /// Starts it without a broker: nothing listens at the address of its broker.
    ///
    /// # Errors
    /// When the binary is missing or does not start.
    pub(crate) async fn start() -> anyhow::Result<Self> {
        Self::spawn(&format!("amqp://127.0.0.1:{}/%2f", ports::free())).await
    }

    /// Starts it and waits until its link to the broker is up.
    ///
    /// # Errors
    /// As [`Subject::start`]; when the link does not come up.
    pub(crate) async fn start_with_broker(amqp_url: &str) -> anyhow::Result<Self> {
        let subject = Self::spawn(amqp_url).await?;
        let url = subject.server.url("/readyz");
        let up = || async {
            let Ok(response) = reqwest::get(&url).await else { return false };
            response.json::<Readiness>().await.is_ok_and(|ready| matches!(ready.broker, LinkState::Up { .. }))
        };
        wait_until(READY, up).await.context("crosstalk found no link to its broker")?;
        Ok(subject)
    }

    /// Starts it with the embedded broker, and returns the address of that broker.
    ///
    /// # Errors
    /// As [`Subject::start`].
    pub(crate) async fn start_with_own_broker() -> anyhow::Result<(Self, String)> {
        Self::start_other_with_own_broker(&binary()?).await
    }

    /// Starts another build of it with the embedded broker, and returns the address of that broker.
    ///
    /// # Errors
    /// As [`Subject::start`].
    pub(crate) async fn start_other_with_own_broker(binary: &Path) -> anyhow::Result<(Self, String)> {
        let port = ports::free();
        let subject = Self::spawn_with(binary, "CROSSTALK_AMQP_LISTEN", &format!("127.0.0.1:{port}")).await?;
        Ok((subject, format!("amqp://guest:guest@127.0.0.1:{port}/%2f")))
    }

    async fn spawn(amqp_url: &str) -> anyhow::Result<Self> {
        Self::spawn_with(&binary()?, "AMQP_URL", amqp_url).await
    }

    async fn spawn_with(binary: &Path, variable: &str, value: &str) -> anyhow::Result<Self> {
        let data = TempDir::with_prefix("crosstalk-bench-").context("cannot make a folder for data")?;
        let (port, grpc) = (ports::free(), ports::free());
        let mut command = Command::new(binary);
        without_settings(&mut command);
        command
            .env("CROSSTALK_LISTEN", format!("127.0.0.1:{port}"))
            .env("CROSSTALK_GRPC_LISTEN", format!("127.0.0.1:{grpc}"))
            .env("CROSSTALK_DATA", data.path())
            .env(variable, value);
        let start = Instant::now();
        let server = Server::start(NAME, command, port).await?;
        // the listener is bound before the store is open; the first answer needs both
        let url = server.url(RESOURCE);
        let answers = reqwest::get(&url).await.and_then(reqwest::Response::error_for_status);
        answers.context("crosstalk listens but does not answer")?;
        Ok(Self { server, answered_after: start.elapsed(), _data: data })
    }
}

/// Removes the variables that the shell sets for another server.
pub(super) fn without_settings(command: &mut Command) {
    for (name, _value) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CROSSTALK_") || VARIABLES.contains(&text.as_ref()) {
            command.env_remove(&name);
        }
    }
}

/// The binary named by `CROSSTALK_BIN`, else `crosstalk` in the folder of this executable, where cargo puts both.
fn binary() -> anyhow::Result<PathBuf> {
    let path = match env::var_os("CROSSTALK_BIN") {
        Some(path) => PathBuf::from(path),
        None => env::current_exe().context("cannot find this executable")?.with_file_name(NAME),
    };
    anyhow::ensure!(path.is_file(), "{} is missing: cargo build --release --package crosstalk", path.display());
    Ok(path)
}
