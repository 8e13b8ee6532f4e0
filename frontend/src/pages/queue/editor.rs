//! The publisher's editor: presets, where to, what, and how. What cannot be sent is told as it is typed.

use leptos::{ev::SubmitEvent, prelude::*};

use super::{
    past::WORDS,
    publishing::Publishing,
    rows::{Pace, Rows},
    run::Wish,
};
use crate::{
    bookmark::Bookmark,
    commands::{Commands, PageCommands},
    components::{
        format_json::FormatJson,
        history::Glimpse,
        icon::{Glyph, Icon},
        preset_picker::{PresetChoice, PresetPicker},
        shared_link::LinkNote,
    },
    i18n::{I18n, Label, t, t_string, use_i18n},
    model::{
        json::{self, JsonError},
        number,
        queue::{
            draft::{ASKED, MAX_BODY},
            message::content_type,
            preset::Preset,
        },
    },
};

const EXCHANGES: [&str; 5] = ["", "amq.direct", "amq.topic", "amq.fanout", "amq.headers"];

/// The left column.
#[component]
pub(super) fn Editor(publishing: Publishing, bookmark: RwSignal<Bookmark>) -> impl IntoView {
    let i18n = use_i18n();
    let asks = move || publishing.ask.with(Option::is_some);
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        publishing.send();
    };
    let chosen = Signal::derive(move || {
        let preset = publishing.preset.get()?;
        Preset::ALL.iter().position(|known| *known == preset)
    });
    let choose = Callback::new(move |at: usize| {
        if let Some(preset) = Preset::ALL.get(at) {
            publishing.choose(*preset);
        }
    });
    Commands::get().offer(PageCommands {
        presets: Signal::derive(move || presets().into_iter().map(|choice| (choice.name)(i18n).to_owned()).collect()),
        on_choose: choose,
        can_send: Signal::derive(move || publishing.is_sendable() && !publishing.busy.get()),
        on_send: Callback::new(move |()| publishing.send()),
    });
    view! {
        <section class="req stack" aria-labelledby="req-h">
            <h2 id="req-h">{t!(i18n, queue.publisher)}</h2>
            <PresetPicker choices=presets() chosen=chosen on_choose=choose />
            <form class="stack" aria-labelledby="req-h" on:submit=on_submit>
                <Show when=asks fallback=move || view! { <Where publishing=publishing /> }>
                    <Kind publishing=publishing />
                </Show>
                <div class="field">
                    <label for="body">{move || body_label(i18n, publishing)}</label>
                    <textarea
                        class="area input mono low"
                        id="body"
                        data-testid="queue-body"
                        rows="2"
                        spellcheck="false"
                        prop:value=move || publishing.body.get()
                        on:input=move |event| publishing.body.set(event_target_value(&event))
                    ></textarea>
                    <Show when=move || is_json(publishing)>
                        <FormatJson text=publishing.body testid="queue-format-json" />
                    </Show>
                </div>
                <Show when=move || !asks()>
                    <Rows publishing=publishing />
                    <Pace publishing=publishing />
                </Show>
                <LinkNote bookmark=bookmark />
                <div class="send-bar">
                    <Send publishing=publishing />
                    <Glimpse shown=Signal::derive(move || publishing.shown_name()) words=WORDS />
                </div>
            </form>
        </section>
    }
}

/// Size and kind of the body; whether JSON is JSON.
fn body_label(i18n: I18n, publishing: Publishing) -> String {
    let body = publishing.body.read();
    if body.len() > MAX_BODY {
        return t_string!(i18n, queue.body_long, max = number::count(MAX_BODY as u64));
    }
    if publishing.ask.with(|ask| ask.as_deref() == Some(ASKED[1])) {
        return t_string!(i18n, queue.body_name).to_owned();
    }
    let size = t_string!(i18n, queue.body, size = body.len());
    if !is_json(publishing) {
        return size;
    }
    match json::check_syntax(&body) {
        Err(JsonError::Syntax { line, column, .. }) => {
            t_string!(i18n, queue.body_not_json, size = size, line = line, column = column)
        }
        _ => format!("{size}, JSON"),
    }
}

/// Whether the content type says that the body is JSON; tracked.
fn is_json(publishing: Publishing) -> bool {
    match publishing.ask.get() {
        Some(content_type) => content_type.contains("json"),
        None => content_type(&publishing.properties.rows()).contains("json"),
    }
}

/// Exchange and key.
#[component]
fn Where(publishing: Publishing) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <div class="fields-2">
            <div class="field">
                <label for="exchange">{t!(i18n, queue.exchange)}</label>
                <input
                    class="input mono"
                    id="exchange"
                    list="exchanges"
                    spellcheck="false"
                    autocomplete="off"
                    placeholder=move || t_string!(i18n, queue.default_exchange)
                    prop:value=move || publishing.exchange.get()
                    on:input=move |event| publishing.exchange.set(event_target_value(&event))
                />
                <datalist id="exchanges">{options(&EXCHANGES)}</datalist>
            </div>
            <div class="field">
                <label for="key">{t!(i18n, queue.routing_key)}</label>
                <input
                    class="input mono"
                    id="key"
                    data-testid="queue-key"
                    spellcheck="false"
                    autocomplete="off"
                    prop:value=move || publishing.routing_key.get()
                    on:input=move |event| publishing.routing_key.set(event_target_value(&event))
                />
            </div>
        </div>
    }
}

/// The content type of a question: one that the worker reads.
#[component]
fn Kind(publishing: Publishing) -> impl IntoView {
    // `selected` on the options: the properties of the select are set before it has options
    let choice = move |kind: &'static str| {
        view! {
            <option value=kind prop:selected=move || publishing.ask.with(|ask| ask.as_deref() == Some(kind))>
                {kind}
            </option>
        }
    };
    view! {
        <div class="field">
            <label for="content-type">
                <code>"content_type"</code>
            </label>
            <select
                class="select input"
                id="content-type"
                data-testid="queue-kind"
                on:change=move |event| publishing.choose_kind(event_target_value(&event))
            >
                {ASKED.map(choice).collect_view()}
            </select>
        </div>
    }
}

/// The options of a list, by their values.
pub(super) fn options(values: &'static [&'static str]) -> impl IntoView {
    values.iter().map(|value| view! { <option value=*value>{*value}</option> }).collect_view()
}

/// The buttons: send; pause and stop while a run goes on.
#[component]
fn Send(publishing: Publishing) -> impl IntoView {
    let i18n = use_i18n();
    let asks = move || publishing.ask.with(Option::is_some);
    let runs = move || publishing.busy.get() && !asks();
    let paused = move || publishing.wish.get() == Wish::Pause;
    let toggle = move |_| publishing.wish.set(if paused() { Wish::GoOn } else { Wish::Pause });
    view! {
        <div class="btn-row">
            <button
                class="btn hue"
                type="submit"
                data-testid="queue-publish"
                data-send=""
                data-busy=move || publishing.busy.get().then_some("")
                aria-disabled=move || publishing.busy.get().then_some("true")
                disabled=move || !publishing.is_sendable()
            >
                <Icon glyph=Glyph::Arrow />
                {move || if asks() { t_string!(i18n, queue.ask) } else { t_string!(i18n, queue.publish) }}
            </button>
            <Show
                when=runs
                fallback=move || {
                    view! {
                        <button class="btn quiet" type="button" on:click=move |_| publishing.reset()>
                            {t!(i18n, panels.reset)}
                        </button>
                    }
                }
            >
                <button
                    class="btn"
                    type="button"
                    data-testid="queue-pause"
                    aria-pressed=move || paused().to_string()
                    on:click=toggle
                >
                    {move || {
                        if paused() {
                            view! { <Icon glyph=Glyph::Play size=14 /> {t!(i18n, queue.go_on)} }.into_any()
                        } else {
                            view! { <Icon glyph=Glyph::Pause size=14 /> {t!(i18n, queue.pause_run)} }.into_any()
                        }
                    }}
                </button>
                <button
                    class="btn"
                    type="button"
                    data-testid="queue-stop"
                    on:click=move |_| publishing.wish.set(Wish::Stop)
                >
                    <Icon glyph=Glyph::Stop size=14 />
                    {t!(i18n, queue.stop)}
                </button>
            </Show>
        </div>
    }
}

/// The presets, in their order.
fn presets() -> Vec<PresetChoice> {
    let choice = |preset: Preset| {
        let (name, lead): (Label, Label) = match preset {
            Preset::Hello => (|i18n| t_string!(i18n, queue.preset_hello), |i18n| t_string!(i18n, queue.lead_hello)),
            Preset::Flood => (|i18n| t_string!(i18n, queue.preset_flood), |i18n| t_string!(i18n, queue.lead_flood)),
            Preset::Nobody => (|i18n| t_string!(i18n, queue.preset_nobody), |i18n| t_string!(i18n, queue.lead_nobody)),
            Preset::Ask => (|i18n| t_string!(i18n, queue.preset_ask), |i18n| t_string!(i18n, queue.lead_ask)),
            Preset::Poison => (|i18n| t_string!(i18n, queue.preset_poison), |i18n| t_string!(i18n, queue.lead_poison)),
        };
        let testid = format!("queue-preset-{preset:?}").to_ascii_lowercase();
        PresetChoice { testid, name, figure: preset.figure(), lead }
    };
    Preset::ALL.map(choice).into()
}
