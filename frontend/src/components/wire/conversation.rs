//! The messages of a capture: on the axis of time, one line for each who talks on each hop, and as buttons one after the
//! other. Of very many those around the chosen one have buttons; the arrow keys go on, and the axis leads to all.

use std::sync::Arc;

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast as _;
use web_sys::HtmlElement;

use super::words;
use crate::{
    components::scope::Scope,
    i18n::{I18n, t, t_string, use_i18n},
    model::{
        axis::Axis,
        number,
        wire::{
            Wire,
            track::{self, Side},
        },
    },
};

/// How many have buttons on either side of the chosen one.
const AROUND: usize = 40;

#[component]
pub(super) fn Conversation(wire: Arc<Wire>, chosen: RwSignal<usize>) -> impl IntoView {
    let i18n = use_i18n();
    let axis = StoredValue::new(Axis::fit(wire.took_ms()));
    let line = |side: Side| {
        let (of_one, near) = (wire.clone(), wire.clone());
        let strokes = axis.with_value(|axis| track::places(track::sent(&wire, side), axis));
        let now = move || {
            let message = &of_one.messages[chosen.get()];
            let seen = message.seen_ms.iter().copied().filter(|_| side.has_sent(&of_one, message));
            strokes_at(axis.with_value(|axis| track::places(seen, axis)))
        };
        let on_click = move |event: ev::MouseEvent| {
            let width = event.current_target().map(|track| track.unchecked_into::<HtmlElement>().offset_width());
            let part = f64::from(event.offset_x()) / f64::from(width.unwrap_or(1).max(1));
            let ms = axis.with_value(|axis| axis.end) * part;
            if let Some(at) = track::nearest(&near, side, ms) {
                chosen.set(at);
            }
        };
        let name = move || {
            let (client, server) = words::ends(i18n, side.hop);
            if side.is_out { [client, " →"].concat() } else { ["← ", server].concat() }
        };
        view! {
            <div class="wire-line" data-out=side.is_out.then_some("")>
                <span>{name}</span>
                <div class="wire-track" on:click=on_click>
                    <svg focusable="false">
                        <line class="life" x1="0" x2="100%" y1="50%" y2="50%"></line>
                        {strokes_at(strokes)}
                        <g class="now">{now}</g>
                    </svg>
                </div>
            </div>
        }
    };
    let hops = wire.hops().into_iter().map(|hop| {
        let lines = [true, false].map(|is_out| line(Side { hop, is_out }));
        view! { <div class="wire-hop">{lines}</div> }
    });
    let lines = hops.collect::<Vec<_>>();
    view! {
        <Scope axis=Signal::derive(move || axis.get_value()) lead="" slim=true>
            // the buttons say the same
            <div aria-hidden="true">{lines}</div>
        </Scope>
        <Pick wire=wire chosen=chosen />
    }
}

fn strokes_at(places: Vec<f64>) -> impl IntoView {
    let stroke = |at: f64| {
        let x = number::fixed(at, 2) + "%";
        view! { <line x1=x.clone() x2=x y1="3" y2="13"></line> }
    };
    places.into_iter().map(stroke).collect_view()
}

#[component]
fn Pick(wire: Arc<Wire>, chosen: RwSignal<usize>) -> impl IntoView {
    let i18n = use_i18n();
    let strip = NodeRef::<html::Div>::new();
    let count = wire.messages.len();
    let around = Memo::new(move |_| {
        let now = chosen.get() / AROUND * AROUND;
        now.saturating_sub(AROUND)..(now + 2 * AROUND).min(count)
    });
    let button_at = move |at: usize| {
        let from = around.try_get_untracked()?.start;
        let button = strip.try_get_untracked()??.children().item(at.checked_sub(from)? as u32)?;
        Some(button.unchecked_into::<HtmlElement>())
    };
    let on_key = move |event: ev::KeyboardEvent| {
        let now = chosen.get_untracked();
        let next = match event.key().as_str() {
            "ArrowRight" => (now + 1).min(count - 1),
            "ArrowLeft" => now.saturating_sub(1),
            "Home" => 0,
            "End" => count - 1,
            _ => return,
        };
        event.prevent_default();
        chosen.set(next);
        // once it is there
        request_animation_frame(move || {
            if let Some(button) = button_at(next) {
                // a button can have the focus
                let _ = button.focus();
            }
        });
    };
    Effect::new(move |_| {
        let now = chosen.get();
        request_animation_frame(move || {
            if let (Some(strip), Some(button)) = (strip.try_get_untracked().flatten(), button_at(now)) {
                let (left, width) = (button.offset_left(), button.offset_width());
                let (from, seen) = (strip.scroll_left(), strip.client_width());
                if left < from || left + width > from + seen {
                    strip.set_scroll_left(left - (seen - width) / 2);
                }
            }
        });
    });
    // between whom, where that is not the same for all
    let several = wire.hops().len() > 1;
    let way = move |side: Side| {
        let (client, server) = words::ends(i18n, side.hop);
        match (several, side.is_out) {
            (false, true) => t_string!(i18n, wire.out).to_owned(),
            (false, false) => t_string!(i18n, wire.back).to_owned(),
            (true, true) => [client, " → ", server].concat(),
            (true, false) => [server, " → ", client].concat(),
        }
    };
    let button = move |at: usize| {
        let message = &wire.messages[at];
        let side = Side { hop: wire.hop(message), is_out: message.is_out };
        let (name, value) = (message.title.clone(), message.value.clone());
        let (is_out, bytes, at_ms) = (message.is_out, message.bytes.len(), number::ms(message.at_ms()));
        let is_chosen = move || chosen.get() == at;
        view! {
            <button
                type="button"
                id=format!("wire-m{at}")
                data-testid="wire-message"
                data-out=is_out.then_some("")
                title=(!value.is_empty()).then_some(value)
                aria-pressed=move || is_chosen().to_string()
                tabindex=move || if is_chosen() { "0" } else { "-1" }
                on:click=move |_| chosen.set(at)
            >
                <b>{move || title(i18n, &name)}</b>
                <span>
                    {move || way(side)} {t!(i18n, wire.size_at, bytes = bytes, ms = at_ms)}
                </span>
            </button>
        }
    };
    view! {
        <div class="wire-pick" role="group" aria-label=move || t_string!(i18n, wire.messages) node_ref=strip on:keydown=on_key>
            <For each=move || around.get() key=|at| *at let:at>
                {button(at)}
            </For>
        </div>
    }
}

/// What a message is called here; the names of frames are the protocols' own.
fn title(i18n: I18n, name: &str) -> String {
    match name {
        "request head" => t_string!(i18n, wire.request_head),
        "request body" => t_string!(i18n, wire.request_body),
        "answer head" => t_string!(i18n, wire.answer_head),
        "answer body" => t_string!(i18n, wire.answer_body),
        name => name,
    }
    .to_owned()
}
