//! A banner that says in words what is missing, what to do about it, and when the next try is.

use leptos::prelude::*;

use super::{
    chip::State,
    icon::{Glyph, Icon},
};
use crate::i18n::{t, use_i18n};

/// A banner. The announcement is read aloud once; the countdown beside it is not.
#[component]
pub fn Banner(
    /// For tests.
    testid: &'static str,
    /// The look.
    state: State,
    /// What is the matter, in a few words.
    #[prop(into)]
    title: Signal<String>,
    /// What that means and what to do.
    #[prop(into)]
    text: Signal<String>,
    /// When it is tried again; empty when that is not known.
    #[prop(into)]
    countdown: Signal<String>,
    /// Buttons, and commands to copy.
    children: Children,
) -> impl IntoView {
    let i18n = use_i18n();
    let glyph = if state == State::Connecting { Glyph::Again } else { Glyph::Warning };
    view! {
        <div class="banner" data-state=state.name() data-testid=testid>
            <Icon glyph=glyph />
            <p role="status">
                <b>{title}</b>
                {t!(i18n, panels.join)}
                {text}
            </p>
            <span class="countdown" data-testid="countdown">{countdown}</span>
            {children()}
        </div>
    }
}
