//! One act on one stage: a server, a browser at its page, and afterwards the promises that hold for every act: a clean
//! console and a server that ends as it should. When an act fails, a screenshot, the console and the log are kept.

use std::{fs, panic::AssertUnwindSafe, path::PathBuf};

use anyhow::{Context as _, Result, anyhow, ensure};
use futures_util::FutureExt as _;

use crate::{Broker, Browser, Console, Page, Server, need};

/// Where an act happens.
#[derive(Debug)]
pub struct Stage {
    /// The broker, which the act may disturb when it is its own.
    pub broker: Broker,
    /// The server under test.
    pub server: Server,
    /// The page of that server.
    pub page: Page,
    /// The browser that shows it.
    pub browser: Browser,
    /// What the console may hold at the end.
    pub console: Console,
}

/// Sets the stage, plays the act, and strikes the stage.
///
/// # Errors
/// What the act fails with, panics included; a console with what may not be in it; a server that does not end well.
pub async fn play(name: &str, broker: Broker, act: impl AsyncFnOnce(&mut Stage) -> Result<()>) -> Result<()> {
    let server = Server::start(&broker).await?;
    play_on(name, broker, server, act).await
}

/// [`play`] on a server of the caller's own.
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
    // first the browser: what it holds open is not what the server's end is tested with here
    let quit = stage.browser.quit().await;
    let ended = stage.server.stop().await;
    told?;
    quit.context("the browser did not end well")?;
    ended.context("the server did not end well")
}

/// Where evidence of failures is kept.
///
/// # Errors
/// When it cannot be made.
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
