//! Samples of what the page says in words: banners, a problem, a blank panel.

use leptos::prelude::*;

use super::spec::Spec;
use crate::i18n::{t, t_string, use_i18n};

/// A banner in each of its states.
#[component]
pub(super) fn Banners() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Spec
            name=|i18n| t_string!(i18n, design.banner)
            code=".banner"
            text=|i18n| t_string!(i18n, design.banner_text)
        >
            <div class="stack-s">
                <div class="banner" data-state="down">
                    <p><b>{t!(i18n, common.broker_down)}</b> " " {t!(i18n, design.banner_down_text)}</p>
                    <button class="btn sm" type="button">{t!(i18n, common.retry_now)}</button>
                </div>
                <div class="banner" data-state="connecting">
                    <p><b>{t!(i18n, design.banner_connecting)}</b> " 127.0.0.1:5672"</p>
                </div>
                <div class="banner" data-state="up">
                    <p><b>{t!(i18n, design.banner_up)}</b></p>
                </div>
            </div>
        </Spec>
    }
}

/// A problem as the server reports it.
#[component]
pub(super) fn Problem() -> impl IntoView {
    view! {
        <Spec
            name=|i18n| t_string!(i18n, design.problem)
            code=".problem"
            text=|i18n| t_string!(i18n, design.problem_text)
        >
            <div class="problem" data-style="bad" lang="en">
                <header>
                    <span class="badge bad mono">"422"</span>
                    <h3>"Unprocessable Content"</h3>
                </header>
                <p>"the body is JSON, but not a greeting"</p>
                <ul>
                    <li>
                        <code>"/name"</code>
                        <span>"is missing"</span>
                    </li>
                </ul>
                <footer>
                    <span>"request_id " <code>"01KAN3W2K6ZR0A3C8YF5J1T9QX"</code></span>
                </footer>
            </div>
        </Spec>
    }
}

/// A panel without content.
#[component]
pub(super) fn Blank() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Spec
            name=|i18n| t_string!(i18n, design.blank)
            code=".blank"
            text=|i18n| t_string!(i18n, design.blank_text)
        >
            <div class="blank">
                <p>{t!(i18n, design.blank_words)}</p>
                <button class="btn sm" type="button">{t!(i18n, home.send)}</button>
            </div>
        </Spec>
    }
}
