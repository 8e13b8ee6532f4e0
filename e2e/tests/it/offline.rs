//! The server stops under an open page and starts again: every page says so, keeps its input, shows failures in place,
//! and continues without a reload.

use anyhow::Result;
use crosstalk_e2e::{Broker, Console, play};
use serde_json::json;

/// A page, a field with what is typed there (none on the home page), the button that sends, and where the answer or the
/// failure is told.
const PAGES: [[&str; 5]; 4] = [
    ["/", "", "", "hello-all", "hello-status"],
    ["/rest", "rest-path", "/api/v1/resource?name=Ada", "rest-send", "bench"],
    ["/grpc", "grpc-field-name", "Ada", "grpc-send", "bench"],
    ["/queue", "queue-body", "typed before", "queue-publish", "bench"],
];

#[tokio::test]
async fn every_page_outlives_its_server() -> Result<()> {
    play("offline", Broker::embedded(), async |stage| {
        stage.console = Console::NetworkFailures;
        for [path, field, text, send, told] in PAGES {
            let page = &stage.page;
            page.open(path).await?;
            page.says("chip-broker", "embedded").await?;
            page.run("window.stamped = true", &[]).await?;
            if !field.is_empty() {
                page.fill(field, text).await?;
            }
            stage.server.terminate();
            stage.server.ended().await?;

            page.says("banner-server", "connection to the server is lost").await?;
            page.says("chip-store", "unknown").await?;
            page.click(send).await?;
            let failed = if path == "/" { "none of the three" } else { "server" };
            page.says(told, failed).await?;
            if path == "/" {
                let judged = "document.querySelector('main').innerText.includes('does not show which')";
                assert_eq!(page.run(&format!("return {judged}"), &[]).await?, json!(false), "no answer was compared");
            }

            stage.server.start_again(&stage.broker).await?;
            page.says("toast-back", "back after").await?;
            page.until("the banner is gone", "!document.querySelector('[data-testid=banner-server]')").await?;
            page.says("chip-broker", "embedded").await?;
            page.says("chip-store", "SQLite").await?;
            if !field.is_empty() {
                let value = format!("return document.querySelector('[data-testid={field}]').value");
                assert_eq!(page.run(&value, &[]).await?, json!(text), "{path} forgot what was typed");
            }
            page.click(send).await?;
            let answered = match path {
                "/" => "all three",
                "/queue" => "confirmed",
                _ => "Hello, Ada",
            };
            page.says(told, answered).await?;
            assert_eq!(page.run("return window.stamped", &[]).await?, json!(true), "{path} was loaded again");
        }
        Ok(())
    })
    .await
}
