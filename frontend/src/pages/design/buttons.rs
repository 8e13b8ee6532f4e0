//! Samples of the buttons: by rank, by state and in the hue of each style, and the choice of one of some.

use leptos::prelude::*;

use super::spec::Spec;
use crate::{
    components::icon::{Glyph, Icon},
    i18n::{t, t_string, use_i18n},
};

/// Every kind of button.
#[component]
pub(super) fn Buttons(
    /// The theme that the sample is shown in.
    theme: &'static str,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Spec
            name=|i18n| t_string!(i18n, design.button)
            code=".btn"
            text=|i18n| t_string!(i18n, design.button_text)
        >
            <div class="stack">
                <div class="btn-row">
                    <button class="btn primary" type="button">{t!(i18n, design.primary)}</button>
                    <button class="btn" type="button">{t!(i18n, design.plain)}</button>
                    <button class="btn quiet" type="button">{t!(i18n, design.quiet)}</button>
                    <button class="btn bad" type="button">{t!(i18n, design.dangerous)}</button>
                    <button class="btn" type="button" disabled>{t!(i18n, design.disabled)}</button>
                    <button class="btn primary" type="button" data-shown-busy="" aria-busy="true">
                        <Icon glyph=Glyph::Arrow />
                        {t!(i18n, home.sending)}
                    </button>
                    <button class="btn sm" type="button">{t!(i18n, design.small)}</button>
                    <button class="btn as-focused" type="button">{t!(i18n, design.focused)}</button>
                </div>
                <div class="btn-row">
                    <span data-style="rest"><button class="btn hue" type="button">"REST"</button></span>
                    <span data-style="grpc"><button class="btn hue" type="button">"gRPC"</button></span>
                    <span data-style="queue"><button class="btn hue" type="button">{t!(i18n, common.queue)}</button></span>
                    <div
                        class="seg"
                        role="group"
                        aria-label=move || format!("{}, {theme}", t_string!(i18n, design.choice))
                    >
                        <button type="button" aria-pressed="false">{t!(i18n, design.one)}</button>
                        <button type="button" aria-pressed="true">{t!(i18n, design.chosen)}</button>
                        <button type="button" aria-pressed="false">{t!(i18n, design.other)}</button>
                    </div>
                </div>
            </div>
        </Spec>
    }
}
