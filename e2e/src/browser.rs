//! A headless Chromium with a fresh profile, driven through one chromedriver that all tests share.

use anyhow::{Context as _, Result};
use crosstalk_testkit::Chromedriver;
use serde_json::json;
use thirtyfour::{
    BrowserLogEntry, CapabilitiesHelper as _, ChromiumLikeCapabilities as _, DesiredCapabilities, LoggingPrefsLogLevel,
    WebDriver,
};
use tokio::sync::OnceCell;

/// A running browser. End it with [`Browser::quit`], because a drop would have to block.
#[derive(Debug)]
pub struct Browser {
    driver: WebDriver,
    // removed after the browser that writes into it
    _profile: crosstalk_testkit::Browser,
}

impl Browser {
    /// Starts a browser.
    ///
    /// # Errors
    /// When Chromium or chromedriver is missing or does not start.
    pub async fn start() -> Result<Self> {
        static CHROMEDRIVER: OnceCell<Chromedriver> = OnceCell::const_new();
        let chromedriver = CHROMEDRIVER.get_or_try_init(Chromedriver::start).await?;
        let profile = crosstalk_testkit::Browser::new()?;
        let mut wanted = DesiredCapabilities::chrome();
        wanted.set_binary(&profile.binary().to_string_lossy())?;
        for arg in profile.args() {
            wanted.add_arg(&arg)?;
        }
        // the server under test may use a self-signed certificate
        wanted.accept_insecure_certs(true)?;
        wanted.set_browser_log_level(LoggingPrefsLogLevel::All)?;
        let driver = WebDriver::new(chromedriver.url(), wanted).await.context("no browser session")?;
        let browser = Self { driver, _profile: profile };
        browser.resize(1440, 900).await?;
        Ok(browser)
    }

    /// The session.
    #[must_use]
    pub fn driver(&self) -> &WebDriver {
        &self.driver
    }

    /// Sets the page's viewport in CSS pixels; it may be narrower than a window can be.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn resize(&self, width: u32, height: u32) -> Result<()> {
        Ok(self.driver.cdp().emulation().set_device_metrics_override(width, height, 1.0, false).await?)
    }

    /// Emulates a preference of the system: `prefers-color-scheme`, `dark`.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn prefer(&self, feature: &str, value: &str) -> Result<()> {
        let features = json!({ "features": [{ "name": feature, "value": value }] });
        self.driver.cdp().send_raw("Emulation.setEmulatedMedia", features).await?;
        Ok(())
    }

    /// Allows or forbids the scripts of pages that are opened from now on.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn allow_scripts(&self, allowed: bool) -> Result<()> {
        self.driver.cdp().send_raw("Emulation.setScriptExecutionDisabled", json!({ "value": !allowed })).await?;
        Ok(())
    }

    /// Refuses requests to these addresses from now on (`*` is a wildcard). Replaces the addresses of an earlier call.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn refuse(&self, addresses: &[&str]) -> Result<()> {
        let cdp = self.driver.cdp();
        cdp.send_raw("Network.enable", json!({})).await?;
        cdp.send_raw("Network.setBlockedURLs", json!({ "urls": addresses })).await?;
        Ok(())
    }

    /// Runs a script in each document from now on, before the document's own scripts.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn run_first(&self, script: &str) -> Result<()> {
        let source = json!({ "source": script });
        self.driver.cdp().send_raw("Page.addScriptToEvaluateOnNewDocument", source).await?;
        Ok(())
    }

    /// Delays each response by this many milliseconds.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn delay(&self, latency_ms: u32) -> Result<()> {
        let cdp = self.driver.cdp();
        cdp.send_raw("Network.enable", json!({})).await?;
        let conditions =
            json!({ "offline": false, "latency": latency_ms, "downloadThroughput": -1, "uploadThroughput": -1 });
        cdp.send_raw("Network.emulateNetworkConditions", conditions).await?;
        Ok(())
    }

    /// The console lines since the last call.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn console(&self) -> Result<Vec<BrowserLogEntry>> {
        Ok(self.driver.browser_log().await?)
    }

    /// Closes the browser.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn quit(self) -> Result<()> {
        Ok(self.driver.quit().await?)
    }
}
