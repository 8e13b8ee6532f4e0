//! The middle of a bench: what happened between the parties, to scale, and the same in words beneath.

use crosstalk_proto::step::Party;
use leptos::prelude::*;

use super::{
    lane::{Lane, Picture},
    scope::Scope,
};
use crate::{
    i18n::{I18n, t, t_string, use_i18n},
    model::{axis::Axis, clock::Offset, exchange::Cost, number, timeline},
};

/// What happened in one call.
#[component]
pub fn Happened(
    /// `rest`, `grpc` or `queue`: the hue.
    style: &'static str,
    /// Who may take part, from top to bottom.
    parties: &'static [Party],
    /// The call; none before the first one.
    #[prop(into)]
    cost: Signal<Option<Cost>>,
    /// Between the clocks.
    #[prop(into)]
    offset: Signal<Option<Offset>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let timeline =
        Memo::new(move |_| cost.with(|cost| cost.as_ref().map(|cost| timeline::place(cost, offset.get_untracked()))));
    let axis = move || timeline.with(|timeline| timeline.as_ref().map_or_else(Axis::blank, |at| Axis::fit(at.end)));
    let picture = move || timeline.get().map_or(Picture::Empty, Picture::Done);
    // a party that measured nothing is not drawn, but for the two that are always there
    let present = move || {
        let took_part = |party: Party| {
            timeline
                .with(|timeline| timeline.as_ref().is_none_or(|at| at.blocks.iter().any(|block| block.party == party)))
        };
        parties
            .iter()
            .filter(|party| matches!(party, Party::Browser | Party::Server) || took_part(**party))
            .map(|party| (*party, party_name(i18n, *party).to_owned()))
            .collect::<Vec<_>>()
    };
    let rows = move || timeline.with(|timeline| timeline.as_ref().map(|at| at.blocks.clone()).unwrap_or_default());
    view! {
        <section class="seq-col stack-s" aria-labelledby="seq-h">
            <h2 id="seq-h">{t!(i18n, panels.what_happened)}</h2>
            <p class="hint">
                {move || if cost.with(Option::is_some) {
                    t_string!(i18n, panels.what_hint)
                } else {
                    t_string!(i18n, panels.what_blank)
                }}
            </p>
            <Scope axis=Signal::derive(axis) lead="" slim=true>
                <Lane
                    id="bench-lane"
                    style=style
                    name=""
                    note=""
                    parties=Signal::derive(present)
                    axis=Signal::derive(axis)
                    picture=Signal::derive(picture)
                    grow=false
                    word=|_| None
                >
                    ""
                </Lane>
            </Scope>
            <Show when=move || cost.with(Option::is_some)>
                <table class="table tight pad" data-testid="steps">
                    <thead>
                        <tr>
                            <th scope="col" class="num">{t!(i18n, panels.timing_start)}</th>
                            <th scope="col" class="num">{t!(i18n, panels.timing_dur)}</th>
                            <th scope="col">{t!(i18n, panels.timing_party)}</th>
                            <th scope="col">{t!(i18n, panels.timing_step)}</th>
                        </tr>
                    </thead>
                    <tbody>
                        {move || {
                            rows()
                                .into_iter()
                                .map(|block| {
                                    view! {
                                        <tr>
                                            <td class="num">{number::ms(block.from)}</td>
                                            <td class="num">{number::ms(block.to - block.from)}</td>
                                            <td>{party_name(i18n, block.party)}</td>
                                            <td><code>{block.name}</code></td>
                                        </tr>
                                    }
                                })
                                .collect_view()
                        }}
                    </tbody>
                </table>
                <p class="hint">{move || placement(i18n, timeline.with(|at| at.as_ref().and_then(|at| at.placement)))}</p>
            </Show>
        </section>
    }
}

fn party_name(i18n: I18n, party: Party) -> &'static str {
    match party {
        Party::Browser => t_string!(i18n, panels.party_browser),
        Party::Server => t_string!(i18n, panels.party_server),
        Party::Store => t_string!(i18n, panels.party_store),
        Party::Link => t_string!(i18n, panels.party_link),
        Party::Worker => t_string!(i18n, panels.party_worker),
    }
}

fn placement(i18n: I18n, placement: Option<timeline::Placement>) -> AnyView {
    match placement {
        None => ().into_any(),
        Some(timeline::Placement::Centred) => t!(i18n, panels.placed_centred).into_any(),
        Some(timeline::Placement::Clocks { uncertainty_ms }) => {
            t!(i18n, panels.placed_clocks, ms = number::ms(uncertainty_ms)).into_any()
        }
    }
}
