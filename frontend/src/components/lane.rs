//! A lane, the signature of the page: each party a line, time to the right, blocks are work, slanted lines are
//! messages on their way. SVG with x in per cent and y in px and no `viewBox`, so that strokes and text never stretch.

use crosstalk_proto::step::Party;
use leptos::prelude::*;

use crate::model::{
    axis::Axis,
    drawing,
    number::fixed,
    timeline::{Block, Message, Timeline},
};

/// A party's height in px.
const ROW: f64 = 28.0;
/// Half of a block's height in px.
const HALF: f64 = 5.0;

/// Moments nearer to each other, in per cent of the axis, are one to the eye.
const MARKS_APART: f64 = 0.4;

/// What is on a lane.
#[derive(Clone, Debug, PartialEq)]
pub enum Picture {
    /// Nothing was sent yet.
    Empty,
    /// It was sent so many milliseconds ago.
    Counting(f64),
    /// All that was measured.
    Done(Timeline),
    /// There was no answer; it was given up after so many milliseconds.
    Lost(f64),
}

/// A lane.
#[component]
pub fn Lane(
    /// Names the lane in tests and for its heading.
    id: &'static str,
    /// `rest`, `grpc` or `queue`: the hue.
    style: &'static str,
    /// Its name.
    #[prop(into)]
    name: Signal<String>,
    /// What carries it, in a few words.
    #[prop(into)]
    note: Signal<String>,
    /// From top to bottom; the browser first.
    #[prop(into)]
    parties: Signal<Vec<(Party, String)>>,
    /// Of the whole scope.
    #[prop(into)]
    axis: Signal<Axis>,
    /// What is on it.
    #[prop(into)]
    picture: Signal<Picture>,
    /// The time that is looked at, from and to: what comes later is faint, and a cursor stands there.
    #[prop(into, optional)]
    focus: Signal<Option<(f64, f64)>>,
    /// Moments in the life of the first party, in milliseconds.
    #[prop(into, optional)]
    marks: Signal<Vec<f64>>,
    /// Draws it from left to right, as it happened.
    #[prop(into)]
    grow: Signal<bool>,
    /// What a message is called, if anything.
    #[prop(optional, into)]
    word: Option<Callback<Message, Option<String>>>,
    /// The reading.
    children: Children,
) -> impl IntoView {
    let height = move || parties.read().len() as f64 * ROW;
    let content = move || {
        let rows = Rows(parties.get().into_iter().map(|(party, _)| party).collect());
        let axis = axis.get();
        match picture.get() {
            Picture::Empty => ().into_any(),
            Picture::Counting(ms) => waiting(&axis, ms).into_any(),
            Picture::Lost(ms) => (waiting(&axis, ms), cut(&axis, ms)).into_any(),
            Picture::Done(timeline) => drawn(&rows, &axis, &timeline, style, word, focus.get()),
        }
    };
    let lives = move || {
        (0..parties.read().len())
            .map(|row| {
                let y = middle(row);
                view! { <line class="life" x1="0" x2="100%" y1=y y2=y></line> }
            })
            .collect_view()
    };
    view! {
        <section class="lane" data-style=style aria-labelledby=id data-testid=id>
            <div class="lane-name">
                <h3 id=id>{name}</h3>
                <p>{note}</p>
            </div>
            <ul class="lane-parties" aria-hidden="true">
                {move || parties.get().into_iter().map(|(_, name)| view! { <li>{name}</li> }).collect_view()}
            </ul>
            <div class="lane-track">
                <Grid axis=axis picture=picture focus=focus />
                <svg class="lane-svg" class:grow=grow height=height aria-hidden="true" focusable="false">
                    {lives}
                    {content}
                    {move || marked(&axis.read(), &marks.read())}
                </svg>
            </div>
            <div class="lane-reading">{children()}</div>
        </section>
    }
}

/// One line for each division of the axis, and where time is now.
#[component]
fn Grid(axis: Signal<Axis>, picture: Signal<Picture>, focus: Signal<Option<(f64, f64)>>) -> impl IntoView {
    let line = |at: f64, class: &'static str| {
        let x = percent(at);
        view! { <line class=class x1=x.clone() x2=x y1="0" y2="100%"></line> }
    };
    let lines = move || {
        let axis = axis.get();
        let now = match picture.get() {
            Picture::Counting(ms) => Some(line(axis.percent(ms), "cursor")),
            _ => None,
        };
        let looked_at = focus.get().map(|(from, to)| {
            let (from, to) = (axis.percent(from), axis.percent(to));
            let band =
                view! { <rect class="band" x=percent(from) y="0" width=percent(to - from) height="100%"></rect> };
            (band, line(from, "cursor"))
        });
        (axis.ticks.iter().map(|tick| line(tick.at, "")).collect_view(), now, looked_at)
    };
    view! {
        <svg class="lane-grid" aria-hidden="true" focusable="false">
            {lines}
        </svg>
    }
}

struct Rows(Vec<Party>);

impl Rows {
    fn y(&self, party: Party) -> Option<f64> {
        self.0.iter().position(|row| *row == party).map(middle)
    }
}

fn drawn(
    rows: &Rows,
    axis: &Axis,
    timeline: &Timeline,
    style: &'static str,
    word: Option<Callback<Message, Option<String>>>,
    focus: Option<(f64, f64)>,
) -> AnyView {
    let later = |from: f64| focus.is_some_and(|(_, to)| from > to);
    let blocks = timeline.blocks.iter().filter_map(|at| block(rows, axis, at, later(at.from))).collect_view();
    let messages =
        timeline.messages.iter().filter_map(|at| message(rows, axis, at, style, later(at.left))).collect_view();
    let words = drawing::words(timeline, axis, |message| word.and_then(|word| word.run(message.clone())))
        .into_iter()
        .filter_map(|word| {
            let (class, dx) = if word.after { ("after", "9") } else { ("", "-9") };
            let y = rows.y(word.party)? + 4.0;
            Some(view! { <text class=class x=percent(word.at) dx=dx y=y>{word.text}</text> })
        })
        .collect_view();
    let end = percent(axis.percent(timeline.answered));
    (blocks, words, (messages, view! { <line class="end" x1=end.clone() x2=end y1="5" y2="23"></line> })).into_any()
}

fn block(rows: &Rows, axis: &Axis, block: &Block, later: bool) -> Option<impl IntoView + use<>> {
    let y = rows.y(block.party)? - HALF;
    let (from, to) = (axis.percent(block.from), axis.percent(block.to));
    let class = if block.party == Party::Browser { "wait" } else { "work" };
    Some(view! {
        <rect class=class class:later=later x=percent(from) y=y width=percent(to - from) height=2.0 * HALF></rect>
    })
}

fn message(rows: &Rows, axis: &Axis, message: &Message, style: &str, later: bool) -> Option<impl IntoView + use<>> {
    let (from, to) = (rows.y(message.sender)?, rows.y(message.receiver)?);
    let down = (to - from).signum();
    let class = if message.aside { "msg soft" } else { "msg" };
    let (x1, x2) = (percent(axis.percent(message.left)), percent(axis.percent(message.arrived)));
    let (y1, y2) = (from + down * HALF, to - down * (HALF + 1.0));
    let head = format!("url(#m-{style})");
    Some(view! { <line class=class class:later=later x1=x1 x2=x2 y1=y1 y2=y2 marker-end=head></line> })
}

fn waiting(axis: &Axis, ms: f64) -> impl IntoView + use<> {
    let y = middle(0) - HALF;
    view! { <rect class="wait" x="0%" y=y width=percent(axis.percent(ms)) height=2.0 * HALF></rect> }
}

/// A stroke for each moment, as far as the eye can tell them apart.
fn marked(axis: &Axis, marks: &[f64]) -> impl IntoView + use<> {
    let mut drawn = f64::NEG_INFINITY;
    let mut lines = Vec::new();
    for at in marks.iter().map(|ms| axis.percent(*ms)) {
        if at - drawn >= MARKS_APART {
            drawn = at;
            lines.push(view! {
                <line class="mark" x1=percent(at) x2=percent(at) y1=middle(0) - HALF y2=middle(0) + HALF></line>
            });
        }
    }
    lines
}

fn cut(axis: &Axis, ms: f64) -> impl IntoView + use<> {
    view! {
        <svg x=percent(axis.percent(ms)) y=middle(0) overflow="visible">
            <path class="cut" d="M-4-4L4 4M4-4L-4 4"></path>
        </svg>
    }
}

fn middle(row: usize) -> f64 {
    row as f64 * ROW + ROW / 2.0
}

fn percent(at: f64) -> String {
    fixed(at, 3) + "%"
}
