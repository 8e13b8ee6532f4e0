//! Runs one test: a server, a browser at its page, and checks that hold for every test: a clean console and a clean
//! exit of the server. When a test fails, a screenshot, the console and the log are kept.

use std::{fs, panic::AssertUnwindSafe, path::PathBuf};

use anyhow::{Context as _, Result, anyhow, ensure};
use futures_util::FutureExt as _;

use crate::{Broker, Browser, Console, Page, Server, need};

/// What a test works with.
#[derive(Debug)]
pub struct Stage {
    /// The broker. A test may kill it only if it is the test's own.
    pub broker: Broker,
    /// The server under test.
    pub server: Server,
    /// The page of that server.
    pub page: Page,
    /// The browser of the page.
    pub browser: Browser,
    /// The failures that the test causes, as far as the console shows them.
    pub console: Console,
}

/// Starts server and browser, runs the test, and ends both.
///
/// # Errors
/// The failure of the test, panics included; a forbidden line in the console; a server that does not end cleanly.
pub async fn play(name: &str, broker: Broker, act: impl AsyncFnOnce(&mut Stage) -> Result<()>) -> Result<()> {
    let server = Server::start(&broker).await?;
    play_on(name, broker, server, act).await
}

/// [`play`] with a server that the caller started.
///
/// # Errors
/// As [`play`].
pub async fn play_on(
    name: &str,
    broker: Broker,
    server: Server,
    act: impl AsyncFnOnce(&mut Stage) -> Result<()>,
) -> Result<()> {
    let browser = Browser::start().await?;
    let page = Page::new(browser.driver().clone(), server.url(""));
    let mut stage = Stage { broker, server, page, browser, console: Console::Clean };
    let played = AssertUnwindSafe(act(&mut stage)).catch_unwind().await;
    let lines = stage.browser.console().await.unwrap_or_default();
    let told = match played {
        Err(panic) => Err(anyhow!("{}", message(&*panic))),
        Ok(Err(error)) => Err(error),
        Ok(Ok(())) => {
            let forbidden = stage.console.forbidden(&lines);
            if forbidden.is_empty() { Ok(()) } else { Err(anyhow!("in the console: {forbidden:#?}")) }
        }
    };
    let told = match told {
        Ok(()) => Ok(()),
        Err(error) => {
            let console: Vec<_> = lines.iter().map(|line| format!("{} {}", line.level, line.message)).collect();
            let kept = keep(name, &stage, &console).await;
            Err(error.context(format!("{name}; {kept}; console: {console:#?}")))
        }
    };
    // the browser first, so that its open connections do not delay the end of the server
    let quit = stage.browser.quit().await;
    let ended = stage.server.stop().await;
    told?;
    quit.context("the browser did not end well")?;
    ended.context("the server did not end well")
}

/// The folder for evidence of failures.
///
/// # Errors
/// When it cannot be created.
pub fn evidence_folder() -> Result<PathBuf> {
    let folder = need::target().join("e2e");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

async fn keep(name: &str, stage: &Stage, console: &[String]) -> String {
    let kept = async {
        let folder = evidence_folder()?;
        fs::write(folder.join(format!("{name}.log")), stage.server.log())?;
        fs::write(folder.join(format!("{name}.console")), console.join("\n"))?;
        fs::write(folder.join(format!("{name}.html")), stage.page.driver().source().await?)?;
        stage.page.driver().screenshot(&folder.join(format!("{name}.png"))).await?;
        ensure!(folder.is_dir(), "gone");
        anyhow::Ok(folder)
    };
    match kept.await {
        Ok(folder) => format!("screenshot, page and log are in {}", folder.display()),
        Err(error) => format!("no evidence: {error:#}; the log: {}", stage.server.log_tail()),
    }
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without a message").to_owned()
}
