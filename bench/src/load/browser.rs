//! A headless Chromium with an open page: clicks, long tasks of the main thread, and memory.

use std::time::Duration;

use anyhow::Context as _;
use crosstalk_testkit::{Chromedriver, wait_until};
use serde_json::{Value, json};
use thirtyfour::{By, ChromiumLikeCapabilities as _, DesiredCapabilities, WebDriver};

/// The time limit of a wait on the page.
const BUDGET: Duration = Duration::from_secs(20);
/// Counts long tasks: those that block the main thread for over 50 ms (W3C, Long Tasks).
const OBSERVE: &str = "window.longTasks = []; new PerformanceObserver(list => longTasks.push(...list.getEntries()\
                       .map(entry => Math.round(entry.duration)))).observe({ type: 'longtask' })";

/// A browser; end it with [`Browser::quit`].
#[derive(Debug)]
pub(crate) struct Browser {
    driver: WebDriver,
    _profile: crosstalk_testkit::Browser,
    _chromedriver: Chromedriver,
}

impl Browser {
    /// Starts a browser and opens `url`, with an observer of long tasks.
    ///
    /// # Errors
    /// When Chromium or chromedriver is missing, or the page does not become interactive.
    pub(crate) async fn open(url: &str) -> anyhow::Result<Self> {
        let browser = Self::start().await?;
        browser.driver.goto(url).await?;
        browser.until("document.documentElement.hasAttribute('data-ready')").await?;
        browser.run(OBSERVE).await?;
        Ok(browser)
    }

    /// Starts a browser and opens `url` on Lighthouse's slow 4G network; `script` runs before all scripts of the page.
    ///
    /// # Errors
    /// When Chromium or chromedriver is missing, or the page does not load.
    pub(crate) async fn open_slowly(url: &str, script: &str) -> anyhow::Result<Self> {
        let browser = Self::start().await?;
        let cdp = browser.driver.cdp();
        let bytes_per_second = 1_638_400 / 8;
        let network = json!({
            "offline": false, "latency": 150, "downloadThroughput": bytes_per_second, "uploadThroughput": bytes_per_second,
        });
        cdp.send_raw("Network.enable", json!({})).await?;
        cdp.send_raw("Network.emulateNetworkConditions", network).await?;
        cdp.send_raw("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await?;
        browser.driver.goto(url).await?;
        Ok(browser)
    }

    async fn start() -> anyhow::Result<Self> {
        let chromedriver = Chromedriver::start().await?;
        let profile = crosstalk_testkit::Browser::new()?;
        let mut wanted = DesiredCapabilities::chrome();
        wanted.set_binary(&profile.binary().to_string_lossy())?;
        for arg in profile.args() {
            wanted.add_arg(&arg)?;
        }
        let driver = WebDriver::new(chromedriver.url(), wanted).await.context("no browser session")?;
        let browser = Self { driver, _profile: profile, _chromedriver: chromedriver };
        browser.driver.cdp().emulation().set_device_metrics_override(1440, 900, 1.0, false).await?;
        Ok(browser)
    }

    /// Clicks the element with this `data-testid`, once it can be clicked.
    ///
    /// # Errors
    /// When it cannot be clicked within the budget.
    pub(crate) async fn click(&self, testid: &str) -> anyhow::Result<()> {
        let css = format!("[data-testid='{testid}']");
        self.until(&format!("document.querySelector(\"{css}\")?.matches(':enabled')")).await?;
        Ok(self.driver.find(By::Css(css)).await?.click().await?)
    }

    /// Replaces the content of a field.
    ///
    /// # Errors
    /// When there is no such field.
    pub(crate) async fn fill(&self, testid: &str, text: &str) -> anyhow::Result<()> {
        let field = self.driver.find(By::Css(format!("[data-testid='{testid}']"))).await?;
        field.clear().await?;
        Ok(field.send_keys(text).await?)
    }

    /// Waits until an expression is true.
    ///
    /// # Errors
    /// When it is not true within the budget; with the content of the page.
    pub(crate) async fn until(&self, expression: &str) -> anyhow::Result<()> {
        let script = format!("return Boolean({expression})");
        let so = || async { matches!(self.run(&script).await, Ok(Value::Bool(true))) };
        if wait_until(BUDGET, so).await.is_err() {
            let page = self.run("return document.querySelector('main')?.innerText").await.unwrap_or_default();
            anyhow::bail!("never true: {expression}; the page: {page}");
        }
        Ok(())
    }

    /// Turns the wheel over a position by this many pixels; returns when the page has handled it.
    ///
    /// # Errors
    /// When the browser is gone.
    pub(crate) async fn wheel(&self, (x, y): (f64, f64), delta: f64) -> anyhow::Result<()> {
        let event = json!({ "type": "mouseWheel", "x": x, "y": y, "deltaX": 0, "deltaY": delta });
        self.driver.cdp().send_raw("Input.dispatchMouseEvent", event).await?;
        Ok(())
    }

    /// The duration of each long task in milliseconds, since the page was opened.
    ///
    /// # Errors
    /// When the browser is gone.
    pub(crate) async fn long_tasks(&self) -> anyhow::Result<Vec<u64>> {
        let tasks = self.run("return longTasks").await?;
        Ok(tasks.as_array().context("not a list")?.iter().filter_map(Value::as_u64).collect())
    }

    /// The bytes used by scripts and WebAssembly, after a garbage collection.
    ///
    /// # Errors
    /// When the browser is gone.
    pub(crate) async fn memory(&self) -> anyhow::Result<f64> {
        let cdp = self.driver.cdp();
        let send = async |method: &str, params: Value| anyhow::Ok(cdp.send_raw(method, params).await?);
        send("HeapProfiler.enable", json!({})).await?;
        send("HeapProfiler.collectGarbage", json!({})).await?;
        let heap = send("Runtime.getHeapUsage", json!({})).await?;
        // importing a running program returns its bindings
        let wasm = "import(performance.getEntriesByType('resource').find(file => file.name.endsWith('/crosstalk.js')).name)\
                    .then(bindings => bindings.default()).then(program => program.memory.buffer.byteLength)";
        let ask = json!({ "expression": wasm, "awaitPromise": true, "returnByValue": true });
        let wasm = send("Runtime.evaluate", ask).await?;
        let bytes = |value: &Value| value.as_f64().context("not a number of bytes");
        Ok(bytes(&heap["usedSize"])? + bytes(&wasm["result"]["value"])?)
    }

    /// Closes the browser.
    ///
    /// # Errors
    /// When it does not answer.
    pub(crate) async fn quit(self) -> anyhow::Result<()> {
        Ok(self.driver.quit().await?)
    }

    /// Runs JavaScript and returns its result.
    ///
    /// # Errors
    /// When it throws.
    pub(crate) async fn run(&self, script: &str) -> anyhow::Result<Value> {
        Ok(self.driver.execute(script, Vec::new()).await?.json().clone())
    }
}
