//! The queue panel and stock AMQP clients: each reads what the other publishes.

use anyhow::Result;
use crosstalk_e2e::{Broker, play, script};

#[tokio::test]
async fn a_stock_producer_s_message_appears_on_the_page() -> Result<()> {
    from_stock_to_page("pika-to-page", Broker::shared().await?).await
}

#[tokio::test]
async fn so_it_is_with_the_embedded_broker() -> Result<()> {
    from_stock_to_page("pika-to-page-embedded", Broker::embedded()).await
}

async fn from_stock_to_page(name: &str, broker: Broker) -> Result<()> {
    play(name, broker, async |stage| {
        let page = &stage.page;
        page.open("/queue").await?;
        page.click("consumer-start").await?;
        page.says("consumer-state", "consuming as").await?;
        script::python("pika_send.py", &[&stage.broker.url(), "from a stock producer"]).await?;
        page.says("messages", "from a stock producer").await
    })
    .await
}

#[tokio::test]
async fn a_message_of_the_page_reaches_a_stock_consumer() -> Result<()> {
    from_page_to_stock("page-to-pika", Broker::shared().await?).await
}

#[tokio::test]
async fn and_one_of_the_embedded_broker() -> Result<()> {
    from_page_to_stock("page-to-pika-embedded", Broker::embedded()).await
}

async fn from_page_to_stock(name: &str, broker: Broker) -> Result<()> {
    play(name, broker, async |stage| {
        let page = &stage.page;
        page.open("/queue").await?;
        // a consumer that was stopped takes nothing away from others
        page.click("consumer-start").await?;
        page.says("consumer-state", "consuming as").await?;
        page.click("consumer-stop").await?;
        page.says("consumer-state", "went back").await?;
        let mut consumer = script::Running::python("pika_receive.py", &[&stage.broker.url()])?;
        consumer.prints("waiting").await?;
        // the broker in the server's process tells who that is, a RabbitMQ only that there is one
        page.says("consumers-others", "other client").await?;
        for number in 1..=3 {
            page.fill("queue-body", &format!("from the page, {number}")).await?;
            page.click("queue-publish").await?;
            consumer.prints(&format!("received from the page, {number}")).await?;
        }
        Ok(())
    })
    .await
}
