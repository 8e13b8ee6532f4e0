//! The buttons of the sequence: to the first step, back, on, and all of them again. While the focus is anywhere in the
//! sequence, the arrow keys, Home and End do the same.

use leptos::{ev::KeyboardEvent, prelude::*};

use super::playback::Playback;
use crate::{
    components::icon::{Glyph, Icon},
    i18n::{Label, t_string, use_i18n},
};

/// The buttons, and how far one is.
#[component]
pub(super) fn Player(
    /// What they move.
    playback: Playback,
    /// How many steps there are.
    count: Memo<usize>,
    /// The step that is looked at, in words, for those who hear it.
    #[prop(into)]
    told: Signal<String>,
) -> impl IntoView {
    let i18n = use_i18n();
    let button = move |testid: &'static str, glyph: Glyph, name: Label, press: fn(Playback)| {
        view! {
            <button
                class="btn sm icon quiet"
                type="button"
                data-testid=testid
                aria-label=move || name(i18n)
                title=move || name(i18n)
                on:click=move |_| press(playback)
            >
                <Icon glyph=glyph />
            </button>
        }
    };
    let place = move || match playback.at() {
        Some(at) => t_string!(i18n, sequence.at, at = at + 1, count = count.get()),
        None => t_string!(i18n, sequence.count, count = count.get()),
    };
    view! {
        <div class="player" role="group" aria-label=move || t_string!(i18n, sequence.player)>
            {button("step-first", Glyph::First, |i18n| t_string!(i18n, sequence.first), Playback::first)}
            {button("step-previous", Glyph::Back, |i18n| t_string!(i18n, sequence.previous), Playback::previous)}
            <span class="count">{place}</span>
            {button("step-next", Glyph::Forward, |i18n| t_string!(i18n, sequence.next), Playback::next)}
            <button class="btn sm quiet" type="button" data-testid="step-replay" on:click=move |_| playback.replay()>
                {move || {
                    view! { <Icon glyph=if playback.is_replaying() { Glyph::Pause } else { Glyph::Play } size=14 /> }
                }}
                {move || {
                    if playback.is_replaying() { t_string!(i18n, sequence.pause) } else { t_string!(i18n, sequence.replay) }
                }}
            </button>
            <span class="vh" role="status">
                {told}
            </span>
        </div>
    }
}

/// Moves by a key, if it is one of those.
pub(super) fn on_key(playback: Playback, event: &KeyboardEvent) {
    if event.ctrl_key() || event.alt_key() || event.meta_key() || event.shift_key() {
        return;
    }
    match event.key().as_str() {
        "ArrowRight" => playback.next(),
        "ArrowLeft" => playback.previous(),
        "Home" => playback.first(),
        "End" => playback.last(),
        _ => return,
    }
    event.prevent_default();
}
