//! The two layers of a connection with TLS, one at a time: what its ends say, and what the network sees.

use std::sync::Arc;

use leptos::prelude::*;

use super::{Download, Seen};
use crate::{
    i18n::{t_string, use_i18n},
    model::wire::Wire,
};

/// A capture, with a switch between its layers where it has two.
#[component]
pub(super) fn Layers(
    /// The capture.
    wire: Wire,
    /// Downloads the capture as a file.
    file: Download,
) -> impl IntoView {
    let wire = Arc::new(wire);
    let Some(network) = wire.network.clone() else {
        return view! { <Seen wire=wire file=file /> }.into_any();
    };
    let i18n = use_i18n();
    let below = RwSignal::new(false);
    let choice = move |value: bool, testid: &'static str| {
        let word = move || if value { t_string!(i18n, wire.network) } else { t_string!(i18n, wire.ends) };
        view! {
            <button
                type="button"
                data-testid=testid
                aria-pressed=move || (below.get() == value).to_string()
                on:click=move |_| below.set(value)
            >
                {word}
            </button>
        }
    };
    let layer = move || {
        let shown = if below.get() { network.clone() } else { wire.clone() };
        view! { <Seen wire=shown file=file.clone() /> }
    };
    let hint = move || if below.get() { t_string!(i18n, wire.network_why) } else { t_string!(i18n, wire.ends_why) };
    view! {
        <div class="row">
            <div class="seg sm start" role="group" aria-label=move || t_string!(i18n, wire.layers)>
                {choice(false, "wire-ends")}
                {choice(true, "wire-network")}
            </div>
            <p class="hint" role="status">
                {hint}
            </p>
        </div>
        {layer}
    }
    .into_any()
}
