//! The fields as a tree: where, what, its value, the rule of the format. Branches open and close by their names and by the keys
//! of a tree (ARIA Authoring Practices). The field that is looked at is said in full beneath.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use leptos::{attr::custom::custom_attribute, prelude::*};

use super::rows::{Kind, Lit, Rows};
use crate::{
    i18n::{t, t_string, use_i18n},
    model::wire::{Message, folds::Folds, text},
};

/// How many bytes behind a mask are shown.
const BEHIND: usize = 64;

const TREE: Kind = Kind {
    class: "field-tree",
    role: "tree",
    count: |_message, folds| folds.rows(),
    id: |folds, row| {
        let field = folds.field(row);
        2 * field + usize::from(folds.is_open(field) == Some(true))
    },
    row,
    row_of: |folds, place| folds.row(place.field),
    stands_for: Folds::shown,
    lights: |_message, part, field| part == field,
    key: go,
};

#[component]
pub(super) fn FieldTree(message: Arc<Message>, lit: Lit) -> impl IntoView {
    let i18n = use_i18n();
    let count = message.fields.len();
    let label = Signal::derive(move || t_string!(i18n, wire.fields_label, fields = count));
    let active = Signal::derive(move || {
        let field = lit.get().field;
        format!("wire-f{}", lit.folds.with(|folds| folds.shown(field)))
    });
    let told = {
        let message = message.clone();
        let field = Memo::new(move |_| lit.get().field);
        move || detail(&message, field.get())
    };
    view! {
        <div class="wire-right">
            <div class="field-row head" aria-hidden="true">
                <span>{t!(i18n, wire.col_at)}</span>
                <span>{t!(i18n, wire.col_field)}</span>
                <span>{t!(i18n, wire.col_value)}</span>
                <span>{t!(i18n, wire.col_rule)}</span>
            </div>
            <Rows kind=TREE label=label message=message lit=lit active=active />
            <div class="field-told" role="status" data-testid="wire-lit">
                {told}
            </div>
        </div>
    }
}

fn go(message: &Message, lit: Lit, key: &str) -> bool {
    let folds = lit.folds.get_untracked();
    // the pointer may be on a byte of a field that is hidden
    let now = folds.shown(lit.get_untracked().field);
    let (row, last) = (folds.row(now), folds.rows().saturating_sub(1));
    let to = match (key, folds.is_open(now)) {
        ("ArrowRight" | "Enter" | " ", Some(false)) => {
            lit.field(message, now);
            lit.fold(now, true);
            return true;
        }
        ("ArrowLeft" | "Enter" | " ", Some(true)) => {
            lit.field(message, now);
            lit.fold(now, false);
            return true;
        }
        ("ArrowRight", Some(true)) => now + 1,
        ("ArrowLeft", _) => folds.parent(now).unwrap_or(now),
        ("ArrowDown", _) => folds.field((row + 1).min(last)),
        ("ArrowUp", _) => folds.field(row.saturating_sub(1)),
        ("Home", _) => folds.field(0),
        ("End", _) => folds.field(last),
        ("ArrowRight", None) => now,
        _ => return false,
    };
    lit.field(message, to);
    true
}

fn row(message: &Message, folds: &Folds, row: usize) -> AnyView {
    let at = folds.field(row);
    let field = &message.fields[at];
    let open = folds.is_open(at);
    let (number, siblings) = folds.place(at);
    view! {
        <div
            class="field-row"
            role="treeitem"
            id=format!("wire-f{at}")
            aria-posinset=number.to_string()
            aria-setsize=siblings.to_string()
            aria-expanded=open.map(|open| open.to_string())
            aria-selected="false"
            data-f=at.to_string()
            data-wrong=field.problem.is_some().then_some("")
            style=("--at", row.to_string())
            style=("--depth", field.depth.to_string())
            // leptos has no `aria-level` of its own
            {..custom_attribute("aria-level", (field.depth + 1).to_string())}
        >
            <span class="at">{text::place(&message.range(at))}</span>
            <b data-fold=open.is_some().then_some("")>{field.name.clone()}</b>
            <span class="val">{field.value.clone()}</span>
            <span class="rule">{field.rule.clone()}</span>
        </div>
    }
    .into_any()
}

/// The field in full: a row may have cut it.
fn detail(message: &Message, at: usize) -> Option<impl IntoView + use<>> {
    let i18n = use_i18n();
    let field = message.fields.get(at)?.clone();
    let behind = field.decoded.and_then(|decoded| STANDARD.decode(decoded).ok());
    let behind = behind.map(|bytes| {
        let shown = text::hex(&bytes[..bytes.len().min(BEHIND)]);
        view! { <p>{t!(i18n, wire.decoded)} " " <code>{shown}</code></p> }
    });
    let separator = if field.value.is_empty() { "" } else { " = " };
    Some(view! {
        <p>
            <b>{field.name}</b>
            {separator}
            <code>{field.value}</code>
            " "
            <small>{t!(i18n, wire.bytes, bytes = field.len)} " " {field.rule}</small>
        </p>
        {field.problem.map(|problem| view! { <p class="error">{problem}</p> })}
        {field.masked.then(|| view! { <p>{t!(i18n, wire.masked)}</p> })}
        {behind}
    })
}
