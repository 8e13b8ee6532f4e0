//! What a browser with an empty cache downloads of a route: the bytes of the page's own files as they come over the wire. The
//! line is slow, so that what is not waited for does not happen to be there first.

use anyhow::Context as _;
use serde_json::Value;

use super::browser::Browser;

/// Notes when the route can be used.
const WATCH: &str = "new MutationObserver((_, observer) => {
        if (!document.documentElement?.hasAttribute('data-ready')) return;
        observer.disconnect();
        window.readyAt = performance.now();
    }).observe(document, { attributes: true, subtree: true })";
/// The page's files; what it asks the server for besides is not counted.
const FILES: &str = "performance.getEntriesByType('resource').filter(file => /\\.(wasm|js|css)$/.test(file.name))";
/// How long nothing is downloaded before the download counts as complete, in milliseconds. The page downloads what later
/// routes need two seconds after it can be used.
const QUIET_MS: u32 = 4_000;

/// Kilobytes of document, style sheet, scripts and WebAssembly, in the encoding that the server sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Download {
    /// Until the route could be used.
    pub(crate) used: f64,
    /// Until nothing more came.
    pub(crate) all: f64,
}

impl Download {
    /// Opens `url` in a new browser and waits until it downloads nothing more.
    ///
    /// # Errors
    /// When the browser does not start, or the page cannot be used in time.
    pub(crate) async fn of(url: &str) -> anyhow::Result<Self> {
        let browser = Browser::open_slowly(url, WATCH).await?;
        browser.until("window.readyAt").await?;
        let last = format!("Math.max(readyAt, ...{FILES}.map(file => file.responseEnd))");
        browser.until(&format!("performance.now() - {last} > {QUIET_MS}")).await?;
        let sum = async |until: &str| {
            // a preloaded file may be listed twice
            let script = format!(
                "const files = {FILES}.filter(file => file.responseEnd <= {until}).map(file => [file.name, file.encodedBodySize]);
                 const [document] = performance.getEntriesByType('navigation');
                 return [...new Map(files).values()].reduce((sum, bytes) => sum + bytes, document.encodedBodySize)"
            );
            let bytes = browser.run(&script).await?;
            anyhow::Ok(bytes.as_f64().with_context(|| format!("not a number of bytes: {bytes}"))? / 1000.0)
        };
        let download = Self { used: sum("readyAt").await?, all: sum("Infinity").await? };
        let encoding = browser.run("return performance.getEntriesByType('navigation')[0].contentEncoding").await?;
        anyhow::ensure!(
            matches!(&encoding, Value::Null) || encoding == "br",
            "the document came in {encoding}, not in brotli"
        );
        browser.quit().await?;
        Ok(download)
    }
}
