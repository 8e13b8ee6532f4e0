//! The page in both languages and themes, on a narrow screen, and by keyboard alone.

use anyhow::{Result, bail};
use crosstalk_e2e::{Broker, Page, addresses, play};
use thirtyfour::Key;

use crate::hello::LANES;

/// No page has more stops than this before its first button.
const MAX_TABS: usize = 60;
const BACKGROUND: &str = "return getComputedStyle(document.documentElement).backgroundColor";
const LANGUAGE: &str = "return document.documentElement.lang";

#[tokio::test]
async fn language_and_theme_are_switched_and_remembered() -> Result<()> {
    play("switches", Broker::shared().await?, async |stage| {
        let page = &stage.page;
        page.open("/").await?;
        page.says("hello-all", "Send").await?;
        page.click("lang-zh").await?;
        page.until("Chinese is spoken", r"/\p{Script=Han}/u.test(document.querySelector('h1').innerText)").await?;
        assert_eq!(page.run(LANGUAGE, &[]).await?, "zh-CN");
        page.reload().await?;
        assert_eq!(page.run(LANGUAGE, &[]).await?, "zh-CN", "the choice was not remembered");
        page.click("lang-en").await?;
        page.says("hello-all", "Send").await?;

        stage.browser.prefer("prefers-color-scheme", "light").await?;
        let light = page.run(BACKGROUND, &[]).await?;
        // system, light, dark: the second click is dark whatever the system says
        page.click("theme").await?;
        page.click("theme").await?;
        page.until("it is dark", "document.documentElement.dataset.theme === 'dark'").await?;
        let dark = page.run(BACKGROUND, &[]).await?;
        assert_ne!(light, dark);
        page.reload().await?;
        assert_eq!(page.run(BACKGROUND, &[]).await?, dark, "the choice was not remembered");
        page.click("theme").await?;
        page.until("the system decides again", "!document.documentElement.dataset.theme").await?;
        assert_eq!(page.run(BACKGROUND, &[]).await?, light);
        stage.browser.prefer("prefers-color-scheme", "dark").await?;
        assert_eq!(page.run(BACKGROUND, &[]).await?, dark, "the system's wish is not followed");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn every_page_speaks_both_languages_and_fits_a_narrow_screen() -> Result<()> {
    play("narrow", Broker::shared().await?, async |stage| {
        let page = &stage.page;
        stage.browser.resize(360, 740).await?;
        for path in addresses()? {
            for (language, tag) in [("en", "en"), ("zh", "zh-CN")] {
                page.open(&format!("{path}?lang={language}")).await?;
                assert_eq!(page.run(LANGUAGE, &[]).await?, tag);
                let chinese = page.run(r"return /\p{Script=Han}/u.test(document.querySelector('main').innerText)", &[]);
                assert_eq!(chinese.await?, language == "zh", "{path} in {language}");
                fits(page, &path).await?;
            }
        }
        // and with an answer in it, which is wider than none
        page.open("/").await?;
        page.click("hello-all").await?;
        page.says("lane-queue", "Hello, World!").await?;
        fits(page, "/ with its answers").await
    })
    .await
}

/// The page itself never scrolls sideways: what is wider scrolls inside its own strip.
pub(crate) async fn fits(page: &Page, what: &str) -> Result<()> {
    let script = "const root = document.documentElement;
        window.scrollTo(1000, 0);
        const by = window.scrollX;
        window.scrollTo(0, 0);
        return by === 0 && root.scrollWidth <= root.clientWidth ? [] :
            [...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > root.clientWidth + 1)
                .map(e => e.outerHTML.slice(0, 120)).slice(0, 8)";
    let wide = page.run(script, &[]).await?;
    assert_eq!(wide, serde_json::json!([]), "{what} scrolls sideways");
    Ok(())
}

#[tokio::test]
async fn the_keyboard_alone_says_hello() -> Result<()> {
    play("keyboard", Broker::shared().await?, async |stage| {
        let page = &stage.page;
        page.open("/").await?;
        // nothing has the focus: Enter sends
        press(page, Key::Enter).await?;
        for lane in LANES {
            page.says(lane, "Hello, World!").await?;
        }
        page.idle().await?;
        page.reload().await?;
        tab_to(page, "hello-all").await?;
        press(page, Key::Enter).await?;
        for lane in LANES {
            page.says(lane, "Hello, World!").await?;
        }
        page.idle().await?;
        page.open("/rest").await?;
        tab_to(page, "rest-send").await?;
        press(page, Key::Enter).await?;
        page.says("rest-status", "200").await
    })
    .await
}

async fn press(page: &Page, key: Key) -> Result<()> {
    Ok(page.driver().action_chain().send_keys(key).perform().await?)
}

async fn tab_to(page: &Page, testid: &str) -> Result<()> {
    let mut stops = Vec::new();
    for _ in 0..MAX_TABS {
        press(page, Key::Tab).await?;
        let script = "const e = document.activeElement; return e.dataset.testid ?? e.innerText?.slice(0, 20)";
        let stop = page.run(script, &[]).await?;
        if stop == testid {
            return Ok(());
        }
        stops.push(stop);
    }
    bail!("Tab never reached [{testid}] but {stops:?}")
}
