//! Samples of lanes on one time axis: a call that was answered, one on its way, one without an answer.

use leptos::prelude::*;

use super::spec::Spec;
use crate::i18n::{Label, t, t_string, use_i18n};

/// The lanes of a scope.
#[component]
pub(super) fn Lanes(
    /// The theme that the sample is shown in.
    theme: &'static str,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Spec
            name=|i18n| t_string!(i18n, design.lane)
            code=".scope .lane"
            text=|i18n| t_string!(i18n, design.lane_text)
        >
            <div class="scope">
                <div class="scope-axis" aria-hidden="true">
                    <span class="lead">{t!(i18n, design.lane_lead)}</span>
                    <div class="ticks">
                        <span data-at="0">"0"</span>
                        <span class="minor" data-at="25">"0.5"</span>
                        <span data-at="50">"1.0"</span>
                        <span class="minor" data-at="75">"1.5"</span>
                        <span data-at="100">"2.0 ms"</span>
                    </div>
                </div>
                <Lane id=format!("l1-{theme}") style="rest" name=|i18n| t_string!(i18n, design.lane_done) figure="1.32">
                    <rect class="wait" x="0" y="9" width="18%" height="10"></rect>
                    <rect class="work" x="30%" y="37" width="14%" height="10"></rect>
                    <rect class="wait" x="58%" y="9" width="8%" height="10"></rect>
                    <line class="msg" x1="18%" x2="30%" y1="19" y2="36" marker-end="url(#m-rest)"></line>
                    <line class="msg" x1="44%" x2="58%" y1="37" y2="20" marker-end="url(#m-rest)"></line>
                    <line class="end" x1="66%" x2="66%" y1="5" y2="23"></line>
                </Lane>
                <Lane
                    id=format!("l2-{theme}")
                    style="grpc"
                    name=|i18n| t_string!(i18n, design.lane_going)
                    now="47.5%"
                    figure="0.95"
                >
                    <rect class="wait" x="0" y="9" width="47.5%" height="10"></rect>
                </Lane>
                <Lane id=format!("l3-{theme}") style="queue" name=|i18n| t_string!(i18n, design.lane_lost)>
                    <rect class="wait" x="0" y="9" width="62%" height="10"></rect>
                    <svg x="62%" y="14" overflow="visible">
                        <path class="cut" d="M-4-4L4 4M4-4L-4 4"></path>
                    </svg>
                </Lane>
            </div>
        </Spec>
    }
}

/// One lane between browser and server.
#[component]
fn Lane(
    /// The id of its heading.
    id: String,
    /// The style whose hue it has.
    style: &'static str,
    /// How the call ended.
    name: Label,
    /// The present on the axis, while the call is on its way.
    #[prop(optional)]
    now: Option<&'static str>,
    /// How long the call took, in milliseconds; without a figure there was no answer.
    #[prop(optional)]
    figure: Option<&'static str>,
    /// The blocks and messages.
    children: Children,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <div class="lane" role="group" data-style=style aria-labelledby=id.clone()>
            <div class="lane-name">
                <h3 id=id.clone()>{move || name(i18n)}</h3>
            </div>
            <ul class="lane-parties" aria-hidden="true">
                <li>{t!(i18n, panels.party_browser)}</li>
                <li>{t!(i18n, panels.party_server)}</li>
            </ul>
            <div class="lane-track">
                <svg class="lane-grid" aria-hidden="true">
                    <line x1="0" x2="0" y1="0" y2="100%"></line>
                    <line x1="50%" x2="50%" y1="0" y2="100%"></line>
                    <line x1="100%" x2="100%" y1="0" y2="100%"></line>
                    {now.map(|now| view! { <line class="cursor" x1=now x2=now y1="0" y2="100%"></line> })}
                </svg>
                <svg class="lane-svg" height="56" aria-hidden="true">
                    <line class="life" x1="0" x2="100%" y1="14" y2="14"></line>
                    <line class="life" x1="0" x2="100%" y1="42" y2="42"></line>
                    {children()}
                </svg>
            </div>
            <div class="lane-reading">
                <span class="reading lg">
                    <b>{figure.unwrap_or("–")}</b>
                    {figure.map(|_| view! { <small>"ms"</small> })}
                </span>
            </div>
        </div>
    }
}
