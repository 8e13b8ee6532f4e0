//! The page as a person uses it: things have a `data-testid`, waiting is for what can be seen, and never for time.

use std::{cell::RefCell, time::Duration};

use anyhow::{Context as _, Result, bail};
use crosstalk_testkit::wait_until;
use serde_json::{Value, json};
use thirtyfour::{
    By, WebDriver, WebElement,
    error::{WebDriverErrorInner, WebDriverResult},
};

/// How long anything on the page may take, on a loaded machine.
const BUDGET: Duration = Duration::from_secs(15);
/// How often a thing is looked for again when the page replaced it just before the click.
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

    /// The same page under another origin, such as that of something in between.
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

    /// Waits until a JavaScript expression is true; `what` is for the person who reads the failure.
    ///
    /// # Errors
    /// When it is not within the budget.
    pub async fn until(&self, what: &str, expression: &str) -> Result<()> {
        self.until_within(BUDGET, what, expression).await
    }

    /// [`Page::until`] with a budget of the test's own.
    ///
    /// # Errors
    /// When it is not within `budget`, or throws.
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

    /// Waits until the visible text of a thing contains `text`, whatever the case.
    ///
    /// # Errors
    /// When it does not within the budget; tells what is there instead.
    pub async fn says(&self, testid: &str, text: &str) -> Result<()> {
        self.says_within(BUDGET, testid, text).await
    }

    /// [`Page::says`] with a budget of the test's own.
    ///
    /// # Errors
    /// As [`Page::says`].
    pub async fn says_within(&self, budget: Duration, testid: &str, text: &str) -> Result<()> {
        let wanted = text.to_lowercase();
        let last = RefCell::new(String::new());
        let said = wait_until(budget, || async {
            let now = self.text(testid).await.unwrap_or_else(|error| format!("({error:#})"));
            // parts of one line may be elements of their own
            let words = now.split_whitespace().collect::<Vec<_>>().join(" ");
            let said = words.to_lowercase().contains(&wanted);
            *last.borrow_mut() = words;
            said
        })
        .await;
        said.with_context(|| format!("[{testid}] never said {text:?}; it says {:?}", last.borrow()))
    }

    /// The visible text of everything that bears this id; empty when nothing does.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn text(&self, testid: &str) -> Result<String> {
        let script = "return [...document.querySelectorAll(arguments[0])].map(e => e.innerText).join('\\n')";
        let text = self.run(script, &[json!(selector(testid))]).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// How many things bear this id.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn count(&self, testid: &str) -> Result<u64> {
        let count =
            self.run("return document.querySelectorAll(arguments[0]).length", &[json!(selector(testid))]).await?;
        Ok(count.as_u64().unwrap_or_default())
    }

    /// The first visible thing with this id, once it is there.
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

    /// Clicks on the thing with this id, once it is there and enabled.
    ///
    /// # Errors
    /// When it does not appear, is never enabled, or is covered by something else.
    pub async fn click(&self, testid: &str) -> Result<()> {
        let css = selector(testid);
        let enabled = format!("document.querySelector({css:?})?.matches(':enabled:not([aria-disabled=true]), a')");
        self.until(&format!("{css} is enabled"), &enabled).await?;
        let mut tries = REDRAWN;
        loop {
            tries -= 1;
            match self.click_at(&self.find(testid).await?).await {
                // the page drew it anew between the look and the click
                Err(error) if tries > 0 && matches!(*error, WebDriverErrorInner::StaleElementReference(_)) => {}
                clicked => return clicked.with_context(|| format!("a click on [{testid}]")),
            }
        }
    }

    /// Clicks on what matches first, wherever it is: what lies beneath header or banner is brought to the middle.
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

    /// Replaces what is in a field by `text`, as typing does.
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

    /// The session, for what is not here.
    #[must_use]
    pub fn driver(&self) -> &WebDriver {
        &self.driver
    }
}

fn selector(testid: &str) -> String {
    format!("[data-testid='{testid}']")
}
