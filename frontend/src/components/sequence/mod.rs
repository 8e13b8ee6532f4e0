//! The middle of a bench: what happened between the parties. Above to scale, beneath step by step, each step explained
//! when it is looked at; a cursor ties the two.
//!
//! - `playback`: which step is looked at
//! - `player`: buttons and keys
//! - `list`: the steps
//! - `words`: what parties and steps are called, and why each step is there

#![expect(unreachable_pub, reason = "the component macro widens what is restricted")]

mod list;
mod playback;
mod player;
mod words;

pub(super) use self::words::party;

use std::time::Duration;

use crosstalk_proto::step::Party;
use leptos::prelude::*;

use self::{list::StepList, playback::Playback, player::Player};
use super::{
    lane::{Lane, Picture},
    scope::Scope,
};
use crate::{
    api::browser::{clock_step_ms, now_ms},
    i18n::{I18n, t, t_string, use_i18n},
    model::{
        axis::Axis,
        clock::Offset,
        exchange::{CallError, Cost},
        number, sequence,
        timeline::{self, Consumed, Placement, Timeline},
    },
    settings,
};

/// An answer that is there sooner is shown without a word about waiting.
const PATIENCE_MS: f64 = 150.0;
/// How often a counting lane looks at the clock.
const GLANCE: Duration = Duration::from_millis(50);

/// What the two messages that the page itself took part in are called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// What it asked, `GET /api/v1/resource`; empty for the style's own word.
    pub request: String,
    /// What it was answered, `200 OK`; empty likewise.
    pub answer: String,
    /// What the server asked on behalf of the page, when [`Party::Caller`] takes part.
    pub forwarded: String,
    /// What other steps are called in this call, by their names.
    pub parts: Vec<(&'static str, String)>,
}

/// What happened in the last call of a bench.
#[component]
pub fn Happened(
    /// `rest`, `grpc` or `queue`: the hue, and the words.
    style: &'static str,
    /// Who may take part, from top to bottom.
    parties: &'static [Party],
    /// The last call that was answered; none before the first one, and when the last one failed.
    #[prop(into)]
    cost: Signal<Option<Cost>>,
    /// What became of what was published, at a consumer of the page.
    #[prop(optional, into)]
    consumed: Option<Signal<Option<Consumed>>>,
    /// Why the last call has no answer.
    #[prop(into)]
    failed: Signal<Option<CallError>>,
    /// A call is on its way.
    #[prop(into)]
    busy: Signal<bool>,
    /// What went to and fro.
    #[prop(into)]
    said: Signal<Said>,
    /// Between the clocks.
    #[prop(into)]
    offset: Signal<Option<Offset>>,
    /// When the page had each message of a stream, in milliseconds since the call began.
    #[prop(into, optional)]
    marks: Signal<Vec<f64>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let timeline = Memo::new(move |_| {
        let cost = cost.read();
        let cost = cost.as_ref()?;
        let mut timeline = timeline::place(cost, offset.get_untracked());
        if let Some(consumed) = consumed.and_then(|consumed| consumed.get()) {
            timeline::follow(&mut timeline, cost, consumed);
        }
        Some(timeline)
    });
    let (elapsed, took) = watch(busy);
    let picture = Memo::new(move |_| match (elapsed.get(), timeline.get()) {
        (Some(ms), _) => Picture::Counting(ms),
        (None, Some(timeline)) => Picture::Done(timeline),
        (None, None) if failed.with(Option::is_some) => Picture::Lost(took.get()),
        (None, None) => Picture::Empty,
    });
    let axis = Memo::new(move |_| match picture.get() {
        Picture::Empty => Axis::blank(),
        Picture::Counting(ms) | Picture::Lost(ms) => Axis::fit(ms),
        Picture::Done(timeline) => Axis::fit(timeline.end),
    });
    let present = Memo::new(move |_| match picture.get() {
        Picture::Done(timeline) => taking_part(parties, &timeline),
        _ => parties.to_vec(),
    });
    let rows = Memo::new(move |_| match picture.get() {
        Picture::Done(timeline) => sequence::rows(&timeline),
        _ => Vec::new(),
    });
    let count = Memo::new(move |_| rows.with(Vec::len));
    let playback = Playback::new(count, settings::is_motionless());
    Effect::new(move |_| {
        rows.track();
        playback.begin();
    });

    let focus = move || playback.at().and_then(|at| rows.with(|rows| rows.get(at).map(|row| (row.from, row.to))));
    let opened = move || {
        let opened = playback.opened().and_then(|at| rows.with(|rows| rows.get(at).cloned()));
        opened.map(|row| words::told(i18n, style, &row, &said.read())).unwrap_or_default()
    };
    let named =
        move || present.get().into_iter().map(|who| (who, words::party(i18n, who).to_owned())).collect::<Vec<_>>();
    view! {
        <section
            class="seq-col stack-s"
            aria-labelledby="seq-h"
            on:keydown=move |event| player::on_key(playback, &event)
        >
            <div class="row row-between">
                <h2 id="seq-h">{t!(i18n, panels.what_happened)}</h2>
                <Show when=move || count.get() != 0>
                    <Player playback=playback count=count told=Signal::derive(opened) />
                </Show>
            </div>
            <p class="hint" data-testid="sequence-hint">
                {move || hint(i18n, &picture.read(), failed.get().as_ref())}
            </p>
            <Scope axis=axis lead="" slim=true>
                <Lane
                    id="bench-lane"
                    style=style
                    name=""
                    note=""
                    parties=Signal::derive(named)
                    axis=axis
                    picture=picture
                    focus=Signal::derive(focus)
                    marks=marks
                    grow=false
                >
                    ""
                </Lane>
            </Scope>
            <Show when=move || count.get() != 0>
                <StepList style=style parties=present rows=rows said=said playback=playback />
                <p class="hint" data-testid="clock-note">
                    {move || clocks(i18n, timeline.with(|at| at.as_ref().and_then(|at| at.placement)))}
                </p>
            </Show>
        </section>
    }
}

/// How long a call has been on its way, once that is worth a word; and how long the last one was.
fn watch(busy: Signal<bool>) -> (Signal<Option<f64>>, Signal<f64>) {
    let elapsed = RwSignal::new(None);
    let took = RwSignal::new(0.0);
    Effect::new(move |before: Option<f64>| {
        let now = now_ms();
        if !busy.get() {
            elapsed.set(None);
            if let Some(began) = before {
                took.set(now - began);
            }
            return now;
        }
        let ticking = set_interval_with_handle(
            move || {
                let ms = now_ms() - now;
                if ms >= PATIENCE_MS {
                    elapsed.set(Some(ms));
                }
            },
            GLANCE,
        );
        on_cleanup(move || {
            if let Ok(ticking) = ticking {
                ticking.clear();
            }
        });
        now
    });
    (elapsed.into(), took.into())
}

/// A party that measured nothing is not drawn, but for the two that are always there.
fn taking_part(parties: &[Party], timeline: &Timeline) -> Vec<Party> {
    let took_part = |party: Party| timeline.blocks.iter().any(|block| block.party == party);
    let always = |party: Party| matches!(party, Party::Browser | Party::Server);
    parties.iter().copied().filter(|party| always(*party) || took_part(*party)).collect()
}

/// What the picture shows, or why it shows nothing.
fn hint(i18n: I18n, picture: &Picture, failed: Option<&CallError>) -> String {
    match picture {
        Picture::Empty => t_string!(i18n, panels.what_blank).to_owned(),
        Picture::Counting(ms) => t_string!(i18n, sequence.waiting, ms = number::ms(*ms)),
        Picture::Lost(ms) => match failed {
            Some(CallError::NotConnected | CallError::Refused(_)) => t_string!(i18n, sequence.unsent).to_owned(),
            Some(CallError::Problem(_) | CallError::Status { .. } | CallError::Unreadable(_)) => {
                t_string!(i18n, sequence.refused, ms = number::ms(*ms))
            }
            _ => t_string!(i18n, sequence.lost, ms = number::ms(*ms)),
        },
        Picture::Done(timeline) => {
            let others: f64 = timeline
                .blocks
                .iter()
                .filter(|block| !matches!(block.party, Party::Browser | Party::Consumer))
                .map(|block| block.to - block.from)
                // the sum of nothing would be minus 0
                .fold(0.0, |sum, took| sum + took);
            let total = number::ms(timeline.answered);
            let scale = match timeline.placement {
                // who told no times did not work for none
                None => t_string!(i18n, sequence.total, total = total),
                Some(_) => t_string!(i18n, sequence.to_scale, total = total, others = number::ms(others)),
            };
            [scale.as_str(), t_string!(i18n, sequence.hint)].join(t_string!(i18n, panels.join))
        }
    }
}

/// How the steps of the others came to their places, and how fine the page's clock is.
fn clocks(i18n: I18n, placement: Option<Placement>) -> String {
    let how = match placement {
        None => t_string!(i18n, sequence.unplaced).to_owned(),
        Some(Placement::Centred) => t_string!(i18n, panels.placed_centred).to_owned(),
        Some(Placement::Clocks { uncertainty_ms }) => {
            t_string!(i18n, panels.placed_clocks, ms = number::ms(uncertainty_ms))
        }
    };
    format!("{how}{}", t_string!(i18n, sequence.clock, ms = number::ms(clock_step_ms())))
}
