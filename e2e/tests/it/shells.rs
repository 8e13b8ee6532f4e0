//! The prerendered document for each page and language: nothing in it moves when the program takes over.

use anyhow::{Context as _, Result, ensure};
use crosstalk_e2e::{Broker, Page, addresses, play};
use serde_json::Value;

/// A layout shift that nobody sees: a tenth of the window by a hundredth of it.
pub(crate) const SEEN: f64 = 0.001;
/// Between these a lead may take a line more when the tools beside it are there.
const WIDTHS: [u32; 2] = [1440, 360];

#[tokio::test]
async fn each_page_is_answered_with_its_own_document_in_the_language_asked_for() -> Result<()> {
    play("documents", Broker::absent(), async |stage| {
        let client = reqwest::Client::new();
        for (path, accepts, tag, title) in [
            ("/", "en-GB,en;q=0.9", "en", "<title>Crosstalk: One greeting"),
            ("/", "zh-CN,zh;q=0.9,en;q=0.8", "zh-CN", "<title>Crosstalk: 同一句问候"),
            ("/rest", "fr", "en", "<title>REST · Crosstalk"),
            ("/queue/", "zh", "zh-CN", "<title>队列 · Crosstalk"),
            ("/queue?lang=en", "zh", "en", "<title>Queue · Crosstalk"),
            ("/grpc?lang=zh", "en", "zh-CN", "<title>gRPC · Crosstalk"),
            ("/nowhere", "zh", "zh-CN", "<title>没有这个页面 · Crosstalk"),
        ] {
            let request = client.get(stage.server.url(path)).header("accept", "text/html");
            let answer = request.header("accept-language", accepts).send().await?;
            let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
            assert_eq!(header("content-language"), tag, "{path} for {accepts}");
            ensure!(header("vary").contains("accept-language"), "{path} varies by {:?}", header("vary"));
            let html = answer.text().await?;
            ensure!(html.contains(&format!("<html lang=\"{tag}\">")), "{path} for {accepts}: {html}");
            ensure!(html.contains(title), "{path} for {accepts}: {html}");
            let description = html.split("name=\"description\" content=\"").nth(1).context(path)?;
            ensure!(description.find('"').is_some_and(|length| length > 5), "{path} has no description");
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn nothing_moves_when_the_program_takes_over() -> Result<()> {
    play("takeover", Broker::embedded(), async |stage| {
        let (page, browser) = (&stage.page, &stage.browser);
        for width in WIDTHS {
            browser.resize(width, 900).await?;
            for path in addresses()? {
                for language in ["en", "zh"] {
                    let address = format!("{path}?lang={language}");
                    browser.allow_scripts(false).await?;
                    page.goto(&address).await?;
                    let shell = places(page).await.with_context(|| format!("the shell of {address}"))?;
                    browser.allow_scripts(true).await?;
                    page.open(&address).await?;
                    let program = places(page).await?;
                    assert_eq!(shell, program, "{address} at {width}");
                    page.says("chip-broker", if language == "en" { "embedded" } else { "内嵌" }).await?;
                    let shifts = shifts(page).await?;
                    ensure!(shifts < SEEN, "{address} at {width} shifted by {shifts}");
                }
            }
        }
        Ok(())
    })
    .await
}

/// Where the parts are that the shell draws, and what they say.
async fn places(page: &Page) -> Result<Value> {
    let script = "const visible = e => e.checkVisibility();
        return ['.brand', '.nav-link', 'main h1', 'main h1 + p'].map(css =>
            [...document.querySelectorAll(css)].filter(visible).map(e => {
                const box = e.getBoundingClientRect();
                return [e.innerText, Math.round(box.x), Math.round(box.y), Math.round(box.height)];
            }))";
    let places = page.run(script, &[]).await?;
    let headings = places[2].as_array().map(Vec::len);
    ensure!(headings == Some(1), "there are {headings:?} headings: {places}");
    Ok(places)
}

/// The sum of all layout shifts since the page began to load.
pub(crate) async fn shifts(page: &Page) -> Result<f64> {
    let script = "window.shifts = 0;
        window.told = false;
        window.watch?.disconnect();
        window.watch = new PerformanceObserver(list => {
            for (const shift of list.getEntries()) window.shifts += shift.value;
        });
        window.watch.observe({ type: 'layout-shift', buffered: true });
        // entries come in a task of their own, after a frame
        requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => window.told = true, 0)))";
    page.run(script, &[]).await?;
    page.until("all shifts are told", "window.told").await?;
    page.run("return window.shifts", &[]).await?.as_f64().context("a sum")
}
