//! The screen that lanes are on: one axis for all of them, with the same width and the same ticks.

use leptos::prelude::*;

use crate::model::axis::Axis;

/// A scope with its axis.
#[component]
pub fn Scope(
    /// The axis of all lanes.
    #[prop(into)]
    axis: Signal<Axis>,
    /// What its zero is.
    #[prop(into)]
    lead: Signal<String>,
    /// Without columns of its own, at the head of a bench.
    #[prop(optional)]
    slim: bool,
    /// The lanes.
    children: Children,
) -> impl IntoView {
    let ticks = move || {
        let axis = axis.get();
        let last = axis.ticks.len().saturating_sub(1);
        axis.ticks
            .into_iter()
            .enumerate()
            .map(|(n, tick)| {
                let unit = if n == last && !tick.label.is_empty() { " ms" } else { "" };
                view! {
                    <span class:minor=tick.minor style=("--at", tick.at.to_string())>
                        {tick.label}
                        {unit}
                    </span>
                }
            })
            .collect_view()
    };
    view! {
        <div class="scope" class:slim=slim data-testid="scope">
            <div class="scope-axis" aria-hidden="true">
                <span class="lead">{lead}</span>
                <div class="ticks">{ticks}</div>
            </div>
            {children()}
        </div>
    }
}

/// The heads of the arrows. Once in a page, before the first lane.
#[component]
pub fn Markers() -> impl IntoView {
    let marker = |id: &'static str, fill: &'static str| {
        view! {
            <marker
                id=id
                viewBox="0 0 8 8"
                refX="7"
                refY="4"
                markerWidth="8"
                markerHeight="8"
                markerUnits="userSpaceOnUse"
                orient="auto"
            >
                <path d="M0.5 0.5L7.5 4L0.5 7.5z" fill=fill></path>
            </marker>
        }
    };
    view! {
        <svg class="vh" width="0" height="0" aria-hidden="true">
            <defs>
                {marker("m-rest", "var(--rest)")} {marker("m-grpc", "var(--grpc)")} {marker("m-queue", "var(--queue)")}
            </defs>
        </svg>
    }
}
