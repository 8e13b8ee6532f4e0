//! The request: presets, method and path, headers, body, and the button that sends it.

use leptos::{ev::SubmitEvent, prelude::*};

use super::calls::Calls;
use crate::{
    components::{
        icon::{Glyph, Icon},
        pairs::PairsEditor,
        shared_link::LinkNote,
    },
    i18n::{t, t_string, use_i18n},
    model::{
        payload,
        rest_preset::{METHODS, Preset},
    },
    router::bookmark::Bookmark,
};

/// The left column.
#[component]
pub(super) fn Editor(calls: Calls, bookmark: RwSignal<Bookmark>) -> impl IntoView {
    let i18n = use_i18n();
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        calls.send();
    };
    let sends_body = move || !matches!(calls.method.get().as_str(), "GET" | "HEAD");
    let body_hint = move || {
        let body = calls.body.get();
        let size = body.len();
        if body.is_empty() {
            t_string!(i18n, rest.body_none).to_owned()
        } else if !sends_body() {
            t_string!(i18n, rest.body_unsent).to_owned()
        } else if payload::pretty_json(&body).is_some() {
            format!("{size} B, {}", t_string!(i18n, rest.body_json))
        } else {
            format!("{size} B, {}", t_string!(i18n, rest.body_not_json))
        }
    };
    view! {
        <section class="req stack" aria-labelledby="req-h">
            <h2 id="req-h">{t!(i18n, rest.request)}</h2>
            <ul class="presets" aria-label=move || t_string!(i18n, panels.presets)>
                {Preset::ALL.map(|preset| view! { <PresetItem calls=calls preset=preset /> }).collect_view()}
            </ul>
            <form class="stack" aria-labelledby="req-h" on:submit=on_submit>
                <div class="field">
                    <label for="path">{t!(i18n, rest.method_and_path)}</label>
                    <div class="join">
                        <select
                            class="select input method"
                            aria-label=move || t_string!(i18n, rest.method)
                            data-testid="rest-method"
                            prop:value=move || calls.method.get()
                            on:change=move |event| calls.method.set(event_target_value(&event))
                        >
                            {METHODS
                                .map(|method| {
                                    view! { <option selected=move || calls.method.get() == method>{method}</option> }
                                })
                                .collect_view()}
                        </select>
                        <input
                            class="input mono"
                            id="path"
                            data-testid="rest-path"
                            spellcheck="false"
                            autocomplete="off"
                            prop:value=move || calls.path.get()
                            on:input=move |event| calls.path.set(event_target_value(&event))
                        />
                    </div>
                </div>
                <div class="folds">
                    <details class="fold" open>
                        <summary>
                            {t!(i18n, panels.headers)}
                            <small>{move || t!(i18n, rest.headers_yours, count = calls.headers.chosen().len())}</small>
                        </summary>
                        <PairsEditor pairs=calls.headers />
                    </details>
                    <details class="fold" open=move || sends_body() || !calls.body.get().is_empty()>
                        <summary>{t!(i18n, panels.body)} <small>{body_hint}</small></summary>
                        <textarea
                            class="area input mono low"
                            aria-label=move || t_string!(i18n, panels.body)
                            data-testid="rest-request-body"
                            rows="3"
                            spellcheck="false"
                            prop:value=move || calls.body.get()
                            on:input=move |event| calls.body.set(event_target_value(&event))
                        ></textarea>
                    </details>
                </div>
                <div class="btn-row">
                    <button
                        class="btn hue"
                        type="submit"
                        data-testid="rest-send"
                        data-busy=move || calls.is_busy().then_some("")
                        aria-disabled=move || calls.is_busy().to_string()
                    >
                        <Icon glyph=Glyph::Arrow />
                        {t!(i18n, rest.send)}
                    </button>
                    <Show when=move || calls.is_busy()>
                        <button class="btn" type="button" data-testid="rest-cancel" on:click=move |_| calls.cancel()>
                            <Icon glyph=Glyph::Stop size=12 />
                            {t!(i18n, panels.cancel)}
                        </button>
                    </Show>
                    <button class="btn quiet" type="button" on:click=move |_| calls.choose(Preset::Hello)>
                        {t!(i18n, panels.reset)}
                    </button>
                </div>
                <LinkNote bookmark=bookmark />
            </form>
        </section>
    }
}

#[component]
fn PresetItem(calls: Calls, preset: Preset) -> impl IntoView {
    let i18n = use_i18n();
    let word = move || match preset {
        Preset::Hello => t_string!(i18n, rest.preset_hello),
        Preset::Create => t_string!(i18n, rest.preset_create),
        Preset::Read => t_string!(i18n, rest.preset_read),
        Preset::IfChanged => t_string!(i18n, rest.preset_if_changed),
        Preset::Guard => t_string!(i18n, rest.preset_guard),
        Preset::Protobuf => t_string!(i18n, rest.preset_protobuf),
        Preset::Broken => t_string!(i18n, rest.preset_broken),
    };
    view! {
        <li>
            <button
                type="button"
                data-testid=format!("rest-preset-{preset:?}").to_lowercase()
                aria-pressed=move || (calls.preset.get() == Some(preset)).to_string()
                on:click=move |_| calls.choose(preset)
            >
                {word}
                <code>{preset.expects()}</code>
            </button>
        </li>
    }
}
