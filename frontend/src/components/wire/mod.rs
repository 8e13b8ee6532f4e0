//! The wire inspector: a switch, the conversation that was captured, and of one message its bytes beside the fields they are.
//! Its entrances are [`WireView`] and [`strips::Strips`]; what they show comes as the server told it, and is read here.
//!
//! - `conversation`: the messages on the axis of time and one after the other; `share`: where the bytes went
//! - [`strips`]: the same job in each style, to one scale
//! - `layers`: what the ends say, or what the network sees of it
//! - `words`: what the parties are called
//! - `hex`: the bytes; `fields`: the tree; `rows`: what both are made of, a list of which only what is in sight is drawn

#![expect(unreachable_pub, reason = "the component macro widens what is restricted")]

mod conversation;
mod fields;
mod hex;
mod layers;
mod rows;
mod share;
pub mod strips;
mod words;

use std::sync::Arc;

use leptos::prelude::*;

use self::{conversation::Conversation, fields::FieldTree, hex::HexView, layers::Layers, rows::Lit, share::Share};
use super::{copy::Copy, failure::Failure};
use crate::{
    i18n::{t, t_string, use_i18n},
    model::{
        exchange::CallError,
        wire::{Wire, text},
    },
};

/// What downloads a capture as a file.
#[derive(Clone)]
pub struct Download(pub Arc<dyn Fn() + Send + Sync>);

impl std::fmt::Debug for Download {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Download")
    }
}

/// What there is to see.
#[derive(Clone, Debug)]
pub enum Captured {
    /// Nothing yet.
    None,
    /// A call is captured at this moment.
    Waiting,
    /// A capture.
    Seen {
        /// As the server told it, in JSON.
        told: Arc<Vec<u8>>,
        /// Downloads it as a file.
        file: Download,
    },
    /// It could not be captured or read.
    Failed(CallError),
}

/// The section under the middle and the right of a bench.
#[component]
pub fn WireView(
    /// Whether calls are captured.
    on: RwSignal<bool>,
    /// What there is to see.
    #[prop(into)]
    seen: Signal<Captured>,
) -> impl IntoView {
    let i18n = use_i18n();
    let hint = move || match seen.get() {
        Captured::Waiting => t_string!(i18n, wire.waiting),
        Captured::None if on.get() => t_string!(i18n, wire.blank_on),
        Captured::None => t_string!(i18n, wire.blank_off),
        Captured::Seen { .. } | Captured::Failed(_) => "",
    };
    // apart from the hint: what was read is not to be read again for a word in another language
    let content = move || match seen.get() {
        Captured::None | Captured::Waiting => ().into_any(),
        Captured::Failed(error) => view! { <Failure error=error /> }.into_any(),
        Captured::Seen { told, file } => match Wire::read(&told) {
            Ok(wire) => view! { <Layers wire=wire file=file /> }.into_any(),
            Err(why) => view! { <Failure error=CallError::Unreadable(why.to_string()) /> }.into_any(),
        },
    };
    view! {
        <section class="wire-row stack-s" aria-labelledby="wire-h" data-testid="wire">
            <div class="row row-between">
                <h2 id="wire-h">{t!(i18n, wire.title)}</h2>
                <label class="check" title=move || t_string!(i18n, wire.switch_why)>
                    <input
                        type="checkbox"
                        class="switch"
                        role="switch"
                        data-testid="wire-switch"
                        prop:checked=move || on.get()
                        on:change=move |event| on.set(event_target_checked(&event))
                    />
                    {t!(i18n, wire.switch)}
                </label>
            </div>
            <p class="hint" role="status">
                {hint}
            </p>
            {content}
        </section>
    }
}

#[component]
fn Seen(wire: Arc<Wire>, file: Download) -> impl IntoView {
    let i18n = use_i18n();
    let (missing, cut) = (wire.missing.clone(), wire.cut);
    if wire.messages.is_empty() {
        let why = move || missing.clone().unwrap_or_else(|| t_string!(i18n, wire.nothing).to_owned());
        return view! { <p class="hint" data-testid="wire-nothing">{why}</p> }.into_any();
    }
    let chosen = RwSignal::new(wire.first());
    let of_chosen = wire.clone();
    let message = Signal::derive(move || of_chosen.messages[chosen.get()].clone());
    let copied = Signal::derive(move || text::hex(&message.get().bytes));
    let what = Signal::derive(move || t_string!(i18n, wire.copy_why).to_owned());
    let word = Signal::derive(move || t_string!(i18n, wire.copy).to_owned());
    let totals = wire.totals;
    let of_captured = wire.clone();
    let captured = move || t_string!(i18n, wire.captured, connections = words::connections(i18n, &of_captured));
    let body = move || {
        let message = message.get();
        let lit = Lit::first_of(&message);
        view! {
            <div class="wire-body">
                <div class="wire-left">
                    <HexView message=message.clone() lit=lit />
                    <Share totals=message.totals all=totals />
                </div>
                <FieldTree message=message lit=lit />
            </div>
        }
    };
    view! {
        <div class="row row-between">
            <p class="hint">
                {captured} " " {cut.then_some(t!(i18n, wire.cut))} {missing}
            </p>
            <div class="row">
                <Copy testid="wire-copy" text=copied what=what word=word small=true />
                <button
                    type="button"
                    class="btn sm"
                    data-testid="wire-file"
                    title=move || t_string!(i18n, wire.file_why)
                    on:click=move |_| (file.0)()
                >
                    {t!(i18n, wire.file)}
                </button>
            </div>
        </div>
        <div class="wire">
            <Conversation wire=wire chosen=chosen />
            {body}
        </div>
    }
    .into_any()
}
