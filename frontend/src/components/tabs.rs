//! Tabs (WAI-ARIA, "Tabs" pattern): one of some views, by click or by the arrow keys.

use leptos::{ev::KeyboardEvent, html, prelude::*};
use wasm_bindgen::JsCast as _;

/// One tab: its word, and a count or nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tab {
    /// The word.
    pub word: String,
    /// A quiet figure beside it; may be empty.
    pub figure: String,
}

/// The row of tabs; the view they choose is drawn by the caller, in an element with the id `{id}-panel`.
#[component]
pub fn Tabs(
    /// The start of the ids of this group.
    id: &'static str,
    /// What the group is, for those who hear it.
    #[prop(into)]
    label: Signal<String>,
    /// The tabs.
    #[prop(into)]
    tabs: Signal<Vec<Tab>>,
    /// Which is chosen.
    selected: RwSignal<usize>,
) -> impl IntoView {
    let row = NodeRef::<html::Div>::new();
    let on_key = move |event: KeyboardEvent| {
        let count = tabs.with_untracked(Vec::len).max(1);
        let now = selected.get_untracked();
        let next = match event.key().as_str() {
            "ArrowRight" => (now + 1) % count,
            "ArrowLeft" => (now + count - 1) % count,
            "Home" => 0,
            "End" => count - 1,
            _ => return,
        };
        event.prevent_default();
        selected.set(next);
        if let Some(tab) = row.get_untracked().and_then(|row| row.children().item(next as u32)) {
            // fails for what cannot have focus; a button can
            let _ = tab.unchecked_into::<web_sys::HtmlElement>().focus();
        }
    };
    view! {
        <div class="tabs" role="tablist" aria-label=move || label.get() node_ref=row on:keydown=on_key>
            {move || {
                tabs.get()
                    .into_iter()
                    .enumerate()
                    .map(|(at, Tab { word, figure })| {
                        view! {
                            <button
                                type="button"
                                role="tab"
                                id=format!("{id}-{at}")
                                aria-controls=format!("{id}-panel")
                                aria-selected=move || (selected.get() == at).to_string()
                                tabindex=move || if selected.get() == at { "0" } else { "-1" }
                                on:click=move |_| selected.set(at)
                            >
                                {word}
                                {(!figure.is_empty()).then(|| view! { <small>{figure}</small> })}
                            </button>
                        }
                    })
                    .collect_view()
            }}
        </div>
    }
}
