//! The history: calls are stored in the browser, shown, run again, compared, exported and imported.

use std::fs;

use anyhow::{Context as _, Result};
use crosstalk_e2e::{Broker, Page, play};

#[tokio::test]
async fn a_call_is_shown_again_run_again_and_compared() -> Result<()> {
    play("history", Broker::absent(), async |stage| {
        let page = &stage.page;
        two_greetings(page).await?;

        // the older one's answer again, without sending anything
        nth(page, "history-show", 1).await?;
        page.says("rest-body", "Hello, World!").await?;
        assert_eq!(page.count("history-again").await?, 2);

        for at in [0, 1] {
            nth(page, "history-pick", at).await?;
        }
        page.says("compare-body", "− \"message\": \"Hello, World!\"").await?;
        page.says("compare-body", "+ \"message\": \"Hello, Ada\"").await?;
        page.says("compare-headers", "etag").await?;
        page.says("compare-facts", "200 OK").await?;
        page.says("compare-facts", "server greet").await?;

        nth(page, "history-again", 1).await?;
        page.says("rest-body", "Hello, World!").await?;
        rows(page, 3).await?;

        // another page load knows them still
        page.reload().await?;
        rows(page, 3).await?;
        nth(page, "history-show", 1).await?;
        page.says("rest-body", "Hello, Ada").await?;
        page.says("sequence", "greet").await?;
        page.click("history-clear").await?;
        page.says("history-blank", "Nothing sent yet").await?;
        page.reload().await?;
        page.says("history-blank", "Nothing sent yet").await
    })
    .await
}

#[tokio::test]
async fn two_runs_of_the_queue_are_compared_in_the_language_of_the_page() -> Result<()> {
    play("history-queue", Broker::shared().await?, async |stage| {
        let page = &stage.page;
        page.open("/queue?lang=zh").await?;
        page.click("queue-publish").await?;
        rows(page, 1).await?;
        page.choose("queue-preset-nobody").await?;
        page.click("queue-publish").await?;
        rows(page, 2).await?;
        for at in [0, 1] {
            nth(page, "history-pick", at).await?;
        }
        page.says("compare-headers", "不同的计数").await?;
        page.says("compare-headers", "被返回 0 1").await?;
        page.says("compare-headers", "两边相同：被拒绝, 条数, 未受理, 已发送, 未知").await?;
        page.click("lang-en").await?;
        page.says("compare-headers", "Counts that differ").await?;
        page.says("compare-headers", "Returned 0 1").await
    })
    .await
}

#[tokio::test]
async fn a_history_travels_as_a_file_and_a_wrong_file_is_refused_with_its_reason() -> Result<()> {
    play("history-file", Broker::absent(), async |stage| {
        let page = &stage.page;
        two_greetings(page).await?;
        // what the browser would save
        let watch = "const make = URL.createObjectURL;
            URL.createObjectURL = blob => { window.saved = blob; return make.call(URL, blob); }";
        page.run(watch, &[]).await?;
        page.click("history-export").await?;
        let text = page.run("return window.saved.text()", &[]).await?;
        let text = text.as_str().context("a file is text")?;
        let folder = tempfile::TempDir::with_prefix("crosstalk-e2e-history-")?;
        let file = folder.path().join("history.json");

        page.click("history-clear").await?;
        for (content, said) in [
            (text.replace("crosstalk-history", "har"), "not a history"),
            (text.replace("\"version\":1", "\"version\":9"), "format version 9"),
            (text.replace("\"verb\":", "\"word\":"), "line 2"),
            (text[..text.len() / 2].to_owned(), "not JSON"),
        ] {
            fs::write(&file, content)?;
            import(page, &file).await?;
            page.says("history-came", said).await?;
            page.says("history-blank", "Nothing sent yet").await?;
        }
        fs::write(&file, text)?;
        import(page, &file).await?;
        page.says("toast-imported", "2 calls added").await?;
        nth(page, "history-show", 0).await?;
        page.says("rest-body", "Hello, Ada").await?;
        import(page, &file).await?;
        page.says("toast-imported", "listed already").await
    })
    .await
}

async fn two_greetings(page: &Page) -> Result<()> {
    page.open("/rest").await?;
    page.click("rest-send").await?;
    page.says("rest-body", "Hello, World!").await?;
    page.fill("rest-path", "/api/v1/resource?name=Ada").await?;
    page.click("rest-send").await?;
    page.says("rest-body", "Hello, Ada").await?;
    rows(page, 2).await
}

async fn import(page: &Page, file: &std::path::Path) -> Result<()> {
    let input = page.find("history-import").await?;
    Ok(input.send_keys(file.display().to_string()).await?)
}

async fn rows(page: &Page, count: u64) -> Result<()> {
    let counted = format!("document.querySelectorAll('[data-testid=history-show]').length === {count}");
    page.until(&format!("there are {count} calls"), &counted).await
}

/// Clicks on one of several, newest first.
async fn nth(page: &Page, testid: &str, at: usize) -> Result<()> {
    let css = format!("tbody tr:nth-child({}) [data-testid={testid}]", at + 1);
    let element = page.find_css(&css).await?;
    element.scroll_into_view().await?;
    Ok(element.click().await?)
}
