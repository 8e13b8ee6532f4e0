//! The message, as a form made from the descriptor and as JSON. The JSON is what counts; each keystroke in the form
//! writes it anew, and what is wrong is said with its place while one types.

use leptos::prelude::*;

use super::{
    calls::Calls,
    request::{JSON, Typed},
};
use crate::{
    components::{
        format_json::FormatJson,
        json_error,
        tabs::{Tab, Tabs},
    },
    i18n::{I18n, t, t_string, use_i18n},
    model::{
        payload,
        protobuf::{
            contract::{Field, Method},
            json::{self, Fault, What},
        },
    },
};

/// How many of the encoded bytes are shown.
const BYTES_SHOWN: usize = 48;

/// The editor of the message.
#[component]
pub(super) fn MessageEditor(calls: Calls) -> impl IntoView {
    let i18n = use_i18n();
    let typed = calls.typed;
    let method = Memo::new(move |_| typed.chosen());
    let tabs = move || {
        let tab = |word: &str| Tab { word: word.to_owned(), figure: String::new() };
        vec![tab(t_string!(i18n, grpc.form)), tab("JSON")]
    };
    let label = move || t_string!(i18n, grpc.message_as).to_owned();
    let panel = move || {
        let method = method.get()?;
        let panel = if typed.tab.get() == JSON { text(typed).into_any() } else { form(calls, &method).into_any() };
        Some(panel)
    };
    view! {
        <Tabs id="msg" label=Signal::derive(label) tabs=Signal::derive(tabs) selected=typed.tab />
        <div
            class="stack-s message"
            role="tabpanel"
            id="msg-panel"
            aria-labelledby=move || format!("msg-{}", typed.tab.get())
        >
            {panel}
            <div id="msg-note" role="status" data-testid="grpc-message-note">
                {move || Some(note(i18n, typed, &method.get()?))}
            </div>
        </div>
    }
}

fn form(calls: Calls, method: &Method) -> impl IntoView + use<> {
    let i18n = use_i18n();
    let fields = &method.request.fields;
    let none = fields.is_empty().then(|| view! { <p class="hint">{t!(i18n, grpc.no_fields)}</p> });
    (none, fields.iter().map(|field| entry(calls, method, field.clone())).collect_view())
}

/// One field of the form.
fn entry(calls: Calls, method: &Method, field: Field) -> impl IntoView + use<> {
    let i18n = use_i18n();
    let typed = calls.typed;
    let Field { name, number, kind, .. } = field.clone();
    let (id, note) = (format!("field-{name}"), format!("field-{name}-said"));
    let request = method.request.clone();
    let (read, written, refused) = (field.clone(), field, name.clone());
    let shown = Memo::new(move |_| json::shown(&read, &typed.message.read()));
    let said = move || {
        let answered = calls.outcome.with(|outcome| outcome.as_ref()?.as_ref().ok()?.details.about(&refused))?;
        // of another message it was said
        let asked = calls.asked.with(|asked| asked.as_ref().map(|request| request.draft.message.clone()));
        (asked.as_deref() == Some(typed.message.read().as_str())).then_some(answered)
    };
    let said = Memo::new(move |_| said());
    view! {
        <div class="field">
            <label for=id.clone()>
                <code>{name.clone()}</code>
                " "
                {move || t_string!(i18n, grpc.field_kind, kind = kind.name(), number = number)}
            </label>
            <input
                class="input mono"
                id=id
                data-testid=format!("grpc-field-{name}")
                autocomplete="off"
                spellcheck="false"
                aria-describedby=format!("{note} msg-note")
                aria-invalid=move || said.with(Option::is_some).to_string()
                disabled=move || shown.with(Result::is_err)
                prop:value=move || shown.get().unwrap_or_default()
                on:input=move |event| {
                    let value = event_target_value(&event);
                    typed.message.update(|text| *text = json::typed(&request, text, &written, &value));
                }
            />
            <div id=note data-testid="grpc-field-said">
                {move || said.get().map(|words| view! { <p class="error">{t!(i18n, grpc.server_says)} " " {words}</p> })}
            </div>
        </div>
    }
}

fn text(typed: Typed) -> impl IntoView {
    view! {
        <textarea
            class="area input mono low"
            aria-label="JSON"
            aria-describedby="msg-note"
            data-testid="grpc-json"
            rows="4"
            spellcheck="false"
            aria-invalid=move || typed.chosen().is_some_and(|method| typed.values(&method).is_err()).to_string()
            prop:value=move || typed.message.get()
            on:input=move |event| typed.message.set(event_target_value(&event))
        ></textarea>
        <FormatJson text=typed.message testid="grpc-format-json" />
    }
}

/// The bytes that the message becomes, or why it becomes none.
fn note(i18n: I18n, typed: Typed, method: &Method) -> AnyView {
    match typed.values(method) {
        Ok(values) => {
            let bytes = json::encode(&method.request, &values);
            if bytes.is_empty() {
                return view! { <p class="hint">{t!(i18n, grpc.encoded_none)}</p> }.into_any();
            }
            let dots = if bytes.len() > BYTES_SHOWN { " …" } else { "" };
            let shown = payload::hex(&bytes[..bytes.len().min(BYTES_SHOWN)]) + dots;
            view! {
                <p class="hint">
                    {t!(i18n, grpc.encoded, size = bytes.len())} " " <code data-testid="grpc-encoded">{shown}</code>
                </p>
            }
            .into_any()
        }
        Err(fault) => view! { <p class="error">{words(i18n, method, fault)}</p> }.into_any(),
    }
}

fn words(i18n: I18n, method: &Method, fault: Fault) -> String {
    let Fault { line, column, field, what } = fault;
    let what = match what {
        What::Syntax(fault) => t_string!(i18n, grpc.fault_syntax, words = json_error::syntax(i18n, fault)),
        What::NoObject => t_string!(i18n, grpc.fault_object).to_owned(),
        What::Unknown => {
            t_string!(i18n, grpc.fault_unknown, message = method.request.short_name(), field = field)
        }
        What::Type(kind) => t_string!(i18n, grpc.fault_type, field = field, kind = kind),
    };
    t_string!(i18n, grpc.fault_at, line = line, column = column, what = what)
}
