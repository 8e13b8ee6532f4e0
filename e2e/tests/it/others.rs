//! Calls of other clients appear in the history of the open page as they happen.

use anyhow::{Context as _, Result, ensure};
use crosstalk_e2e::{Broker, Page, copied, need, play, script};

use crate::{accessible, looks};

const ROW: &str = "history-other";

#[tokio::test]
async fn curl_and_requests_appear_on_the_rest_bench_and_are_not_kept() -> Result<()> {
    play("others-rest", Broker::absent(), async |stage| {
        let page = &stage.page;
        open(page, "/rest").await?;
        copied::shell(&format!("curl -sS '{}'", stage.server.url("/api/v1/resource?name=Ada"))).await?;
        page.says(ROW, "curl/").await?;
        page.says(ROW, "another client").await?;
        page.says(ROW, "/api/v1/resource?name=Ada").await?;
        script::python("requests_get.py", &[&stage.server.url("")]).await?;
        page.says(ROW, "python-requests").await?;

        // the page's own calls stand beside them, once
        page.click("rest-send").await?;
        page.says("rest-body", "Hello, World!").await?;
        copied::shell(&format!("curl -sS '{}'", stage.server.url("/api/v1/resource/none"))).await?;
        page.says(ROW, "404").await?;
        let (own, others) = (page.count("history-show").await?, page.count(ROW).await?);
        ensure!((own, others) == (1, 3), "{own} calls of the page's own, {others} of other clients");

        for width in [1440, 360] {
            stage.browser.resize(width, 900).await?;
            accessible::check(page, &format!("/rest {width}, with calls of other clients")).await?;
            looks::fits(page, "/rest").await?;
        }
        page.click("history-clear").await?;
        page.says("history-blank", "Nothing sent yet").await
    })
    .await
}

#[tokio::test]
async fn a_grpcio_stub_appears_on_the_grpc_bench_with_its_statuses() -> Result<()> {
    play("others-grpc", Broker::absent(), async |stage| {
        let page = &stage.page;
        open(page, "/grpc").await?;
        let proto = need::workspace().join("proto/proto/helloworld.proto");
        let proto = proto.to_str().context("the workspace's path is UTF-8")?;
        let address = format!("127.0.0.1:{}", stage.server.grpc_port());
        script::python("grpcio_client.py", &[&address, proto, "Ada"]).await?;
        for said in ["SayHelloStreamReply", "0 OK", "3 INVALID_ARGUMENT", "grpc-python"] {
            page.says(ROW, said).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_pika_producer_appears_on_the_queue_bench_of_the_embedded_broker() -> Result<()> {
    play("others-queue", Broker::embedded(), async |stage| {
        let page = &stage.page;
        open(page, "/queue").await?;
        script::python("pika_send.py", &[&stage.broker.url(), "not for the history"]).await?;
        page.says(ROW, "basic.publish").await?;
        page.says(ROW, "Pika").await?;
        let text = page.text(ROW).await?;
        ensure!(!text.contains("not for the history"), "{text}");
        // what the page publishes is its own
        page.click("queue-publish").await?;
        page.says("history-show", "hello").await?;
        let mut consumer = script::Running::python("pika_receive.py", &[&stage.broker.url()])?;
        consumer.prints("waiting").await?;
        page.says(ROW, "basic.consume-ok").await?;
        let others = page.count(ROW).await?;
        ensure!(others == 2, "{others} calls of other clients");
        Ok(())
    })
    .await
}

/// Opens a bench and waits until it says that other clients' calls are listed.
async fn open(page: &Page, path: &str) -> Result<()> {
    page.open(path).await?;
    page.says("history-hint", "other clients").await
}
