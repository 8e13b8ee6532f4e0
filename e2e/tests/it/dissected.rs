//! The view of a capture: bytes and fields are linked in both directions, branches fold, and a long capture is as fast
//! as a short one.

use anyhow::{Context as _, Result, ensure};
use crosstalk_e2e::{Broker, Page, play};
use serde_json::json;
use thirtyfour::Key;

use crate::grpc;

/// What the fields say that is lit on either side: the names of the rows, and the bytes.
const LIT: &str = "return [
    [...document.querySelectorAll('.field-row[data-lit] b')].map(name => name.innerText).join(),
    [...document.querySelectorAll('.h1 .fb[data-lit], .h2 .fb[data-lit]')].map(run => run.innerText).join(' ')]";
/// How many rows the tree has.
const ROWS: &str = "Number(document.querySelector('.field-tree .rows').style.getPropertyValue('--rows'))";
/// `HTTP/1.1`
const VERSION: &str = "48 54 54 50 2f 31 2e 31";
/// The most rows that are in the document at once.
const DRAWN: u64 = 64;

#[tokio::test]
async fn bytes_and_fields_lead_to_each_other_by_pointer_and_by_keyboard() -> Result<()> {
    play("capture-links", Broker::absent(), async |stage| {
        let page = &stage.page;
        page.open("/rest").await?;
        page.click("wire-switch").await?;
        page.click("rest-send").await?;
        page.find("wire-file").await?;
        page.run("document.getElementById('wire-m1').click()", &[]).await?;
        lit(page, "version", VERSION).await?;

        hover(page, ".h2 [data-f='3']").await?;
        lit(page, "status", "32 30 30").await?;
        page.says("wire-lit", "status = 200").await?;
        page.says("wire-lit", "RFC 9110 §15").await?;
        // a field with fields below it has the bytes of all of them
        hover(page, "#wire-f0").await?;
        lit(page, "status line", &format!("{VERSION} 20 32 30 30 20 4f 4b 0d 0a")).await?;

        page.run("document.querySelector('.field-tree').focus()", &[]).await?;
        for key in [Key::Down, Key::Down, Key::Down] {
            press(page, key).await?;
        }
        lit(page, "status", "32 30 30").await?;
        let heard = "document.activeElement.getAttribute('aria-activedescendant') === 'wire-f3'
            && document.getElementById('wire-f3').getAttribute('aria-selected') === 'true'";
        page.until("who hears the page hears the field", heard).await?;
        press(page, Key::Left).await?;
        page.says("wire-lit", "status line").await?;

        // the same key closes the branch that it led to, and the other one opens it
        let whole = page.run(&format!("return {ROWS}"), &[]).await?.as_u64().context("rows")?;
        press(page, Key::Left).await?;
        folded(page, "false", whole - 6).await?;
        press(page, Key::Right).await?;
        folded(page, "true", whole).await?;
        // so does its name, for the pointer; and a byte that is gone to brings its field to light
        page.click_css("#wire-f0 [data-fold]").await?;
        folded(page, "false", whole - 6).await?;
        hover(page, ".h2 [data-f='3']").await?;
        folded(page, "false", whole - 6).await?;
        page.click_css(".h2 [data-f='3']").await?;
        folded(page, "true", whole).await?;
        lit(page, "status", "32 30 30").await?;

        page.run("document.querySelector('.hex').focus()", &[]).await?;
        press(page, Key::Home).await?;
        lit(page, "version", VERSION).await?;
        press(page, Key::Right).await?;
        press(page, Key::Right).await?;
        lit(page, "status", "32 30 30").await?;

        // the messages too: the arrow keys choose, and the focus goes with them
        page.run("document.getElementById('wire-m1').focus()", &[]).await?;
        press(page, Key::Left).await?;
        page.until(
            "the request is chosen and has the focus",
            "document.activeElement.id === 'wire-m0'
            && document.activeElement.getAttribute('aria-pressed') === 'true'",
        )
        .await
    })
    .await
}

#[tokio::test]
async fn a_long_capture_has_no_more_rows_in_the_document_than_are_in_sight() -> Result<()> {
    play("capture-long", Broker::absent(), async |stage| {
        let page = &stage.page;
        grpc::stream(page, "10000", "0").await?;
        page.click("wire-switch").await?;
        page.click("grpc-send").await?;
        page.says("grpc-status", "0 OK").await?;
        page.find("wire-file").await?;
        page.run("[...document.querySelectorAll('[data-testid=wire-message]')].at(-1).click()", &[]).await?;
        page.says("wire-share", "payload").await?;
        let rows = "document.querySelector('.hex .rows').style.getPropertyValue('--rows')";
        page.until("the answer is chosen", &format!("{rows} > 10000")).await?;
        let rows = page.run(&format!("return Number({rows})"), &[]).await?.as_u64().context("rows")?;
        for strip in ["hex", "field-tree"] {
            let end = format!("const strip = document.querySelector('.{strip}'); strip.scrollTop = strip.scrollHeight");
            page.run(&end, &[]).await?;
        }
        let last = rows - 1;
        let at_end = format!(
            "[...document.querySelectorAll('.hex-row')].some(r => r.style.getPropertyValue('--at') === '{last}')"
        );
        page.until("the last row is drawn", &at_end).await?;
        let drawn = "return Math.max(document.querySelectorAll('.hex-row').length,
            document.querySelectorAll('.field-tree .field-row').length)";
        let drawn = page.run(drawn, &[]).await?.as_u64().context("rows")?;
        ensure!(drawn <= DRAWN, "{drawn} rows are in the document");
        Ok(())
    })
    .await
}

/// Waits until this field, and it alone, is lit on both sides.
async fn lit(page: &Page, name: &str, bytes: &str) -> Result<()> {
    let so =
        format!("JSON.stringify((() => {{ {LIT} }})()).toLowerCase() === {}", json!(json!([name, bytes]).to_string()));
    page.until(&format!("{name} is lit, and {bytes}"), &so).await
}

/// Waits until the first branch is so, and the tree has so many rows.
async fn folded(page: &Page, expanded: &str, rows: u64) -> Result<()> {
    let so = format!(
        "document.getElementById('wire-f0').ariaExpanded === '{expanded}'
        && {ROWS} === {rows}"
    );
    page.until(&format!("the first branch is open: {expanded}, of {rows} rows"), &so).await
}

async fn hover(page: &Page, css: &str) -> Result<()> {
    let element = page.find_css(css).await?;
    element.scroll_into_view().await?;
    Ok(page.driver().action_chain().move_to_element_center(&element).perform().await?)
}

async fn press(page: &Page, key: Key) -> Result<()> {
    Ok(page.driver().action_chain().send_keys(key).perform().await?)
}
