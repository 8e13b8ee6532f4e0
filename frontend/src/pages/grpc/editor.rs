//! What to call: method, the request's one field, metadata, deadline, and the buttons.

use crosstalk_proto::helloworld::HelloRequest;
use leptos::{ev::SubmitEvent, prelude::*};
use prost::Message as _;

use super::calls::{Calls, Chosen};
use crate::{
    api::grpc::Method,
    components::{
        failure::Failure,
        icon::{Glyph, Icon},
        pairs::PairsEditor,
    },
    i18n::{t, t_string, use_i18n},
    model::{grpc_web, payload},
};

/// Deadlines to choose from, in milliseconds; empty is none.
const DEADLINES: [(&str, &str); 4] = [("", "–"), ("20", "20 ms"), ("1000", "1 s"), ("10000", "10 s")];

/// The left column.
#[component]
pub(super) fn Editor(calls: Calls) -> impl IntoView {
    let i18n = use_i18n();
    let methods = [
        (Chosen::Direct(Method::SayHello), "unary"),
        (Chosen::Direct(Method::SayHelloStreamReply), "server-stream"),
        (Chosen::Bidi, "bidi"),
    ];
    let method = move |(chosen, testid): (Chosen, &'static str)| {
        let kind = move || match chosen {
            Chosen::Direct(Method::SayHello) => t_string!(i18n, grpc.unary),
            Chosen::Direct(Method::SayHelloStreamReply) => t_string!(i18n, grpc.server_stream),
            Chosen::Bidi => t_string!(i18n, grpc.both_ways),
        };
        view! {
            <li>
                <button
                    type="button"
                    data-testid=format!("grpc-method-{testid}")
                    aria-pressed=move || (calls.chosen.get() == chosen).to_string()
                    disabled=move || calls.is_busy()
                    on:click=move |_| calls.chosen.set(chosen)
                >
                    {chosen.name()}
                    <code>{kind}</code>
                </button>
            </li>
        }
    };
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        if calls.bidi.takes_names() { calls.bidi.send(calls) } else { calls.send() }
    };
    let encoded = move || {
        let bytes = HelloRequest { name: calls.name.get() }.encode_to_vec();
        let start = payload::hex(&bytes[..bytes.len().min(16)]);
        let dots = if bytes.len() > 16 { " …" } else { "" };
        (bytes.len(), format!("{start}{dots}"))
    };
    let streams = move || calls.chosen.get() == Chosen::Direct(Method::SayHelloStreamReply);
    view! {
        <section class="req stack" aria-labelledby="req-h">
            <h2 id="req-h">{t!(i18n, grpc.call)}</h2>
            <div>
                <p class="label"><code>"helloworld.Greeter"</code></p>
                <ul class="presets" aria-label=move || t_string!(i18n, grpc.methods)>
                    {methods.map(method).collect_view()}
                </ul>
                <p class="hint">
                    {move || if calls.chosen.get() == Chosen::Bidi {
                        t_string!(i18n, grpc.why_driven)
                    } else {
                        t_string!(i18n, grpc.why_two)
                    }}
                </p>
            </div>
            <form class="stack" aria-labelledby="req-h" on:submit=on_submit>
                <div class="field">
                    <label for="name"><code>"name"</code> " " {t!(i18n, grpc.name_field)}</label>
                    <input
                        class="input mono"
                        id="name"
                        data-testid="grpc-name"
                        autocomplete="off"
                        aria-describedby="name-h"
                        prop:value=move || calls.name.get()
                        on:input=move |event| calls.name.set(event_target_value(&event))
                    />
                    <p class="hint" id="name-h">
                        {move || {
                            let (size, bytes) = encoded();
                            view! { {t!(i18n, grpc.encoded, size = size)} " " <code>{bytes}</code> }
                        }}
                    </p>
                </div>
                <Show when=streams>
                    <div class="fields-2">
                        <NumberField id="count" label="x-count" value=calls.count max=10_000 />
                        <NumberField id="interval" label="x-interval-ms" value=calls.interval max=60_000 />
                    </div>
                </Show>
                <div class="folds">
                    <details class="fold">
                        <summary>
                            {t!(i18n, grpc.metadata)}
                            <small>
                                {move || t!(i18n, grpc.metadata_yours, count = calls.metadata.chosen().len())}
                            </small>
                        </summary>
                        <PairsEditor pairs=calls.metadata />
                    </details>
                    <details class="fold" open>
                        <summary>
                            {t!(i18n, grpc.deadline)}
                            <small><code>{move || timeout_of(&calls.deadline.get())}</code></small>
                        </summary>
                        <div class="stack-s">
                            <div class="seg sm start" role="group" aria-label=move || t_string!(i18n, grpc.deadline)>
                                {DEADLINES
                                    .map(|(ms, word)| {
                                        view! {
                                            <button
                                                type="button"
                                                aria-pressed=move || (calls.deadline.get() == ms).to_string()
                                                on:click=move |_| calls.deadline.set(ms.to_owned())
                                            >
                                                {if ms.is_empty() { t!(i18n, grpc.none).into_any() } else { word.into_any() }}
                                            </button>
                                        }
                                    })
                                    .collect_view()}
                            </div>
                            <label class="vh" for="deadline">{t!(i18n, grpc.deadline_ms)}</label>
                            <input
                                class="input mono"
                                id="deadline"
                                data-testid="grpc-deadline"
                                inputmode="numeric"
                                autocomplete="off"
                                placeholder=move || t_string!(i18n, grpc.deadline_ms)
                                aria-invalid=move || calls.request().is_none().to_string()
                                prop:value=move || calls.deadline.get()
                                on:input=move |event| calls.deadline.set(event_target_value(&event))
                            />
                            <Show when=move || calls.request().is_none()>
                                <p class="error" role="alert">{t!(i18n, grpc.deadline_bad)}</p>
                            </Show>
                        </div>
                    </details>
                </div>
                <Buttons calls=calls />
                {move || calls.bidi.refused.get().map(|error| view! { <Failure error=error /> })}
            </form>
        </section>
    }
}

#[component]
fn Buttons(calls: Calls) -> impl IntoView {
    let i18n = use_i18n();
    let names = move || calls.bidi.takes_names();
    let stuck = move || calls.request().is_none() || (calls.is_busy() && !names());
    let word = move || match (calls.chosen.get(), calls.bidi.is_open()) {
        (Chosen::Bidi, true) => t_string!(i18n, grpc.send_name),
        (Chosen::Bidi, false) => t_string!(i18n, grpc.open),
        _ => t_string!(i18n, grpc.send),
    };
    view! {
        <div class="btn-row">
            <button
                class="btn hue"
                type="submit"
                data-testid="grpc-send"
                data-busy=move || (calls.is_busy() && !names()).then_some("")
                disabled=stuck
            >
                <Icon glyph=Glyph::Arrow />
                {word}
            </button>
            <Show when=move || calls.chosen.get() == Chosen::Bidi>
                <button
                    class="btn"
                    type="button"
                    data-testid="grpc-half-close"
                    disabled=move || !names()
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
        </div>
    }
}

#[component]
fn NumberField(id: &'static str, label: &'static str, value: RwSignal<String>, max: u32) -> impl IntoView {
    view! {
        <div class="field">
            <label for=id><code>{label}</code></label>
            <input
                class="input mono"
                id=id
                data-testid=format!("grpc-{id}")
                type="number"
                min="0"
                max=max
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
            />
        </div>
    }
}

fn timeout_of(deadline: &str) -> String {
    deadline.trim().parse().map(|ms| format!("grpc-timeout: {}", grpc_web::timeout(ms))).unwrap_or_default()
}
