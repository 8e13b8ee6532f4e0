//! The last minute of a figure as a line without axes, for the eye beside a number.

use leptos::prelude::*;

use crate::model::series::Series;

const WIDTH: f64 = 100.0;
const HEIGHT: f64 = 28.0;

/// The line, on a base that is nothing.
#[component]
pub fn Sparkline(
    /// The readings.
    #[prop(into)]
    series: Signal<Series>,
) -> impl IntoView {
    view! {
        <svg viewBox="0 0 100 28" preserveAspectRatio="none" aria-hidden="true">
            <line x1="0" x2="100" y1="27.5" y2="27.5"></line>
            <polyline points=move || series.with(|series| series.points(WIDTH, HEIGHT - 1.0))></polyline>
        </svg>
    }
}
