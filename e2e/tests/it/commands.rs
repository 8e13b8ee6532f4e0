//! The command palette, the shortcuts and the list of shortcuts: all by keyboard, in both languages.

use anyhow::Result;
use crosstalk_e2e::{Broker, Page, play};
use thirtyfour::{Key, TypingData};

use crate::accessible;

#[tokio::test]
async fn the_palette_finds_and_does_what_is_typed() -> Result<()> {
    play("palette", Broker::absent(), async |stage| {
        let page = &stage.page;
        page.open("/?lang=en").await?;
        with_control(page, 'k').await?;
        page.find("palette-query").await?;
        page.until("the field has the focus", "document.activeElement.dataset.testid === 'palette-query'").await?;
        accessible::check(page, "the palette").await?;
        press(page, "rest bench").await?;
        press(page, Key::Enter).await?;
        page.until("the page is /rest", "location.pathname === '/rest'").await?;
        closed(page, "palette").await?;

        // a page's own presets are commands too, and so is its button
        with_control(page, 'k').await?;
        press(page, "create").await?;
        press(page, Key::Enter).await?;
        page.until("the preset is chosen", "document.querySelector('[data-testid=rest-method]').value === 'POST'")
            .await?;
        with_control(page, Key::Enter).await?;
        page.says("rest-status", "201").await?;

        // arrows choose, Escape closes and gives the focus back
        with_control(page, 'k').await?;
        page.find("palette-query").await?;
        press(page, Key::Down).await?;
        let second = "document.querySelectorAll('[role=option]')[1].ariaSelected === 'true'";
        page.until("the second is chosen", second).await?;
        press(page, "xyzzy").await?;
        page.says("palette", "No command matches").await?;
        press(page, Key::Escape).await?;
        closed(page, "palette").await
    })
    .await
}

#[tokio::test]
async fn keys_go_where_the_sheet_says_and_leave_alone_who_types() -> Result<()> {
    play("keys", Broker::absent(), async |stage| {
        let page = &stage.page;
        page.open("/?lang=zh").await?;
        press(page, "?").await?;
        page.says("help", "快捷键").await?;
        accessible::check(page, "the sheet of keys").await?;
        press(page, Key::Escape).await?;
        closed(page, "help").await?;
        press(page, "gg").await?;
        page.until("the page is /grpc", "location.pathname === '/grpc'").await?;
        press(page, "l").await?;
        page.until("English is spoken", "document.documentElement.lang === 'en'").await?;
        press(page, "tt").await?;
        page.until("it is dark", "document.documentElement.dataset.theme === 'dark'").await?;
        page.find("grpc-field-name").await?.send_keys("?gr").await?;
        assert_eq!(page.run("return location.pathname", &[]).await?, "/grpc");

        // who does not want them switches them off
        page.run("document.activeElement.blur()", &[]).await?;
        press(page, "?").await?;
        page.click("single-keys").await?;
        press(page, Key::Escape).await?;
        closed(page, "help").await?;
        press(page, "gh").await?;
        page.reload().await?;
        press(page, "gh").await?;
        assert_eq!(page.run("return location.pathname", &[]).await?, "/grpc");
        with_control(page, 'k').await?;
        page.find("palette-query").await?;
        Ok(())
    })
    .await
}

async fn press(page: &Page, keys: impl Into<TypingData>) -> Result<()> {
    Ok(page.driver().action_chain().send_keys(keys).perform().await?)
}

async fn with_control(page: &Page, key: impl Into<char>) -> Result<()> {
    let key = key.into();
    let chain = page.driver().action_chain().key_down(Key::Control).key_down(key).key_up(key).key_up(Key::Control);
    Ok(chain.perform().await?)
}

async fn closed(page: &Page, dialog: &str) -> Result<()> {
    page.until("it is closed", &format!("!document.querySelector('[data-testid={dialog}]').open")).await
}
