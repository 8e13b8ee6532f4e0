//! The step list: each step with its time, between the parties it touches, and its reason when it is looked at. Not to
//! scale, and so easy to read where the lane is dense.

use crosstalk_proto::step::Party;
use leptos::prelude::*;

use super::{Said, playback::Playback, words};
use crate::{
    i18n::{t, t_string, use_i18n},
    model::{
        number,
        sequence::{Row, What},
    },
};

/// The list.
#[component]
pub(super) fn StepList(
    /// `rest`, `grpc` or `queue`.
    style: &'static str,
    /// Who took part, from left to right.
    parties: Memo<Vec<Party>>,
    /// The steps.
    rows: Memo<Vec<Row>>,
    /// What request and answer are called.
    said: Signal<Said>,
    /// Which one is looked at.
    playback: Playback,
) -> impl IntoView {
    let i18n = use_i18n();
    let heads = move || {
        let head = |who: Party| {
            view! {
                <li>
                    <b>{words::party(i18n, who)}</b>
                    <span>{words::part(i18n, style, who)}</span>
                </li>
            }
        };
        parties.get().into_iter().map(head).collect_view()
    };
    let lives = move || (0..parties.read().len()).map(|_| view! { <i></i> }).collect_view();
    let steps = move || {
        let (parties, said) = (parties.get(), said.get());
        let one = |(at, row): (usize, Row)| step(style, at, row, &parties, &said, playback);
        rows.get().into_iter().enumerate().map(one).collect_view()
    };
    view! {
        <div class="seq" style=("--parties", move || parties.read().len().to_string()) data-testid="sequence">
            <ol class="seq-parties" aria-hidden="true">
                {heads}
            </ol>
            <div class="seq-life" aria-hidden="true">
                {lives}
            </div>
            <ol class="seq-steps" aria-label=move || t_string!(i18n, sequence.list) data-testid="steps">
                {steps}
            </ol>
        </div>
        <details class="twin" data-testid="twin">
            <summary>{t!(i18n, sequence.twin)}</summary>
            <ol>
                {move || {
                    let told = |row: &Row| view! { <li>{words::told(i18n, style, row, &said.read())}</li> };
                    rows.read().iter().map(told).collect_view()
                }}
            </ol>
        </details>
    }
}

fn step(
    style: &'static str,
    at: usize,
    row: Row,
    parties: &[Party],
    said: &Said,
    playback: Playback,
) -> Option<impl IntoView + use<>> {
    let i18n = use_i18n();
    let (low, high) = row.span(parties)?;
    let label = words::label(i18n, style, &row, said);
    let why = words::why(i18n, style, &row);
    let picture = match row.what {
        What::Work(who) => {
            let side = if high + 1 == parties.len() && high > 0 { "act-label before" } else { "act-label after" };
            view! {
                <i class="act" aria-hidden="true"></i>
                <span class=side>
                    <span>
                        <span class="vh">{words::party(i18n, who)} ": "</span>
                        {label}
                    </span>
                </span>
            }
            .into_any()
        }
        What::Way { sender, receiver, aside } => {
            let right = parties.iter().position(|party| *party == sender) == Some(low);
            let class = if aside { "hop soft" } else { "hop" };
            view! {
                <span class=class data-dir=if right { "right" } else { "left" }>
                    <span>
                        <span class="vh">
                            {words::party(i18n, sender)} " → " {words::party(i18n, receiver)} ": "
                        </span>
                        {label}
                    </span>
                </span>
            }
            .into_any()
        }
    };
    let is_open = move || playback.opened() == Some(at);
    Some(view! {
        <li
            style=("--lo", (low + 1).to_string())
            style=("--hi", (high + 1).to_string())
            data-now=move || (playback.at() == Some(at)).then_some("")
            aria-current=move || (playback.at() == Some(at)).then_some("step")
        >
            <button
                type="button"
                class="seq-step"
                aria-expanded=move || why.map(|_| is_open().to_string())
                on:click=move |_| playback.still((!untrack(is_open)).then_some(at))
            >
                <span class="when">
                    <b>{number::ms(row.from)}</b>
                    "+"
                    {number::ms(row.to - row.from)}
                </span>
                {picture}
            </button>
            {move || is_open().then_some(why).flatten().map(|why| view! { <p class="why">{why}</p> })}
        </li>
    })
}
