//! The generators wrk (HTTP/1.1) and h2load (HTTP/2) from Debian, and their output.

use std::{io::Write as _, process::Stdio, time::Duration};

use anyhow::Context as _;
use futures_util::{FutureExt as _, future::BoxFuture};
use tempfile::NamedTempFile;
use tokio::process::Command;

use crate::{
    harness::rounds::{Contender, Sample},
    peers::Server,
};

/// The length of the warm-up before each turn, which is not counted.
const WARM_UP: Duration = Duration::from_secs(1);

/// The result of a generator.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Load {
    requests: u64,
    per_second: f64,
}

/// A load generator.
#[derive(Debug)]
pub(crate) enum Generator {
    /// 2 threads, 16 connections.
    Wrk,
    /// 2 threads, 4 connections with 10 streams each, and the body of each request: a gRPC message.
    H2load(NamedTempFile),
}

impl Generator {
    /// h2load with one gRPC message (its prefix of five bytes and `message`) as each body.
    ///
    /// # Errors
    /// When the file for it cannot be written.
    pub(crate) fn grpc(message: &[u8]) -> anyhow::Result<Self> {
        let mut file = NamedTempFile::new().context("cannot make a file for a request")?;
        let length = u32::try_from(message.len()).context("the message is too long")?;
        file.write_all(&[&[0][..], &length.to_be_bytes(), message].concat())?;
        Ok(Self::H2load(file))
    }

    /// Warms the server up, loads `url` for `turn`, and returns the throughput and the CPU time of `server`.
    ///
    /// # Errors
    /// As [`Generator::run`]; when the server has ended.
    pub(crate) async fn sample(&self, server: &Server, url: &str, turn: Duration) -> anyhow::Result<Sample> {
        self.run(url, WARM_UP).await?;
        let before = server.cpu()?;
        let load = self.run(url, turn).await?;
        anyhow::ensure!(load.requests > 0, "no request was answered");
        Ok(Sample { figure: load.per_second, cpu: (server.cpu()? - before) / load.requests as f64 })
    }

    /// Loads `url` for whole seconds of `duration`.
    ///
    /// # Errors
    /// When the program is missing, or a request did not succeed.
    pub(crate) async fn run(&self, url: &str, duration: Duration) -> anyhow::Result<Load> {
        let seconds = duration.as_secs().max(1).to_string();
        match self {
            Self::Wrk => {
                let mut command = Command::new("wrk");
                command.args(["-t2", "-c16", &format!("-d{seconds}s"), url]);
                wrk(&output(command, "sudo apt-get install wrk").await?)
            }
            Self::H2load(body) => {
                let mut command = Command::new("h2load");
                command.args(["-t2", "-c4", "-m10", "-D", &seconds, "-d"]).arg(body.path());
                command.args(["-H", "content-type: application/grpc", "-H", "te: trailers", url]);
                h2load(&output(command, "sudo apt-get install nghttp2-client").await?)
            }
        }
    }
}

async fn output(mut command: Command, remedy: &str) -> anyhow::Result<String> {
    let name = command.as_std().get_program().to_string_lossy().into_owned();
    let output = match command.stdin(Stdio::null()).kill_on_drop(true).output().await {
        Ok(output) => output,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            anyhow::bail!("{name} is not installed: {remedy}")
        }
        Err(error) => return Err(error).with_context(|| format!("cannot run {name}")),
    };
    let error = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(output.status.success(), "{name} failed ({}): {}", output.status, error.trim());
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// `123456 requests in 3.00s, 12.34MB read`, `Requests/sec: 41152.00`; more lines only when something failed.
fn wrk(output: &str) -> anyhow::Result<Load> {
    let failed = output.lines().find(|line| line.contains("Socket errors") || line.contains("Non-2xx"));
    anyhow::ensure!(failed.is_none(), "requests failed: {}", failed.unwrap_or_default().trim());
    let parse = || {
        let requests = output.lines().find_map(|line| line.trim().split_once(" requests in "))?.0.parse().ok()?;
        let per_second = output.lines().find_map(|line| line.strip_prefix("Requests/sec:"))?.trim().parse().ok()?;
        Some(Load { requests, per_second })
    };
    parse().with_context(|| format!("cannot read what wrk says:\n{output}"))
}

/// `finished in 3.00s, 41152.00 req/s, …`, `requests: 123456 total, … 123456 done, 123456 succeeded, 0 failed, …`.
fn h2load(output: &str) -> anyhow::Result<Load> {
    let parse = || {
        let finished = output.lines().find_map(|line| line.strip_prefix("finished in "))?;
        let per_second = finished.split(", ").nth(1)?.strip_suffix(" req/s")?.parse().ok()?;
        let requests = output.lines().find_map(|line| line.strip_prefix("requests: "))?;
        let field = |name: &str| -> Option<u64> {
            requests.split(", ").find_map(|field| field.strip_suffix(name))?.trim().parse().ok()
        };
        Some((Load { requests: field(" succeeded")?, per_second }, field(" failed")? + field(" errored")?))
    };
    let (load, failed) = parse().with_context(|| format!("cannot read what h2load says:\n{output}"))?;
    anyhow::ensure!(failed == 0, "{failed} requests failed");
    Ok(load)
}

/// A server under a generator's full load.
#[derive(Debug)]
pub(crate) struct Loaded<'a> {
    pub(crate) server: &'a Server,
    pub(crate) generator: &'a Generator,
    pub(crate) path: &'static str,
    pub(crate) turn: Duration,
}

impl Contender for Loaded<'_> {
    fn name(&self) -> &'static str {
        self.server.name
    }

    fn turn(&mut self) -> BoxFuture<'_, anyhow::Result<Sample>> {
        async {
            let url = self.server.url(self.path);
            self.generator.sample(self.server, &url, self.turn).await
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRK: &str = "Running 3s test @ http://127.0.0.1:1/\n  2 threads and 16 connections\n  \
        Thread Stats   Avg      Stdev     Max   +/- Stdev\n    Latency    85.27us   42.17us   2.47ms   91.29%\n  \
        543210 requests in 3.10s, 81.10MB read\nRequests/sec: 175229.03\nTransfer/sec:     26.16MB\n";
    const H2LOAD: &str = "starting benchmark...\n\nfinished in 3.00s, 151234.33 req/s, 5.33MB/s\n\
        requests: 453703 total, 453743 started, 453703 done, 453703 succeeded, 0 failed, 0 errored, 0 timeout\n\
        status codes: 453703 2xx, 0 3xx, 0 4xx, 0 5xx\n";

    #[test]
    fn figures_are_read_from_what_the_generators_print() {
        assert_eq!(wrk(WRK).unwrap(), Load { requests: 543_210, per_second: 175_229.03 });
        assert_eq!(h2load(H2LOAD).unwrap(), Load { requests: 453_703, per_second: 151_234.33 });
    }

    #[test]
    fn failed_requests_are_an_error() {
        let refused = WRK.replace("Requests/sec", "  Non-2xx or 3xx responses: 12\nRequests/sec");
        assert!(wrk(&refused).unwrap_err().to_string().contains("Non-2xx"));
        assert!(h2load(&H2LOAD.replace("0 failed", "7 failed")).is_err());
        assert!(h2load("nothing of the kind").is_err());
    }
}
