//! The gRPC bench: methods from the descriptor, a message as form and JSON, streams as they arrive, and every way in
//! which a call can end.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use crosstalk_e2e::{Broker, Page, Server, play};
use crosstalk_testkit::WATCH_ARRIVALS;

/// The tabs of the answer and of the message.
const METADATA: &str = "ans-1";
const FORM: &str = "msg-0";
const JSON: &str = "msg-1";

#[tokio::test]
async fn a_unary_call_is_made_from_the_servers_own_descriptor() -> Result<()> {
    play("grpc-unary", Broker::absent(), async |stage| {
        let page = &stage.page;
        page.open("/grpc").await?;
        page.says("grpc-methods", "helloworld.Greeter SayHello unary SayHelloStreamReply server stream").await?;
        page.fill("grpc-field-name", "Ada").await?;
        page.says("grpc-encoded", "0a 03 41 64 61").await?;
        page.click("grpc-send").await?;
        page.says("grpc-status", "0 OK").await?;
        page.says("grpc-message", "{ \"message\": \"Hello, Ada\" }").await?;
        page.says("grpc-explained", "of the deadline of 10000 ms were left").await?;
        tab(page, METADATA).await?;
        page.says("grpc-headers", "content-type application/grpc-web+proto").await?;
        page.says("grpc-trailers", "grpc-status 0").await?;
        // what both sides measured is a way between them
        for step in ["HelloRequest, 5 B", "the deadline starts", "greet(name)", "headers: 200", "grpc-status: 0"] {
            page.says("steps", step).await?;
        }
        // the contract is there to be read
        let proto = reqwest::get(stage.server.url("/helloworld.proto")).await?.text().await?;
        ensure!(proto.contains("rpc SayHello (HelloRequest) returns (HelloReply)"), "{proto}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn form_and_json_are_one_message() -> Result<()> {
    play("grpc-forms", Broker::absent(), async |stage| {
        let page = &stage.page;
        page.open("/grpc").await?;
        page.fill("grpc-field-name", "Grace \"Hopper\"").await?;
        tab(page, JSON).await?;
        page.until("JSON has what the form has", &has("grpc-json", r#"{\n  "name": "Grace \\"Hopper\\""\n}"#)).await?;
        for (wrong, words) in [
            ("{\"name\": 7}", "Line 1, column 2: name takes a string"),
            ("{\"age\": 7}", "Line 1, column 2: HelloRequest has no field age"),
            ("{\"name\"", "Line 1, column 7: not JSON"),
        ] {
            page.fill("grpc-json", wrong).await?;
            page.says("grpc-message-note", words).await?;
            page.until("it cannot be sent", "document.querySelector('[data-testid=grpc-send]').disabled").await?;
        }
        page.fill("grpc-json", "{\"name\": \"Linus\"}").await?;
        tab(page, FORM).await?;
        page.until("the form has what JSON has", &has("grpc-field-name", "Linus")).await?;
        page.click("grpc-send").await?;
        page.says("grpc-message", "Hello, Linus").await
    })
    .await
}

#[tokio::test]
async fn a_stream_is_shown_message_by_message() -> Result<()> {
    play("grpc-stream", Broker::absent(), async |stage| {
        let page = &stage.page;
        stream(page, "3", "400").await?;
        page.click("grpc-send").await?;
        let some = "document.querySelector('[data-testid=grpc-messages]')?.getAttribute('aria-rowcount') === '2'";
        page.until("one is there while others are awaited", some).await?;
        page.says("grpc-status", "In progress").await?;
        page.says("grpc-status", "0 OK").await?;
        page.until("all three are shown", "document.querySelectorAll('[data-testid=grpc-message]').length === 3")
            .await?;
        page.says("steps", "the stream").await?;
        page.fill("grpc-count", "10001").await?;
        page.until("it cannot be sent", "document.querySelector('[data-testid=grpc-send]').disabled").await?;
        page.says("bench", "x-count: a whole number from 1 to 10000").await
    })
    .await
}

/// How late each message that was drawn was painted, and how many were before the last one came.
const LATE: &str = "const drawn = [...window.painted].filter(([number]) => number <= window.arrived.length);
    const last = window.arrived.at(-1);
    return {
        worst: Math.max(...drawn.map(([number, at]) => at - window.arrived[number - 1])),
        early: drawn.filter(([, at]) => at < last).length,
    }";

#[tokio::test]
async fn a_thousand_messages_are_painted_as_they_arrive() -> Result<()> {
    play("grpc-thousand", Broker::absent(), async |stage| {
        let page = &stage.page;
        stream(page, "1000", "8").await?;
        page.run(WATCH_ARRIVALS, &[]).await?;
        page.click("grpc-send").await?;
        page.until_within(Duration::from_secs(40), "all have come", "window.arrived.length === 1000").await?;
        page.says("grpc-status", "0 OK").await?;
        page.until("the last is painted", "window.painted.has(1000)").await?;
        let late = page.run(LATE, &[]).await?;
        // how late is a matter of how busy the machine is, and told; that they come one by one is not
        println!(
            "the latest of 1,000 messages was painted {:.1} ms after it arrived",
            late["worst"].as_f64().unwrap_or(-1.0)
        );
        ensure!(late["early"].as_u64().context("a count")? > 500, "they were not painted as they came: {late}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn ten_thousand_messages_stay_a_short_table() -> Result<()> {
    play("grpc-many", Broker::absent(), async |stage| {
        let page = &stage.page;
        stream(page, "10000", "0").await?;
        page.click("grpc-send").await?;
        page.says_within(Duration::from_secs(60), "grpc-status", "0 OK").await?;
        let all = "document.querySelector('[data-testid=grpc-messages]').getAttribute('aria-rowcount') === '10001'";
        page.until("all are there", all).await?;
        let drawn = page.count("grpc-message").await?;
        ensure!(drawn < 100, "{drawn} rows are drawn");
        page.says("grpc-messages", "10000").await?;
        // the newest is on top, the first one far below
        page.run("document.getElementById('ans-h-list').scrollTop = 1e6", &[]).await?;
        let first = "[...document.querySelectorAll('[data-testid=grpc-messages] tbody tr:not(.space)')]\
                     .at(-1).cells[0].innerText === '1'";
        page.until("the first one is drawn", first).await
    })
    .await
}

#[tokio::test]
async fn the_server_notices_that_a_call_is_cancelled() -> Result<()> {
    play("grpc-cancel", Broker::absent(), async |stage| {
        let page = &stage.page;
        stream(page, "10000", "50").await?;
        page.click("grpc-send").await?;
        page.says("grpc-message", "Hello, World!").await?;
        ensure!(metric(&stage.server, "in_flight").await? == 1, "the server works");
        page.click("grpc-cancel").await?;
        page.says("grpc-status", "1 CANCELLED").await?;
        page.says("grpc-noticed", "went from 0 to 1").await?;
        ensure!(metric(&stage.server, "cancelled_total").await? == 1, "the server's own count");
        ensure!(metric(&stage.server, "in_flight").await? == 0, "the server works on");
        let count = page.run("return document.querySelector('#ans-0 small').innerText", &[]).await?;
        let count = count.as_str().context("the tab has a figure")?;
        page.says("grpc-explained", &format!("messages by then: {count}")).await
    })
    .await
}

#[tokio::test]
async fn a_deadline_ends_the_call_on_the_server() -> Result<()> {
    play("grpc-deadline", Broker::absent(), async |stage| {
        let page = &stage.page;
        stream(page, "100", "50").await?;
        page.fill("grpc-deadline", "300").await?;
        page.says("bench", "grpc-timeout: 300m").await?;
        page.says("bench", "the call will exceed it").await?;
        page.click("grpc-send").await?;
        page.says("grpc-status", "4 DEADLINE_EXCEEDED").await?;
        page.says("problem", "the deadline of 300 ms has passed").await?;
        page.says("grpc-explained", "The deadline was 300 ms").await?;
        // the server ended it, by its own clock: nobody went away
        ensure!(metric(&stage.server, "cancelled_total").await? == 0, "the page left");
        for wrong in ["0", "-1", "soon", "1.5"] {
            page.fill("grpc-deadline", wrong).await?;
            page.until("it cannot be sent", "document.querySelector('[data-testid=grpc-send]').disabled").await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_call_of_two_streams_is_driven_through_the_server() -> Result<()> {
    play("grpc-bidi", Broker::absent(), async |stage| {
        let page = &stage.page;
        page.open("/grpc").await?;
        page.click("grpc-method-SayHelloBidiStream").await?;
        page.says("grpc-why", "A browser cannot make this call").await?;
        page.fill("grpc-field-name", "Ada").await?;
        page.click("grpc-send").await?;
        page.says("grpc-message", "Hello, Ada").await?;
        page.fill("grpc-field-name", "Grace").await?;
        page.click("grpc-send").await?;
        page.says("grpc-message", "Hello, Grace").await?;
        ensure!(page.count("grpc-sent").await? == 2, "both are in the table");
        page.click("grpc-half-close").await?;
        page.says("grpc-status", "0 OK").await?;
        page.says("steps", "call.open").await?;
        // and one that is given up
        page.click("grpc-send").await?;
        page.says("grpc-message", "Hello, Grace").await?;
        page.click("grpc-cancel").await?;
        page.says("grpc-status", "1 CANCELLED").await?;
        page.says("grpc-noticed", "went from 0 to 1").await
    })
    .await
}

#[tokio::test]
async fn what_the_server_refuses_is_named_at_its_field() -> Result<()> {
    play("grpc-refused", Broker::absent(), async |stage| {
        let page = &stage.page;
        page.open("/grpc").await?;
        page.fill("grpc-field-name", &"x".repeat(201)).await?;
        page.click("grpc-send").await?;
        page.says("grpc-status", "3 INVALID_ARGUMENT").await?;
        page.says("problem", "name").await?;
        page.says("grpc-field-said", "The server says:").await?;
        page.fill("grpc-field-name", "Ada").await?;
        page.until(
            "of another message it says nothing",
            "!document.querySelector('[data-testid=grpc-field-said]').innerText",
        )
        .await?;
        // metadata that cannot be sent is not sent
        page.find_css(".kv li:last-child input[placeholder=name]").await?.send_keys("trace-bin").await?;
        page.find_css(".kv li:nth-last-child(2) input[placeholder=value]").await?.send_keys("no base64!").await?;
        page.says("bench", "write it in base64").await?;
        page.until("it cannot be sent", "document.querySelector('[data-testid=grpc-send]').disabled").await
    })
    .await
}

/// Opens the bench for a stream.
pub(crate) async fn stream(page: &Page, count: &str, interval: &str) -> Result<()> {
    page.open("/grpc").await?;
    page.click("grpc-method-SayHelloStreamReply").await?;
    page.fill("grpc-count", count).await?;
    page.fill("grpc-interval", interval).await?;
    // far away
    page.fill("grpc-deadline", "60000").await
}

async fn tab(page: &Page, id: &str) -> Result<()> {
    page.click_css(&format!("#{id}")).await
}

fn has(testid: &str, value: &str) -> String {
    format!("document.querySelector('[data-testid={testid}]')?.value === '{value}'")
}

/// What the server counts of its gRPC calls.
async fn metric(server: &Server, name: &str) -> Result<u64> {
    let text = reqwest::get(server.url("/metrics")).await?.text().await?;
    let name = format!("crosstalk_grpc_{name} ");
    let value = text.lines().find_map(|line| line.strip_prefix(&name)).with_context(|| text.clone())?;
    Ok(value.trim().parse()?)
}

#[tokio::test]
async fn a_call_of_the_history_is_shown_again_and_run_again() -> Result<()> {
    play("grpc-history", Broker::absent(), async |stage| {
        let page = &stage.page;
        page.open("/grpc").await?;
        page.fill("grpc-field-name", "Ada").await?;
        page.click("grpc-send").await?;
        page.says("grpc-message", "Hello, Ada").await?;
        page.says("history", "SayHello { \"name\": \"Ada\" }").await?;
        // another page load shows it without a call
        page.reload().await?;
        page.says("grpc-methods", "SayHello").await?;
        page.click("history-show").await?;
        page.says("grpc-message", "Hello, Ada").await?;
        page.says("grpc-status", "0 OK").await?;
        page.says("steps", "greet(name)").await?;
        page.click("history-again").await?;
        let twice = "document.querySelectorAll('[data-testid=history-again]').length === 2";
        page.until("it was run again", twice).await
    })
    .await
}
