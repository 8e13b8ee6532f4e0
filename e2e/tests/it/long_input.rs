//! Long, unbroken, right-to-left and emoji text in any field breaks no layout: the document never scrolls sideways, no
//! text is taller than two windows, and the page does not grow by more than that, before and after sending, in the
//! history and after a reload.

use anyhow::{Result, ensure};
use crosstalk_e2e::{Broker, Console, Page, Stage, play};
use serde_json::{Value, json};

const BENCHES: [&str; 3] = ["/rest", "/grpc", "/queue"];
const SIZES: [(u32, u32); 3] = [(1440, 900), (360, 740), (320, 740)];

/// Texts of 5,000 characters and more.
fn texts() -> [String; 4] {
    ["x".repeat(5000), "مرحبا_بالعالم".repeat(400), "👩‍👩‍👧‍👦🎉".repeat(700), "many words and no end ".repeat(250)]
}

/// The fields of the page that take text, in document order. They are looked up each time: rows may be added.
const FIELDS: &str = "[...document.querySelectorAll('main input, main textarea')].filter(field =>
    !field.disabled && !field.readOnly && ['text', 'password', 'search', 'textarea'].includes(field.type))";

#[tokio::test]
async fn text_in_all_fields_at_once_breaks_no_layout() -> Result<()> {
    play("long-fields", Broker::shared().await?, async |stage| {
        let page = &stage.page;
        for path in BENCHES {
            for (at, text) in texts().iter().enumerate() {
                let before = opened(stage, path).await?;
                let count = page.run(&format!("return {FIELDS}.length"), &[]).await?.as_u64().unwrap_or_default();
                ensure!(count >= 4, "{path} has {count} fields");
                for field in 0..count {
                    fill(page, field, text, false).await?;
                }
                sane(stage, &before, &format!("{path}, text {at} in every field")).await?;
                page.reload().await?;
                sane(stage, &before, &format!("{path}, text {at} in every field, after a reload")).await?;
            }
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_call_with_long_text_in_a_field_breaks_no_layout() -> Result<()> {
    play("long-calls", Broker::shared().await?, async |stage| {
        // most answers are refusals
        stage.console = Console::NetworkFailures;
        let page = &stage.page;
        let text = texts().join(" ");
        for path in BENCHES {
            let mut before = opened(stage, path).await?;
            let count = page.run(&format!("return {FIELDS}.length"), &[]).await?.as_u64().unwrap_or_default();
            let mut sent = 0;
            for field in 0..count {
                stage.browser.resize(1440, 900).await?;
                page.open(&format!("{path}?lang=en&speed=instant")).await?;
                open_folds(page).await?;
                if field == 0 {
                    // what an ordinary answer and a row of the history need
                    page.run(SEND, &[]).await?;
                    page.idle().await?;
                    before = heights(stage).await?;
                }
                let name = fill(page, field, &text, true).await?;
                if page.run(SEND, &[]).await? == json!(true) {
                    sent += 1;
                    page.idle().await?;
                    sane(stage, &before, &format!("{path}, sent with a long {name}")).await?;
                }
            }
            ensure!(sent >= 1, "{path}: none of {count} fields could be sent");
            page.reload().await?;
            sane(stage, &before, &format!("{path}, with its history after a reload")).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_long_address_breaks_no_layout() -> Result<()> {
    play("long-address", Broker::absent(), async |stage| {
        stage.console = Console::NetworkFailures;
        let page = &stage.page;
        let long = "y".repeat(3000);
        for path in [format!("/{long}"), format!("/rest#1&method={long}&path=/&body="), format!("/rest#{long}")] {
            page.open(&path).await?;
            let most = [u64::MAX; 3];
            sane(stage, &most, &path[..20]).await?;
        }
        Ok(())
    })
    .await
}

/// Presses the main button; whether it could be pressed.
const SEND: &str = "const send = document.querySelector('[data-send]');
    const free = !send.disabled && send.ariaDisabled !== 'true';
    if (free) send.click();
    return free";

/// Opens a bench without a fragment, every fold open, and measures it.
async fn opened(stage: &Stage, path: &str) -> Result<[u64; 3]> {
    let page = &stage.page;
    stage.browser.resize(1440, 900).await?;
    page.open(&format!("{path}?lang=en&speed=instant")).await?;
    page.find_css("[data-send]").await?;
    page.until("there are fields", &format!("{FIELDS}.length >= 4")).await?;
    open_folds(page).await?;
    heights(stage).await
}

async fn open_folds(page: &Page) -> Result<()> {
    page.until("there are fields", &format!("{FIELDS}.length >= 4")).await?;
    page.run("document.querySelectorAll('.req details').forEach(fold => fold.open = true)", &[]).await?;
    Ok(())
}

/// Replaces the text of a field, or adds to it; returns its name.
async fn fill(page: &Page, field: u64, text: &str, adds: bool) -> Result<String> {
    let script = format!(
        "const field = {FIELDS}[arguments[0]];
        if (!field) return '';
        const kind = field.tagName === 'TEXTAREA' ? HTMLTextAreaElement : HTMLInputElement;
        const value = (arguments[2] ? field.value : '') + arguments[1];
        Object.getOwnPropertyDescriptor(kind.prototype, 'value').set.call(field, value);
        field.dispatchEvent(new Event('input', {{ bubbles: true }}));
        return field.ariaLabel || field.labels?.[0]?.innerText || field.id"
    );
    let name = page.run(&script, &[json!(field), json!(text), json!(adds)]).await?;
    Ok(name.as_str().unwrap_or_default().chars().take(40).collect())
}

/// How high the document is at each size.
async fn heights(stage: &Stage) -> Result<[u64; 3]> {
    let mut heights = [0; 3];
    for ((width, height), found) in SIZES.into_iter().zip(&mut heights) {
        stage.browser.resize(width, height).await?;
        *found =
            stage.page.run("return document.documentElement.scrollHeight", &[]).await?.as_u64().unwrap_or_default();
    }
    Ok(heights)
}

/// Nothing is wider than the window or much taller than it, at any size.
async fn sane(stage: &Stage, before: &[u64; 3], what: &str) -> Result<()> {
    const FOUND: &str = "const most = 2 * innerHeight, root = document.documentElement;
        const name = e => e.tagName + '.' + e.className + '[' + (e.dataset.testid ?? e.id) + ']';
        const wrong = [];
        if (root.scrollWidth > root.clientWidth) {
            const wide = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > root.clientWidth + 1
                && !e.closest('svg') && e.checkVisibility());
            wrong.push(`${root.scrollWidth} px wide: ` + wide.slice(0, 4).map(name));
        }
        // what scrolls or is clipped within a block of a sane height is not in the way
        const held = e => { for (let up = e.parentElement; up; up = up.parentElement)
            if (getComputedStyle(up).overflowY !== 'visible' && up.getBoundingClientRect().height <= most) return true;
            return false };
        for (const e of document.querySelectorAll('body *')) {
            const holds = e.matches('input, textarea, pre, li, td') || [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
            if (holds && e.getBoundingClientRect().height > most && !held(e)) wrong.push('tall: ' + name(e));
        }
        if (root.scrollHeight > arguments[0] + most) {
            const tall = [...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().height > most / 2);
            wrong.push(`${root.scrollHeight} px high, before ${arguments[0]}: ` + tall.slice(-4).map(name));
        }
        return wrong";
    for ((width, height), before) in SIZES.into_iter().zip(before) {
        stage.browser.resize(width, height).await?;
        let wrong = stage.page.run(FOUND, &[json!(before)]).await?;
        ensure!(wrong == Value::Array(Vec::new()), "{what}, at {width} px: {wrong:#}");
    }
    Ok(())
}
