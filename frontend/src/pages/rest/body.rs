//! The body: as text or as hexadecimal, checked while it is typed. What is wrong is marked at its place.

use crosstalk_proto::rest::MAX_BODY;
use leptos::{html::Textarea, prelude::*};

use super::calls::Calls;
use crate::{
    components::{format_json::FormatJson, json_error},
    i18n::{I18n, Label, t, t_string, use_i18n},
    model::{
        json::{self, JsonError},
        number,
        rest::{
            check::{self, Body, Good},
            draft::Form,
        },
    },
};

/// A fault in words, and where it is in the text, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Told {
    words: String,
    at: Option<usize>,
}

/// A fold of the editor.
#[component]
pub(super) fn BodyFold(calls: Calls) -> impl IntoView {
    let i18n = use_i18n();
    let area = NodeRef::<Textarea>::new();
    let checked = Memo::new(move |_| {
        let draft = calls.fields.draft();
        (draft.sends_body() && !draft.body.is_empty()).then(|| check::body(&draft))
    });
    let fault = Memo::new(move |_| match checked.get()? {
        Err(fault) => Some(told(i18n, &fault, &calls.fields.body.read())),
        Ok(_) => None,
    });
    let hint = move || {
        let draft = calls.fields.draft();
        let size = draft.bytes().len();
        match checked.get() {
            None if draft.body.is_empty() => t_string!(i18n, rest.body_none).to_owned(),
            None => t_string!(i18n, rest.body_unsent).to_owned(),
            Some(Ok(Good::Shaped(shape))) => t_string!(i18n, rest.body_shaped, size = size, shape = shape),
            Some(Ok(Good::Json)) => t_string!(i18n, rest.body_json, size = size),
            Some(Ok(Good::Protobuf(name))) => t_string!(i18n, rest.body_protobuf, size = size, name = name),
            Some(Ok(Good::Other)) => format!("{size} B"),
            Some(Err(_)) => t_string!(i18n, rest.body_fault, size = size),
        }
    };
    let is_open = move || {
        calls.fields.body.with(|body| !body.is_empty())
            || calls.fields.method.with(|method| !matches!(method.as_str(), "GET" | "HEAD"))
    };
    let go = move |at: usize| {
        let before = calls.fields.body.with_untracked(|body| body[..at.min(body.len())].encode_utf16().count());
        if let Some(area) = area.get_untracked() {
            let at = u32::try_from(before).unwrap_or(u32::MAX);
            let _ = area.focus();
            // fails for no text area
            let _ = area.set_selection_range(at, at.saturating_add(1));
        }
    };
    let form = move |form: Form, word: Label| {
        view! {
            <button
                type="button"
                data-testid=format!("rest-form-{form:?}").to_ascii_lowercase()
                aria-pressed=move || (calls.fields.form.get() == form).to_string()
                on:click=move |_| calls.fields.form.set(form)
            >
                {move || word(i18n)}
            </button>
        }
    };
    let place = move || {
        fault.get().map(|Told { words, at }| {
            let line = at.and_then(|at| calls.fields.body.with(|body| marked(body, at)));
            view! {
                <p class="error">
                    <span>{words}</span>
                    {at
                        .map(|at| {
                            view! {
                                <button class="btn sm quiet" type="button" on:click=move |_| go(at)>
                                    {t!(i18n, rest.go_there)}
                                </button>
                            }
                        })}
                </p>
                {line
                    .map(|(before, wrong, after)| {
                        view! {
                            <div class="code">
                                <pre>{before}<mark>{wrong}</mark>{after}</pre>
                            </div>
                        }
                    })}
            }
        })
    };
    view! {
        <details class="fold" open=is_open>
            <summary>{t!(i18n, panels.body)} <small data-testid="rest-body-hint">{hint}</small></summary>
            <div class="stack-s">
                <textarea
                    class="area input mono low"
                    node_ref=area
                    aria-label=move || t_string!(i18n, panels.body)
                    aria-describedby="body-fault"
                    aria-invalid=move || fault.read().as_ref().map(|_| "true")
                    data-testid="rest-request-body"
                    rows="3"
                    spellcheck="false"
                    prop:value=move || calls.fields.body.get()
                    on:input=move |event| calls.fields.body.set(event_target_value(&event))
                ></textarea>
                <div id="body-fault" role="status" data-testid="rest-body-fault">{place}</div>
                <div class="row row-between">
                    <div class="seg sm start" role="group" aria-label=move || t_string!(i18n, rest.body_form)>
                        {form(Form::Text, |i18n| t_string!(i18n, rest.form_text))}
                        {form(Form::Hex, |i18n| t_string!(i18n, panels.hex))}
                    </div>
                    <Show when=move || calls.fields.draft().is_json()>
                        <FormatJson text=calls.fields.body testid="rest-format-json" />
                    </Show>
                </div>
            </div>
        </details>
    }
}

fn told(i18n: I18n, fault: &Body, text: &str) -> Told {
    match fault {
        Body::Json(JsonError::Syntax { line, column, fault }) => Told {
            words: t_string!(
                i18n,
                rest.fault_syntax,
                line = line,
                column = column,
                what = json_error::syntax(i18n, *fault)
            ),
            at: Some(json::offset(text, *line, *column)),
        },
        Body::Json(JsonError::Shape { pointer, fault }) => {
            let pointer = if pointer.is_empty() { "/" } else { pointer };
            let what = json_error::shape(i18n, *fault);
            Told { words: t_string!(i18n, rest.fault_shape, pointer = pointer, what = what), at: None }
        }
        Body::Hex(fault) => Told {
            words: match fault.letter {
                Some(letter) => t_string!(i18n, rest.fault_hex, letter = letter),
                None => t_string!(i18n, rest.fault_half).to_owned(),
            },
            at: Some(fault.at),
        },
        Body::Protobuf(what) => Told { words: t_string!(i18n, rest.fault_protobuf, what = what), at: None },
        Body::Name(fault) => {
            let what = json_error::shape(i18n, *fault);
            Told { words: t_string!(i18n, rest.fault_shape, pointer = "name", what = what), at: None }
        }
        Body::TooLarge { bytes } => {
            let (bytes, max) = (number::count(*bytes as u64), number::count(MAX_BODY as u64));
            Told { words: t_string!(i18n, rest.fault_too_large, bytes = bytes, max = max), at: None }
        }
        Body::Untyped => Told { words: t_string!(i18n, rest.fault_untyped).to_owned(), at: None },
    }
}

/// The line that a place is in: what is before it, its letter, what is after. None at the end of the text.
fn marked(text: &str, at: usize) -> Option<(String, String, String)> {
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let line = text[start..].lines().next()?;
    let (before, rest) = line.split_at_checked(at - start)?;
    let wrong = rest.chars().next()?;
    let after = &rest[wrong.len_utf8()..];
    Some((before.to_owned(), wrong.to_string(), after.to_owned()))
}
