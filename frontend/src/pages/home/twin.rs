//! The lanes as text: every step with its times, for those who read rather than look.

use leptos::prelude::*;

use super::{
    hello::{Hello, Part, Way},
    lanes::placed,
    words,
};
use crate::{
    i18n::{I18n, t, t_string, use_i18n},
    model::{number::ms, timeline::Timeline},
};

/// The text twin.
#[component]
pub fn Twin(
    /// The run it tells of.
    hello: Hello,
) -> impl IntoView {
    let i18n = use_i18n();
    let lines = move || {
        let placed = placed(&hello);
        if placed.is_empty() {
            return view! { <li>{t!(i18n, home.twin_empty)}</li> }.into_any();
        }
        let told =
            placed.into_iter().map(|(way, timeline)| view! { <li>{tell(i18n, way, &timeline)}</li> }).collect_view();
        let failed = Way::ALL.into_iter().filter_map(|way| match hello.part(way) {
            Part::Failed { error, .. } => {
                Some(view! { <li>{words::way(i18n, way)} ": " {words::failure(i18n, &error)}</li> })
            }
            _ => None,
        });
        let failed = failed.collect_view();
        view! {
            {told}
            {failed}
        }
        .into_any()
    };
    view! {
        <details class="twin" data-testid="twin">
            <summary>{t!(i18n, home.twin)}</summary>
            <ol>{lines}</ol>
        </details>
    }
}

fn tell(i18n: I18n, way: Way, timeline: &Timeline) -> String {
    let mut told: Vec<(f64, String)> = timeline
        .blocks
        .iter()
        .map(|block| {
            let (who, what) = (words::party(i18n, block.party), words::step(i18n, &block.name));
            let (from, to) = (ms(block.from), ms(block.to));
            (block.from, t_string!(i18n, home.twin_step, who = who, what = what, from = from, to = to))
        })
        .collect();
    told.extend(
        timeline
            .messages
            .iter()
            .filter(|message| message.aside)
            .map(|message| (message.arrived, t_string!(i18n, home.twin_confirm, at = ms(message.arrived)))),
    );
    told.sort_by(|a, b| a.0.total_cmp(&b.0));
    let steps: Vec<String> = told.into_iter().map(|(_, text)| text).collect();
    let steps = steps.join(t_string!(i18n, home.twin_join));
    t_string!(i18n, home.twin_line, way = words::way(i18n, way), steps = steps, end = ms(timeline.answered))
}
