//! A bench keeps its state while another page is open: draft, answer, consumers and messages.

use anyhow::Result;
use crosstalk_e2e::{Broker, Page, play};
use serde_json::json;

#[tokio::test]
async fn each_bench_is_found_again_as_it_was_left() -> Result<()> {
    play("kept", Broker::embedded(), async |stage| {
        let page = &stage.page;
        page.open("/rest?lang=en").await?;
        page.fill("rest-path", "/api/v1/resource?name=Ada").await?;
        page.click("rest-send").await?;
        page.says("rest-status", "200").await?;
        page.says("rest-body", "Hello, Ada").await?;

        follow(page, "/grpc").await?;
        page.fill("grpc-field-name", "Grace").await?;
        page.click("grpc-send").await?;
        page.says("grpc-status", "0 OK").await?;
        page.says("grpc-message", "Hello, Grace").await?;

        follow(page, "/queue").await?;
        page.click("consumer-start").await?;
        page.says("consumer-state", "consuming as").await?;
        page.fill("queue-body", "before").await?;
        page.click("queue-publish").await?;
        page.says("queue-fate", "Confirmed").await?;
        reads(page, "queue-total", "1").await?;

        follow(page, "/rest").await?;
        has(page, "rest-path", "/api/v1/resource?name=Ada").await?;
        page.says("rest-status", "200").await?;
        page.says("rest-body", "Hello, Ada").await?;
        page.until("the address holds the draft", "decodeURIComponent(location.hash).includes('name=Ada')").await?;

        follow(page, "/grpc").await?;
        has(page, "grpc-field-name", "Grace").await?;
        page.says("grpc-status", "0 OK").await?;
        page.says("grpc-message", "Hello, Grace").await?;

        // the consumer runs on while another page is shown
        follow(page, "/queue").await?;
        has(page, "queue-body", "before").await?;
        page.says("consumer-state", "consuming as").await?;
        page.says("queue-fate", "Confirmed").await?;
        page.click("queue-publish").await?;
        reads(page, "queue-total", "2").await
    })
    .await
}

async fn follow(page: &Page, path: &str) -> Result<()> {
    page.run("document.querySelector(`nav a[href='${arguments[0]}']`).click()", &[json!(path)]).await?;
    page.until(&format!("the page is {path}"), &format!("location.pathname === {path:?}")).await
}

async fn has(page: &Page, field: &str, value: &str) -> Result<()> {
    let holds = format!("document.querySelector('[data-testid={field}]')?.value === {value:?}");
    page.until(&format!("{field} holds {value}"), &holds).await
}

async fn reads(page: &Page, testid: &str, figure: &str) -> Result<()> {
    let reads = format!("document.querySelector('[data-testid={testid}]')?.textContent.trim() === {figure:?}");
    page.until(&format!("{testid} reads {figure}"), &reads).await
}
