//! axe-core finds no violation on any page: idle, answered and failing, in both languages and themes, wide and narrow.

use std::fs;

use anyhow::{Context as _, Result, bail, ensure};
use crosstalk_e2e::{Broker, Console, Page, Stage, addresses, need, play};
use serde_json::{Value, json};

/// What is clicked on a page for an answer. Pages without an answer are looked at as they are.
const CLICKS: [(&str, &[&str]); 5] = [
    ("/", &["hello-all"]),
    ("/rest", &["rest-send"]),
    ("/grpc", &["grpc-send"]),
    ("/queue", &["consumer-start", "queue-publish"]),
    ("/design", &["design-tell", "design-open"]),
];
const LOOKS: [(&str, &str, u32); 4] =
    [("light", "en", 1440), ("dark", "zh", 1440), ("dark", "en", 360), ("light", "zh", 360)];

#[tokio::test]
async fn axe_finds_nothing_on_idle_and_answered_pages() -> Result<()> {
    play("axe", Broker::shared().await?, async |stage| {
        looked_at(stage, "idle", "answered").await?;
        let page = &stage.page;
        stage.console = Console::NetworkFailures;
        page.open("/nowhere?lang=en").await?;
        check(page, "the page that does not exist").await
    })
    .await
}

#[tokio::test]
async fn axe_finds_nothing_on_pages_that_fail() -> Result<()> {
    play("axe-failing", Broker::absent(), async |stage| {
        stage.console = Console::NetworkFailures;
        stage.page.open("/").await?;
        stage.page.says("banner-broker", "broker does not answer").await?;
        looked_at(stage, "without a broker", "failed").await?;
        let page = &stage.page;
        page.open("/rest?lang=en").await?;
        page.fill("rest-path", "/api/v1/resource/nobody").await?;
        page.click("rest-send").await?;
        page.says("rest-status", "404").await?;
        check(page, "/rest with a problem").await
    })
    .await
}

#[tokio::test]
async fn the_api_description_leads_back_and_axe_finds_nothing() -> Result<()> {
    play("axe-docs", Broker::absent(), async |stage| {
        let page = &stage.page;
        for width in [1440, 360] {
            stage.browser.resize(width, 900).await?;
            page.goto("/api/docs/").await?;
            page.until("the operations are listed", "document.querySelector('.opblock')").await?;
            let heads = "[...document.querySelectorAll('.opblock-head')].filter(row => row.checkVisibility()).length";
            assert_eq!(page.run(&format!("return {heads}"), &[]).await?, json!(0), "HEAD is listed beside GET");
            check(page, &format!("/api/docs at {width}")).await?;
            for operation in ["get", "post", "delete"] {
                page.click_css(&format!(".opblock-{operation} .opblock-summary-control")).await?;
            }
            page.until("the operations are open", "document.querySelectorAll('.opblock.is-open').length === 3").await?;
            check(page, &format!("/api/docs at {width}, open")).await?;
        }
        page.click_css("header a[href='/']").await?;
        page.until("the page is shown", "document.querySelector('[data-testid=hello-all]')").await
    })
    .await
}

/// Every page in every look, before and after its clicks.
async fn looked_at(stage: &Stage, before: &str, after: &str) -> Result<()> {
    let page = &stage.page;
    for (theme, language, width) in LOOKS {
        stage.browser.resize(width, 900).await?;
        for path in addresses()? {
            let clicks = CLICKS.iter().find(|(page, _)| *page == path).map_or(&[][..], |(_, clicks)| clicks);
            page.open(&format!("{path}?theme={theme}&lang={language}&speed=instant")).await?;
            page.idle().await?;
            let what = format!("{path} {theme} {language} {width}");
            check(page, &format!("{what}, {before}")).await?;
            for click in clicks {
                page.click(click).await?;
                page.idle().await?;
            }
            check(page, &format!("{what}, {after}")).await?;
        }
    }
    Ok(())
}

/// What axe finds, in its own words.
pub(crate) async fn check(page: &Page, what: &str) -> Result<()> {
    let file = need::node_modules()?.join("axe-core/axe.min.js");
    let axe = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    if page.run("return typeof axe", &[]).await? != json!("object") {
        page.run(&axe, &[]).await?;
    }
    // an axe that stumbles says why, and is not waited for
    let run = "delete window.found;
        axe.run({ resultTypes: ['violations'] }).then(found => window.found = found, why => window.found = { why: String(why) })";
    page.run(run, &[]).await?;
    page.until("axe has looked", "window.found").await?;
    let why = page.run("return window.found.why", &[]).await?;
    ensure!(why.is_null(), "axe failed on {what}: {why}");
    let script = "return window.found.violations.flatMap(rule =>
        rule.nodes.map(node => `${rule.id}: ${node.html.slice(0, 160)}: ${node.failureSummary}`))";
    let found = page.run(script, &[]).await?;
    match &found {
        Value::Array(violations) if violations.is_empty() => Ok(()),
        _ => bail!("{what}: {found:#}"),
    }
}
