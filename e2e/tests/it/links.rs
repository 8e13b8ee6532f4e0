//! A link restores a bench in a new browser. The page says what a link cannot contain.

use anyhow::{Context as _, Result};
use crosstalk_e2e::{Broker, Page, play};

const STATE: &str = "return JSON.stringify([...document.querySelectorAll('.req input, .req select:not(#preset), .req textarea')]\
                     .map(field => field.type === 'checkbox' ? field.checked : field.value))";

#[tokio::test]
async fn a_link_restores_every_field_of_the_rest_bench() -> Result<()> {
    let mut link = String::new();
    let mut typed = serde_json::Value::Null;
    play("link-made", Broker::absent(), async |stage| {
        let page = &stage.page;
        page.open("/rest").await?;
        page.choose("rest-preset-create").await?;
        page.fill("rest-path", "/api/v1/resource?name=Grace & Co.#1").await?;
        page.fill("rest-request-body", "{\"name\":\n  \"格蕾丝\"}").await?;
        for row in ["[data-testid=rest-headers] li:nth-child(1)", "[data-testid=rest-query] li:nth-child(2)"] {
            page.click_css(&format!("{row} input[type=checkbox]")).await?;
        }
        page.click_css(".fold:has([data-testid=rest-auth-2]) summary").await?;
        page.click("rest-auth-2").await?;
        page.fill("rest-user", "grace").await?;
        page.until("the address follows", "location.hash.includes('user=grace')").await?;
        typed = page.run(STATE, &[]).await?;
        let hash = page.run("return location.hash", &[]).await?;
        link = format!("/rest{}", hash.as_str().context("the hash is a text")?);
        Ok(())
    })
    .await?;
    play("link-opened", Broker::absent(), async |stage| {
        let page = &stage.page;
        page.open(&link).await?;
        assert_eq!(page.run(STATE, &[]).await?, typed, "{link}");
        // and so does another link that is opened in the same tab
        page.run("location.hash = '#1&method=DELETE&path=/api/v1/resource/x&body='", &[]).await?;
        page.until("the path is the link's", &value("rest-path", "/api/v1/resource/x")).await?;
        page.until("the method is the link's", &value("rest-method", "DELETE")).await
    })
    .await
}

#[tokio::test]
async fn a_link_restores_every_field_of_the_grpc_bench() -> Result<()> {
    const METHOD: &str = "return document.querySelector('[data-testid=grpc-methods] [aria-pressed=true]')?.innerText";
    let mut link = String::new();
    let mut typed = serde_json::Value::Null;
    play("grpc-link-made", Broker::absent(), async |stage| {
        let page = &stage.page;
        page.open("/grpc").await?;
        page.click("grpc-method-SayHelloStreamReply").await?;
        page.click_css("#msg-1").await?;
        page.fill("grpc-json", "{\"name\":\n \"Grace & 格蕾丝\"}").await?;
        page.fill("grpc-count", "77").await?;
        page.fill("grpc-interval", "3").await?;
        page.fill("grpc-deadline", "1234").await?;
        header(page, "grpc-metadata", "x-tenant", "demo").await?;
        header(page, "grpc-metadata", "authorization", "Bearer sesame").await?;
        page.until("the address follows", "location.hash.includes('x-tenant:demo')").await?;
        page.says("link-note", "no credentials").await?;
        typed = page.run(STATE, &[]).await?;
        let hash = page.run("return location.hash", &[]).await?;
        link = format!("/grpc{}", hash.as_str().context("the hash is a text")?);
        assert!(!link.contains("sesame"), "{link}");
        Ok(())
    })
    .await?;
    play("grpc-link-opened", Broker::absent(), async |stage| {
        let page = &stage.page;
        page.open(&link).await?;
        page.until("the method is there", "document.querySelector('[data-testid=grpc-methods] [aria-pressed=true]')")
            .await?;
        assert!(
            page.run(METHOD, &[]).await?.as_str().is_some_and(|name| name.contains("SayHelloStreamReply")),
            "{link}"
        );
        let typed = typed.as_str().unwrap_or_default().replace(r#"true,"authorization","Bearer sesame","#, "");
        assert_eq!(page.run(STATE, &[]).await?, typed, "{link}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn what_a_link_does_not_hold_is_said() -> Result<()> {
    play("link-limits", Broker::absent(), async |stage| {
        let page = &stage.page;
        page.open("/rest#9&method=GET").await?;
        page.says("link-broken", "it has version 9").await?;
        page.fill("rest-path", "/healthz").await?;
        page.until("the address follows", "location.hash.includes('/healthz')").await?;
        page.until("nothing is left to say", "!document.querySelector('[data-testid=link-broken]')").await?;

        header(page, "rest-headers", "Authorization", "Bearer sesame").await?;
        page.says("link-note", "no credentials").await?;
        page.click_css(".fold:has([data-testid=rest-auth-1]) summary").await?;
        page.click("rest-auth-1").await?;
        page.fill("rest-token", "mellon").await?;
        page.fill("rest-path", "/healthz?token=friend").await?;
        page.until("the address follows", "location.hash.includes('bearer')").await?;
        page.says("copy-as", "Bearer mellon").await?;
        page.says("copy-as-secret", "contain the credentials").await?;
        page.click("rest-send").await?;
        page.says("rest-status", "200").await?;
        page.says("history", "without credentials").await?;
        let told = "JSON.stringify(localStorage) + location.hash";
        for secret in ["sesame", "mellon", "friend"] {
            page.until("nothing that is kept tells", &format!("!({told}).includes('{secret}')")).await?;
        }
        // and yet the call can be run again as it was, for as long as the page stays
        page.choose("rest-preset-hello").await?;
        page.click("history-again").await?;
        page.says("copy-as", "Bearer mellon").await?;

        let long = "document.querySelector('[data-testid=rest-request-body]').value = 'x'.repeat(9000);\
                    document.querySelector('[data-testid=rest-request-body]').dispatchEvent(new Event('input'))";
        page.run(long, &[]).await?;
        page.says("link-note", "more than 8192").await?;
        page.until("the address holds nothing", "location.hash === ''").await
    })
    .await
}

/// Fills the blank row of the editor of headers.
async fn header(page: &Page, rows: &str, name: &str, value: &str) -> Result<()> {
    let rows = format!("[data-testid={rows}] li");
    page.find_css(&format!("{rows}:last-child input[placeholder=name]")).await?.send_keys(name).await?;
    let field = page.find_css(&format!("{rows}:nth-last-child(2) input[placeholder=value]")).await?;
    Ok(field.send_keys(value).await?)
}

#[tokio::test]
async fn a_link_restores_every_field_of_the_queue_bench() -> Result<()> {
    const STATE: &str = "return JSON.stringify([...document.querySelectorAll('.req input, .req select:not(#preset), .req textarea, \
                         .consumers input, .consumers [aria-pressed=true]')]\
                         .map(field => field.type === 'checkbox' ? field.checked : field.value || field.innerText))";
    let mut link = String::new();
    let mut typed = serde_json::Value::Null;
    play("queue-link-made", Broker::absent(), async |stage| {
        let page = &stage.page;
        page.open("/queue").await?;
        page.choose("queue-preset-nobody").await?;
        page.fill("queue-body", "{\"name\":\n  \"格蕾丝 & Co.\"}").await?;
        page.fill("queue-count", "7").await?;
        page.fill("queue-rate", "3").await?;
        page.click_css(".kv input[type=checkbox]").await?;
        page.click_css(".fold:nth-child(2) > summary").await?;
        page.find_css(".kv.typed input[type=text]").await?.send_keys("x-tries").await?;
        page.find_css(".kv.typed select").await?.send_keys("long").await?;
        page.find_css(".kv.typed li:first-child input[type=text]:last-of-type").await?.send_keys("5").await?;
        page.click("consumer-ack-by-hand").await?;
        page.fill("consumer-prefetch", "3").await?;
        page.click("consumer-add").await?;
        page.until("the address follows", "location.hash.split('consumer=').length === 3").await?;
        page.until("with the header", "location.hash.includes('long%20x-tries:5')").await?;
        typed = page.run(STATE, &[]).await?;
        let hash = page.run("return location.hash", &[]).await?;
        link = format!("/queue{}", hash.as_str().context("the hash is a text")?);
        Ok(())
    })
    .await?;
    play("queue-link-opened", Broker::absent(), async |stage| {
        let page = &stage.page;
        page.open(&link).await?;
        assert_eq!(page.run(STATE, &[]).await?, typed, "{link}");
        Ok(())
    })
    .await
}

fn value(testid: &str, value: &str) -> String {
    format!("document.querySelector('[data-testid={testid}]').value === '{value}'")
}
