//! A status chip: shape first (disc, dashed ring, cross), then the word.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// What a chip says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It works.
    Up,
    /// It is being tried.
    Connecting,
    /// It does not work.
    Down,
}

impl State {
    /// As tests and style read it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Connecting => "connecting",
            Self::Down => "down",
        }
    }
}

/// A chip.
#[component]
pub fn Chip(
    /// For tests.
    testid: &'static str,
    /// Where there is no room for the word.
    glyph: Glyph,
    /// The shape.
    #[prop(into)]
    state: Signal<State>,
    /// What it is about.
    #[prop(into)]
    label: Signal<String>,
    /// How that is.
    #[prop(into)]
    word: Signal<String>,
    /// In full.
    #[prop(into)]
    title: Signal<String>,
) -> impl IntoView {
    view! {
        <span class="chip" data-state=move || state.get().name() data-testid=testid title=title>
            <svg width="9" height="9" viewBox="0 0 9 9" aria-hidden="true">
                {move || match state.get() {
                    State::Up => view! { <circle cx="4.5" cy="4.5" r="3.5" fill="currentColor"></circle> }.into_any(),
                    State::Connecting => {
                        view! {
                            <circle
                                cx="4.5"
                                cy="4.5"
                                r="3.5"
                                fill="none"
                                stroke="currentColor"
                                stroke-width="1.5"
                                stroke-dasharray="2 1.6"
                            ></circle>
                        }
                        .into_any()
                    }
                    State::Down => {
                        view! { <path d="M1 1l7 7M8 1l-7 7" stroke="currentColor" stroke-width="1.75"></path> }.into_any()
                    }
                }}
            </svg>
            <Icon glyph=glyph />
            <span>{label}</span>
            <b>{word}</b>
        </span>
    }
}
