//! Samples of the form fields: text fields, selects and options.

use leptos::prelude::*;

use super::spec::Spec;
use crate::i18n::{t, t_string, use_i18n};

/// Text fields: with a hint, with an error, disabled, with several lines.
#[component]
pub(super) fn Fields(
    /// The theme that the sample is shown in.
    theme: &'static str,
) -> impl IntoView {
    let i18n = use_i18n();
    let id = move |name: &str| format!("{name}-{theme}");
    view! {
        <Spec
            name=|i18n| t_string!(i18n, design.field)
            code=".field .input"
            text=|i18n| t_string!(i18n, design.field_text)
        >
            <div class="fields-auto">
                <div class="field">
                    <label for=id("f1")>{t!(i18n, design.field_plain)}</label>
                    <input class="input" id=id("f1") value="World!" aria-describedby=id("f1h") />
                    <p class="hint" id=id("f1h")>{t!(i18n, design.field_hint)}</p>
                </div>
                <div class="field">
                    <label for=id("f2")>{t!(i18n, design.field_wrong)}</label>
                    <input class="input mono" id=id("f2") value="-5" aria-invalid="true" aria-describedby=id("f2h") />
                    <p class="error" id=id("f2h")>{t!(i18n, design.field_error)}</p>
                </div>
                <div class="field">
                    <label for=id("f3")>{t!(i18n, design.disabled)}</label>
                    <input class="input" id=id("f3") value="greeter.rpc" disabled />
                </div>
                <div class="field">
                    <label for=id("f4")>{t!(i18n, panels.body)}</label>
                    <textarea class="area input mono low" id=id("f4") rows="2">"{\"name\": \"Ada\"}"</textarea>
                </div>
            </div>
        </Spec>
    }
}

/// Selects, check boxes and radio buttons.
#[component]
pub(super) fn Selects(
    /// The theme that the sample is shown in.
    theme: &'static str,
) -> impl IntoView {
    let i18n = use_i18n();
    let id = move |name: &str| format!("{name}-{theme}");
    view! {
        <Spec
            name=|i18n| t_string!(i18n, design.select)
            code=".select .check"
            text=|i18n| t_string!(i18n, design.select_text)
        >
            <div class="fields-auto">
                <div class="field">
                    <label for=id("s1")>{t!(i18n, queue.exchange)}</label>
                    <select class="select input" id=id("s1")>
                        <option>"amq.topic"</option>
                        <option>"amq.direct"</option>
                    </select>
                </div>
                <div class="field">
                    <label for=id("s2")>{t!(i18n, design.disabled)}</label>
                    <select class="select input" id=id("s2") disabled>
                        <option>"amq.fanout"</option>
                    </select>
                </div>
                <div class="field">
                    <span class="label">{t!(i18n, design.select_options)}</span>
                    <div class="row">
                        <label class="check"><input type="checkbox" checked />{t!(i18n, design.chosen)}</label>
                        <label class="check"><input type="checkbox" />{t!(i18n, design.other)}</label>
                        <label class="check"><input type="radio" name=id("r") checked />{t!(i18n, design.chosen)}</label>
                        <label class="check"><input type="radio" name=id("r") />{t!(i18n, design.other)}</label>
                    </div>
                </div>
            </div>
        </Spec>
    }
}
