//! A list of any length of which only what is in sight is drawn, and in it what belongs to the field that is looked at is lit.
//! Every row is as high as the style says (`--wire-line`), which may differ with the width. Rows are plain: whatever bears
//! `data-f` is a part of the field of that number, and the list listens and lights for all of them.

use std::sync::Arc;

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast as _;
use web_sys::Element;

use crate::model::wire::{Message, folds::Folds};

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

/// The same as a signal, with the branches of the tree that are open: whoever is gone to by hand is brought to light.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lit {
    place: RwSignal<Place>,
    pub(super) folds: RwSignal<Folds>,
}

impl Lit {
    pub(super) fn first_of(message: &Message) -> Self {
        let field = message.field_at(0).unwrap_or(0);
        let place = RwSignal::new(Place { field, byte: 0, under_pointer: None });
        Self { place, folds: RwSignal::new(Folds::of(message)) }
    }

    pub(super) fn get(self) -> Place {
        self.place.get()
    }

    pub(super) fn get_untracked(self) -> Place {
        self.place.get_untracked()
    }

    /// Goes to a field.
    pub(super) fn field(self, message: &Message, field: usize) {
        self.go(Place { field, byte: message.range(field).start, under_pointer: None });
    }

    /// Goes to the innermost field of a byte.
    pub(super) fn byte(self, message: &Message, byte: usize) {
        if let Some(field) = message.field_at(byte) {
            self.go(Place { field, byte, under_pointer: None });
        }
    }

    /// Opens or closes a branch.
    pub(super) fn fold(self, field: usize, open: bool) {
        self.folds.update(|folds| folds.set(field, open));
    }

    fn go(self, place: Place) {
        if self.folds.with_untracked(|folds| folds.shown(place.field) != place.field) {
            self.folds.update(|folds| folds.reveal(place.field));
        }
        self.place.set(place);
    }
}

/// How a list draws.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    /// For tests and styles.
    pub(super) class: &'static str,
    /// What it is for who hears it.
    pub(super) role: &'static str,
    /// How many rows there are.
    pub(super) count: fn(&Message, &Folds) -> usize,
    /// What a row shows and how: another number, another row.
    pub(super) id: fn(&Folds, usize) -> usize,
    /// Draws a row.
    pub(super) row: fn(&Message, &Folds, usize) -> AnyView,
    /// In which row a place is.
    pub(super) row_of: fn(&Folds, Place) -> usize,
    /// Which field is lit when this one is looked at.
    pub(super) stands_for: fn(&Folds, usize) -> usize,
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
    /// What the rows are of.
    message: Arc<Message>,
    lit: Lit,
    /// The element that is looked at, by its id.
    #[prop(optional)]
    active: Option<Signal<String>>,
) -> impl IntoView {
    let Kind { class, role, count, id, row, row_of, stands_for, lights, key } = kind;
    let strip = NodeRef::<html::Div>::new();
    let first = RwSignal::new(0_usize);
    let folds = lit.folds;
    let count = {
        let message = message.clone();
        Memo::new(move |_| folds.with(|folds| count(&message, folds)))
    };
    let height = move |strip: &Element| f64::from(strip.scroll_height()) / count.get_untracked().max(1) as f64;
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
            let field = folds.with_untracked(|folds| stands_for(folds, field));
            each_part(strip, |part, of| mark(part, lights(&message, of, field)));
        }
    };
    let light_again = light.clone();
    Effect::new(move |before: Option<Place>| {
        let now = lit.get();
        if let Some(strip) = strip.get() {
            light(&strip, now.field);
            if before.is_some() && now.under_pointer != Some(class) {
                let row = folds.with_untracked(|folds| row_of(folds, now));
                show(&strip, row as f64 * height(&strip), height(&strip));
            }
        }
        now
    });
    Effect::new(move |_| {
        first.track();
        folds.track();
        let light = light_again.clone();
        // once the rows that came into sight are in the document
        request_animation_frame(move || {
            if let (Some(strip), Some(now)) = (strip.try_get_untracked().flatten(), lit.place.try_get_untracked()) {
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
            lit.place.set(Place { field, under_pointer: Some(class), ..now });
        }
    };
    let on_click = {
        let message = message.clone();
        move |event: ev::MouseEvent| {
            let Some(field) = field_of(&event) else { return };
            lit.field(&message, field);
            if is_of(&event, "[data-fold]")
                && let Some(open) = folds.with_untracked(|folds| folds.is_open(field))
            {
                lit.fold(field, !open);
            }
        }
    };
    let drawn = move || {
        let count = count.get();
        let first = first.get().min(count);
        let drawn = first..(first + DRAWN).min(count);
        folds.with(|folds| drawn.map(|at| (at, id(folds, at))).collect::<Vec<_>>())
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
            <div class="rows" role="presentation" style=("--rows", move || count.get().to_string())>
                <For each=drawn key=|drawn| *drawn let((at, _id))>
                    {folds.with_untracked(|folds| row(&message, folds, at))}
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

fn is_of(event: &ev::MouseEvent, selector: &str) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| matches!(target.closest(selector), Ok(Some(_))))
}

fn number(part: &Element) -> Option<usize> {
    part.get_attribute("data-f")?.parse().ok()
}
