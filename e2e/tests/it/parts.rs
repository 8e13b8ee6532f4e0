//! The program comes in parts: what a page does not need is not waited for, and one that cannot be had is no dead end.

use std::time::Duration;

use anyhow::Result;
use crosstalk_e2e::{Broker, Console, play};
use serde_json::json;

/// Longer than the page leaves a visitor alone before it downloads the rest.
const REST: Duration = Duration::from_secs(30);
/// How long after the program each bench's own part began to come, in milliseconds; none for one that did not.
const BEGAN: &str = "const files = performance.getEntriesByType('resource');
    const of = name => files.find(file => file.name.endsWith(name));
    return ['rest', 'grpc', 'queue'].map(bench => {
        const part = of(`/split_${bench}.wasm`);
        return part ? part.startTime - of('/crosstalk_bg.wasm').responseEnd : null;
    })";
/// Publishes as soon as the page is there, and notes what it says of the broker then.
const PUBLISH_AT_ONCE: &str = "new MutationObserver((_, observer) => {
        if (!document.documentElement.hasAttribute('data-ready')) return;
        observer.disconnect();
        const find = name => document.querySelector(`[data-testid=${name}]`);
        window.chip = find('chip-broker').textContent.match(/connecting|embedded/)?.[0];
        find('queue-publish').click();
    }).observe(document, { attributes: true, subtree: true })";
/// The page leaves a visitor alone for two seconds.
const SETTLED_MS: f64 = 2_000.0;

#[tokio::test]
async fn a_bench_is_downloaded_with_its_own_part_and_the_others_follow() -> Result<()> {
    play("parts", Broker::absent(), async |stage| {
        let page = &stage.page;
        for (path, own) in [("/", None), ("/rest", Some(0)), ("/queue", Some(2))] {
            page.open(path).await?;
            let all =
                "performance.getEntriesByType('resource').filter(file => /split_(rest|grpc|queue)/.test(file.name)).length >= 3";
            page.until_within(REST, "all parts are there", all).await?;
            let began = page.run(BEGAN, &[]).await?;
            for (at, after) in began.as_array().into_iter().flatten().enumerate() {
                let after = after.as_f64().unwrap_or(f64::NAN);
                let waits = after >= SETTLED_MS;
                assert_eq!(waits, own != Some(at), "at {path} part {at} began {after} ms after the program");
            }
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn what_comes_later_and_does_not_is_asked_for_again_on_a_click() -> Result<()> {
    play("part-later", Broker::embedded(), async |stage| {
        stage.console = Console::NetworkFailures;
        let (page, browser) = (&stage.page, &stage.browser);
        browser.refuse(&["*split_later*"]).await?;
        page.open("/rest").await?;
        page.says("part-missing", "did not come").await?;
        // what was asked is answered all the same
        page.click("rest-send").await?;
        page.find_css(".asked").await?;
        browser.refuse(&[]).await?;
        page.click("part-again").await?;
        page.says("rest-status", "200").await?;
        page.find("history").await?;
        page.find("copy-as").await?;
        page.find("steps").await?;
        assert_eq!(page.count("part-missing").await?, 0, "what is there is said to be missing");
        // nor is the WebSocket given up
        page.says("chip-broker", "embedded").await
    })
    .await
}

#[tokio::test]
async fn what_is_sent_before_the_socket_is_open_waits_for_it() -> Result<()> {
    play("part-early", Broker::embedded(), async |stage| {
        let (page, browser) = (&stage.page, &stage.browser);
        // the socket is opened by what comes after the page, and that is on its way for a while
        browser.delay(400).await?;
        browser.run_first(PUBLISH_AT_ONCE).await?;
        page.open("/queue").await?;
        page.says("queue-fate", "Confirmed").await?;
        assert_eq!(page.run("return window.chip", &[]).await?, json!("connecting"));
        browser.delay(0).await
    })
    .await
}

#[tokio::test]
async fn a_page_whose_part_does_not_come_is_asked_of_the_server_anew() -> Result<()> {
    play("part-lost", Broker::absent(), async |stage| {
        stage.console = Console::NetworkFailures;
        let (page, browser) = (&stage.page, &stage.browser);
        browser.refuse(&["*split_queue*"]).await?;
        page.open("/").await?;
        page.run("window.stamped = true", &[]).await?;
        let follow = "document.querySelector(\"nav a[href='/queue']\").click()";
        page.run(follow, &[]).await?;
        page.until("the server was asked anew", "location.pathname === '/queue' && !window.stamped").await?;
        browser.refuse(&[]).await?;
        page.reload().await?;
        page.find("queue-publish").await?;
        assert_eq!(page.run("return document.title", &[]).await?, json!("Queue · Crosstalk"));
        Ok(())
    })
    .await
}
