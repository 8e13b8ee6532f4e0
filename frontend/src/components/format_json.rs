//! The button that formats the JSON of a text field.

use leptos::prelude::*;

use crate::{
    i18n::{t, use_i18n},
    model::payload::pretty_json,
};

/// Formats `text`, with two spaces for each level. Order of members, numbers and escapes stay as they are written. A text
/// that is not JSON cannot be formatted; what is wrong with it is the field's to say.
#[component]
pub fn FormatJson(
    /// The text of the field.
    text: RwSignal<String>,
    /// For tests.
    testid: &'static str,
) -> impl IntoView {
    let i18n = use_i18n();
    let formatted = move || text.with(|text| pretty_json(text));
    let format = move |_| {
        if let Some(formatted) = untrack(formatted) {
            text.set(formatted);
        }
    };
    view! {
        <button
            class="btn sm quiet"
            type="button"
            data-testid=testid
            disabled=move || formatted().is_none()
            on:click=format
        >
            {t!(i18n, panels.format_json)}
        </button>
    }
}
