//! Without a broker the page says what is missing and how to start one, and everything else works.

use anyhow::Result;
use crosstalk_e2e::{Broker, play};

use crate::hello::reading_ms;

#[tokio::test]
async fn without_a_broker_the_page_says_how_to_start_one_and_the_rest_works() -> Result<()> {
    play("no-broker", Broker::absent(), async |stage| {
        let page = &stage.page;
        page.open("/").await?;
        page.says("banner-broker", "broker does not answer").await?;
        page.click_css("[data-testid=how-to-start]").await?;
        page.says("banner-broker", "rabbitmq-server").await?;
        page.says("banner-broker", "AMQP_URL").await?;
        page.says("countdown", "try").await?;
        page.click("hello-all").await?;
        for lane in ["lane-rest", "lane-grpc"] {
            page.says(lane, "Hello, World!").await?;
            assert!(reading_ms(page, lane).await? > 0.0);
        }
        page.says("hello-status", "2 of 3").await?;
        let queue = page.text("lane-queue").await?;
        assert!(!queue.contains("Hello"), "the queue lane cannot have an answer: {queue}");
        page.open("/rest").await?;
        page.click("rest-send").await?;
        page.says("rest-status", "200").await
    })
    .await
}
