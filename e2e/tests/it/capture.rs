//! The wire inspector: the bytes that the page shows of a call are those that a recording proxy has seen, except for
//! masked ones, and the sizes of a job in each style are those of its bytes.

use std::net::SocketAddr;

use anyhow::{Context as _, Result, bail, ensure};
use crosstalk_e2e::{Broker, Page, Stage, play};
use crosstalk_testkit::Observer;
use serde_json::json;

use crate::{
    accessible,
    inspector::{Shown, same, shown},
    looks,
};

/// A call in both directions, as links have it.
const BOTH: &str =
    "/grpc#1&method=helloworld.Greeter/SayHelloBidiStream&message={\"name\":\"Ada\"}&count=5&interval=200&deadline=";

#[tokio::test]
async fn the_page_shows_the_bytes_of_a_rest_call_with_its_credentials_masked() -> Result<()> {
    play("capture-rest", Broker::absent(), async |stage| {
        let (observer, page) = observed(stage, "/rest").await?;
        page.choose("rest-preset-create").await?;
        page.click_css(".fold:has([data-testid=rest-auth-1]) summary").await?;
        page.click("rest-auth-1").await?;
        page.fill("rest-token", "sesame").await?;
        page.click("rest-send").await?;
        page.says("rest-status", "201 Created").await?;
        let port = stage.server.http_port();
        page.says("wire", &format!("→ server 127.0.0.1:{port}, as sent over the socket")).await?;
        let shown = shown(&page, &stage.server).await?;
        ensure!(shown.titles == ["Request head", "Request body", "Answer head", "Answer body"], "{:?}", shown.titles);
        let seen = observer.seen(&shown.trace).context("the call did not come by")?;
        let talk = shown.only()?;
        same(&talk.sent, &seen.client, "sesame".len())?;
        same(&talk.answered, &seen.server, 0)?;
        // the next call is not captured, and shows nothing of the last
        page.click("wire-switch").await?;
        page.click("rest-send").await?;
        page.idle().await?;
        page.says("wire", "Turn this on").await?;
        ensure!(page.count("wire-message").await? == 0, "bytes of another call");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_page_shows_the_bytes_of_a_grpc_web_call() -> Result<()> {
    play("capture-grpc", Broker::absent(), async |stage| {
        let (observer, page) = observed(stage, "/grpc").await?;
        page.click("grpc-send").await?;
        page.says("grpc-status", "0 OK").await?;
        let shown = shown(&page, &stage.server).await?;
        let seen = observer.seen(&shown.trace).context("the call did not come by")?;
        let talk = shown.only()?;
        same(&talk.sent, &seen.client, 0)?;
        same(&talk.answered, &seen.server, 0)
    })
    .await
}

#[tokio::test]
async fn the_page_shows_the_bytes_of_a_call_that_the_server_made_for_it_on_both_ways() -> Result<()> {
    play("capture-native", Broker::absent(), async |stage| {
        let (observer, page) = observed(stage, BOTH).await?;
        page.click("grpc-send").await?;
        page.says("grpc-message", "Hello, Ada").await?;
        page.click("grpc-half-close").await?;
        page.says("grpc-status", "0 OK").await?;
        let shown = shown(&page, &stage.server).await?;
        // the socket is its own, from the handshake to the goodbye
        let (socket, seen) = (shown.over("WebSocket")?, observer.seen(&shown.trace).context("no socket came by")?);
        assert_eq!((socket.sent.len(), socket.answered.len()), (seen.client.len(), seen.server.len()));
        same(&socket.sent, &seen.client, 0)?;
        same(&socket.answered, &seen.server, 0)?;
        // and so is the connection, so all of it belongs to the call
        ensure!(shown.over("HTTP/2")?.sent.starts_with(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), "{:?}", shown.titles);
        let commands = ["text, call.open", "text, call.send", "text, call.half_close", "text, call", "close"];
        for frame in ["SETTINGS", "HEADERS", "DATA"].into_iter().chain(commands) {
            ensure!(shown.titles.iter().any(|title| title.starts_with(frame)), "no {frame} in {:?}", shown.titles);
        }
        for way in ["browser → server", "server → browser"] {
            page.says("wire", way).await?;
        }
        // the next is not captured, and goes as all else
        page.click("wire-switch").await?;
        page.click("grpc-send").await?;
        page.says("grpc-message", "Hello, Ada").await?;
        page.click("grpc-half-close").await?;
        page.says("grpc-status", "0 OK").await
    })
    .await
}

#[tokio::test]
async fn the_page_shows_the_bytes_of_a_message_on_both_ways_to_the_broker() -> Result<()> {
    let (at_broker, broker) = observed_broker().await?;
    play("capture-publish", broker, async |stage| {
        let (at_server, page) = observed(stage, "/queue").await?;
        page.click("queue-publish").await?;
        let shown = shown(&page, &stage.server).await?;
        same_on_both_ways(&shown, &at_server, &at_broker)?;
        let frames =
            ["protocol header", "connection.start", "basic.publish", "content header", "content body", "basic.ack"];
        for frame in
            frames.into_iter().chain(["connection.close-ok", "Request head", "Answer head", "text, publish", "close"])
        {
            ensure!(shown.titles.iter().any(|title| title.contains(frame)), "no {frame} in {:?}", shown.titles);
        }
        // each message says between whom it went, and one begins at the one that asks
        for way in ["browser → server", "server → browser", "server → broker", "broker → server"] {
            page.says("wire", way).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_page_shows_the_bytes_of_a_question_and_its_reply_over_the_broker() -> Result<()> {
    let (at_broker, broker) = observed_broker().await?;
    play("capture-ask", broker, async |stage| {
        let (at_server, page) = observed(stage, "/queue").await?;
        page.choose("queue-preset-ask").await?;
        page.click("queue-publish").await?;
        same_on_both_ways(&shown(&page, &stage.server).await?, &at_server, &at_broker)
    })
    .await
}

/// A socket and a link that are the job's own: the one from its handshake, the other from the protocol header, both to the
/// goodbye.
fn same_on_both_ways(shown: &Shown, at_server: &Observer, at_broker: &Observer) -> Result<()> {
    for (protocol, observer, masks) in [("WebSocket", at_server, 0), ("AMQP 0-9-1", at_broker, "\0guest\0guest".len())]
    {
        let (talk, seen) = (shown.over(protocol)?, observer.seen(&shown.trace).context("the job did not come by")?);
        assert_eq!((talk.sent.len(), talk.answered.len()), (seen.client.len(), seen.server.len()), "{protocol}");
        same(&talk.sent, &seen.client, masks)?;
        same(&talk.answered, &seen.server, 0)?;
    }
    Ok(())
}

#[tokio::test]
async fn the_same_job_is_weighed_in_each_style() -> Result<()> {
    let (at_broker, broker) = observed_broker().await?;
    play("capture-weigh", broker, async |stage| {
        let (at_server, page) = behind_observer(stage).await?;
        page.open("/").await?;
        page.click("weigh").await?;
        page.says("strips-said", "B over the queue").await?;
        page.idle().await?;
        for style in ["rest", "grpc-web", "grpc-native", "queue"] {
            page.says(&format!("strips-{style}"), "later").await?;
        }
        // both requests went over one connection, as two
        let [_, first, later] = strips(&page, "rest").await?;
        let seen = at_server.seen(ASKED).context("no greeting was asked for")?;
        let requests: Vec<usize> = requests(&seen.client).collect();
        assert_eq!(requests, [first.0, later.0], "{}", String::from_utf8_lossy(&seen.client));
        // the socket has both jobs; the link of a job has the job alone, and that of the second opened and closed as that of
        // the first
        let [whole, first, later] = strips(&page, "queue").await?;
        let socket = at_server.seen("GET /ws?traceparent=").context("no socket was captured")?;
        let link = at_broker.seen("crosstalk capture").context("no link was captured")?;
        let [_hello, asked, _again, _close] = frames(&socket.client)[..] else { bail!("{socket:?}") };
        let [_hello, _link, answered, _again, _close] = frames(&socket.server)[..] else { bail!("{socket:?}") };
        let both =
            [socket.client.len() - asked + link.client.len(), socket.server.len() - answered + link.server.len()];
        assert_eq!([whole.0 - first.0 + later.0, whole.1 - first.1 + later.1], both, "{whole:?}, {first:?}, {later:?}");
        // from server to server a later call only refers to the headers of the first
        let [whole, first, later] = strips(&page, "grpc-native").await?;
        ensure!(whole.0 > first.0 && first.0 > later.0 && later.0 > 0, "{whole:?}, {first:?}, {later:?}");
        ensure!(first.1 > later.1 && later.1 > 0, "{whole:?}, {first:?}, {later:?}");
        Ok(())
    })
    .await
}

/// How long each WebSocket frame is, behind the handshake (RFC 6455 §5.2).
fn frames(stream: &[u8]) -> Vec<usize> {
    let mut left = stream.windows(4).position(|end| end == b"\r\n\r\n").map_or(&[][..], |end| &stream[end + 4..]);
    let mut frames = Vec::new();
    while let [_, length, ..] = *left {
        let mask = if length & 0x80 == 0 { 0 } else { 4 };
        let (head, payload) = match length & 0x7f {
            126 => (4, usize::from(u16::from_be_bytes([left[2], left[3]]))),
            short => (2, usize::from(short)),
        };
        frames.push(head + mask + payload);
        left = left.get(head + mask + payload..).unwrap_or_default();
    }
    frames
}

/// How a browser's request for the greeting begins.
const ASKED: &str = "GET /api/v1/resource HTTP/1.1\r\n";

/// How long each request for the greeting was.
fn requests(client: &[u8]) -> impl Iterator<Item = usize> {
    let begins = client.windows(ASKED.len()).enumerate().filter(|(_, bytes)| *bytes == ASKED.as_bytes());
    begins.filter_map(|(at, _)| Some(client[at..].windows(4).position(|end| end == b"\r\n\r\n")? + 4))
}

/// The rows of a style: bytes out, and bytes in.
async fn strips(page: &Page, style: &str) -> Result<[(usize, usize); 3]> {
    let script =
        "return [...document.querySelectorAll(`[data-testid=strips-${arguments[0]}] tr:not(.group)`)].map(row =>
        [...row.querySelectorAll('.num')].slice(0, 2).map(cell => Number(cell.innerText.replaceAll(',', ''))))";
    Ok(serde_json::from_value(page.run(script, &[json!(style)]).await?)?)
}

#[tokio::test]
async fn axe_finds_nothing_in_the_inspector_and_it_fits_a_narrow_screen() -> Result<()> {
    play("capture-looks", Broker::embedded(), async |stage| {
        let page = &stage.page;
        for (theme, language, width) in [("light", "en", 1440), ("dark", "zh", 360)] {
            stage.browser.resize(width, 900).await?;
            for (path, send) in [("/rest", "rest-send"), ("/grpc", "grpc-send"), ("/queue", "queue-publish")] {
                page.open(&format!("{path}?theme={theme}&lang={language}&speed=instant")).await?;
                page.run("localStorage.clear()", &[]).await?;
                page.click("wire-switch").await?;
                page.click(send).await?;
                page.find("wire-file").await?;
                page.idle().await?;
                accessible::check(page, &format!("{path} {theme} {language} {width}, captured")).await?;
                looks::fits(page, path).await?;
                page.run("localStorage.clear()", &[]).await?;
            }
            page.open(&format!("/?theme={theme}&lang={language}&speed=instant")).await?;
            page.click("weigh").await?;
            page.find("strips-queue").await?;
            page.idle().await?;
            accessible::check(page, &format!("/ {theme} {language} {width}, weighed")).await?;
            looks::fits(page, "/").await?;
        }
        Ok(())
    })
    .await
}

/// The page of a bench, through an observer, capturing.
async fn observed(stage: &Stage, path: &str) -> Result<(Observer, Page)> {
    let (observer, page) = behind_observer(stage).await?;
    page.open(path).await?;
    page.click("wire-switch").await?;
    Ok((observer, page))
}

/// The server, through an observer.
async fn behind_observer(stage: &Stage) -> Result<(Observer, Page)> {
    let observer = Observer::before(SocketAddr::from(([127, 0, 0, 1], stage.server.http_port()))).await?;
    let page = stage.page.at(format!("http://{}", observer.address()));
    Ok((observer, page))
}

/// A RabbitMQ behind an observer.
async fn observed_broker() -> Result<(Observer, Broker)> {
    let url = Broker::shared().await?.url();
    let (before, host) = url.split_once('@').context("the address has credentials")?;
    let (host, vhost) = host.split_once('/').context("the address has a virtual host")?;
    let observer = Observer::before(host.parse()?).await?;
    let url = format!("{before}@{}/{vhost}", observer.address());
    Ok((observer, Broker::Shared { url }))
}
