//! The command palette (WAI-ARIA, "Combobox" with a list): one types what one wants, arrows choose, Enter does it.

use leptos::{ev::KeyboardEvent, html, prelude::*};

use super::keycaps::Keycaps;
use crate::{
    i18n::{t, t_string, use_i18n},
    model::shortcut::{Command, Keys, is_named},
};

/// Something to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What it does, in words.
    pub words: String,
    /// Other words it is found by.
    pub aliases: String,
    /// What is done.
    pub command: Command,
    /// The keys that do it too, if any.
    pub keys: Option<Keys>,
}

/// The field and the list under it.
#[component]
pub fn Palette(
    /// What there is.
    choices: Vec<Choice>,
    /// Is told what was chosen.
    on_choose: Callback<Command>,
) -> impl IntoView {
    let i18n = use_i18n();
    let (query, active) = (RwSignal::new(String::new()), RwSignal::new(0usize));
    let found = Memo::new(move |_| {
        let query = query.read();
        let is_found = |choice: &&Choice| is_named(&choice.words, &query) || is_named(&choice.aliases, &query);
        choices.iter().filter(is_found).cloned().collect::<Vec<_>>()
    });
    let choose = move |at: usize| {
        if let Some(command) = found.with_untracked(|found| found.get(at).map(|choice| choice.command)) {
            on_choose.run(command);
        }
    };
    let list = NodeRef::<html::Ul>::new();
    let on_key = move |event: KeyboardEvent| {
        let count = found.with_untracked(Vec::len).max(1);
        let now = active.get_untracked();
        match event.key().as_str() {
            "ArrowDown" => active.set((now + 1) % count),
            "ArrowUp" => active.set((now + count - 1) % count),
            "Enter" => choose(now),
            _ => return,
        }
        event.prevent_default();
        let option = list.get_untracked().and_then(|list| list.children().item(active.get_untracked() as u32));
        if let Some(option) = option {
            option.scroll_into_view_with_bool(false);
        }
    };
    let field = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            // fails for what cannot have focus; a field can
            let _ = field.focus();
        }
    });
    view! {
        <div class="palette">
            <input
                class="input"
                node_ref=field
                data-testid="palette-query"
                role="combobox"
                aria-expanded="true"
                aria-controls="command-list"
                aria-autocomplete="list"
                aria-activedescendant=move || (!found.read().is_empty()).then(|| format!("command-{}", active.get()))
                aria-label=move || t_string!(i18n, commands.palette_hint)
                placeholder=move || t_string!(i18n, commands.palette_hint)
                autocomplete="off"
                spellcheck="false"
                on:keydown=on_key
                on:input=move |event| {
                    query.set(event_target_value(&event));
                    active.set(0);
                }
            />
            <ul
                id="command-list"
                role="listbox"
                aria-label=move || t_string!(i18n, commands.palette)
                node_ref=list
            >
                {move || {
                    found
                        .get()
                        .into_iter()
                        .enumerate()
                        .map(|(at, choice)| {
                            view! {
                                <li
                                    id=format!("command-{at}")
                                    role="option"
                                    aria-selected=move || (active.get() == at).to_string()
                                    on:mousemove=move |_| active.set(at)
                                    on:click=move |_| choose(at)
                                >
                                    <span>{choice.words}</span>
                                    {choice.keys.map(|keys| view! { <Keycaps keys=keys /> })}
                                </li>
                            }
                        })
                        .collect_view()
                }}
            </ul>
            <p class="none" role="status">
                {move || found.read().is_empty().then_some(t!(i18n, commands.none))}
            </p>
        </div>
    }
}
