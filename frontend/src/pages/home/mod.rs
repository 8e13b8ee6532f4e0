//! The home page, `/`: one greeting, carried three ways, by one click.
//!
//! - [`hello`]: sends it and keeps what came back
//! - [`lanes`]: shows it on one axis; [`twin`]: in words; [`words`]: what parties and steps are called
//! - [`bytes`]: what each way takes in bytes
//! - [`ways`]: where to go on; [`clients`]: commands for other clients

use leptos::{ev, prelude::*};
use leptos_use::{use_event_listener, use_window};
use wasm_bindgen::JsCast as _;

use crate::{
    commands::{Commands, PageCommands},
    components::icon::{Glyph, Icon},
    i18n::{t, t_string, use_i18n},
    state::state,
};

pub mod bytes;
pub mod clients;
pub mod hello;
pub mod lanes;
pub mod twin;
pub mod ways;
mod words;

use self::{bytes::Bytes, clients::Clients, hello::Hello, lanes::Lanes, ways::Ways};

super::page::lazy_route!(
    /// `/`
    HomeRoute,
    home,
    |i18n| format!("Crosstalk: {}", crate::i18n::t_string!(i18n, home.title)),
    Home
);

/// The home page.
#[component]
pub fn Home() -> impl IntoView {
    let i18n = use_i18n();
    let hello = state(Hello::new);

    Commands::get().offer(PageCommands {
        presets: Signal::stored(Vec::new()),
        on_choose: Callback::new(|_| {}),
        can_send: Signal::derive(move || !hello.is_busy()),
        on_send: Callback::new(move |()| hello.send()),
    });

    // Enter sends, unless it is meant for something that has the focus
    let _ = use_event_listener(use_window(), ev::keydown, move |event| {
        if event.key() == "Enter" && !event.repeat() && !event.default_prevented() && is_free(&event) {
            hello.send();
        }
    });

    view! {
        <section class="hero" aria-labelledby="h1">
            <div>
                <h1 id="h1">{t!(i18n, home.title)}</h1>
                <p>
                    {t!(i18n, home.lead_before)} <code>"greet(\"World!\")"</code> {t!(i18n, home.lead_after)}
                </p>
            </div>
            <div class="go">
                <button
                    class="btn primary lg"
                    type="button"
                    data-testid="hello-all"
                    data-send=""
                    data-busy=move || hello.is_busy().then_some("")
                    aria-disabled=move || hello.is_busy().then_some("true")
                    on:click=move |_| hello.send()
                >
                    {move || {
                        let glyph = if hello.was_sent() && !hello.is_busy() { Glyph::Again } else { Glyph::Arrow };
                        view! { <Icon glyph=glyph /> }
                    }}
                    {move || match (hello.is_busy(), hello.was_sent()) {
                        (true, _) => t_string!(i18n, home.sending),
                        (false, true) => t_string!(i18n, home.send_again),
                        (false, false) => t_string!(i18n, home.send),
                    }}
                    <kbd>"Enter"</kbd>
                </button>
                <p class="hint" role="status" aria-live="polite" data-testid="hello-status">
                    {move || words::status(i18n, &hello)}
                </p>
            </div>
        </section>
        <Lanes hello=hello />
        <Bytes />
        <Ways />
        <Clients />
    }
}

/// Nothing that would use the key has the focus.
fn is_free(event: &ev::KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_none_or(|element| {
        element
            .closest("a, button, input, select, textarea, summary, [tabindex='0']")
            .is_ok_and(|found| found.is_none())
    })
}
