//! The publisher's editor: presets, where to, what, and how.

use leptos::{ev::SubmitEvent, prelude::*};

use super::publishing::{MAX_COUNT, Preset, Publishing};
use crate::{
    components::icon::{Glyph, Icon},
    i18n::{t, t_string, use_i18n},
};

const EXCHANGES: [&str; 4] = ["", "amq.direct", "amq.topic", "amq.fanout"];
const KINDS: [&str; 3] = ["application/json", "application/x-protobuf", "text/plain"];

/// The left column.
#[component]
pub(super) fn Editor(publishing: Publishing) -> impl IntoView {
    let i18n = use_i18n();
    let asks = move || publishing.preset.get() == Preset::Ask;
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        publishing.send();
    };
    view! {
        <section class="req stack" aria-labelledby="req-h">
            <h2 id="req-h">{t!(i18n, queue.publisher)}</h2>
            <ul class="presets" aria-label=move || t_string!(i18n, panels.presets)>
                {[Preset::Hello, Preset::Hundred, Preset::Nobody, Preset::Ask]
                    .map(|preset| view! { <PresetItem publishing=publishing preset=preset /> })
                    .collect_view()}
            </ul>
            <form class="stack" aria-labelledby="req-h" on:submit=on_submit>
                <div class="fields-2">
                    <div class="field">
                        <label for="exchange">{t!(i18n, queue.exchange)}</label>
                        <select
                            class="select input"
                            id="exchange"
                            disabled=asks
                            prop:value=move || publishing.exchange.get()
                            on:change=move |event| publishing.exchange.set(event_target_value(&event))
                        >
                            {EXCHANGES
                                .map(|name| {
                                    let word = move || {
                                        if name.is_empty() { t_string!(i18n, queue.default_exchange) } else { name }
                                    };
                                    view! { <option value=name>{word}</option> }
                                })
                                .collect_view()}
                        </select>
                    </div>
                    <div class="field">
                        <label for="key">{t!(i18n, queue.routing_key)}</label>
                        <input
                            class="input mono"
                            id="key"
                            data-testid="queue-key"
                            spellcheck="false"
                            autocomplete="off"
                            disabled=asks
                            prop:value=move || publishing.routing_key.get()
                            on:input=move |event| publishing.routing_key.set(event_target_value(&event))
                        />
                    </div>
                </div>
                <div class="field">
                    <label for="content-type"><code>"content_type"</code></label>
                    <Kind publishing=publishing asks=Signal::derive(asks) />
                </div>
                <div class="field">
                    <label for="body">
                        {move || {
                            if asks() && publishing.content_type.get() == "application/x-protobuf" {
                                t!(i18n, queue.body_name).into_any()
                            } else {
                                t!(i18n, queue.body, size = publishing.body.get().len()).into_any()
                            }
                        }}
                    </label>
                    <textarea
                        class="area input mono low"
                        id="body"
                        data-testid="queue-body"
                        rows="2"
                        spellcheck="false"
                        prop:value=move || publishing.body.get()
                        on:input=move |event| publishing.body.set(event_target_value(&event))
                    ></textarea>
                </div>
                <Show when=move || !asks()>
                    <Options publishing=publishing />
                </Show>
                <div class="btn-row">
                    <button
                        class="btn hue"
                        type="submit"
                        data-testid="queue-publish"
                        data-busy=move || publishing.busy.get().then_some("")
                        disabled=move || publishing.busy.get() || publishing.valid_count().is_none()
                    >
                        <Icon glyph=Glyph::Arrow />
                        {move || if asks() { t_string!(i18n, queue.ask) } else { t_string!(i18n, queue.publish) }}
                    </button>
                    <button class="btn quiet" type="button" on:click=move |_| publishing.choose(Preset::Hello)>
                        {t!(i18n, panels.reset)}
                    </button>
                </div>
            </form>
        </section>
    }
}

/// The content type: any for a message, one of three for the worker.
#[component]
fn Kind(publishing: Publishing, asks: Signal<bool>) -> impl IntoView {
    let free = move || {
        view! {
            <input
                class="input mono"
                id="content-type"
                spellcheck="false"
                autocomplete="off"
                prop:value=move || publishing.content_type.get()
                on:input=move |event| publishing.content_type.set(event_target_value(&event))
            />
        }
    };
    view! {
        <Show when=move || asks.get() fallback=free>
            <select
                class="select input"
                id="content-type"
                data-testid="queue-kind"
                on:change=move |event| publishing.choose_kind(&event_target_value(&event))
            >
                {KINDS.map(|kind| view! { <option value=kind>{kind}</option> }).collect_view()}
            </select>
        </Show>
    }
}

/// How a message is published.
#[component]
fn Options(publishing: Publishing) -> impl IntoView {
    let i18n = use_i18n();
    let mode = move |persistent: bool| {
        let word =
            move || if persistent { t_string!(i18n, queue.persistent) } else { t_string!(i18n, queue.transient) };
        view! {
            <button
                type="button"
                aria-pressed=move || (publishing.persistent.get() == persistent).to_string()
                on:click=move |_| publishing.persistent.set(persistent)
            >
                {word}
            </button>
        }
    };
    view! {
        <div class="field">
            <span class="label">
                <code>"delivery_mode"</code>
            </span>
            <div class="seg start" role="group" aria-label="delivery_mode">
                {mode(false)}
                {mode(true)}
            </div>
        </div>
        <div class="fields-2">
            <div class="field">
                <label for="count">{t!(i18n, queue.count)}</label>
                <input
                    class="input mono"
                    id="count"
                    data-testid="queue-count"
                    inputmode="numeric"
                    autocomplete="off"
                    aria-invalid=move || publishing.valid_count().is_none().to_string()
                    prop:value=move || publishing.count.get()
                    on:input=move |event| publishing.count.set(event_target_value(&event))
                />
            </div>
            <div class="field">
                <span class="label">{t!(i18n, queue.unroutable)}</span>
                <label class="check tall">
                    <input
                        type="checkbox"
                        data-testid="queue-mandatory"
                        prop:checked=move || publishing.mandatory.get()
                        on:change=move |event| publishing.mandatory.set(event_target_checked(&event))
                    />
                    {t!(i18n, queue.mandatory)}
                </label>
            </div>
        </div>
        <Show when=move || publishing.valid_count().is_none()>
            <p class="error" role="alert">{t!(i18n, queue.count_bad, max = MAX_COUNT)}</p>
        </Show>
    }
}

#[component]
fn PresetItem(publishing: Publishing, preset: Preset) -> impl IntoView {
    let i18n = use_i18n();
    let word = move || match preset {
        Preset::Hello => t_string!(i18n, queue.preset_hello),
        Preset::Hundred => t_string!(i18n, queue.preset_hundred),
        Preset::Nobody => t_string!(i18n, queue.preset_nobody),
        Preset::Ask => t_string!(i18n, queue.preset_ask),
    };
    let figure = match preset {
        Preset::Hello => "1",
        Preset::Hundred => "100",
        Preset::Nobody => "NO_ROUTE",
        Preset::Ask => "reply_to",
    };
    view! {
        <li>
            <button
                type="button"
                data-testid=format!("queue-preset-{preset:?}").to_lowercase()
                aria-pressed=move || (publishing.preset.get() == preset).to_string()
                on:click=move |_| publishing.choose(preset)
            >
                {word}
                <code>{figure}</code>
            </button>
        </li>
    }
}
