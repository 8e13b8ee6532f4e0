//! The request: presets, method and path, query, headers, who asks, body, and the buttons that send it. What is wrong
//! with it is said while it is typed.

use leptos::{ev::SubmitEvent, prelude::*};

use super::{
    auth::AuthFold,
    body::BodyFold,
    calls::Calls,
    telling::{StoryView, TellButton},
};
use crate::{
    bookmark::Bookmark,
    commands::{Commands, PageCommands},
    components::{
        history::Glimpse,
        icon::{Glyph, Icon},
        pairs::PairsEditor,
        preset_picker::{PresetChoice, PresetPicker},
        shared_link::LinkNote,
    },
    i18n::{I18n, Label, t, t_string, use_i18n},
    model::{
        address::Row,
        rest::{
            check::{self, Header, Path},
            draft::METHODS,
            preset::Preset,
        },
    },
};

/// The left column.
#[component]
pub(super) fn Editor(calls: Calls, bookmark: RwSignal<Bookmark>) -> impl IntoView {
    let i18n = use_i18n();
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        calls.send();
    };
    let path_fault = Memo::new(move |_| check::path(&calls.fields.path.read()));
    let path_told = move || path_fault.get().map(|fault| path_words(i18n, fault));
    let header_told = Callback::new(move |(name, value): (String, String)| {
        let fault = check::header(&Row { on: true, name, value })?;
        Some(header_words(i18n, fault).to_owned())
    });
    // then all its calls are what one wants to send
    let is_story = move || calls.preset.get().is_some_and(|preset| preset.story().is_some());
    let chosen = Signal::derive(move || {
        let preset = calls.preset.get()?;
        Preset::ALL.iter().position(|known| *known == preset)
    });
    let choose = Callback::new(move |at: usize| {
        if let Some(preset) = Preset::ALL.get(at) {
            calls.choose(*preset);
        }
    });
    Commands::get().offer(PageCommands {
        presets: Signal::derive(move || presets().into_iter().map(|choice| (choice.name)(i18n).to_owned()).collect()),
        on_choose: choose,
        can_send: Signal::derive(move || !calls.is_busy()),
        on_send: Callback::new(move |()| calls.send()),
    });
    let query_count = move || calls.fields.query.rows().iter().filter(|row| row.on).count();
    view! {
        <section class="req stack" aria-labelledby="req-h">
            <h2 id="req-h">{t!(i18n, rest.request)}</h2>
            <PresetPicker choices=presets() chosen=chosen busy=Signal::derive(move || calls.is_busy()) on_choose=choose />
            <StoryView calls=calls />
            <form class="stack" aria-labelledby="req-h" on:submit=on_submit>
                <div class="field">
                    <label for="path">{t!(i18n, rest.method_and_path)}</label>
                    <div class="join">
                        <select
                            class="select input method"
                            aria-label=move || t_string!(i18n, rest.method)
                            data-testid="rest-method"
                            prop:value=move || calls.fields.method.get()
                            on:change=move |event| calls.fields.method.set(event_target_value(&event))
                        >
                            {METHODS
                                .map(|method| {
                                    view! { <option selected=move || calls.fields.method.get() == method>{method}</option> }
                                })
                                .collect_view()}
                        </select>
                        <input
                            class="input mono"
                            id="path"
                            data-testid="rest-path"
                            spellcheck="false"
                            autocomplete="off"
                            aria-describedby="path-fault"
                            aria-invalid=move || path_fault.get().map(|_| "true")
                            prop:value=move || calls.fields.path.get()
                            on:input=move |event| calls.fields.type_path(event_target_value(&event))
                        />
                    </div>
                    <p class="error" id="path-fault" role="status" data-testid="rest-path-fault">{path_told}</p>
                </div>
                <div class="folds">
                    <details class="fold" open=move || query_count() != 0>
                        <summary>
                            {t!(i18n, rest.query)}
                            <small>
                                {move || match query_count() {
                                    0 => t_string!(i18n, rest.body_none).to_owned(),
                                    count => count.to_string(),
                                }}
                            </small>
                        </summary>
                        <PairsEditor pairs=calls.fields.query testid="rest-query" />
                    </details>
                    <details class="fold" open>
                        <summary>
                            {t!(i18n, panels.headers)}
                            <small>{move || t!(i18n, rest.headers_yours, count = calls.fields.headers.chosen().len())}</small>
                        </summary>
                        <PairsEditor pairs=calls.fields.headers testid="rest-headers" check=header_told />
                        <Show when=move || calls.reuses_key()>
                            <p class="error" role="status" data-testid="rest-key-reused">
                                <span>{t!(i18n, rest.key_reused)}</span>
                                <button
                                    class="btn sm"
                                    type="button"
                                    data-testid="rest-key-new"
                                    on:click=move |_| calls.renew_key()
                                >
                                    {t!(i18n, rest.key_new)}
                                </button>
                            </p>
                        </Show>
                    </details>
                    <AuthFold calls=calls />
                    <BodyFold calls=calls />
                </div>
                <LinkNote bookmark=bookmark />
                <div class="send-bar">
                    <div class="btn-row">
                        <button
                            class="btn"
                            class:hue=move || !is_story()
                            type="submit"
                            data-testid="rest-send"
                            data-send=""
                            data-busy=move || calls.is_busy().then_some("")
                            aria-disabled=move || calls.is_busy().to_string()
                        >
                            <Icon glyph=Glyph::Arrow />
                            {t!(i18n, rest.send)}
                        </button>
                        <Show when=move || calls.is_busy() fallback=move || view! { <TellButton calls=calls /> }>
                            <button class="btn" type="button" data-testid="rest-cancel" on:click=move |_| calls.cancel()>
                                <Icon glyph=Glyph::Stop size=12 />
                                {t!(i18n, panels.cancel)}
                            </button>
                        </Show>
                        <button class="btn quiet" type="button" on:click=move |_| calls.reset()>
                            {t!(i18n, panels.reset)}
                        </button>
                    </div>
                    <Glimpse shown=Signal::derive(move || calls.shown_name()) />
                </div>
            </form>
        </section>
    }
}

/// The presets, in their order.
fn presets() -> Vec<PresetChoice> {
    let choice = |preset: Preset| {
        let (name, lead): (Label, Label) = match preset {
            Preset::Hello => (|i18n| t_string!(i18n, rest.preset_hello), |i18n| t_string!(i18n, rest.lead_hello)),
            Preset::Create => (|i18n| t_string!(i18n, rest.preset_create), |i18n| t_string!(i18n, rest.lead_create)),
            Preset::IfChanged => {
                (|i18n| t_string!(i18n, rest.preset_if_changed), |i18n| t_string!(i18n, rest.lead_if_changed))
            }
            // the story below begins with a sentence of its own
            Preset::LostUpdate => (|i18n| t_string!(i18n, rest.preset_lost_update), |_| ""),
            Preset::Guard => (|i18n| t_string!(i18n, rest.preset_guard), |_| ""),
            Preset::Protobuf => {
                (|i18n| t_string!(i18n, rest.preset_protobuf), |i18n| t_string!(i18n, rest.lead_protobuf))
            }
            Preset::Broken => (|i18n| t_string!(i18n, rest.preset_broken), |i18n| t_string!(i18n, rest.lead_broken)),
        };
        let testid = format!("rest-preset-{preset:?}").to_ascii_lowercase();
        PresetChoice { testid, name, figure: preset.expects(), lead }
    };
    Preset::ALL.map(choice).into()
}

fn path_words(i18n: I18n, fault: Path) -> &'static str {
    match fault {
        Path::Start => t_string!(i18n, rest.path_start),
        Path::Hole => t_string!(i18n, rest.path_hole),
        Path::Fragment => t_string!(i18n, rest.path_fragment),
    }
}

fn header_words(i18n: I18n, fault: Header) -> &'static str {
    match fault {
        Header::Name => t_string!(i18n, rest.header_name),
        Header::Value => t_string!(i18n, rest.header_value),
        Header::Forbidden => t_string!(i18n, rest.header_forbidden),
    }
}
