//! An editor of names and values, each with a check: HTTP headers, gRPC metadata. There is always a blank row.

use leptos::{prelude::*, reactive::owner::Owner};

use super::icon::{Glyph, Icon};
use crate::{
    i18n::{t_string, use_i18n},
    model::address::Row,
};

/// One row.
#[derive(Clone, Copy, Debug)]
pub struct Pair {
    id: u64,
    on: RwSignal<bool>,
    name: RwSignal<String>,
    /// Which of the editor's kinds its value is.
    kind: RwSignal<usize>,
    value: RwSignal<String>,
}

/// The rows of an editor.
#[derive(Clone, Copy, Debug)]
pub struct Pairs {
    rows: RwSignal<Vec<Pair>>,
    last: StoredValue<u64>,
    /// The signals of every row live as long as the rows, whichever handler adds the row.
    owner: StoredValue<Owner>,
}

impl Pairs {
    /// Rows with these names and values, and a blank one.
    pub fn new(pairs: &[(&str, &str)]) -> Self {
        let owner = Owner::current().expect("a component has an owner");
        let this = Self { rows: RwSignal::new(Vec::new()), last: StoredValue::new(0), owner: StoredValue::new(owner) };
        this.set(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        this
    }

    /// Replaces all rows.
    pub fn set(&self, pairs: impl IntoIterator<Item = (String, String)>) {
        self.set_rows(pairs.into_iter().map(|(name, value)| Row { on: true, name, value }));
    }

    /// Replaces all rows, some of which are not checked.
    pub fn set_rows(&self, rows: impl IntoIterator<Item = Row>) {
        self.set_typed(rows.into_iter().map(|row| (0, row)));
    }

    /// Replaces all rows, each with the place of its kind.
    pub fn set_typed(&self, rows: impl IntoIterator<Item = (usize, Row)>) {
        let mut rows: Vec<Pair> = rows.into_iter().map(|(kind, row)| self.pair(kind, row)).collect();
        rows.push(self.pair(0, Row::blank()));
        self.rows.set(rows);
    }

    /// All rows in which something is written; tracked.
    pub fn rows(&self) -> Vec<Row> {
        self.typed().into_iter().map(|(_, row)| row).collect()
    }

    /// As [`Pairs::rows`], each with the place of its kind.
    pub fn typed(&self) -> Vec<(usize, Row)> {
        let row = |row: &Pair| Row { on: row.on.get(), name: row.name.get(), value: row.value.get() };
        let rows = self.rows.get();
        let rows = rows.iter().map(|pair| (pair.kind.get(), row(pair)));
        rows.filter(|(_, row)| !row.name.is_empty() || !row.value.is_empty()).collect()
    }

    /// What is checked and has a name.
    pub fn chosen(&self) -> Vec<(String, String)> {
        let sent = self.rows().into_iter().filter(|row| row.on && !row.name.trim().is_empty());
        sent.map(|row| (row.name.trim().to_owned(), row.value.trim().to_owned())).collect()
    }

    /// Gives each checked row of this name, in any case, another value.
    pub fn set_value(&self, name: &str, value: &str) {
        let rows = self.rows.get_untracked();
        let named = |row: &&Pair| row.name.with_untracked(|found| found.trim().eq_ignore_ascii_case(name));
        for row in rows.iter().filter(|row| row.on.get_untracked()).filter(named) {
            row.value.set(value.to_owned());
        }
    }

    fn pair(&self, kind: usize, Row { on, name, value }: Row) -> Pair {
        self.last.update_value(|last| *last += 1);
        self.owner.get_value().with(|| Pair {
            id: self.last.get_value(),
            on: RwSignal::new(on),
            name: RwSignal::new(name),
            kind: RwSignal::new(kind),
            value: RwSignal::new(value),
        })
    }

    /// Adds a blank row when the last one is in use.
    fn grow(&self) {
        let full = self.rows.with_untracked(|rows| rows.last().is_none_or(|row| !row.name.get_untracked().is_empty()));
        if full {
            let blank = self.pair(0, Row::blank());
            self.rows.update(|rows| rows.push(blank));
        }
    }
}

/// The editor.
#[component]
pub fn PairsEditor(
    /// Its rows.
    pairs: Pairs,
    /// The id of a `<datalist>` of names that are known.
    #[prop(optional)]
    names: &'static str,
    /// What kinds of values there are; without any there is nothing to choose.
    #[prop(optional)]
    kinds: &'static [&'static str],
    /// What is wrong with a name and a value, in a sentence; tracked.
    #[prop(optional)]
    check: Option<Callback<(String, String), Option<String>>>,
    /// For tests.
    #[prop(default = "pairs")]
    testid: &'static str,
) -> impl IntoView {
    let i18n = use_i18n();
    let kind = move |row: Pair| {
        let options = kinds.iter().enumerate().map(move |(at, kind)| {
            view! { <option selected=move || row.kind.get() == at>{*kind}</option> }
        });
        view! {
            <select
                aria-label=move || about(t_string!(i18n, panels.pair_kind), row)
                on:change=move |event| {
                    let chosen = event_target_value(&event);
                    row.kind.set(kinds.iter().position(|kind| *kind == chosen).unwrap_or_default());
                }
            >
                {options.collect_view()}
            </select>
        }
    };
    let remove = move |id| {
        pairs.rows.update(|rows| rows.retain(|row| row.id != id));
        pairs.grow();
    };
    view! {
        <ul class="kv" class:typed=!kinds.is_empty() data-testid=testid>
            <For each=move || pairs.rows.get() key=|row| row.id let:row>
                <li>
                    <input
                        type="checkbox"
                        prop:checked=move || row.on.get()
                        on:change=move |event| row.on.set(event_target_checked(&event))
                        aria-label=move || about(t_string!(i18n, panels.pair_send), row)
                    />
                    <input
                        type="text"
                        spellcheck="false"
                        autocomplete="off"
                        list=names
                        prop:value=move || row.name.get()
                        on:input=move |event| {
                            row.name.set(event_target_value(&event));
                            pairs.grow();
                        }
                        placeholder=move || t_string!(i18n, panels.pair_name)
                        aria-label=move || t_string!(i18n, panels.pair_name)
                    />
                    {(!kinds.is_empty()).then(|| kind(row))}
                    <input
                        type="text"
                        spellcheck="false"
                        autocomplete="off"
                        prop:value=move || row.value.get()
                        on:input=move |event| row.value.set(event_target_value(&event))
                        placeholder=move || t_string!(i18n, panels.pair_value)
                        aria-label=move || about(t_string!(i18n, panels.pair_value), row)
                    />
                    <button
                        class="btn quiet sm icon"
                        type="button"
                        aria-label=move || about(t_string!(i18n, panels.pair_remove), row)
                        on:click=move |_| remove(row.id)
                    >
                        <Icon glyph=Glyph::Cross size=12 />
                    </button>
                    {check
                        .map(|check| {
                            move || {
                                wrong(check, row).map(|words| view! { <p class="error" role="alert">{words}</p> })
                            }
                        })}
                </li>
            </For>
        </ul>
    }
}

/// What is wrong with a row that is sent.
fn wrong(check: Callback<(String, String), Option<String>>, row: Pair) -> Option<String> {
    let (name, value) = (row.name.get(), row.value.get());
    let sent = row.on.get() && !(name.is_empty() && value.is_empty());
    sent.then(|| check.run((name, value))).flatten()
}

/// The name of a control of a row.
fn about(word: &str, row: Pair) -> String {
    format!("{word}: {}", row.name.get())
}
