//! Lighthouse from npm in Debian's Chromium: a phone four times slower than this machine, on a slow 4G network.

use std::{env, path::PathBuf, process::Stdio, time::Duration};

use anyhow::Context as _;
use crosstalk_testkit::Browser;
use serde::Deserialize;
use tokio::{process::Command, time::timeout};

/// The time limit of one report, which takes about 15 s.
const LOOK: Duration = Duration::from_secs(120);
/// How often Lighthouse is started for one look: on a busy machine its trace sometimes lacks the start of the navigation.
const ATTEMPTS: usize = 3;

/// The program.
#[derive(Debug)]
pub(crate) struct Lighthouse {
    script: PathBuf,
}

/// The scores of a page; categories in points of 100.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scores {
    pub(crate) performance: f64,
    /// The lowest score of accessibility, best practices and search engines.
    pub(crate) others: f64,
    pub(crate) largest_paint_ms: f64,
    pub(crate) layout_shift: f64,
    /// How long the main thread was blocked for input.
    pub(crate) blocking_ms: f64,
}

#[derive(Deserialize)]
struct Report {
    categories: Categories,
    audits: Audits,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Categories {
    performance: Category,
    accessibility: Category,
    best_practices: Category,
    seo: Category,
}

#[derive(Deserialize)]
struct Category {
    /// From 0 to 1.
    score: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Audits {
    largest_contentful_paint: Audit,
    cumulative_layout_shift: Audit,
    total_blocking_time: Audit,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Audit {
    numeric_value: f64,
}

impl Lighthouse {
    /// Finds the program in the folder `CROSSTALK_NODE_MODULES`.
    ///
    /// # Errors
    /// When it is missing; with the remedy.
    pub(crate) fn prepare() -> anyhow::Result<Self> {
        let modules = env::var_os("CROSSTALK_NODE_MODULES").unwrap_or_default();
        let script = PathBuf::from(modules).join("lighthouse/cli/index.js");
        anyhow::ensure!(
            script.is_file(),
            "CROSSTALK_NODE_MODULES names no folder with the packages of bench/peers/package.json: `cargo xtask bench` does"
        );
        Ok(Self { script })
    }

    /// Loads a page in a fresh browser. A run that failed is reported and repeated.
    ///
    /// # Errors
    /// When no attempt ends in time and with a score.
    pub(crate) async fn look_at(&self, url: &str) -> anyhow::Result<Scores> {
        let mut attempt = 1;
        loop {
            match self.attempt(url).await {
                Err(error) if attempt < ATTEMPTS => eprintln!("attempt {attempt} of {ATTEMPTS}: {error:#}"),
                result => return result,
            }
            attempt += 1;
        }
    }

    async fn attempt(&self, url: &str) -> anyhow::Result<Scores> {
        let browser = Browser::new()?;
        let flags: Vec<String> = browser.args().collect();
        let mut command = Command::new("node");
        command.arg(&self.script).arg(url).args(["--output=json", "--quiet"]);
        command.arg(format!("--chrome-flags={}", flags.join(" "))).env("CHROME_PATH", browser.binary());
        command.stdin(Stdio::null()).kill_on_drop(true);
        let output = timeout(LOOK, command.output()).await.context("Lighthouse did not end in time")??;
        let complaint = String::from_utf8_lossy(&output.stderr);
        anyhow::ensure!(output.status.success(), "Lighthouse failed ({}): {complaint}", output.status);
        let report: Report = serde_json::from_slice(&output.stdout).context("Lighthouse reported no score")?;
        let Categories { performance, accessibility, best_practices, seo } = report.categories;
        let others = accessibility.score.min(best_practices.score).min(seo.score);
        Ok(Scores {
            performance: performance.score * 100.0,
            others: others * 100.0,
            largest_paint_ms: report.audits.largest_contentful_paint.numeric_value,
            layout_shift: report.audits.cumulative_layout_shift.numeric_value,
            blocking_ms: report.audits.total_blocking_time.numeric_value,
        })
    }
}
