//! The download of a route with an empty cache: the bytes of the page's own files on the network. The network is slow,
//! so that files which the route does not wait for are not there by chance.

use anyhow::Context as _;
use serde_json::Value;

use super::browser::Browser;

/// Records when the route can be used.
const WATCH: &str = "new MutationObserver((_, observer) => {
        if (!document.documentElement?.hasAttribute('data-ready')) return;
        observer.disconnect();
        window.readyAt = performance.now();
    }).observe(document, { attributes: true, subtree: true })";
/// The files of the page, without its requests to the server's APIs.
const FILES: &str = "performance.getEntriesByType('resource').filter(file => /\\.(wasm|js|css)$/.test(file.name))";
/// The download is complete after this time without further files, in milliseconds. The page downloads the files of
/// other routes two seconds after it can be used.
const QUIET_MS: u32 = 4_000;

/// Kilobytes of document, style sheet, scripts and WebAssembly, in the encoding that the server sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Download {
    /// Until the route can be used.
    pub(crate) used: f64,
    /// Until the download is complete.
    pub(crate) all: f64,
}

impl Download {
    /// Opens `url` in a new browser and waits until the download is complete.
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
