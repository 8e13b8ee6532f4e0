//! The link that restores a bench: a button that copies it or why the one that was opened does not, and what it does not
//! hold, in words.

use leptos::prelude::*;

use super::copy::Copy;
use crate::{
    bookmark::Bookmark,
    i18n::{t, t_string, use_i18n},
    model::address::{Error, MAX_LEN},
};

/// Copies the link; says why the one that was opened restored nothing.
#[component]
pub fn CopyLink(
    /// How the address stands to the bench.
    bookmark: RwSignal<Bookmark>,
) -> impl IntoView {
    let i18n = use_i18n();
    // asked for when it is copied: the address follows what is typed without telling
    let href = Signal::derive(move || {
        bookmark.track();
        window().location().href().unwrap_or_default()
    });
    let what = Signal::derive(move || t_string!(i18n, panels.copy_link_why).to_owned());
    let word = Signal::derive(move || t_string!(i18n, panels.copy_link).to_owned());
    let content = move || match bookmark.get() {
        Bookmark::Whole | Bookmark::Withheld => {
            view! { <Copy testid="copy-link" text=href what=what word=word /> }.into_any()
        }
        Bookmark::TooLong { .. } => ().into_any(),
        Bookmark::Broken(error) => {
            let why = match error {
                Error::Version(version) => t_string!(i18n, panels.link_version, version = version),
                Error::Missing(name) => t_string!(i18n, panels.link_missing, name = name),
                Error::Value { name, value } => t_string!(i18n, panels.link_value, name = name, value = value),
            };
            view! { <p class="error" data-testid="link-broken">{t!(i18n, panels.link_broken, why = why)}</p> }
                .into_any()
        }
    };
    view! { <div role="status">{content}</div> }
}

/// What the address does not hold, and why.
#[component]
pub fn LinkNote(
    /// How the address stands to the bench.
    bookmark: RwSignal<Bookmark>,
) -> impl IntoView {
    let i18n = use_i18n();
    let note = move || match bookmark.get() {
        // what could not be opened is said at the head of the page
        Bookmark::Whole | Bookmark::Broken(_) => ().into_any(),
        Bookmark::Withheld => view! { <p class="hint">{t!(i18n, panels.link_withheld)}</p> }.into_any(),
        Bookmark::TooLong { len } => {
            view! { <p class="hint">{t!(i18n, panels.link_too_long, len = len, max = MAX_LEN)}</p> }.into_any()
        }
    };
    view! {
        <div role="status" data-testid="link-note">
            {note}
        </div>
    }
}
