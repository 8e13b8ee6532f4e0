//! The result of a click is visible or one click away: on a narrow screen, where the answer is below the request, and
//! at the bottom of any page, where the history is.

use anyhow::Result;
use crosstalk_e2e::{Broker, Console, play};
use serde_json::json;

/// Benches, what is chosen there, and how it ends once it is sent.
const SENT: [(&str, Option<&str>, &str); 5] = [
    ("/rest", None, "200 OK"),
    ("/rest", Some("rest-preset-broken"), "400 Bad Request"),
    ("/grpc", None, "0 OK"),
    ("/queue", None, "Confirmed"),
    ("/queue", Some("queue-preset-nobody"), "Returned, 312 NO_ROUTE"),
];

#[tokio::test]
async fn a_narrow_screen_tells_at_the_button_how_it_went_and_leads_to_the_answer() -> Result<()> {
    play("sight", Broker::shared().await?, async |stage| {
        // the answer with 400 is one
        stage.console = Console::NetworkFailures;
        let page = &stage.page;
        for (path, preset, said) in SENT {
            stage.browser.resize(360, 740).await?;
            page.open(&format!("{path}?lang=en&speed=instant")).await?;
            if let Some(preset) = preset {
                page.click(preset).await?;
            }
            // at the foot of the window, as one finds it when one scrolls no further than one has to
            page.run("document.querySelector('[data-send]').scrollIntoView(false)", &[]).await?;
            page.find_css("[data-send]").await?.click().await?;
            page.says("glimpse", said).await?;
            page.until("the line is in sight", &in_sight("[data-testid=glimpse]")).await?;
            page.until("the button keeps the focus", "document.activeElement.matches('[data-send]')").await?;
            page.click("glimpse-go").await?;
            page.until("the answer is in sight", &in_sight("#ans-h")).await?;
            page.until("it has the focus", "document.activeElement.id === 'ans-h'").await?;

            // beside its answer it would say the same twice
            stage.browser.resize(1440, 900).await?;
            let hidden = "!document.querySelector('[data-testid=glimpse]').checkVisibility()";
            page.until("a wide screen has no such line", hidden).await?;
        }
        Ok(())
    })
    .await
}

/// Benches, and what fills their editors.
const BENCHES: [(&str, &str); 3] = [
    ("/rest", "[data-testid=presets] option"),
    ("/grpc", ".methods button"),
    ("/queue", "[data-testid=presets] option"),
];

#[tokio::test]
async fn the_main_button_is_in_sight_for_every_preset() -> Result<()> {
    play("sight-send", Broker::shared().await?, async |stage| {
        let page = &stage.page;
        for (path, presets) in BENCHES {
            for (width, height) in [(1440, 900), (1280, 720), (360, 740)] {
                stage.browser.resize(width, height).await?;
                page.open(&format!("{path}?lang=en&speed=instant")).await?;
                page.find_css("[data-send]").await?;
                let named =
                    "return [...document.querySelectorAll(arguments[0])].map(e => e.dataset.testid).filter(Boolean)";
                page.until("there are presets", &format!("document.querySelector('{presets}')")).await?;
                let named = page.run(named, &[json!(presets)]).await?;
                let named = named.as_array().cloned().unwrap_or_default();
                assert!(named.len() >= 3, "{path}: {named:?}");
                for preset in named.iter().filter_map(|name| name.as_str()) {
                    page.click(preset).await?;
                    page.idle().await?;
                    page.run("scrollTo(0, 0)", &[]).await?;
                    let sight = format!("at {width}x{height} {preset} has its button in sight");
                    page.until(&sight, UNCOVERED).await?;
                }
            }
        }
        Ok(())
    })
    .await
}

/// The main button is whole within the window, and nothing covers it, while the page is not scrolled.
const UNCOVERED: &str = "scrollY === 0 && (send => (({ left, top, right, bottom }) =>
    top >= 0 && bottom <= innerHeight && left >= 0 && right <= document.documentElement.clientWidth
    && send.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2)))(send.getBoundingClientRect()))
    (document.querySelector('.send-bar .hue:enabled, .send-bar [data-send]'))";

#[tokio::test]
async fn a_row_of_the_history_brings_its_answer_into_sight() -> Result<()> {
    play("sight-history", Broker::absent(), async |stage| {
        let page = &stage.page;
        page.open("/rest?lang=en").await?;
        page.click("rest-send").await?;
        for (width, height) in [(1440, 600), (360, 740)] {
            stage.browser.resize(width, height).await?;
            let last = page.find_css("[data-testid=history-show]").await?;
            last.scroll_into_view().await?;
            page.until("the answer is out of sight", &format!("!({})", in_sight("#ans-h"))).await?;
            last.click().await?;
            page.until("the answer is in sight", &in_sight("#ans-h")).await?;
        }
        Ok(())
    })
    .await
}

/// Whether the whole of an element is within the window.
fn in_sight(css: &str) -> String {
    format!(
        "(({{ top, bottom }}) => top >= 0 && bottom <= innerHeight)(document.querySelector('{css}').getBoundingClientRect())"
    )
}
