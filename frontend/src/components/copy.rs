//! A button that copies a text, and says whether it could.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;

use super::icon::{Glyph, Icon};
use crate::i18n::{t_string, use_i18n};

/// How long it says how it went.
const SHOWN: Duration = Duration::from_secs(2);

/// How copying went.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Copied {
    NotYet,
    Done,
    /// The browser allows it on secure pages only, and asks the person on some.
    Refused,
}

/// The button. Its name and its hint are `what`.
#[component]
pub fn Copy(
    /// For tests.
    testid: &'static str,
    /// What is copied.
    #[prop(into)]
    text: Signal<String>,
    /// What it does, in words.
    #[prop(into)]
    what: Signal<String>,
    /// What is written on it, if anything.
    #[prop(optional, into)]
    word: Option<Signal<String>>,
    /// As small as the buttons of a heading.
    #[prop(optional)]
    small: bool,
) -> impl IntoView {
    let i18n = use_i18n();
    let copied = RwSignal::new(Copied::NotYet);
    let copy = move |_| {
        let clipboard = window().navigator().clipboard();
        let text = text.get_untracked();
        spawn_local(async move {
            // where the page is not secure there is no clipboard, and the call throws
            let written = match js_sys::Reflect::has(&window().navigator(), &"clipboard".into()) {
                Ok(true) => JsFuture::from(clipboard.write_text(&text)).await.is_ok(),
                _none => false,
            };
            copied.try_set(if written { Copied::Done } else { Copied::Refused });
            set_timeout(
                move || {
                    copied.try_set(Copied::NotYet);
                },
                SHOWN,
            );
        });
    };
    let outcome = move || match copied.get() {
        Copied::NotYet => String::new(),
        Copied::Done => t_string!(i18n, common.copied).to_owned(),
        Copied::Refused => t_string!(i18n, common.not_copied).to_owned(),
    };
    view! {
        <button
            class=match (word.is_some(), small) {
                (false, _) => "btn quiet sm copy bare",
                (true, false) => "btn copy",
                (true, true) => "btn sm copy",
            }
            type="button"
            data-testid=testid
            title=what
            on:click=copy
        >
            <Icon glyph=Glyph::Copy />
            {word.map_or_else(|| view! { <span class="vh">{what}</span> }.into_any(), |word| view! { <span>{word}</span> }.into_any())}
            <span class="copied" role="status">{outcome}</span>
        </button>
    }
}
