//! A dialog over the page: the browser's own, so that focus stays inside, Escape closes it, and focus goes back after.

use leptos::{ev::MouseEvent, html, prelude::*};

use super::icon::{Glyph, Icon};
use crate::i18n::{t, use_i18n};

/// A dialog. Its content exists only while it is open.
#[component]
pub fn Dialog(
    /// For tests; its heading has the id `{testid}-title`.
    testid: &'static str,
    /// Whether it is open. It sets this when it is closed.
    open: RwSignal<bool>,
    /// What it is.
    #[prop(into)]
    title: Signal<String>,
    /// Its heading is heard and not seen.
    #[prop(optional)]
    bare: bool,
    /// What is in it.
    children: ChildrenFn,
) -> impl IntoView {
    let i18n = use_i18n();
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get() {
            match open.get() {
                // fails for one that is open already
                true => drop(dialog.show_modal()),
                false => dialog.close(),
            }
        }
    });
    // what is around its content is the backdrop
    let on_click = move |event: MouseEvent| {
        let backdrop = dialog.get_untracked().map(Into::into);
        if event.target().is_some_and(|target| Some(target) == backdrop) {
            open.set(false);
        }
    };
    let heading = format!("{testid}-title");
    view! {
        <dialog
            class="dialog"
            node_ref=dialog
            data-testid=testid
            aria-labelledby=heading.clone()
            on:close=move |_| open.set(false)
            on:click=on_click
        >
            <header class=bare.then_some("vh")>
                <h2 id=heading.clone()>{title}</h2>
                {(!bare)
                    .then(|| {
                        view! {
                            <button class="btn quiet sm icon" type="button" on:click=move |_| open.set(false)>
                                <Icon glyph=Glyph::Cross />
                                <span class="vh">{t!(i18n, commands.close)}</span>
                            </button>
                        }
                    })}
            </header>
            {move || open.get().then(|| children())}
        </dialog>
    }
}
