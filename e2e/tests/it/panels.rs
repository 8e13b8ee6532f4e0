//! The panel of each style sends, and shows the answer with a status and a time.

use anyhow::{Context as _, Result};
use crosstalk_e2e::{Broker, Page, play};

#[tokio::test]
async fn each_panel_sends_and_shows_its_answer_with_status_and_time() -> Result<()> {
    panels_answer("panels", Broker::shared().await?).await
}

#[tokio::test]
async fn each_panel_answers_with_the_embedded_broker_too() -> Result<()> {
    panels_answer("panels-embedded", Broker::embedded()).await
}

async fn panels_answer(name: &str, broker: Broker) -> Result<()> {
    play(name, broker, async |stage| {
        let page = &stage.page;
        page.open("/rest").await?;
        page.click("rest-send").await?;
        page.says("rest-status", "200").await?;
        page.says("rest-body", "\"Hello, World!\"").await?;
        measured(page, "/rest").await?;

        page.open("/grpc").await?;
        page.click("grpc-send").await?;
        page.says("grpc-status", "0 OK").await?;
        page.says("grpc-message", "Hello, World!").await?;
        measured(page, "/grpc").await?;

        page.open("/queue").await?;
        page.choose("queue-preset-ask").await?;
        page.click("queue-publish").await?;
        page.says("queue-reply", "Hello, World!").await?;
        measured(page, "/queue").await
    })
    .await
}

/// The stream of a bidirectional call is driven through the server; a unary error is explained in place.
#[tokio::test]
async fn the_rest_panel_shows_a_problem_in_place() -> Result<()> {
    play("problem", Broker::absent(), async |stage| {
        let page = &stage.page;
        stage.console = crosstalk_e2e::Console::NetworkFailures;
        page.open("/rest").await?;
        page.fill("rest-path", "/api/v1/resource/nobody").await?;
        page.click("rest-send").await?;
        page.says("rest-status", "404").await?;
        page.says("problem", "nobody").await
    })
    .await
}

/// The total of the last call is shown, and was measured.
async fn measured(page: &Page, what: &str) -> Result<()> {
    let script = "return document.querySelector('.facts dd')?.innerText";
    let total = page.run(script, &[]).await?;
    let total = total.as_str().with_context(|| format!("{what} shows no time"))?;
    let figure: f64 = total.split_whitespace().next().unwrap_or_default().parse().with_context(|| total.to_owned())?;
    assert!(figure > 0.0, "{what}: {total}");
    Ok(())
}
