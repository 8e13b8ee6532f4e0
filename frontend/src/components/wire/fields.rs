//! The fields as a tree: where, what, its value, the rule of the format. The one that is looked at is said in full beneath.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use leptos::{attr::custom::custom_attribute, prelude::*};

use super::rows::{Kind, Lit, Rows};
use crate::{
    i18n::{t, t_string, use_i18n},
    model::wire::{Message, text},
};

/// How many bytes behind a mask are shown.
const BEHIND: usize = 64;

const TREE: Kind = Kind {
    class: "field-tree",
    role: "tree",
    row,
    row_of: |place| place.field,
    lights: |_message, part, field| part == field,
    key: go,
};

#[component]
pub(super) fn FieldTree(message: Arc<Message>, lit: Lit) -> impl IntoView {
    let i18n = use_i18n();
    let count = message.fields.len();
    let label = Signal::derive(move || t_string!(i18n, wire.fields_label, fields = count));
    let active = Signal::derive(move || format!("wire-f{}", lit.get().field));
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
            <Rows kind=TREE label=label count=count message=message lit=lit active=active />
            <div class="field-told" role="status" data-testid="wire-lit">
                {told}
            </div>
        </div>
    }
}

fn go(message: &Message, lit: Lit, key: &str) -> bool {
    let now = lit.get_untracked().field;
    let last = message.fields.len().saturating_sub(1);
    let to = match key {
        "ArrowDown" | "ArrowRight" => now + 1,
        "ArrowUp" => now.saturating_sub(1),
        "ArrowLeft" => message.parent(now).unwrap_or(now.saturating_sub(1)),
        "Home" => 0,
        "End" => last,
        _ => return false,
    };
    lit.field(message, to.min(last));
    true
}

fn row(message: &Message, at: usize) -> AnyView {
    let field = &message.fields[at];
    view! {
        <div
            class="field-row"
            role="treeitem"
            id=format!("wire-f{at}")
            {..custom_attribute("aria-level", (field.depth + 1).to_string())}
            aria-selected="false"
            data-f=at.to_string()
            data-wrong=field.problem.is_some().then_some("")
            style=("--at", at.to_string())
            style=("--depth", field.depth.to_string())
        >
            <span class="at">{text::place(&message.range(at))}</span>
            <b>{field.name.clone()}</b>
            <span class="val">{field.value.clone()}</span>
            <span class="rule">{field.rule.clone()}</span>
        </div>
    }
    .into_any()
}

/// The field in full: a row may have cut it.
fn detail(message: &Message, at: usize) -> Option<AnyView> {
    let i18n = use_i18n();
    let field = message.fields.get(at)?.clone();
    let behind = field.decoded.and_then(|decoded| STANDARD.decode(decoded).ok());
    let behind = behind.map(|bytes| {
        let shown = text::hex(&bytes[..bytes.len().min(BEHIND)]);
        view! { <p>{t!(i18n, wire.decoded)} " " <code>{shown}</code></p> }
    });
    let separator = if field.value.is_empty() { "" } else { " = " };
    Some(
        view! {
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
        }
        .into_any(),
    )
}
