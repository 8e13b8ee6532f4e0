//! Notifications move nothing on the page: toasts are in the corner, and the banner of an outage is at the bottom of
//! the window.

use anyhow::{Result, ensure};
use crosstalk_e2e::{Broker, play};
use serde_json::json;

use crate::shells::{SEEN, shifts};

#[tokio::test]
async fn what_was_copied_is_told_in_the_corner_until_it_is_put_away() -> Result<()> {
    play("copied-told", Broker::absent(), async |stage| {
        let page = &stage.page;
        let permissions = json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
        page.driver().cdp().send_raw("Browser.grantPermissions", permissions).await?;
        page.open("/rest").await?;
        page.fill("rest-path", "/api/v1/resource?name=Ada").await?;
        page.click("copy-as-copy").await?;
        page.says("toast-copied", "Copied curl").await?;
        let copied = page.driver().execute_async(
            "const done = arguments[0]; navigator.clipboard.readText().then(done, error => done(String(error)))",
            vec![],
        );
        let copied = copied.await?.json().clone();
        ensure!(copied == json!(page.text("copy-as").await?), "{copied}");
        page.click_css("[data-testid=toast-copied] button").await?;
        page.until("it is put away", "!document.querySelector('[data-testid=toast-copied]')").await
    })
    .await
}

#[tokio::test]
async fn an_outage_moves_nothing() -> Result<()> {
    play("outage-still", Broker::own().await?, async |stage| {
        let page = &stage.page;
        for (width, height) in [(1440, 900), (360, 740)] {
            stage.browser.resize(width, height).await?;
            page.open("/rest?lang=en").await?;
            page.says("chip-broker", "RabbitMQ").await?;
            let before = shifts(page).await?;
            stage.broker.node()?.kill();
            page.says("banner-broker", "broker does not answer").await?;
            let after = shifts(page).await?;
            ensure!(after - before < SEEN, "at {width} the banner moved the page by {}", after - before);
            stage.broker.node()?.restart().await?;
            page.until("the banner is gone", "!document.querySelector('[data-testid=banner-broker]')").await?;
            let after = shifts(page).await?;
            ensure!(after - before < SEEN, "at {width} the end of the outage moved the page by {}", after - before);
        }
        Ok(())
    })
    .await
}
