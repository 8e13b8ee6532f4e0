//! A part of a whole as a bar. The figure beside it says the same: it is not read aloud.

use leptos::prelude::*;

/// The bar of a table.
#[component]
pub fn Bar(
    /// 0 to 1.
    #[prop(into)]
    part: Signal<f64>,
) -> impl IntoView {
    view! {
        <svg class="bar" aria-hidden="true">
            <rect class="g" width="100%" height="3" y="4.5"></rect>
            <rect class="b" width=move || percent(part.get()) height="9" y="1.5"></rect>
        </svg>
    }
}

/// How much of a credit is used, in an outline of the whole.
#[component]
pub fn Credit(
    /// 0 to 1.
    #[prop(into)]
    part: Signal<f64>,
    /// In words: `3 / 20`.
    #[prop(into)]
    words: Signal<String>,
    /// For tests.
    testid: &'static str,
) -> impl IntoView {
    view! {
        <span class="credit">
            <svg aria-hidden="true">
                <rect class="f" x="0.5" y="0.5" width="79" height="8.6"></rect>
                <rect class="u" width=move || percent(part.get()) height="9.6"></rect>
            </svg>
            <span class="nowrap" data-testid=testid>
                {words}
            </span>
        </span>
    }
}

fn percent(part: f64) -> String {
    format!("{:.1}%", part.clamp(0.0, 1.0) * 100.0)
}
