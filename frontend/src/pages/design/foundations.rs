//! Samples of the colours and of the type sizes.

use leptos::prelude::*;

use super::spec::Spec;
use crate::i18n::{t, t_string, use_i18n};

/// The colours by the names of their tokens in `style/tokens.css`.
const COLOURS: [&str; 17] = [
    "ground",
    "surface",
    "sunken",
    "lit",
    "rule",
    "edge",
    "ink",
    "ink-2",
    "ink-3",
    "rest",
    "rest-soft",
    "grpc",
    "grpc-soft",
    "queue",
    "queue-soft",
    "bad",
    "bad-soft",
];

/// Every colour.
#[component]
pub(super) fn Colours() -> impl IntoView {
    view! {
        <Spec name=|i18n| t_string!(i18n, design.colour) text=|i18n| t_string!(i18n, design.colour_text)>
            <ul class="swatches" lang="en">
                {COLOURS.map(|colour| view! { <li data-c=colour></li> }).collect_view()}
            </ul>
        </Spec>
    }
}

/// Every size of type.
#[component]
pub(super) fn Typography() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Spec name=|i18n| t_string!(i18n, design.typography) text=|i18n| t_string!(i18n, design.typography_text)>
            <div class="stack-s">
                <p class="as-h1">{t!(i18n, design.type_page)} ", 26"</p>
                <p class="as-h2">{t!(i18n, design.type_section)} ", 16"</p>
                <p>{t!(i18n, design.type_body)} ", 14. " <code>"48 65 6c 6c 6f"</code></p>
                <p class="muted as-small">{t!(i18n, design.type_control)} ", 13"</p>
                <p class="hint">{t!(i18n, design.type_label)} ", 12"</p>
            </div>
        </Spec>
    }
}
