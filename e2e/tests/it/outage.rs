//! The broker is killed and started again under an open page: the page says so, counts down, and goes on by itself.

use std::time::Duration;

use anyhow::Result;
use crosstalk_e2e::{Broker, play, script};

/// From the broker's first answer to a live page.
const RECOVERY: Duration = Duration::from_secs(5);

#[tokio::test]
async fn a_killed_broker_is_told_and_the_page_is_live_again_by_itself() -> Result<()> {
    play("outage", Broker::own().await?, async |stage| {
        let page = &stage.page;
        page.open("/queue").await?;
        page.says("chip-broker", "RabbitMQ").await?;
        // a mark that a reload would wipe out
        page.run("window.notReloaded = true", &[]).await?;
        let url = stage.broker.url();
        let node = stage.broker.node()?;
        node.kill();
        page.says("banner-broker", "broker does not answer").await?;
        page.says("countdown", "try").await?;
        node.restart().await?;
        page.says_within(RECOVERY, "chip-broker", "RabbitMQ").await?;
        page.until("the banner is gone", "!document.querySelector('[data-testid=banner-broker]')").await?;
        page.click("consumer-start").await?;
        script::python("pika_send.py", &[&url, "after the restart"]).await?;
        page.says("messages", "after the restart").await?;
        assert_eq!(page.run("return window.notReloaded", &[]).await?, true, "the page was loaded again");
        Ok(())
    })
    .await
}
