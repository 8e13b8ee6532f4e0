//! What *copy as* gives does what the page did.

use anyhow::{Result, ensure};
use crosstalk_e2e::{Broker, Page, copied, play};

/// The tabs of the REST bench.
const CURL: usize = 0;
const PYTHON: usize = 1;
const RUST: usize = 2;
const JAVASCRIPT: usize = 3;

#[tokio::test]
async fn a_request_of_the_rest_bench_is_the_same_in_every_language() -> Result<()> {
    play("copied-rest", Broker::absent(), async |stage| {
        let page = &stage.page;
        page.open("/rest").await?;
        // with the key of what the page has sent already, whoever sends it again gets the first answer
        page.click("rest-preset-create").await?;
        page.fill("rest-request-body", "{\"name\": \"O'Neil \\\"$HOME\\\" 你好\"}").await?;
        page.click("rest-send").await?;
        page.says("rest-status", "201").await?;
        let id = "return document.querySelector('[data-testid=rest-body]').innerText.match(/[0-9A-Z]{26}/)[0]";
        let id = page.run(id, &[]).await?;
        let id = id.as_str().unwrap_or_default();
        let said = [
            copied::shell(&text(page, CURL).await?).await?,
            copied::python(&text(page, PYTHON).await?).await?,
            copied::rust("rest", &text(page, RUST).await?).await?,
            copied::javascript(&text(page, JAVASCRIPT).await?).await?,
        ];
        for said in said {
            ensure!(said.contains("201") && said.contains(id), "not what the page was answered, {id}: {said}");
        }

        // and without a body: what is there is not sent again
        page.click("rest-preset-ifchanged").await?;
        page.click("rest-send").await?;
        page.says("rest-status", "304").await?;
        let said = [
            copied::shell(&text(page, CURL).await?).await?,
            copied::python(&text(page, PYTHON).await?).await?,
            copied::javascript(&text(page, JAVASCRIPT).await?).await?,
        ];
        for said in said {
            ensure!(said.contains("304"), "{said}");
        }
        Ok(())
    })
    .await
}

/// The program of a tab.
async fn text(page: &Page, tab: usize) -> Result<String> {
    page.find_css(&format!("#copy-{tab}")).await?.click().await?;
    page.text("copy-as").await
}
