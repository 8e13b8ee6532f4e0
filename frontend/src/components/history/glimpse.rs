//! How the call on show ended, in a line under the button that sent it: where columns stand one beneath the other, its
//! answer is further down the page. The line leads there.

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast as _;
use web_sys::HtmlElement;

use super::{Words, ending};
use crate::{
    i18n::{t, use_i18n},
    model::{number, past::call::Call},
    past::PastCalls,
};

/// The heading of the answer, in every bench.
const ANSWER: &str = "ans-h";

/// The line.
#[component]
pub fn Glimpse(
    /// The call whose answer is on show.
    shown: Signal<Option<u64>>,
    /// What came of it.
    #[prop(default = Words::default())]
    words: Words,
) -> impl IntoView {
    let i18n = use_i18n();
    let list = PastCalls::get().list();
    let of_call = move |tell: &dyn Fn(&Call) -> String| {
        let list = list.read();
        shown.get().and_then(|name| list.get(name)).map(tell).unwrap_or_default()
    };
    let said = move || of_call(&|call| ending(i18n, words, call));
    let took = move || {
        of_call(&|call| call.answer().map(|answer| number::ms(answer.cost.total_ms()) + " ms").unwrap_or_default())
    };
    let class = move || of_call(&|call| if call.failed { "badge bad" } else { "badge" }.to_owned());
    let line = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        if shown.get().is_some() {
            // once it is drawn
            request_animation_frame(move || {
                if let Some(line) = line.try_get_untracked().flatten() {
                    show_line(&line);
                }
            });
        }
    });
    view! {
        <div class="glimpse" id="glimpse" data-testid="glimpse" hidden=move || shown.get().is_none() node_ref=line>
            <span class=class>{said}</span>
            <span>{took}</span>
            <button class="btn sm" type="button" data-testid="glimpse-go" on:click=move |_| go_to_answer()>
                {t!(i18n, panels.to_answer)}
            </button>
        </div>
    }
}

/// Brings the line into sight for somebody at the button.
fn show_line(line: &HtmlElement) {
    if is_being_used(line) && !is_in_sight(line) {
        line.scroll_into_view_with_bool(false);
    }
}

/// Brings the answer into sight, unless it is.
pub(super) fn look_at_answer() {
    if let Some(heading) = answer().filter(|heading| !is_in_sight(heading)) {
        heading.scroll_into_view();
    }
}

fn go_to_answer() {
    if let Some(heading) = answer() {
        heading.scroll_into_view();
        // fails for what cannot have focus; this one can
        let _ = heading.focus();
    }
}

fn answer() -> Option<HtmlElement> {
    document().get_element_by_id(ANSWER)?.dyn_into().ok()
}

/// Whether the focus is in the same column: who sends a call from elsewhere looks elsewhere.
fn is_being_used(line: &HtmlElement) -> bool {
    let column = line.closest("section").ok().flatten();
    column.is_some_and(|column| column.contains(document().active_element().as_deref()))
}

/// What is not drawn at all counts as seen.
fn is_in_sight(element: &HtmlElement) -> bool {
    let place = element.get_bounding_client_rect();
    let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
    place.top() >= 0.0 && place.bottom() <= height
}
