//! What the queue panel offers works the same whichever broker is behind it: fates, prefetch, the three verdicts, stopping.

use anyhow::{Result, ensure};
use crosstalk_e2e::{Broker, Page, play};

#[tokio::test]
async fn messages_are_decided_on_one_by_one() -> Result<()> {
    decided_one_by_one("verdicts", Broker::shared().await?).await
}

#[tokio::test]
async fn so_they_are_on_the_embedded_broker() -> Result<()> {
    decided_one_by_one("verdicts-embedded", Broker::embedded()).await
}

/// Prefetch two of three: the third comes when one is settled; what is requeued or given back comes again, marked.
async fn decided_one_by_one(name: &str, broker: Broker) -> Result<()> {
    play(name, broker, async |stage| {
        let page = &stage.page;
        page.open("/queue").await?;
        page.click("consumer-ack-by-hand").await?;
        page.fill("consumer-prefetch", "2").await?;
        page.click("consumer-start").await?;
        page.says("consumer-state", "consuming as").await?;
        for body in ["first", "second", "third"] {
            publish(page, body).await?;
            page.says("queue-fate", "Confirmed").await?;
        }
        page.says("consumer-held", "2 held").await?;
        reads(page, "queue-ready", "1").await?;
        reads(page, "queue-total", "2").await?;

        // newest first, so the first verdict is on the second message
        page.click("message-requeue").await?;
        page.says("messages", "requeued").await?;
        page.until("one message came again", &shown("message-redelivered", 1)).await?;
        page.click("message-nack").await?;
        page.says("messages", "nacked").await?;
        page.says("messages", "third").await?;
        page.click("message-ack").await?;
        page.says("messages", "acked").await?;
        reads(page, "queue-ready", "0").await?;

        page.click("consumer-stop").await?;
        page.says("consumer-state", "1 unacked messages went back").await?;
        reads(page, "queue-ready", "1").await?;
        page.click("consumer-ack-automatic").await?;
        page.click("consumer-start").await?;
        page.until("what went back came again", &shown("message-redelivered", 2)).await?;
        reads(page, "queue-ready", "0").await
    })
    .await
}

#[tokio::test]
async fn the_fate_of_each_message_is_told() -> Result<()> {
    fates_are_told("fates", Broker::shared().await?).await
}

#[tokio::test]
async fn so_it_is_on_the_embedded_broker() -> Result<()> {
    fates_are_told("fates-embedded", Broker::embedded()).await
}

async fn fates_are_told(name: &str, broker: Broker) -> Result<()> {
    play(name, broker, async |stage| {
        let page = &stage.page;
        page.open("/queue").await?;
        page.click("queue-preset-nobody").await?;
        page.click("queue-publish").await?;
        page.says("queue-fate", "312 NO_ROUTE").await?;
        page.click("queue-preset-hundred").await?;
        page.click("queue-publish").await?;
        page.says("queue-fates", "100").await?;
        reads(page, "queue-ready", "100").await?;
        page.click("consumer-ack-automatic").await?;
        page.click("consumer-start").await?;
        reads(page, "queue-total", "100").await?;
        reads(page, "queue-ready", "0").await?;
        ensure!(page.count("message-redelivered").await? == 0, "nothing came twice");
        Ok(())
    })
    .await
}

async fn publish(page: &Page, body: &str) -> Result<()> {
    page.fill("queue-body", body).await?;
    page.click("queue-publish").await?;
    page.idle().await
}

/// A figure, exactly.
async fn reads(page: &Page, testid: &str, figure: &str) -> Result<()> {
    let expression = format!("document.querySelector('[data-testid={testid}]')?.innerText.trim() === '{figure}'");
    page.until(&format!("{testid} reads {figure}"), &expression).await
}

/// An expression: so many things of this id are on the page.
fn shown(testid: &str, count: usize) -> String {
    format!("document.querySelectorAll('[data-testid={testid}]').length === {count}")
}
