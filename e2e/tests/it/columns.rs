//! The columns of a bench can be resized by keyboard and by pointer. The widths are the same on every bench and are
//! remembered. A narrow window has one column and no handles.

use anyhow::{Context as _, Result, ensure};
use crosstalk_e2e::{Broker, Page, play};
use thirtyfour::Key;

#[tokio::test]
async fn the_bars_between_the_columns_are_moved_and_stay_where_they_are() -> Result<()> {
    play("columns", Broker::absent(), async |stage| {
        let page = &stage.page;
        page.open("/rest").await?;
        let first = width(page, ".req").await?;
        let bar = page.find("split-0").await?;
        bar.focus().await?;
        for _ in 0..3 {
            press(page, Key::Right).await?;
        }
        let wider = width(page, ".req").await?;
        ensure!(wider > first + 50.0, "three steps made {first} px {wider} px");
        ensure!(bar.attr("aria-valuenow").await?.as_deref() == Some("29"), "{:?}", bar.attr("aria-valuenow").await?);

        // by pointer, past the end: no column vanishes
        let bar = page.find("split-1").await?;
        let chain = page.driver().action_chain().click_and_hold_element(&bar).move_by_offset(500, 0).release();
        chain.perform().await?;
        let last = width(page, ".ans").await?;
        ensure!((200.0..350.0).contains(&last), "the last column is {last} px");

        page.open("/grpc").await?;
        ensure!((width(page, ".req").await? - wider).abs() < 1.0, "another bench, other columns");
        ensure!((width(page, ".ans").await? - last).abs() < 1.0, "another bench, other columns");
        page.find("split-0").await?.focus().await?;
        press(page, Key::Enter).await?;
        ensure!((width(page, ".req").await? - first).abs() < 1.0, "Enter did not put it back");

        stage.browser.resize(1000, 800).await?;
        let shown = "return document.querySelector('[data-testid=split-0]').checkVisibility()";
        ensure!(page.run(shown, &[]).await? == false, "a narrow window has a bar");
        Ok(())
    })
    .await
}

async fn width(page: &Page, css: &str) -> Result<f64> {
    let script = format!("return document.querySelector('.bench > {css}').getBoundingClientRect().width");
    page.run(&script, &[]).await?.as_f64().context("a width")
}

async fn press(page: &Page, key: Key) -> Result<()> {
    Ok(page.driver().action_chain().send_keys(key).perform().await?)
}
