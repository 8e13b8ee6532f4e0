//! The queue bench works the same with either broker: publish outcomes, prefetch, ack, nack and requeue, several
//! consumers and their ends, high rates.

use std::time::Duration;

use anyhow::{Result, ensure};
use crosstalk_e2e::{Broker, Page, play};

/// How long 20,000 messages and their confirms may take on a loaded machine.
const FLOOD: Duration = Duration::from_secs(60);

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
        page.says("consumer-held", "2 / 2").await?;
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
        page.choose("queue-preset-nobody").await?;
        page.click("queue-publish").await?;
        page.says("queue-fate", "312 NO_ROUTE").await?;
        page.says("bench", "No queue matched the routing key").await?;
        page.says("steps", "basic.return").await?;
        page.choose("queue-preset-hello").await?;
        page.fill("queue-count", "100").await?;
        page.click("queue-publish").await?;
        page.says("queue-fates", "Sent 100 Confirmed 100 Returned 0").await?;
        reads(page, "queue-ready", "100").await?;
        page.click("consumer-ack-automatic").await?;
        page.click("consumer-start").await?;
        reads(page, "queue-total", "100").await?;
        reads(page, "queue-ready", "0").await?;
        ensure!(page.count("message-redelivered").await? == 0, "nothing came twice");
        // the history tells of it in another page load too
        page.reload().await?;
        page.click("history-show").await?;
        page.says("queue-fates", "Confirmed 100 Returned 0").await
    })
    .await
}

#[tokio::test]
async fn consumers_come_and_go() -> Result<()> {
    several_consumers("consumers", Broker::shared().await?).await
}

#[tokio::test]
async fn so_they_do_on_the_embedded_broker() -> Result<()> {
    several_consumers("consumers-embedded", Broker::embedded()).await
}

/// Two consumers share a queue by their prefetch; one that dies before its ack gives its messages to the other.
async fn several_consumers(name: &str, broker: Broker) -> Result<()> {
    play(name, broker, async |stage| {
        let page = &stage.page;
        page.open("/queue").await?;
        page.click("consumer-ack-by-hand").await?;
        page.fill("consumer-prefetch", "2").await?;
        page.click("consumer-add").await?;
        nth(page, "consumer-ack-by-hand", 2).await?;
        page.click("consumer-start").await?;
        page.says("consumer-state", "consuming as").await?;
        // the only one that is left to start is the second
        page.click("consumer-start").await?;
        page.until("both consume", "!document.querySelector('[data-testid=consumer-start]')").await?;
        page.until(
            "both consume",
            "[...document.querySelectorAll('[data-testid=consumer-state]')].every(e => e.innerText.includes('Consuming as'))",
        )
        .await?;
        page.fill("queue-count", "10").await?;
        page.click("queue-publish").await?;
        page.says("consumer-held", "2 / 2").await?;
        page.says("consumer-held", "8 / 20").await?;
        page.click("consumer-kill").await?;
        page.says("consumer-state", "Killed before its ack. 2 messages went back").await?;
        page.says("consumer-held", "10 / 20").await?;
        page.until("they came again", &shown("message-redelivered", 2)).await?;
        page.click("messages-redelivered").await?;
        page.until("only these are shown", &shown("message-body", 2)).await?;
        page.click("messages-all").await?;
        page.fill("messages-filter", "nobody wrote this").await?;
        page.until("no row passes", &shown("message-body", 0)).await?;
        page.fill("messages-filter", "World").await?;
        page.until("ten and two that came again", &shown("message-body", 12)).await?;
        page.click("consumer-ack-all").await?;
        page.says("consumer-held", "0 / 20").await?;
        reads(page, "queue-ready", "0").await?;
        page.click("consumer-remove").await?;
        page.until("one is left", &shown("consumer-held", 1)).await
    })
    .await
}

#[tokio::test]
async fn what_cannot_be_read_is_nacked_by_who_works_on_it() -> Result<()> {
    play("poison", Broker::embedded(), async |stage| {
        let page = &stage.page;
        page.open("/queue").await?;
        page.click("consumer-start").await?;
        page.says("consumer-state", "consuming as").await?;
        page.choose("queue-preset-poison").await?;
        page.click("queue-publish").await?;
        page.says("queue-fate", "Confirmed").await?;
        page.says("messages", "nacked").await?;
        page.choose("queue-preset-hello").await?;
        page.click("queue-publish").await?;
        page.says("messages", "acked").await?;
        page.says("consumer-held", "0 / 20").await?;
        reads(page, "queue-ready", "0").await
    })
    .await
}

#[tokio::test]
async fn a_message_is_read_on_a_phone_without_scrolling_sideways() -> Result<()> {
    play("phone", Broker::embedded(), async |stage| {
        let page = &stage.page;
        stage.browser.resize(360, 740).await?;
        page.open("/queue?speed=instant").await?;
        page.click("consumer-ack-by-hand").await?;
        page.click("consumer-start").await?;
        page.says("consumer-state", "consuming as").await?;
        let locked = "return [...document.querySelectorAll('[data-testid=consumer-ack-automatic]')].map(b => [b.disabled, b.title])";
        assert_eq!(
            page.run(locked, &[]).await?,
            serde_json::json!([[true, "Stop the consumer to change between automatic and manual acknowledgement."]])
        );
        page.click("queue-publish").await?;
        page.says("messages", "World!").await?;
        let sideways = "const list = document.getElementById('live-h-list');
            const box = document.querySelector('[data-testid=message-body]').getBoundingClientRect();
            return [list.scrollWidth <= list.clientWidth, box.left >= 0 && box.right <= innerWidth]";
        assert_eq!(page.run(sideways, &[]).await?, serde_json::json!([true, true]));
        page.click("message-ack").await?;
        page.says("message-fate", "acked").await?;

        // a busy button can be read while the pointer is on it
        page.fill("queue-count", "2000").await?;
        page.fill("queue-rate", "500").await?;
        page.click("queue-publish").await?;
        page.until("the run goes on", "document.querySelector('[data-testid=queue-publish][aria-disabled=true]')").await?;
        let colours = "const style = getComputedStyle(document.querySelector('[data-testid=queue-publish]'));
            const probe = document.body.appendChild(document.createElement('i'));
            probe.style.setProperty('color', 'var(--sunken)');
            const sunken = getComputedStyle(probe).color;
            probe.remove();
            return document.querySelector('[data-testid=queue-publish]').matches(':hover') && style.backgroundColor === sunken";
        page.until("the busy button has a quiet ground", &format!("(() => {{ {colours} }})()")).await?;
        page.click("queue-stop").await?;
        page.idle().await
    })
    .await
}

#[tokio::test]
async fn what_cannot_be_sent_is_told_as_it_is_typed() -> Result<()> {
    play("faults", Broker::embedded(), async |stage| {
        let page = &stage.page;
        page.open("/queue").await?;
        page.find_css("#exchange").await?.send_keys("nowhere").await?;
        page.click("queue-publish").await?;
        page.says("queue-fate", "NOT_FOUND").await?;
        let value = ".kv li:nth-child(2) input[type=text]:nth-of-type(3)";
        page.find_css(value).await?.clear().await?;
        page.find_css(value).await?.send_keys("3").await?;
        page.says("queue-faults", "delivery_mode").await?;
        page.until("it cannot be sent", "document.querySelector('[data-testid=queue-publish]').disabled").await?;
        page.choose("queue-preset-hello").await?;
        page.fill("queue-count", "0").await?;
        page.until("it cannot be sent", "document.querySelector('[data-testid=queue-publish]').disabled").await
    })
    .await
}

/// A browser may keep a page that was left, frozen, with its socket: the messages would go where nobody sees them.
#[tokio::test]
async fn a_page_that_was_left_consumes_no_more() -> Result<()> {
    play("left", Broker::embedded(), async |stage| {
        let page = &stage.page;
        page.open("/queue").await?;
        page.click("consumer-start").await?;
        page.says("consumer-state", "consuming as").await?;
        page.open("/queue?speed=instant").await?;
        page.click("consumer-start").await?;
        page.says("consumer-state", "consuming as").await?;
        page.fill("queue-count", "4").await?;
        page.click("queue-publish").await?;
        reads(page, "queue-total", "4").await
    })
    .await
}

#[tokio::test]
async fn a_flood_is_counted_to_the_last_message() -> Result<()> {
    flooded("flood", Broker::shared().await?).await
}

#[tokio::test]
async fn so_it_is_by_the_embedded_broker() -> Result<()> {
    flooded("flood-embedded", Broker::embedded()).await
}

/// 20,000 messages from this page to this page: each has its fate, each is counted, the table holds the last 5,000.
async fn flooded(name: &str, broker: Broker) -> Result<()> {
    play(name, broker, async |stage| {
        let page = &stage.page;
        page.open("/queue").await?;
        page.fill("consumer-prefetch", "1000").await?;
        page.click("consumer-start").await?;
        page.says("consumer-state", "consuming as").await?;
        page.choose("queue-preset-flood").await?;
        page.fill("queue-count", "20000").await?;
        page.fill("queue-rate", "").await?;
        page.click("queue-publish").await?;
        page.says_within(FLOOD, "queue-fates", "Confirmed 20,000 Returned 0 Nacked 0 Unknown 0").await?;
        reads(page, "queue-total", "20,000").await?;
        page.says("consumer-held", "0 / 1000").await?;
        reads(page, "queue-ready", "0").await?;
        page.says("messages-undrawn", "arrived too fast to be drawn").await?;
        let rows = "document.querySelector('[data-testid=messages]').getAttribute('aria-rowcount') === '5001'";
        page.until("the last 5,000 are kept", rows).await?;
        ensure!(page.count("message-body").await? < 50, "only the rows in sight are in the document");
        // what is far down is there when one scrolls to it
        page.run("document.querySelector('.live').scrollTop = 1e9", &[]).await?;
        page.says("messages", "15,001").await?;
        ensure!(page.count("message-redelivered").await? == 0, "nothing came twice");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_run_can_be_paused_and_stopped() -> Result<()> {
    play("run", Broker::embedded(), async |stage| {
        let page = &stage.page;
        page.open("/queue").await?;
        page.choose("queue-preset-flood").await?;
        page.fill("queue-rate", "100").await?;
        page.click("queue-publish").await?;
        page.says("queue-fate", "In progress").await?;
        page.click("queue-pause").await?;
        page.click("queue-stop").await?;
        page.says("queue-fate", "Stopped").await?;
        page.idle().await?;
        // all that was sent is in the queue, and it is not all that was ordered
        let sent = "document.querySelector('[data-testid=queue-fates] tbody td').innerText";
        let ready = "document.querySelector('[data-testid=queue-ready]').innerText";
        page.until("what was sent waits", &format!("{sent} === {ready} && {sent} !== '0' && {sent} !== '30,000'")).await
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

/// Clicks on one of several things of this id.
async fn nth(page: &Page, testid: &str, nth: usize) -> Result<()> {
    page.until(
        &format!("there are {nth} of {testid}"),
        &format!("document.querySelectorAll('[data-testid={testid}]').length >= {nth}"),
    )
    .await?;
    let click = format!("document.querySelectorAll('[data-testid={testid}]')[{}].click()", nth - 1);
    page.run(&click, &[]).await.map(|_| ())
}
