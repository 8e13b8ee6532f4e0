//! A capture of about 1 MB in the open page, scrolled by the wheel: the duration of frames in the bytes and in the tree
//! of fields, compared with a page without a capture that is scrolled the same way.
//!
//! Each contender has its own browser, which stays open and is idle between turns. A busy machine delays the frames of
//! all contenders.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use futures_util::{FutureExt as _, future::BoxFuture};
use serde_json::Value;

use super::{compete, needs};
use crate::{
    harness::{
        Plan,
        rounds::{Contender, Sample},
        row::{Goal, Row, Spec, Unit},
    },
    load::browser::Browser,
    peers::subject::Subject,
};

const CONTROL: &str = "page at rest";
const HEX: &str = "bytes";
const TREE: &str = "fields";

const ROWS: [Spec; 2] = [row("wire/scroll", HEX), row("wire/scroll-fields", TREE)];

const fn row(name: &'static str, subject: &'static str) -> Spec {
    // a dropped frame takes twice as long, and fewer than one in twenty may be dropped
    let goal = Some(Goal::AtMost(1.5));
    Spec { name, what: "scrolling 1 MB, frame p95", unit: Unit::Milliseconds, subject, peer: Some(CONTROL), goal }
}

/// A stream of ten thousand greetings of a hundred bytes each.
const NAME: &str = "Ada Lovelace, who wrote down for the first time how a machine would compute";
const COUNT: u32 = 10_000;
/// The minimum number of rows of sixteen bytes in the answer.
const LEAST_ROWS: u32 = 55_000;
/// The distance of a turn of the wheel, and the number of turns before the direction changes.
const DELTA: f64 = 480.0;
const THERE: u32 = 200;
/// Records the duration of each frame.
const RECORD: &str = "window.frames = []; let last;
    const tick = now => { if (last) frames.push(now - last); last = now; window.ticking = requestAnimationFrame(tick) };
    window.ticking = requestAnimationFrame(tick)";
const RECORDED: &str = "cancelAnimationFrame(ticking); return frames";

/// Measures those of the rows that are asked for.
///
/// # Errors
/// When the server or a browser does not start, or the capture is not as long as it should be.
pub(crate) async fn measure(plan: &Plan) -> anyhow::Result<Vec<Row>> {
    let specs = plan.select(&ROWS);
    if specs.is_empty() {
        return Ok(Vec::new());
    }
    let (subject, _broker) = Subject::start_with_own_broker().await?;
    let mut contenders: Vec<Box<dyn Contender + '_>> = Vec::new();
    for (name, strip) in [(CONTROL, "html"), (HEX, ".hex"), (TREE, ".field-tree")] {
        if needs(&specs, name) {
            let page = if name == CONTROL {
                Browser::open(&subject.server.url("/")).await?
            } else {
                captured(&subject).await?
            };
            contenders.push(Box::new(Scrolled { name, page, strip, turn: plan.turn }));
        }
    }
    let rows = compete(plan, "wire", Unit::Milliseconds, &specs, &mut contenders).await?;
    // nothing is served
    Ok(rows.into_iter().map(|row| Row { cpu: None, ..row }).collect())
}

/// The gRPC bench, with the capture of a long stream open at its longest message.
async fn captured(subject: &Subject) -> anyhow::Result<Browser> {
    let link = format!(
        "/grpc#1&method=helloworld.Greeter/SayHelloStreamReply&message={{\"name\":\"{NAME}\"}}&count={COUNT}&interval=0\
         &deadline=60000"
    );
    let page = Browser::open(&subject.server.url(&link)).await?;
    page.click("wire-switch").await?;
    page.click("grpc-send").await?;
    page.until("document.querySelector('[data-testid=wire-file]')").await?;
    page.run("[...document.querySelectorAll('[data-testid=wire-message]')].at(-1).click()").await?;
    let rows = "Number(document.querySelector('.hex .rows').style.getPropertyValue('--rows'))";
    page.until(&format!("{rows} >= {LEAST_ROWS}")).await?;
    Ok(page)
}

/// A page and its scrolled element.
#[derive(Debug)]
struct Scrolled {
    name: &'static str,
    page: Browser,
    strip: &'static str,
    turn: Duration,
}

impl Contender for Scrolled {
    fn name(&self) -> &'static str {
        self.name
    }

    fn turn(&mut self) -> BoxFuture<'_, anyhow::Result<Sample>> {
        async {
            let strip = format!("document.querySelector('{}')", self.strip);
            self.page.run(&format!("{strip}.scrollIntoView({{ block: 'nearest' }})")).await?;
            let place = format!("const box = {strip}.getBoundingClientRect(); return [box.x, box.y]");
            let place = self.page.run(&place).await?;
            let within = |at: usize| place[at].as_f64().map(|edge| edge.max(0.0) + 100.0).context("not a place");
            let (x, y) = (within(0)?, within(1)?);
            self.page.run(RECORD).await?;
            let end = Instant::now() + self.turn;
            let mut furthest = 0.0_f64;
            let mut turns = 0;
            let mut going = true;
            while going {
                let delta = if (turns / THERE).is_multiple_of(2) { DELTA } else { -DELTA };
                self.page.wheel((x, y), delta).await?;
                turns += 1;
                going = Instant::now() < end;
                // a slow page may reach the end only once
                if turns % THERE == THERE / 2 || !going {
                    let at = self.page.run(&format!("return {strip}.scrollTop")).await?;
                    furthest = furthest.max(at.as_f64().unwrap_or_default());
                }
            }
            let told = self.page.run(RECORDED).await?;
            let mut frames: Vec<f64> =
                told.as_array().context("not a list")?.iter().filter_map(Value::as_f64).collect();
            frames.sort_by(f64::total_cmp);
            let count = frames.len();
            anyhow::ensure!(count > 20, "only {count} frames were drawn");
            anyhow::ensure!(furthest > 0.0, "nothing was scrolled");
            let late = frames.iter().filter(|frame| **frame > 33.4).count();
            eprintln!(
                "wire: {}: {turns} turns of the wheel, to {furthest} px; {count} frames, {late} over 33 ms",
                self.name
            );
            Ok(Sample { figure: frames[count * 95 / 100], cpu: 0.0 })
        }
        .boxed()
    }
}
