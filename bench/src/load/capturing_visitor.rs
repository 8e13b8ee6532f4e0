//! A visitor with an armed capture: it makes a call of its trace every second and reads the capture.

use std::{convert::Infallible, time::Duration};

use anyhow::Context as _;
use crosstalk_proto::capture::Armed;
use serde_json::Value;

/// How often it calls and reads.
const PAUSE: Duration = Duration::from_secs(1);

/// A visitor whose capture is armed.
#[derive(Debug)]
pub(crate) struct CapturingVisitor {
    client: reqwest::Client,
    /// The server's origin, without a path.
    origin: String,
    trace: String,
    /// The secret of the capture.
    secret: String,
}

impl CapturingVisitor {
    /// Arms a capture at the server of `origin`: new connections are recorded.
    ///
    /// # Errors
    /// When the server does not arm it.
    pub(crate) async fn arrive(origin: &str) -> anyhow::Result<Self> {
        let trace = format!("{:032x}", fastrand::u128(1..));
        let secret = String::new();
        let mut visitor = Self { client: reqwest::Client::new(), origin: origin.to_owned(), trace, secret };
        let armed = visitor.client.put(visitor.capture()).send().await?;
        anyhow::ensure!(armed.status() == 201, "the capture was not armed: {}", armed.status());
        visitor.secret = armed.json::<Armed>().await.context("arming gives a secret")?.secret;
        Ok(visitor)
    }

    /// Calls and reads while it is polled.
    ///
    /// # Errors
    /// When a call fails.
    pub(crate) async fn look(&self) -> anyhow::Result<Infallible> {
        loop {
            let call = self.client.get(format!("{}/api/v1/resource", self.origin));
            call.header("traceparent", format!("00-{}-0123456789abcdef-01", self.trace)).send().await?;
            self.read().await?;
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Checks that the capture was armed all the time and is not empty.
    ///
    /// # Errors
    /// When it was not armed, or is empty.
    pub(crate) async fn leave(self) -> anyhow::Result<()> {
        let capture = self.read().await?;
        let armed = capture["armed_for_ms"].as_u64().is_some_and(|ms| ms > 0);
        anyhow::ensure!(armed, "the capture ended before the turn did: a turn may take 20 s at most");
        let connections = capture["connections"].as_array().map_or(0, Vec::len);
        anyhow::ensure!(connections > 0, "nothing was captured");
        Ok(())
    }

    async fn read(&self) -> anyhow::Result<Value> {
        let answer =
            self.client.get(self.capture()).header("capture-secret", &self.secret).send().await?.error_for_status()?;
        answer.json().await.context("a capture is JSON")
    }

    fn capture(&self) -> String {
        format!("{}/api/v1/captures/{}", self.origin, self.trace)
    }
}
