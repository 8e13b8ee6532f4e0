//! The call of a bench in other languages: tabs, the program, a button that copies it.

use leptos::prelude::*;

use super::{
    copy::Copy,
    tabs::{Tab, Tabs},
};
use crate::{
    i18n::{t, t_string, use_i18n},
    model::copy_as::Snippet,
};

/// The section.
#[component]
pub fn CopyAs(
    /// The programs; always in the same order.
    #[prop(into)]
    snippets: Signal<Vec<Snippet>>,
    /// They hold what nobody else should see.
    #[prop(optional, into)]
    secret: Signal<bool>,
) -> impl IntoView {
    let i18n = use_i18n();
    let selected = RwSignal::new(0);
    let word = move || t_string!(i18n, panels.copy_as).to_owned();
    let tabs = Memo::new(move |_| {
        let tab = |snippet: &Snippet| Tab { word: snippet.language.to_owned(), figure: String::new() };
        snippets.with(|snippets| snippets.iter().map(tab).collect::<Vec<_>>())
    });
    let chosen = Memo::new(move |_| snippets.with(|snippets| snippets.get(selected.get()).cloned()));
    let text = Signal::derive(move || chosen.get().map_or_else(String::new, |snippet| snippet.text));
    let what = Signal::derive(move || {
        let language = chosen.get().map_or("", |snippet| snippet.language);
        format!("{}: {language}", t_string!(i18n, panels.copy))
    });
    let copy = Signal::derive(move || t_string!(i18n, panels.copy).to_owned());
    view! {
        <section class="stack-s" aria-labelledby="copy-h">
            <div class="row row-between">
                <h2 id="copy-h">{t!(i18n, panels.copy_as)}</h2>
                <Copy testid="copy-as-copy" text=text what=what word=copy small=true />
            </div>
            <Tabs id="copy" label=Signal::derive(word) tabs=tabs selected=selected />
            <div role="tabpanel" id="copy-panel" aria-labelledby=move || format!("copy-{}", selected.get())>
                <Show when=move || secret.get()>
                    <p class="hint" data-testid="copy-as-secret">{t!(i18n, panels.copy_secret)}</p>
                </Show>
                <div class="code">
                    <pre tabindex="0" data-testid="copy-as">{text}</pre>
                </div>
            </div>
        </section>
    }
}
