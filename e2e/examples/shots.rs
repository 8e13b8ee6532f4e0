//! Screenshots of every page in every look: light and dark, English and Chinese, wide, narrow and between; idle, after
//! the first click, without a broker, and without a server. It starts what it needs, as the tests do.
//!
//! `cargo run -p crosstalk-e2e --example shots -- FOLDER [PART-OF-A-NAME ...]`, for example `home-hello-light-en-1440`,
//! `-dark-`, `queue-`. Names are `PAGE-STATE-THEME-LANGUAGE-WIDTH.png`. `-- docs readme` takes those that README.md shows;
//! `pngquant --ext .png --force --skip-if-larger docs/*.png` makes them a third as large.

use std::{env, fs, path::PathBuf};

use anyhow::{Context as _, Result};
use crosstalk_e2e::{Broker, Console, Stage, play, script};

/// Page, state, path, and the clicks in order. A click that starts a call is followed by a wait for its end. A single
/// letter is a key.
const UP: [Scene; 36] = [
    ("home", "idle", "/", &[]),
    ("home", "hello", "/", &["hello-all"]),
    ("home", "weighed", "/", &["weigh"]),
    ("rest", "idle", "/rest", &[]),
    ("rest", "hello", "/rest", &["rest-send"]),
    ("rest", "story", "/rest", &["rest-preset-guard", "rest-story-run"]),
    ("rest", "broken", "/rest", &["rest-preset-broken", "rest-send"]),
    ("rest", "protobuf", "/rest", &["rest-preset-protobuf", "rest-send"]),
    ("rest", "compare", "/rest", &["rest-send", "history-pick", "rest-preset-create", "rest-twice", "history-pick"]),
    ("grpc", "idle", "/grpc", &[]),
    ("grpc", "hello", "/grpc", &["grpc-send"]),
    ("grpc", "stream", STREAM, &["grpc-send"]),
    ("grpc", "going", LONG, &["grpc-send!"]),
    ("grpc", "refused", REFUSED, &["grpc-send"]),
    ("grpc", "both", BOTH, &["grpc-send!", "grpc-send!", "grpc-half-close"]),
    ("queue", "idle", "/queue", &[]),
    ("queue", "hello", "/queue", &["consumer-start", "queue-publish", "queue-publish"]),
    (
        "queue",
        "busy",
        "/queue",
        &[
            "consumer-ack-by-hand",
            "consumer-start",
            "consumer-add",
            "consumer-start",
            "queue-publish",
            "message-requeue",
            "queue-preset-poison",
            "queue-publish",
            "queue-preset-nobody",
            "queue-publish",
        ],
    ),
    ("rest", "wire", "/rest", &["wire-switch", "rest-preset-create", "rest-send", "wire-message"]),
    ("grpc", "wire", "/grpc", &["wire-switch", "grpc-send", "wire-message"]),
    ("queue", "wire", "/queue", &["wire-switch", "queue-publish", "wire-copy"]),
    ("design", "idle", "/design", &[]),
    ("design", "told", "/design", &["design-tell", "design-open"]),
    ("home", "palette", "/", &["commands"]),
    ("home", "help", "/", &["?"]),
    ("lost", "idle", "/nowhere", &[]),
    ("rest", "missing", MISSING, &["rest-send"]),
    ("rest", "unsent", UNSENT, &[]),
    ("rest", "long", LONG_BODY, &["rest-send"]),
    ("rest", "lost-link", "/rest#9&nonsense", &[]),
    ("grpc", "late", LATE, &["grpc-send"]),
    ("grpc", "cancelled", LONG, &["grpc-send!", "grpc-cancel"]),
    ("grpc", "compare", "/grpc", &["grpc-send", "history-pick", "grpc-send", "history-pick"]),
    ("queue", "unroutable", "/queue", &["queue-preset-nobody", "queue-publish"]),
    ("queue", "asked", "/queue", &["queue-preset-ask", "queue-publish"]),
    (
        "queue",
        "compare",
        "/queue",
        &["queue-publish", "history-pick", "queue-preset-nobody", "queue-publish", "history-pick"],
    ),
];
/// Calls of the gRPC bench, as links have them.
const STREAM: &str =
    "/grpc#1&method=helloworld.Greeter/SayHelloStreamReply&message={}&count=40&interval=10&deadline=300";
const LONG: &str = "/grpc#1&method=helloworld.Greeter/SayHelloStreamReply&message={}&count=500&interval=20&deadline=";
const REFUSED: &str = "/grpc#1&method=helloworld.Greeter/SayHello&message={\"name\":\"bell\\u0007\"}&as=json&count=5&interval=200&deadline=1000&m=x-tenant:demo&off=trace-bin:AAEC";
const BOTH: &str =
    "/grpc#1&method=helloworld.Greeter/SayHelloBidiStream&message={\"name\":\"Ada\"}&count=5&interval=200&deadline=";
const LATE: &str = "/grpc#1&method=helloworld.Greeter/SayHelloStreamReply&message={}&count=50&interval=50&deadline=400";
/// Requests of the REST bench: for a missing resource, with an error in every field, and with large bodies.
const MISSING: &str = "/rest#1&method=GET&path=/api/v1/resource/01KAN3W2K7Q9V6T4XN8R5BZ0EM&body=";
const UNSENT: &str = "/rest#1&method=POST&path=api&header=bad name:x&header=cookie:a=b&header=content-type:application/json&body={\"name\":1";
const LONG_BODY: &str = "/rest#1&method=POST&path=/api/v1/resource&header=content-type:application/json&body={\"name\":\"Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft-und-noch-viel-mehr-davon\"}";
const DOWN: [Scene; 4] = [
    ("home", "down", "/", &["hello-all"]),
    ("rest", "down", "/rest", &[]),
    ("queue", "down", "/queue", &[]),
    ("queue", "unpublished", "/queue", &["consumer-start!", "queue-publish"]),
];
/// Scenes after the server has ended.
const OFFLINE: [Scene; 4] = [
    ("home", "offline", "/", &["hello-all"]),
    ("rest", "offline", "/rest", &["rest-send"]),
    ("grpc", "offline", "/grpc", &["grpc-send"]),
    ("queue", "offline", "/queue", &["queue-publish"]),
];
/// The screenshots in README.md.
const README: [&str; 5] = [
    "home-hello-light-en-1440",
    "home-hello-dark-zh-1440",
    "rest-wire-light-en-1440",
    "grpc-hello-dark-en-1440",
    "queue-busy-light-zh-1440",
];
const THEMES: [&str; 2] = ["light", "dark"];
const LANGUAGES: [&str; 2] = ["en", "zh"];
const WIDTHS: [(u32, u32); 3] = [(1440, 900), (768, 1024), (360, 740)];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let mut args = env::args().skip(1);
    let folder = PathBuf::from(args.next().context("usage: shots FOLDER [PART-OF-A-NAME ...]")?);
    let asked: Vec<String> = args.collect();
    let named = |part: String| if part == "readme" { README.map(str::to_owned).to_vec() } else { vec![part] };
    let parts: Vec<String> = asked.into_iter().flat_map(named).collect();
    fs::create_dir_all(&folder)?;
    let shots = Shots { folder, parts };
    if shots.wants_any(&UP) {
        let broker = Broker::own().await?;
        script::python("pika_send.py", &[&broker.url(), "Hello World!"]).await?;
        play("shots", broker, async |stage| {
            // the browser reports the 404 of the page that does not exist
            stage.console = Console::NetworkFailures;
            shots.take(stage, &UP).await
        })
        .await?;
    }
    if shots.wants_any(&DOWN) {
        play("shots-down", Broker::absent(), async |stage| {
            stage.console = Console::NetworkFailures;
            shots.take(stage, &DOWN).await
        })
        .await?;
    }
    if shots.wants_any(&OFFLINE) {
        play("shots-offline", Broker::embedded(), async |stage| {
            stage.console = Console::NetworkFailures;
            shots.take_offline(stage).await
        })
        .await?;
    }
    Ok(())
}

struct Shots {
    folder: PathBuf,
    parts: Vec<String>,
}

type Scene = (&'static str, &'static str, &'static str, &'static [&'static str]);

impl Shots {
    fn wants(&self, name: &str) -> bool {
        self.parts.is_empty() || self.parts.iter().any(|part| name.contains(part.as_str()))
    }

    fn wants_any(&self, scenes: &[Scene]) -> bool {
        looks().any(|(theme, language, (width, _))| {
            scenes.iter().any(|(page, state, ..)| self.wants(&name(page, state, theme, language, width)))
        })
    }

    async fn take(&self, stage: &Stage, scenes: &[Scene]) -> Result<()> {
        for (theme, language, (width, height)) in looks() {
            stage.browser.prefer("prefers-color-scheme", theme).await?;
            for (page, state, path, clicks) in scenes {
                let name = name(page, state, theme, language, width);
                if !self.wants(&name) {
                    continue;
                }
                stage.browser.resize(width, height).await?;
                // without a fragment: with one, the browser would not load the page again
                let (path, state) = path.split_at(path.find('#').unwrap_or(path.len()));
                stage.page.open(&format!("{path}?lang={language}&speed=instant{state}")).await?;
                self.click_and_take(stage, &name, clicks, (width, height)).await?;
            }
        }
        Ok(())
    }

    /// As [`Shots::take`], but ends the server once the page is loaded.
    async fn take_offline(&self, stage: &mut Stage) -> Result<()> {
        for (theme, language, (width, height)) in looks() {
            stage.browser.prefer("prefers-color-scheme", theme).await?;
            for (page, state, path, clicks) in &OFFLINE {
                let name = name(page, state, theme, language, width);
                if !self.wants(&name) {
                    continue;
                }
                stage.browser.resize(width, height).await?;
                stage.page.open(&format!("{path}?lang={language}&speed=instant")).await?;
                stage.server.terminate();
                stage.server.ended().await?;
                stage.page.find("banner-server").await?;
                self.click_and_take(stage, &name, clicks, (width, height)).await?;
                stage.server.start_again(&stage.broker).await?;
            }
        }
        Ok(())
    }

    async fn click_and_take(
        &self,
        stage: &Stage,
        name: &str,
        clicks: &[&str],
        (width, height): (u32, u32),
    ) -> Result<()> {
        for click in clicks {
            let (click, goes_on) = click.strip_suffix('!').map_or((*click, false), |click| (click, true));
            let done = if click.len() == 1 {
                stage.page.driver().action_chain().send_keys(click).perform().await.map_err(Into::into)
            } else {
                stage.page.click(click).await
            };
            // an incomplete page is worth a picture too
            if let Err(error) = done {
                eprintln!("{name}: {error:#}");
            }
            if !goes_on {
                stage.page.idle().await?;
            }
        }
        let full = stage.page.run("return document.documentElement.scrollHeight", &[]).await?;
        let full = full.as_u64().and_then(|full| u32::try_from(full).ok()).unwrap_or(height);
        stage.browser.resize(width, full.max(height)).await?;
        stage.page.driver().screenshot(&self.folder.join(name)).await?;
        // no picture depends on what the page stored in an earlier one
        stage.page.run("localStorage.clear()", &[]).await?;
        println!("{name}");
        Ok(())
    }
}

fn looks() -> impl Iterator<Item = (&'static str, &'static str, (u32, u32))> {
    THEMES.into_iter().flat_map(|theme| {
        LANGUAGES.into_iter().flat_map(move |language| WIDTHS.into_iter().map(move |size| (theme, language, size)))
    })
}

fn name(page: &str, state: &str, theme: &str, language: &str, width: u32) -> String {
    format!("{page}-{state}-{theme}-{language}-{width}.png")
}
