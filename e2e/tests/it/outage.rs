//! The broker link breaks under an open page: the page says so, counts down, and continues by itself.

use std::time::Duration;

use anyhow::{Result, ensure};
use crosstalk_e2e::{Broker, Console, Page, play, script};
use crosstalk_testkit::wait_until;

/// From the broker's first answer to a live page.
const RECOVERY: Duration = Duration::from_secs(5);
const BUDGET: Duration = Duration::from_secs(20);
const HELD: [&str; 3] = ["one", "two", "three"];

#[tokio::test]
async fn a_killed_broker_is_told_and_the_page_is_live_again_by_itself() -> Result<()> {
    play("outage", Broker::own().await?, async |stage| {
        let page = &stage.page;
        let url = stage.broker.url();
        page.open("/queue").await?;
        page.says("chip-broker", "RabbitMQ").await?;
        // a mark that a reload would wipe out
        page.run("window.notReloaded = true", &[]).await?;
        hold(page, &url).await?;

        let node = stage.broker.node()?;
        node.kill();
        page.says("banner-broker", "broker does not answer").await?;
        page.says("countdown", "try").await?;
        page.says("consumer-state", "3 unacked messages").await?;
        // nobody is there yet: a try that is not waited for fails as any other
        page.click("retry-link").await?;
        node.restart().await?;
        page.says_within(RECOVERY, "chip-broker", "RabbitMQ").await?;
        page.says_within(RECOVERY, "consumer-state", "consuming as").await?;
        page.until("the banner is gone", "!document.querySelector('[data-testid=banner-broker]')").await?;
        script::python("pika_send.py", &[&url, "after the restart"]).await?;
        page.says("messages", "after the restart").await?;
        assert_eq!(page.run("return window.notReloaded", &[]).await?, true, "the page was loaded again");
        Ok(())
    })
    .await
}

/// The queue `hello` is not durable, so what it holds ends with the broker; a link that breaks is what gives it back.
#[tokio::test]
async fn messages_held_when_the_link_breaks_come_again_and_are_told() -> Result<()> {
    play("redelivery", Broker::own().await?, async |stage| {
        let page = &stage.page;
        page.open("/queue").await?;
        hold(page, &stage.broker.url()).await?;
        ensure!(page.count("message-redelivered").await? == 0, "nothing was redelivered yet");
        stage.broker.node()?.ctl(&["-q", "close_all_connections", "a test wants to see the links break"]).await?;
        let again = || async { page.count("message-redelivered").await.is_ok_and(|count| count == 3) };
        wait_until(BUDGET, again).await?;
        page.says("consumer-state", "consuming as").await?;
        // each is there twice now: as it was when the link broke, and as it came again; the new one can be acked
        for _ in HELD {
            page.click("message-ack").await?;
            page.idle().await?;
        }
        page.says("consumer-held", "0 / 20").await?;
        page.says("toast-recovered", "This page had not acked 3 messages when the connection broke").await?;
        page.says("toast-recovered", "3 have been delivered again").await
    })
    .await
}

/// The built-in broker ends with the server, and what its queues held with it.
#[tokio::test]
async fn messages_held_when_the_server_dies_with_its_broker_are_told_as_lost() -> Result<()> {
    play("lost", Broker::embedded(), async |stage| {
        stage.console = Console::NetworkFailures;
        let page = &stage.page;
        page.open("/queue").await?;
        page.click("consumer-ack-by-hand").await?;
        page.click("consumer-start").await?;
        page.says("consumer-state", "consuming as").await?;
        page.fill("queue-count", "3").await?;
        page.click("queue-publish").await?;
        page.says("consumer-held", "3 / 20").await?;
        stage.server.kill();
        page.says("consumer-state", "If the server ended, the messages that were held are lost").await?;
        page.says("messages", "not settled").await?;
        stage.server.start_again(&stage.broker).await?;
        page.says("toast-recovered", "The 3 messages that this page had not acked are lost").await?;
        page.says("consumer-state", "consuming as").await?;
        page.until("the rows say so", "document.querySelector('[data-testid=messages]').innerText.includes('lost')")
            .await?;
        assert_eq!(page.count("message-redelivered").await?, 0, "nothing comes again");
        Ok(())
    })
    .await
}

/// Starts the consumer in the mode in which a person acks, and lets three messages arrive.
async fn hold(page: &Page, url: &str) -> Result<()> {
    page.click("consumer-ack-by-hand").await?;
    page.click("consumer-start").await?;
    page.says("consumer-state", "consuming as").await?;
    for body in HELD {
        script::python("pika_send.py", &[url, body]).await?;
        page.says("messages", body).await?;
    }
    page.says("consumer-held", "3 / 20").await
}
