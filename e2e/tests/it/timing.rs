//! The times of a call are its own: a busy page does not make a call longer.

use anyhow::{Context as _, Result, ensure};
use crosstalk_e2e::{Broker, play};

/// Occupies the main thread for 50 ms at a time, over and over.
const BLOCK: &str = "window.blocking = setInterval(() => {
    const until = performance.now() + 50;
    while (performance.now() < until);
}, 0)";
/// A bench, its button, where its answer is, and the path of its call.
const BENCHES: [[&str; 4]; 2] = [
    ["/rest", "rest-send", "rest-body", "/api/v1/resource?name=World!"],
    ["/grpc", "grpc-send", "grpc-status", "/helloworld.Greeter/SayHello"],
];

#[tokio::test]
async fn a_call_ends_when_its_last_byte_has_arrived() -> Result<()> {
    play("timing", Broker::absent(), async |stage| {
        let page = &stage.page;
        for [address, send, answer, path] in BENCHES {
            page.open(&format!("{address}?speed=instant")).await?;
            for _ in 0..3 {
                page.run("performance.clearResourceTimings()", &[]).await?;
                page.run(BLOCK, &[]).await?;
                let click = format!(
                    "window.clicked = performance.now(); document.querySelector('[data-testid={send}]').click()"
                );
                page.run(&click, &[]).await?;
                page.until("the answer is shown", &format!("document.querySelector('[data-testid={answer}]')")).await?;
                page.idle().await?;
                page.run("clearInterval(window.blocking)", &[]).await?;
                let figures = format!(
                    "const entry = performance.getEntriesByName(location.origin + '{path}')[0];
                    return entry && [entry.responseEnd - entry.startTime, entry.responseEnd - window.clicked,
                        document.querySelector('.ans .facts dd b').innerText]"
                );
                let figures = page.run(&figures, &[]).await?;
                let network = figures[0].as_f64().context("the browser has no entry of this address")?;
                // a gRPC call begins with the encoding of its message
                let from_click = if address == "/grpc" { figures[1].as_f64().context("a time")? } else { network };
                let shown: f64 = figures[2].as_str().context("a total is shown")?.replace(',', "").parse()?;
                ensure!(
                    (network - 1.0..=from_click + 1.0).contains(&shown),
                    "{address} shows {shown} ms, the network took {network} ms"
                );
                page.says("steps", "page busy").await?;
            }
        }
        Ok(())
    })
    .await
}
