//! Samples of what tells a state or a figure in a word: badges, keys, readings, chips.

use leptos::prelude::*;

use super::spec::Spec;
use crate::i18n::{t, t_string, use_i18n};

/// Badges, keys, readings and chips.
#[component]
pub(super) fn Readings() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Spec
            name=|i18n| t_string!(i18n, design.badge)
            code=".badge .key .reading .chip"
            text=|i18n| t_string!(i18n, design.badge_text)
        >
            <div class="stack">
                <div class="row">
                    <span class="badge">"200 OK"</span>
                    <span class="badge bad">"503"</span>
                    <span class="badge out">{t!(i18n, queue.redelivered)}</span>
                    <span class="badge hue" data-style="rest">"GET"</span>
                    <span class="badge hue" data-style="grpc">"grpc-status 0"</span>
                    <span class="badge hue" data-style="queue">"basic.ack"</span>
                </div>
                <div class="row">
                    <span class="key" data-style="rest">"REST"</span>
                    <span class="key open" data-style="grpc">"gRPC-Web"</span>
                    <span class="key" data-style="queue">{t!(i18n, common.queue)}</span>
                    <span class="reading lg"><b>"1.41"</b><small>"ms"</small></span>
                    <span class="reading"><b>"27"</b><small>"B"</small></span>
                </div>
                <div class="row"><Chips /></div>
            </div>
        </Spec>
    }
}

/// A chip in each of its states.
#[component]
fn Chips() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <span class="chip">
            <svg width="9" height="9" viewBox="0 0 9 9" aria-hidden="true">
                <circle cx="4.5" cy="4.5" r="3.5" fill="currentColor"></circle>
            </svg>
            <span>{t!(i18n, common.broker)}</span>
            <b>{t!(i18n, common.embedded)}</b>
        </span>
        <span class="chip" data-state="connecting">
            <svg width="9" height="9" viewBox="0 0 9 9" aria-hidden="true">
                <circle
                    cx="4.5"
                    cy="4.5"
                    r="3.5"
                    fill="none"
                    stroke="currentColor"
                    stroke-width="1.5"
                    stroke-dasharray="2 1.6"
                ></circle>
            </svg>
            <span>{t!(i18n, common.broker)}</span>
            <b>{t!(i18n, common.connecting)}</b>
        </span>
        <span class="chip" data-state="down">
            <svg width="9" height="9" viewBox="0 0 9 9" aria-hidden="true">
                <path d="M1 1l7 7M8 1l-7 7" stroke="currentColor" stroke-width="1.75"></path>
            </svg>
            <span>{t!(i18n, common.broker)}</span>
            <b>{t!(i18n, common.down)}</b>
        </span>
    }
}
