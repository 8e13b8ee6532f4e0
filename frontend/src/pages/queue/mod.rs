//! The queue bench, `/queue`.

use leptos::prelude::*;

use crate::i18n::{t, use_i18n};

/// The queue bench, `/queue`.
#[component]
pub fn Queue() -> impl IntoView {
    let i18n = use_i18n();
    view! { <h1>{t!(i18n, queue.title)}</h1> }
}
