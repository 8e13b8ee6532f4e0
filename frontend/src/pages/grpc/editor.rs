//! What to call: method, message, metadata, deadline, and the buttons.

use std::ops::RangeInclusive;

use leptos::{ev::SubmitEvent, prelude::*};

use super::{bidi::DRIVEN, calls::Calls, message::MessageEditor, methods::Methods, request::Typed};
use crate::{
    bookmark::Bookmark,
    commands::{Commands, PageCommands},
    components::{
        failure::Failure,
        history::Glimpse,
        icon::{Glyph, Icon},
        pairs::PairsEditor,
        shared_link::LinkNote,
    },
    i18n::{I18n, t, t_string, use_i18n},
    model::{
        grpc_draft::{COUNT, COUNTS, Draft, INTERVAL, INTERVALS, number},
        grpc_metadata::{self, Fault},
        grpc_web,
        protobuf::contract::Method,
    },
};

/// Deadlines to choose from, in milliseconds; empty is none.
const DEADLINES: [(&str, &str); 4] = [("", "–"), ("20", "20 ms"), ("1000", "1 s"), ("10000", "10 s")];

/// The left column.
#[component]
pub(super) fn Editor(calls: Calls, bookmark: RwSignal<Bookmark>) -> impl IntoView {
    let i18n = use_i18n();
    let typed = calls.typed;
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        calls.send();
    };
    let check = move |(name, value): (String, String)| wrong(i18n, &name, &value).map(str::to_owned);
    view! {
        <section class="req stack" aria-labelledby="req-h">
            <Methods calls=calls />
            <form class="stack" aria-labelledby="req-h" on:submit=on_submit>
                <MessageEditor calls=calls />
                <Show when=move || typed.is_shaped()>
                    <Shape typed=typed />
                </Show>
                <div class="folds">
                    <details class="fold" open>
                        <summary>
                            {t!(i18n, grpc.metadata)}
                            <small>
                                {move || t!(i18n, grpc.metadata_yours, count = typed.metadata.chosen().len())}
                            </small>
                        </summary>
                        <PairsEditor pairs=typed.metadata check=Callback::new(check) testid="grpc-metadata" />
                    </details>
                    <details class="fold" open>
                        <summary>
                            {t!(i18n, grpc.deadline)}
                            <small><code>{move || timeout_of(typed)}</code></small>
                        </summary>
                        <Deadline typed=typed />
                    </details>
                </div>
                {move || calls.bidi.refused.get().map(|error| view! { <Failure error=error /> })}
                <LinkNote bookmark=bookmark />
                <Buttons calls=calls />
            </form>
        </section>
    }
}

/// How many messages, and how far apart.
#[component]
fn Shape(typed: Typed) -> impl IntoView {
    let i18n = use_i18n();
    let count = move || number(&typed.count.read(), &COUNTS).is_none();
    let interval = move || number(&typed.interval.read(), &INTERVALS).is_none();
    let longer = move || {
        let (least, deadline) = (typed.least_ms()?, typed.draft().deadline_ms().ok()??);
        (least >= u64::from(deadline))
            .then(|| view! { <p class="hint">{t!(i18n, grpc.longer, least = least, deadline = deadline)}</p> })
    };
    let outside = move |name: &str, wrong: bool, among: &RangeInclusive<u32>| {
        let words = || t_string!(i18n, grpc.range, name = name, from = among.start(), to = among.end());
        wrong.then(|| view! { <p class="error">{words()}</p> })
    };
    view! {
        <div class="stack-s">
            <div class="fields-2">
                <NumberField id="count" label=COUNT value=typed.count wrong=Signal::derive(count) />
                <NumberField id="interval" label=INTERVAL value=typed.interval wrong=Signal::derive(interval) />
            </div>
            <div id="shape-note">
                {move || outside(COUNT, count(), &COUNTS)}
                {move || outside(INTERVAL, interval(), &INTERVALS)}
                {longer}
            </div>
        </div>
    }
}

#[component]
fn NumberField(id: &'static str, label: &'static str, value: RwSignal<String>, wrong: Signal<bool>) -> impl IntoView {
    view! {
        <div class="field">
            <label for=id><code>{label}</code></label>
            <input
                class="input mono"
                id=id
                data-testid=format!("grpc-{id}")
                inputmode="numeric"
                autocomplete="off"
                aria-describedby="shape-note"
                aria-invalid=move || wrong.get().to_string()
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
            />
        </div>
    }
}

#[component]
fn Deadline(typed: Typed) -> impl IntoView {
    let i18n = use_i18n();
    let preset = move |(ms, word): (&'static str, &'static str)| {
        view! {
            <button
                type="button"
                aria-pressed=move || (*typed.deadline.read() == ms).to_string()
                on:click=move |_| typed.deadline.set(ms.to_owned())
            >
                {if ms.is_empty() { t!(i18n, grpc.none).into_any() } else { word.into_any() }}
            </button>
        }
    };
    view! {
        <div class="stack-s">
            <div class="seg sm start" role="group" aria-label=move || t_string!(i18n, grpc.deadline)>
                {DEADLINES.map(preset).collect_view()}
            </div>
            <label class="vh" for="deadline">{t!(i18n, grpc.deadline_ms)}</label>
            <input
                class="input mono"
                id="deadline"
                data-testid="grpc-deadline"
                inputmode="numeric"
                autocomplete="off"
                placeholder=move || t_string!(i18n, grpc.deadline_ms)
                aria-describedby="deadline-note"
                aria-invalid=move || typed.draft().deadline_ms().is_err().to_string()
                prop:value=move || typed.deadline.get()
                on:input=move |event| typed.deadline.set(event_target_value(&event))
            />
            <div id="deadline-note">
                {move || typed.draft().deadline_ms().is_err().then(|| view! { <p class="error">{t!(i18n, grpc.deadline_bad)}</p> })}
            </div>
        </div>
    }
}

#[component]
fn Buttons(calls: Calls) -> impl IntoView {
    let i18n = use_i18n();
    let typed = calls.typed;
    let driven = Memo::new(move |_| typed.method.with(|method| method == DRIVEN));
    let takes = move || calls.bidi.takes_messages();
    let ready = Memo::new(move |_| {
        let possible = typed.chosen().is_some_and(|method| !method.client_streams || driven.get());
        possible && typed.request().is_some()
    });
    let busy = move || calls.is_busy() && !takes();
    let word = move || match (driven.get(), calls.bidi.is_open()) {
        (true, true) => t_string!(i18n, grpc.send_message),
        (true, false) => t_string!(i18n, grpc.open),
        _ => t_string!(i18n, grpc.send),
    };
    let paths = move || typed.contract.get().and_then(Result::ok).map(|contract| contract.methods().cloned().collect());
    let methods = Memo::new(move |_| paths().unwrap_or_else(Vec::<Method>::new));
    Commands::get().offer(PageCommands {
        presets: Signal::derive(move || methods.read().iter().map(|method| method.name.clone()).collect()),
        on_choose: Callback::new(move |at: usize| {
            let path = methods.with_untracked(|methods| methods.get(at).map(Method::path));
            if let Some(path) = path.filter(|_| !untrack(|| calls.is_busy())) {
                typed.method.set(path);
            }
        }),
        can_send: Signal::derive(move || ready.get() && !busy()),
        on_send: Callback::new(move |()| calls.send()),
    });
    view! {
        <div class="send-bar stack-s">
            <div class="btn-row">
                <button
                    class="btn hue"
                    type="submit"
                    data-testid="grpc-send"
                    data-send=""
                    data-busy=move || busy().then_some("")
                    // what is disabled while it has the focus loses it
                    aria-disabled=move || busy().then_some("true")
                    disabled=move || !ready.get()
                >
                    <Icon glyph=Glyph::Arrow />
                    {word}
                </button>
                <Show when=move || driven.get()>
                    <button
                        class="btn"
                        type="button"
                        data-testid="grpc-half-close"
                        disabled=move || !takes()
                        on:click=move |_| calls.bidi.half_close()
                    >
                        {t!(i18n, grpc.half_close)}
                    </button>
                </Show>
                <button
                    class="btn"
                    type="button"
                    data-testid="grpc-cancel"
                    disabled=move || !calls.is_busy()
                    on:click=move |_| calls.cancel()
                >
                    <Icon glyph=Glyph::Stop size=12 />
                    {t!(i18n, panels.cancel)}
                </button>
                <button
                    class="btn quiet"
                    type="button"
                    disabled=move || calls.is_busy()
                    on:click=move |_| typed.restore(Draft::default())
                >
                    {t!(i18n, panels.reset)}
                </button>
            </div>
            <Glimpse shown=Signal::derive(move || calls.shown_name()) />
            <p class="hint" data-testid="grpc-why">
                {move || if driven.get() { t_string!(i18n, grpc.why_driven) } else { t_string!(i18n, grpc.why_these) }}
            </p>
        </div>
    }
}

/// Why a row of metadata cannot be sent.
fn wrong(i18n: I18n, name: &str, value: &str) -> Option<&'static str> {
    Some(match grpc_metadata::check(name, value).err()? {
        Fault::Name => t_string!(i18n, grpc.metadata_name),
        Fault::Reserved => t_string!(i18n, grpc.metadata_reserved),
        Fault::Base64 => t_string!(i18n, grpc.metadata_base64),
        Fault::Value => t_string!(i18n, grpc.metadata_value),
    })
}

fn timeout_of(typed: Typed) -> String {
    let deadline = typed.draft().deadline_ms().ok().flatten();
    deadline.map(|ms| format!("grpc-timeout: {}", grpc_web::timeout(ms))).unwrap_or_default()
}
