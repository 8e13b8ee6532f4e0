//! The bytes, sixteen in a row, in hexadecimal and as characters. The pointer lights the field of a byte, so do the
//! arrow keys: to the sides from field to field, up and down from row to row.

use std::sync::Arc;

use leptos::prelude::*;

use super::rows::{Kind, Lit, Rows};
use crate::{
    i18n::{t_string, use_i18n},
    model::wire::{Message, ROW, Run, folds::Folds, text},
};

const HEX: Kind = Kind {
    class: "hex",
    role: "group",
    count: |message, _folds| message.rows(),
    id: |_folds, row| row,
    row,
    row_of: |_folds, place| place.byte / ROW,
    stands_for: |_folds, field| field,
    lights: |message, part, field| {
        let (part, field) = (message.range(part), message.range(field));
        field.start <= part.start && part.end <= field.end
    },
    key: go,
};

#[component]
pub(super) fn HexView(message: Arc<Message>, lit: Lit) -> impl IntoView {
    let i18n = use_i18n();
    let bytes = message.bytes.len();
    let label = Signal::derive(move || t_string!(i18n, wire.hex_label, bytes = bytes));
    view! { <Rows kind=HEX label=label message=message lit=lit /> }
}

fn go(message: &Message, lit: Lit, key: &str) -> bool {
    let now = lit.get_untracked();
    let last = message.bytes.len().saturating_sub(1);
    let to = match key {
        "ArrowRight" => message.range(now.field).end,
        "ArrowLeft" => message.range(now.field).start.saturating_sub(1),
        "ArrowDown" => now.byte + ROW,
        "ArrowUp" => now.byte.saturating_sub(ROW),
        "Home" => 0,
        "End" => last,
        _ => return false,
    };
    lit.byte(message, to.min(last));
    true
}

fn row(message: &Message, _folds: &Folds, at: usize) -> AnyView {
    let (from, middle) = (at * ROW, at * ROW + ROW / 2);
    let half = |from: usize, class: &'static str, write: fn(&[u8]) -> String, gap: &'static str| {
        let run = |run: Run| {
            let written = write(&message.bytes[run.range]);
            view! {
                <span class="fb" data-f=run.field.to_string() data-k=message.look(run.field)>
                    {written}
                </span>
                {gap}
            }
        };
        let runs = message.runs(from, from + ROW / 2).into_iter().map(run).collect_view();
        view! { <span class=class>{runs}</span> }
    };
    view! {
        <div class="hex-row" style=("--at", at.to_string())>
            <span class="off">{format!("{from:04x}")}</span>
            {half(from, "h1", text::hex, " ")}
            {half(from, "asc a", text::characters, "")}
            <span class="off b">{format!("{middle:04x}")}</span>
            {half(middle, "h2", text::hex, " ")}
            {half(middle, "asc b", text::characters, "")}
        </div>
    }
    .into_any()
}
