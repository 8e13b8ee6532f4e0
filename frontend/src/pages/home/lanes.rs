//! What happened, on one axis: three lanes, their readings, how to read them, and what they amount to.

use crosstalk_proto::step::Party;
use leptos::prelude::*;

use super::{
    hello::{Hello, Part, Way},
    twin::Twin,
    words,
};
use crate::{
    components::{
        lane::{Lane, Picture},
        scope::Scope,
    },
    i18n::{I18n, t, t_string, use_i18n},
    model::{
        axis::Axis,
        exchange::Cost,
        number,
        timeline::{self, Message, Timeline},
    },
};

const TWO: [Party; 2] = [Party::Browser, Party::Server];
const FOUR: [Party; 4] = [Party::Browser, Party::Server, Party::Link, Party::Worker];

/// The lanes with all that belongs to them.
#[component]
pub fn Lanes(
    /// The run they show.
    hello: Hello,
) -> impl IntoView {
    let i18n = use_i18n();
    let axis = Memo::new(move |_| {
        let longest = Way::ALL
            .map(|way| match hello.part(way) {
                Part::Idle => 0.0,
                Part::Sent(at) => hello.now.get() - at,
                Part::Answered(greeted) => greeted.cost.total_ms(),
                Part::Failed { after_ms, .. } => after_ms,
            })
            .into_iter()
            .fold(0.0, f64::max);
        if longest > 0.0 { Axis::fit(longest) } else { Axis::blank() }
    });
    view! {
        <section aria-labelledby="lanes">
            <h2 id="lanes" class="vh">
                {t!(i18n, home.lanes)}
            </h2>
            <Scope axis=axis lead=Signal::derive(move || t_string!(i18n, home.axis).to_owned())>
                {Way::ALL.map(|way| view! { <WayLane hello=hello way=way axis=axis /> }).collect_view()}
            </Scope>
            <div class="scope-foot">
                <Legend />
                <Twin hello=hello />
            </div>
            <p class="verdict" data-testid="verdict">
                {move || words::verdict(i18n, &hello)}
            </p>
            <p class="hint near" data-testid="clock-note">
                {move || words::clocks(i18n, &hello, &placed(&hello))}
            </p>
        </section>
    }
}

#[component]
fn WayLane(hello: Hello, way: Way, axis: Memo<Axis>) -> impl IntoView {
    let i18n = use_i18n();
    let (id, style, rows) = match way {
        Way::Rest => ("lane-rest", "rest", &TWO[..]),
        Way::Grpc => ("lane-grpc", "grpc", &TWO[..]),
        Way::Queue => ("lane-queue", "queue", &FOUR[..]),
    };
    let parties = move || rows.iter().map(|party| (*party, words::party(i18n, *party))).collect::<Vec<_>>();
    let picture = move || match hello.part(way) {
        Part::Idle => Picture::Empty,
        Part::Sent(at) => Picture::Counting((hello.now.get() - at).max(0.0)),
        Part::Answered(greeted) => Picture::Done(place(&hello, &greeted.cost)),
        Part::Failed { after_ms, .. } => Picture::Lost(after_ms),
    };
    let note = move || {
        match way {
            Way::Rest => t_string!(i18n, home.rest_note),
            Way::Grpc => t_string!(i18n, home.grpc_note),
            Way::Queue => t_string!(i18n, home.queue_note),
        }
        .to_owned()
    };
    view! {
        <Lane
            id=id
            style=style
            name=Signal::derive(move || words::way(i18n, way))
            note=Signal::derive(note)
            parties=Signal::derive(parties)
            axis=axis
            picture=Signal::derive(picture)
            grow=Signal::derive(move || hello.is_replay())
            word=Callback::new(move |message: Message| words::message(i18n, way, &message))
        >
            {move || reading(i18n, hello.part(way), move || hello.now.get())}
        </Lane>
    }
}

/// The figure, the answer, and what it cost.
fn reading(i18n: I18n, part: Part, now: impl Fn() -> f64) -> AnyView {
    match part {
        Part::Idle => view! {
            <span class="reading lg"><b>"–"</b></span>
            <p class="cost"><span>{t!(i18n, home.idle)}</span></p>
        }
        .into_any(),
        Part::Sent(at) => view! {
            <span class="reading lg"><b>{number::ms((now() - at).max(0.0))}</b><small>"ms"</small></span>
            <p class="cost"><span>{t!(i18n, home.counting)}</span></p>
        }
        .into_any(),
        Part::Answered(greeted) => {
            let Cost { bytes_out, bytes_in, .. } = greeted.cost;
            view! {
                <span class="reading lg"><b>{number::ms(greeted.cost.total_ms())}</b><small>"ms"</small></span>
                <output class="mono">{greeted.text}</output>
                <p class="cost">
                    <span>{t!(i18n, home.bodies, out = bytes_out, back = bytes_in)}</span>
                </p>
            }
            .into_any()
        }
        Part::Failed { error, after_ms } => {
            let after = number::ms(after_ms);
            let after = if words::is_refusal(&error) {
                t_string!(i18n, home.refused_after, ms = after)
            } else {
                t_string!(i18n, home.gave_up, ms = after)
            };
            view! {
                <span class="reading lg">
                    <b>"–"</b>
                </span>
                <p class="why">{words::failure(i18n, &error)}</p>
                <p class="cost">
                    <span>{after}</span>
                </p>
            }
            .into_any()
        }
    }
}

fn place(hello: &Hello, cost: &Cost) -> Timeline {
    timeline::place(cost, hello.offset.get())
}

/// All that was answered, on the axis.
pub(super) fn placed(hello: &Hello) -> Vec<(Way, Timeline)> {
    Way::ALL
        .into_iter()
        .filter_map(|way| match hello.part(way) {
            Part::Answered(greeted) => Some((way, place(hello, &greeted.cost))),
            _ => None,
        })
        .collect()
}

#[component]
fn Legend() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <ul class="legend" aria-label=move || t_string!(i18n, home.legend)>
            <li>
                <svg width="18" height="10" aria-hidden="true">
                    <rect y="0" width="18" height="10" fill="var(--ink-2)"></rect>
                </svg>
                {t!(i18n, home.legend_work)}
            </li>
            <li>
                <svg width="18" height="10" aria-hidden="true">
                    <rect x=".5" y=".5" width="17" height="9" fill="var(--lit)" stroke="var(--ink-2)"></rect>
                </svg>
                {t!(i18n, home.legend_browser)}
            </li>
            <li>
                <svg width="18" height="12" aria-hidden="true">
                    <path d="M1 1l15 9" stroke="var(--ink-2)" stroke-width="1.5"></path>
                </svg>
                {t!(i18n, home.legend_message)}
            </li>
            <li>
                <svg width="18" height="12" aria-hidden="true">
                    <path d="M0 6h18" stroke="var(--edge)" stroke-dasharray="1 3"></path>
                </svg>
                {t!(i18n, home.legend_wait)}
            </li>
            <li>
                <svg width="10" height="14" aria-hidden="true">
                    <path d="M5 0v14" stroke="var(--ink)" stroke-width="1.5"></path>
                </svg>
                {t!(i18n, home.legend_end)}
            </li>
        </ul>
    }
}
