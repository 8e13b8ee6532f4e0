//! The page as a person uses it. Elements are found by `data-testid`. Waits are for something visible, never for time.

use std::{cell::RefCell, time::Duration};

use anyhow::{Context as _, Result, bail};
use crosstalk_testkit::wait_until;
use serde_json::{Value, json};
use thirtyfour::{
    By, WebDriver, WebElement,
    error::{WebDriverErrorInner, WebDriverResult},
};

/// The time limit of a wait, for a loaded machine.
const BUDGET: Duration = Duration::from_secs(15);
/// How often a click is repeated because the page replaced the element just before it.
const REDRAWN: usize = 5;

/// An open page.
#[derive(Clone, Debug)]
pub struct Page {
    driver: WebDriver,
    origin: String,
}

impl Page {
    pub(crate) fn new(driver: WebDriver, origin: String) -> Self {
        Self { driver, origin }
    }

    /// The same page under another origin, such as that of a proxy.
    #[must_use]
    pub fn at(&self, origin: String) -> Self {
        Self { driver: self.driver.clone(), origin }
    }

    /// Goes to a path of the server and waits until the page is interactive.
    ///
    /// # Errors
    /// When it does not become so in time.
    pub async fn open(&self, path: &str) -> Result<()> {
        self.goto(path).await?;
        self.ready().await
    }

    /// Goes to a path of the server and waits for the document only.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn goto(&self, path: &str) -> Result<()> {
        Ok(self.driver.goto(format!("{}{path}", self.origin)).await?)
    }

    /// Loads the page again.
    ///
    /// # Errors
    /// As [`Page::open`].
    pub async fn reload(&self) -> Result<()> {
        self.driver.refresh().await?;
        self.ready().await
    }

    async fn ready(&self) -> Result<()> {
        self.until("the page is interactive", "document.documentElement.hasAttribute('data-ready')").await
    }

    /// Waits until nothing is in flight and no button is busy.
    ///
    /// # Errors
    /// When something stays in flight.
    pub async fn idle(&self) -> Result<()> {
        let idle = "document.documentElement.hasAttribute('data-idle') && !document.querySelector('[data-busy]')";
        self.until("nothing is in flight", idle).await
    }

    /// Waits until a JavaScript expression is true; `what` describes it in a failure.
    ///
    /// # Errors
    /// When it is not true within the budget.
    pub async fn until(&self, what: &str, expression: &str) -> Result<()> {
        self.until_within(BUDGET, what, expression).await
    }

    /// [`Page::until`] with another budget.
    ///
    /// # Errors
    /// When it is not true within `budget`, or throws.
    pub async fn until_within(&self, budget: Duration, what: &str, expression: &str) -> Result<()> {
        let script = format!("return Boolean({expression})");
        let last = RefCell::new(Ok(Value::Null));
        let so = wait_until(budget, || async {
            let now = self.run(&script, &[]).await;
            let so = matches!(now, Ok(Value::Bool(true)));
            *last.borrow_mut() = now;
            so
        })
        .await;
        match so {
            Ok(()) => Ok(()),
            Err(late) => {
                last.into_inner().with_context(|| format!("while waiting until {what}"))?;
                bail!("waited until {what}: {late}")
            }
        }
    }

    /// Waits until the visible text of an element contains `text`, ignoring case.
    ///
    /// # Errors
    /// When it does not within the budget; with the actual text.
    pub async fn says(&self, testid: &str, text: &str) -> Result<()> {
        self.says_within(BUDGET, testid, text).await
    }

    /// [`Page::says`] with another budget.
    ///
    /// # Errors
    /// As [`Page::says`].
    pub async fn says_within(&self, budget: Duration, testid: &str, text: &str) -> Result<()> {
        let wanted = text.to_lowercase();
        let last = RefCell::new(String::new());
        let said = wait_until(budget, || async {
            let now = self.text(testid).await.unwrap_or_else(|error| format!("({error:#})"));
            // one line may consist of several elements
            let words = now.split_whitespace().collect::<Vec<_>>().join(" ");
            let said = words.to_lowercase().contains(&wanted);
            *last.borrow_mut() = words;
            said
        })
        .await;
        said.with_context(|| format!("[{testid}] never said {text:?}; it says {:?}", last.borrow()))
    }

    /// The visible text of all elements with this id; empty if there is none.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn text(&self, testid: &str) -> Result<String> {
        let script = "return [...document.querySelectorAll(arguments[0])].map(e => e.innerText).join('\\n')";
        let text = self.run(script, &[json!(selector(testid))]).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// The number of elements with this id.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn count(&self, testid: &str) -> Result<u64> {
        let count =
            self.run("return document.querySelectorAll(arguments[0]).length", &[json!(selector(testid))]).await?;
        Ok(count.as_u64().unwrap_or_default())
    }

    /// The first visible element with this id, once it exists.
    ///
    /// # Errors
    /// When it does not appear within the budget.
    pub async fn find(&self, testid: &str) -> Result<WebElement> {
        self.find_css(&selector(testid)).await
    }

    /// [`Page::find`] by a CSS selector.
    ///
    /// # Errors
    /// As [`Page::find`].
    pub async fn find_css(&self, css: &str) -> Result<WebElement> {
        let visible = format!("document.querySelector({css:?})?.checkVisibility()");
        self.until(&format!("{css} is visible"), &visible).await?;
        Ok(self.driver.find(By::Css(css)).await?)
    }

    /// Clicks the element with this id, once it exists and is enabled.
    ///
    /// # Errors
    /// When it does not appear, is never enabled, or is covered by something else.
    pub async fn click(&self, testid: &str) -> Result<()> {
        let css = selector(testid);
        let enabled = format!("document.querySelector({css:?})?.matches(':enabled:not([aria-disabled=true]), a')");
        self.until(&format!("{css} is enabled"), &enabled).await?;
        // an option is not visible while its select is closed
        if self.run("return document.querySelector(arguments[0])?.matches('option')", &[json!(css)]).await? == true {
            return self.choose(testid).await;
        }
        let mut tries = REDRAWN;
        loop {
            tries -= 1;
            match self.click_at(&self.find(testid).await?).await {
                // the page replaced the element between the search and the click
                Err(error) if tries > 0 && matches!(*error, WebDriverErrorInner::StaleElementReference(_)) => {}
                clicked => return clicked.with_context(|| format!("a click on [{testid}]")),
            }
        }
    }

    /// Chooses the option with this id in its select, once the select takes a choice. A preset is one.
    ///
    /// # Errors
    /// When there is no such option, or the select keeps another one.
    pub async fn choose(&self, testid: &str) -> Result<()> {
        let option = format!("document.querySelector({:?})", selector(testid));
        let free = format!("{option}?.closest('select').matches(':enabled:not([aria-disabled=true])')");
        self.until(&format!("[{testid}] can be chosen"), &free).await?;
        let element = self.driver.find(By::Css(selector(testid))).await?;
        element.click().await.with_context(|| format!("a choice of [{testid}]"))?;
        self.until(&format!("[{testid}] is chosen"), &format!("{option}?.selected")).await
    }

    /// Clicks the first match. It is scrolled to the middle first, where header and banner cannot cover it.
    ///
    /// # Errors
    /// When there is none, or it is covered by something else.
    pub async fn click_css(&self, css: &str) -> Result<()> {
        self.click_at(&self.find_css(css).await?).await.with_context(|| format!("a click on {css}"))
    }

    async fn click_at(&self, element: &WebElement) -> WebDriverResult<()> {
        element.scroll_into_view().await?;
        element.click().await
    }

    /// Replaces the content of a field by `text`, as typing does.
    ///
    /// # Errors
    /// When there is no such field.
    pub async fn fill(&self, testid: &str, text: &str) -> Result<()> {
        let field = self.find(testid).await?;
        field.clear().await?;
        Ok(field.send_keys(text).await?)
    }

    /// Runs JavaScript with `arguments`.
    ///
    /// # Errors
    /// When it throws.
    pub async fn run(&self, script: &str, arguments: &[Value]) -> Result<Value> {
        Ok(self.driver.execute(script, arguments.to_vec()).await?.json().clone())
    }

    /// The WebDriver session, for other commands.
    #[must_use]
    pub fn driver(&self) -> &WebDriver {
        &self.driver
    }
}

fn selector(testid: &str) -> String {
    format!("[data-testid='{testid}']")
}
