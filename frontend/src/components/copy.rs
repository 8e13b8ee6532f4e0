//! A button that copies a text. Whether it could is told in the corner.

use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;

use super::{
    icon::{Glyph, Icon},
    toast::Toasts,
};
use crate::{
    i18n::{t_string, use_i18n},
    model::payload,
};

/// How much of it is told again, in characters.
const TOLD: usize = 80;

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
    let toasts = Toasts::get();
    let copy = move |_| {
        let clipboard = window().navigator().clipboard();
        let text = text.get_untracked();
        spawn_local(async move {
            // where the page is not secure there is no clipboard, and the call throws
            let written = match js_sys::Reflect::has(&window().navigator(), &"clipboard".into()) {
                Ok(true) => JsFuture::from(clipboard.write_text(&text)).await.is_ok(),
                _none => false,
            };
            let (title, text) = untrack(|| match written {
                true => (t_string!(i18n, common.copied), payload::clip(&text, TOLD)),
                false => (t_string!(i18n, common.not_copied), t_string!(i18n, common.not_copied_why).to_owned()),
            });
            toasts.tell("copied", !written, title.to_owned(), text);
        });
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
            {match word {
                Some(word) => view! { <span>{word}</span> }.into_any(),
                None => view! { <span class="vh">{what}</span> }.into_any(),
            }}
        </button>
    }
}
