//! A list of any length of which only what is in sight is drawn, and in it what belongs to the field that is looked at is lit.
//! Every row is as high as the style says (`--wire-line`), which may differ with the width. Rows are plain: whatever bears
//! `data-f` is a part of the field of that number, and the list listens and lights for all of them.

use std::sync::Arc;

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast as _;
use web_sys::Element;

use crate::model::wire::Message;

/// How many rows are drawn, in sight and just beyond.
const DRAWN: usize = 64;
/// How many of them are before the first in sight.
const BEFORE: usize = 16;

/// What is looked at in a message; shared by bytes and fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) field: usize,
    pub(super) byte: usize,
    /// The list whose row the pointer is on: that one stays where it is.
    under_pointer: Option<&'static str>,
}

/// The same as a signal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lit(RwSignal<Place>);

impl Lit {
    pub(super) fn first_of(message: &Message) -> Self {
        Self(RwSignal::new(Place { field: message.field_at(0).unwrap_or(0), byte: 0, under_pointer: None }))
    }

    pub(super) fn get(self) -> Place {
        self.0.get()
    }

    pub(super) fn get_untracked(self) -> Place {
        self.0.get_untracked()
    }

    /// Goes to a field.
    pub(super) fn field(self, message: &Message, field: usize) {
        self.0.set(Place { field, byte: message.range(field).start, under_pointer: None });
    }

    /// Goes to the innermost field of a byte.
    pub(super) fn byte(self, message: &Message, byte: usize) {
        if let Some(field) = message.field_at(byte) {
            self.0.set(Place { field, byte, under_pointer: None });
        }
    }
}

/// How a list draws.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    /// For tests and styles.
    pub(super) class: &'static str,
    /// What it is for who hears it.
    pub(super) role: &'static str,
    /// Draws a row.
    pub(super) row: fn(&Message, usize) -> AnyView,
    /// In which row a place is.
    pub(super) row_of: fn(Place) -> usize,
    /// Whether a part of the first field is lit when the second is looked at.
    pub(super) lights: fn(&Message, usize, usize) -> bool,
    /// Goes where a key leads, if it leads anywhere.
    pub(super) key: fn(&Message, Lit, &str) -> bool,
}

/// The list, in a strip that scrolls.
#[component]
pub(super) fn Rows(
    kind: Kind,
    /// Its name.
    #[prop(into)]
    label: Signal<String>,
    /// How many rows.
    count: usize,
    /// What the rows are of.
    message: Arc<Message>,
    lit: Lit,
    /// The element that is looked at, by its id.
    #[prop(optional)]
    active: Option<Signal<String>>,
) -> impl IntoView {
    let Kind { class, role, row, row_of, lights, key } = kind;
    let strip = NodeRef::<html::Div>::new();
    let first = RwSignal::new(0_usize);
    let height = move |strip: &Element| f64::from(strip.scroll_height()) / count.max(1) as f64;
    let on_scroll = move |_| {
        if let Some(strip) = strip.get_untracked() {
            let top = (f64::from(strip.scroll_top()) / height(&strip)) as usize;
            // by halves of what is beyond, so that not every pixel draws anew
            first.set(top.saturating_sub(BEFORE) / (BEFORE / 2) * (BEFORE / 2));
        }
    };
    let light = {
        let message = message.clone();
        move |strip: &Element, field: usize| {
            each_part(strip, |part, of| mark(part, lights(&message, of, field)));
        }
    };
    let light_again = light.clone();
    Effect::new(move |before: Option<Place>| {
        let now = lit.get();
        if let Some(strip) = strip.get() {
            light(&strip, now.field);
            if before.is_some() && now.under_pointer != Some(class) {
                show(&strip, row_of(now) as f64 * height(&strip), height(&strip));
            }
        }
        now
    });
    Effect::new(move |_| {
        first.track();
        let light = light_again.clone();
        // once the rows that came into sight are in the document
        request_animation_frame(move || {
            if let (Some(strip), Some(now)) = (strip.try_get_untracked().flatten(), lit.0.try_get_untracked()) {
                light(&strip, now.field);
            }
        });
    });
    let on_key = {
        let message = message.clone();
        move |event: ev::KeyboardEvent| {
            if !event.alt_key() && !event.ctrl_key() && !event.meta_key() && key(&message, lit, &event.key()) {
                event.prevent_default();
            }
        }
    };
    let on_over = move |event: ev::MouseEvent| {
        let now = lit.get_untracked();
        if let Some(field) = field_of(&event).filter(|field| *field != now.field) {
            lit.0.set(Place { field, under_pointer: Some(class), ..now });
        }
    };
    let on_click = {
        let message = message.clone();
        move |event: ev::MouseEvent| {
            if let Some(field) = field_of(&event) {
                lit.field(&message, field);
            }
        }
    };
    let drawn = move || {
        let first = first.get().min(count);
        first..(first + DRAWN).min(count)
    };
    view! {
        <div
            class=class
            role=role
            tabindex="0"
            aria-label=label
            aria-activedescendant=move || active.map(|active| active.get())
            data-testid=class
            node_ref=strip
            on:scroll=on_scroll
            on:keydown=on_key
            on:mouseover=on_over
            on:click=on_click
        >
            <div class="rows" role="presentation" style=("--rows", count.to_string())>
                <For each=drawn key=|at| *at let:at>
                    {row(&message, at)}
                </For>
            </div>
        </div>
    }
}

/// Scrolls so far that a row is in sight.
fn show(strip: &Element, top: f64, line: f64) {
    let (at, seen) = (f64::from(strip.scroll_top()), f64::from(strip.client_height()));
    if top < at || top + line > at + seen {
        strip.set_scroll_top((top - seen / 2.0).max(0.0) as i32);
    }
}

fn each_part(strip: &Element, mut look: impl FnMut(&Element, usize)) {
    let Ok(parts) = strip.query_selector_all("[data-f]") else { return };
    for at in 0..parts.length() {
        if let Some(part) = parts.item(at).map(|part| part.unchecked_into::<Element>())
            && let Some(field) = number(&part)
        {
            look(&part, field);
        }
    }
}

/// Lights a part, and says so where it is an item of a tree.
fn mark(part: &Element, lit: bool) {
    // the names of attributes here are valid
    let _ = part.toggle_attribute_with_force("data-lit", lit);
    if part.has_attribute("aria-selected") {
        let _ = part.set_attribute("aria-selected", if lit { "true" } else { "false" });
    }
}

fn field_of(event: &ev::MouseEvent) -> Option<usize> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    number(&target.closest("[data-f]").ok()??)
}

fn number(part: &Element) -> Option<usize> {
    part.get_attribute("data-f")?.parse().ok()
}
