//! The home page: one click sends Hello, World! in all three styles, and each shows its answer and its time.

use anyhow::{Context as _, Result};
use crosstalk_e2e::{Broker, Page, play};

/// The lanes of the home page.
pub(crate) const LANES: [&str; 3] = ["lane-rest", "lane-grpc", "lane-queue"];

#[tokio::test]
async fn one_click_greets_three_ways_with_measured_times() -> Result<()> {
    greets_three_ways("three-hellos", Broker::shared().await?, "RabbitMQ").await
}

#[tokio::test]
async fn one_click_greets_three_ways_with_nothing_installed() -> Result<()> {
    greets_three_ways("three-hellos-embedded", Broker::embedded(), "embedded").await
}

async fn greets_three_ways(name: &str, broker: Broker, chip: &str) -> Result<()> {
    play(name, broker, async |stage| {
        let page = &stage.page;
        page.open("/").await?;
        page.click("hello-all").await?;
        for lane in LANES {
            page.says(lane, "Hello, World!").await?;
            let took = reading_ms(page, lane).await?;
            assert!(took > 0.0, "{lane} took {took} ms");
        }
        page.idle().await?;
        page.says("hello-status", "all three").await?;
        page.says("chip-broker", chip).await?;
        if matches!(stage.broker, Broker::Embedded { .. }) {
            page.says("broker-copy", &stage.broker.url()).await?;
        }
        page.says("chip-store", "SQLite").await
    })
    .await
}

/// The figure of a lane in milliseconds.
pub(crate) async fn reading_ms(page: &Page, lane: &str) -> Result<f64> {
    let script = "return document.querySelector(arguments[0])?.innerText";
    let css = format!("[data-testid='{lane}'] .reading");
    let reading = page.run(script, &[css.into()]).await?;
    let reading = reading.as_str().with_context(|| format!("{lane} has no reading"))?.replace(char::is_whitespace, "");
    let (figure, unit) = reading.split_at(reading.find(|c: char| !"0123456789.".contains(c)).unwrap_or(reading.len()));
    let figure: f64 = figure.parse().with_context(|| format!("{lane} reads {reading:?}"))?;
    match unit {
        "ms" => Ok(figure),
        "s" => Ok(figure * 1000.0),
        "µs" => Ok(figure / 1000.0),
        _ => anyhow::bail!("{lane} reads {reading:?}"),
    }
}
