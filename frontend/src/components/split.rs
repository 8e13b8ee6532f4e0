//! Columns with bars between them that one can move: by pointer, or by the arrow keys (WAI-ARIA, "Window Splitter").
//! Where a window is too narrow for columns there are no bars.

use leptos::{
    ev::{KeyboardEvent, PointerEvent},
    html,
    prelude::*,
};
use web_sys::Element;

use crate::{
    i18n::{t_string, use_i18n},
    model::{columns::Columns, number::fixed},
    settings::Settings,
};

/// How far a key moves a bar, in per cent of the whole.
const STEP: f64 = 2.0;

/// What the bars move within.
#[derive(Clone, Copy)]
struct Whole(NodeRef<html::Div>);

/// The columns of a bench: its children, with a [`Splitter`] after the first and after the second. All benches part at the
/// same places.
#[component]
pub fn SplitPane(
    /// Columns and bars.
    children: Children,
) -> impl IntoView {
    let columns = Settings::get().columns;
    let whole = NodeRef::new();
    provide_context(Whole(whole));
    let place = move |bar| move || fixed(columns.get().at(bar), 2) + "%";
    view! {
        <div class="bench" data-testid="bench" node_ref=whole style=("--first", place(0)) style=("--second", place(1))>
            {children()}
        </div>
    }
}

/// A bar between two columns.
#[component]
pub fn Splitter(
    /// Which, from 0.
    bar: usize,
) -> impl IntoView {
    let i18n = use_i18n();
    let (Whole(whole), settings) = (expect_context(), Settings::get());
    let columns = settings.columns;
    let dragged = StoredValue::new(false);
    let place = move |to: Columns| {
        columns.set(to);
        settings.keep_columns(to);
    };
    let on_key = move |event: KeyboardEvent| {
        let now = columns.get_untracked();
        let (least, most) = now.range(bar);
        let to = match event.key().as_str() {
            "ArrowLeft" => now.at(bar) - STEP,
            "ArrowRight" => now.at(bar) + STEP,
            "Home" => least,
            "End" => most,
            "Enter" => Columns::default().at(bar),
            _ => return,
        };
        event.prevent_default();
        place(now.moved(bar, to));
    };
    let on_down = move |event: PointerEvent| {
        let handle: Element = event_target(&event);
        // without it the bar is moved as long as the pointer is on it
        let _ = handle.set_pointer_capture(event.pointer_id());
        dragged.set_value(true);
    };
    let on_move = move |event: PointerEvent| {
        if let Some(whole) = whole.get_untracked().filter(|_| dragged.get_value()) {
            let place = whole.get_bounding_client_rect();
            let to = (f64::from(event.client_x()) - place.left()) / place.width().max(1.0) * 100.0;
            columns.update(|columns| *columns = columns.moved(bar, to));
        }
    };
    let on_up = move |_| {
        dragged.set_value(false);
        settings.keep_columns(columns.get_untracked());
    };
    let label = move || match bar {
        0 => t_string!(i18n, panels.split_request),
        _ => t_string!(i18n, panels.split_happened),
    };
    let figure = move |of: fn(Columns, usize) -> f64| move || fixed(of(columns.get(), bar), 0);
    view! {
        <div
            class="split"
            role="separator"
            tabindex="0"
            aria-orientation="vertical"
            aria-label=label
            title=move || t_string!(i18n, panels.split_hint)
            aria-valuenow=figure(Columns::at)
            aria-valuemin=figure(|columns, bar| columns.range(bar).0)
            aria-valuemax=figure(|columns, bar| columns.range(bar).1)
            data-testid=format!("split-{bar}")
            on:keydown=on_key
            on:pointerdown=on_down
            on:pointermove=on_move
            on:pointerup=on_up
            on:dblclick=move |_| place(columns.get_untracked().moved(bar, Columns::default().at(bar)))
        ></div>
    }
}
