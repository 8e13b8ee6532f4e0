//! Navigation between pages: nothing is loaded again, back and forward work, and focus, title and address are updated.

use anyhow::Result;
use crosstalk_e2e::{Broker, Page, play};
use serde_json::json;

/// Set on the window; a document that is loaded anew does not have it.
const STAMP: &str = "window.stamped = true";

#[tokio::test]
async fn links_back_and_forward_change_the_page_without_loading_it() -> Result<()> {
    play("navigation", Broker::shared().await?, async |stage| {
        let page = &stage.page;
        page.open("/").await?;
        page.run(STAMP, &[]).await?;
        follow(page, "nav a[href='/rest']").await?;
        is_at(page, "/rest", "REST · Crosstalk").await?;
        page.find("rest-send").await?;
        page.until("the focus is at the content", "document.activeElement.id === 'main'").await?;
        follow(page, "nav a[href='/grpc']").await?;
        is_at(page, "/grpc", "gRPC · Crosstalk").await?;
        assert_eq!(page.count("rest-send").await?, 0, "the page before is still there");
        page.driver().back().await?;
        is_at(page, "/rest", "REST · Crosstalk").await?;
        page.driver().back().await?;
        is_at(page, "/", "Crosstalk: One greeting").await?;
        page.driver().forward().await?;
        is_at(page, "/rest", "REST · Crosstalk").await?;
        assert_eq!(page.run("return window.stamped", &[]).await?, json!(true), "the page was loaded again");
        Ok(())
    })
    .await
}

/// Keys that came by link and went on typing landed beside the field: the focus went to the content a frame after the page
/// was drawn, whoever had it by then.
#[tokio::test]
async fn who_is_in_a_field_before_the_first_frame_stays_there() -> Result<()> {
    play("navigation-focus", Broker::absent(), async |stage| {
        let page = &stage.page;
        page.open("/?lang=en").await?;
        let hurry = "new MutationObserver((_, observer) => {
            const field = document.querySelector('[data-testid=rest-path]');
            if (!field) return;
            observer.disconnect();
            field.focus();
            const frames = count => count ? requestAnimationFrame(() => frames(count - 1))
                : window.focused = document.activeElement.dataset.testid ?? document.activeElement.id;
            frames(3);
        }).observe(document.body, { childList: true, subtree: true })";
        page.run(hurry, &[]).await?;
        follow(page, "nav a[href='/rest']").await?;
        page.until("three frames have passed", "window.focused").await?;
        assert_eq!(page.run("return window.focused", &[]).await?, json!("rest-path"));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn what_a_link_says_besides_its_path_is_kept() -> Result<()> {
    play("fragment", Broker::shared().await?, async |stage| {
        let page = &stage.page;
        page.open("/?lang=en").await?;
        page.run(STAMP, &[]).await?;
        let link = "const link = document.querySelector(\"nav a[href='/rest']\"); link.setAttribute('href', '/rest?lang=en#m=GET')";
        page.run(link, &[]).await?;
        follow(page, "nav a[href^='/rest']").await?;
        is_at(page, "/rest", "REST").await?;
        assert_eq!(page.run("return location.search + location.hash", &[]).await?, "?lang=en#m=GET");
        // within a page the browser does what it always does
        follow(page, ".skip").await?;
        page.until("the fragment is the link's", "location.hash === '#main'").await?;
        is_at(page, "/rest", "REST").await?;
        assert_eq!(page.run("return window.stamped", &[]).await?, json!(true), "the page was loaded again");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_click_that_asks_for_more_than_a_page_is_left_to_the_browser() -> Result<()> {
    play("left-alone", Broker::shared().await?, async |stage| {
        let page = &stage.page;
        page.open("/").await?;
        // after the page's own listener, on the same target: nothing is opened, and who took the click is known
        let listen = "window.taken = []; window.addEventListener('click', event => {
            window.taken.push(event.defaultPrevented); event.preventDefault(); })";
        page.run(listen, &[]).await?;
        let click = "document.querySelector(arguments[0]).dispatchEvent(
            new MouseEvent('click', { bubbles: true, cancelable: true, ...arguments[1] }))";
        for (link, how) in [
            ("nav a[href='/rest']", json!({ "ctrlKey": true })),
            ("nav a[href='/rest']", json!({ "shiftKey": true })),
            ("nav a[href='/rest']", json!({ "button": 1 })),
            ("footer a[href='/api/docs']", json!({})),
            ("nav a[href='/rest']", json!({})),
        ] {
            page.run(click, &[json!(link), how]).await?;
        }
        assert_eq!(page.run("return window.taken", &[]).await?, json!([false, false, false, false, true]));
        Ok(())
    })
    .await
}

async fn follow(page: &Page, css: &str) -> Result<()> {
    page.run("document.querySelector(arguments[0]).click()", &[json!(css)]).await?;
    Ok(())
}

async fn is_at(page: &Page, path: &str, title: &str) -> Result<()> {
    let there = format!("location.pathname === {path:?} && document.title.startsWith({title:?})");
    page.until(&format!("the page is {path}, {title}"), &there).await?;
    let heading = "document.querySelectorAll('main h1').length === 1";
    page.until("it has one heading", heading).await
}
