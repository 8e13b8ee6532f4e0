//! The server over TLS: a stock client that trusts its certificate, and the page, which shows both layers of a call.

use anyhow::{Result, ensure};
use crosstalk_e2e::{Broker, Server, copied, play_on};

use crate::accessible;

#[tokio::test]
async fn curl_is_greeted_over_http_2_with_the_certificate_of_the_data_folder() -> Result<()> {
    let server = Server::start_secure(&Broker::absent()).await?;
    let url = server.url("/api/v1/resource?name=Ada");
    let certificate = server.certificate();
    let asked = format!("curl -sS --cacert '{}' -w ' %{{http_version}}' '{url}'", certificate.display());
    let said = copied::shell(&asked).await?;
    ensure!(said == r#"{"message":"Hello, Ada"} 2"#, "{said}");
    server.stop().await
}

#[tokio::test]
async fn the_page_shows_what_the_ends_say_and_what_the_network_sees() -> Result<()> {
    let broker = Broker::absent();
    let server = Server::start_secure(&broker).await?;
    play_on("tls", broker, server, async |stage| {
        let page = &stage.page;
        page.open("/rest").await?;
        // its WebSocket is there as well
        page.says("history-hint", "other clients").await?;
        page.click("wire-switch").await?;
        page.fill("rest-path", "/api/v1/resource?name=Confidential").await?;
        page.click("rest-send").await?;
        page.says("rest-body", "Hello, Confidential").await?;
        page.says("wire", "HTTP/2").await?;
        page.says("wire-message", "HEADERS").await?;

        page.click("wire-network").await?;
        page.says("wire-message", "client_hello").await?;
        page.says("wire-message", "server_hello").await?;
        page.says("wire-message", "application_data").await?;
        let told = page.text("wire").await?;
        ensure!(told.contains("TLS") && !told.contains("Confidential"), "{told}");
        accessible::check(page, "/rest, what the network sees").await?;
        page.click("wire-ends").await?;
        page.says("wire-message", "HEADERS").await
    })
    .await
}
