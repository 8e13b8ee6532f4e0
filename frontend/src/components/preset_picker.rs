//! Presets as one select with a sentence that says what the chosen one shows. It takes two lines of a narrow column, so
//! that the button below stays in sight.

use leptos::{html::Select, prelude::*};

use crate::i18n::{Label, t, use_i18n};

/// A preset to choose.
#[derive(Clone, Debug)]
pub struct PresetChoice {
    /// For tests.
    pub testid: String,
    /// Its name.
    pub name: Label,
    /// What to look for, such as `POST 201`.
    pub figure: &'static str,
    /// One sentence on what it shows; may be empty.
    pub lead: Label,
}

/// The select.
#[component]
pub fn PresetPicker(
    /// In the order they are learnt.
    choices: Vec<PresetChoice>,
    /// The position of the chosen preset; none for a request that is no preset.
    #[prop(into)]
    chosen: Signal<Option<usize>>,
    /// True while a choice is ignored.
    #[prop(into, default = Signal::stored(false))]
    busy: Signal<bool>,
    /// A preset was chosen, by its position.
    #[prop(into)]
    on_choose: Callback<usize>,
) -> impl IntoView {
    let i18n = use_i18n();
    let select = NodeRef::<Select>::new();
    let leads: Vec<Label> = choices.iter().map(|choice| choice.lead).collect();
    let lead = move || chosen.get().and_then(|at| leads.get(at)).map(|lead| lead(i18n)).unwrap_or_default();
    // the first option stands for what is no preset
    let index = move |chosen: Option<usize>| chosen.and_then(|at| i32::try_from(at + 1).ok()).unwrap_or_default();
    let change = move |_| {
        let Some(select) = select.get_untracked() else { return };
        if let Ok(at) = usize::try_from(select.selected_index() - 1) {
            on_choose.run(at);
        }
        // a choice that was ignored is not shown as made
        select.set_selected_index(index(chosen.get_untracked()));
    };
    view! {
        <div class="field preset">
            <label for="preset">{t!(i18n, panels.preset)}</label>
            <select
                class="select input"
                id="preset"
                data-testid="presets"
                aria-describedby="preset-lead"
                aria-disabled=move || busy.get().then_some("true")
                node_ref=select
                on:change=change
            >
                <option hidden disabled prop:selected=move || chosen.get().is_none()>
                    {t!(i18n, panels.preset_own)}
                </option>
                {choices
                    .into_iter()
                    .enumerate()
                    .map(|(at, PresetChoice { testid, name, figure, .. })| {
                        view! {
                            <option data-testid=testid prop:selected=move || chosen.get() == Some(at)>
                                {move || format!("{} · {figure}", name(i18n))}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
            <p class="hint" id="preset-lead" data-testid="preset-lead">
                {lead}
            </p>
        </div>
    }
}
