//! Each page is a lazy route: its code is downloaded when the page is opened. After a failed download the page offers
//! to try again, and nothing else breaks.

use anyhow::Result;
use crosstalk_e2e::{Broker, Console, play};
use serde_json::json;

use crate::accessible;

/// The routes whose own chunk was downloaded.
const DOWNLOADED: &str = "return performance.getEntriesByType('resource')
    .map(file => file.name.match(/split_(\\w+)\\.wasm$/)?.[1]).filter(Boolean)
    .filter((name, at, all) => all.indexOf(name) === at).sort()";
/// Publishes as soon as the page is interactive, and notes what it says of the broker then.
const PUBLISH_AT_ONCE: &str = "new MutationObserver((_, observer) => {
        if (!document.documentElement.hasAttribute('data-ready')) return;
        observer.disconnect();
        const find = name => document.querySelector(`[data-testid=${name}]`);
        window.chip = find('chip-broker').textContent.match(/connecting|embedded/)?.[0];
        find('queue-publish').click();
    }).observe(document, { attributes: true, subtree: true })";

#[tokio::test]
async fn a_page_is_downloaded_when_it_is_opened() -> Result<()> {
    play("routes", Broker::absent(), async |stage| {
        let page = &stage.page;
        page.open("/rest").await?;
        assert_eq!(page.run(DOWNLOADED, &[]).await?, json!(["rest"]));
        follow(page, "/queue").await?;
        page.find("queue-publish").await?;
        assert_eq!(page.run(DOWNLOADED, &[]).await?, json!(["queue", "rest"]));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_route_that_does_not_load_is_tried_again_on_a_click() -> Result<()> {
    play("route-lost", Broker::embedded(), async |stage| {
        stage.console = Console::NetworkFailures;
        let (page, browser) = (&stage.page, &stage.browser);
        page.open("/rest?lang=en").await?;
        page.fill("rest-path", "/api/v1/resource?name=Ada").await?;
        page.run("window.stamped = true", &[]).await?;
        browser.refuse(&["*split_queue*"]).await?;
        follow(page, "/queue").await?;
        page.says("part-missing", "could not be loaded").await?;
        page.until("the address is the route's", "location.pathname === '/queue'").await?;
        accessible::check(page, "a route that did not load").await?;
        // the page lives on: its language changes, another route opens
        page.click("lang-zh").await?;
        page.says("part-missing", "未能加载").await?;
        page.click("lang-en").await?;
        follow(page, "/rest").await?;
        page.until("the draft is there", "document.querySelector('[data-testid=rest-path]')?.value.endsWith('Ada')")
            .await?;
        follow(page, "/queue").await?;
        page.says("part-missing", "could not be loaded").await?;
        // a second failure offers it once more
        page.click("part-again").await?;
        page.says("part-missing", "could not be loaded").await?;
        browser.refuse(&[]).await?;
        page.click("part-again").await?;
        page.find("queue-publish").await?;
        page.says("chip-broker", "embedded").await?;
        page.click("queue-publish").await?;
        page.says("queue-fate", "Confirmed").await?;
        assert_eq!(page.count("part-missing").await?, 0, "what is there is said to be missing");
        assert_eq!(page.run("return document.title", &[]).await?, json!("Queue · Crosstalk"));
        assert_eq!(page.run("return window.stamped", &[]).await?, json!(true), "the document was loaded again");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_first_page_that_does_not_load_is_tried_again_on_a_click() -> Result<()> {
    play("route-first", Broker::absent(), async |stage| {
        stage.console = Console::NetworkFailures;
        let (page, browser) = (&stage.page, &stage.browser);
        browser.refuse(&["*split_grpc*"]).await?;
        page.open("/grpc?lang=en").await?;
        page.says("part-missing", "could not be loaded").await?;
        browser.refuse(&[]).await?;
        page.click("part-again").await?;
        page.says("grpc-methods", "SayHello").await
    })
    .await
}

#[tokio::test]
async fn a_bar_shows_while_a_route_loads_and_the_page_before_stays() -> Result<()> {
    play("route-slow", Broker::absent(), async |stage| {
        let (page, browser) = (&stage.page, &stage.browser);
        page.open("/rest?lang=en").await?;
        browser.delay(1_000).await?;
        follow(page, "/grpc").await?;
        page.until("the bar shows", "document.querySelector('[data-testid=routing] progress')").await?;
        assert_eq!(page.count("rest-send").await?, 1, "the page before is gone while the next one loads");
        page.find("grpc-send").await?;
        page.until("the bar is gone", "!document.querySelector('[data-testid=routing] progress')").await?;
        browser.delay(0).await
    })
    .await
}

#[tokio::test]
async fn what_is_sent_before_the_socket_is_open_waits_for_it() -> Result<()> {
    play("route-early", Broker::embedded(), async |stage| {
        let (page, browser) = (&stage.page, &stage.browser);
        browser.run_first(PUBLISH_AT_ONCE).await?;
        page.open("/queue").await?;
        page.says("queue-fate", "Confirmed").await
    })
    .await
}

async fn follow(page: &crosstalk_e2e::Page, path: &str) -> Result<()> {
    page.run("document.querySelector(`nav a[href='${arguments[0]}']`).click()", &[json!(path)]).await?;
    Ok(())
}
