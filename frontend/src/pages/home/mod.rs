//! The home page, `/`: one greeting, carried three ways.

use leptos::prelude::*;

use crate::i18n::{t, use_i18n};

/// The home page, `/`: one greeting, carried three ways.
#[component]
pub fn Home() -> impl IntoView {
    let i18n = use_i18n();
    view! { <h1>{t!(i18n, home.title)}</h1> }
}
