//! The REST bench, `/rest`.

use leptos::prelude::*;

use crate::i18n::{t, use_i18n};

/// The REST bench, `/rest`.
#[component]
pub fn Rest() -> impl IntoView {
    let i18n = use_i18n();
    view! { <h1>{t!(i18n, rest.title)}</h1> }
}
