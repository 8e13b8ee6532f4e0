//! The tools of the history: clear, export, import. What is wrong with a file is said beside them.

use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, HtmlInputElement};

use crate::{
    components::toast::Toasts,
    i18n::{I18n, t, t_string, use_i18n},
    model::past::{
        call::Style,
        file::{Error, MAX_READ},
    },
    past::PastCalls,
};

/// Why nothing came of an import.
#[derive(Clone, Debug, PartialEq)]
enum Came {
    Rejected(Error),
    Unreadable,
}

/// The tools.
#[component]
pub(super) fn Transfer(
    /// Of which bench.
    style: Style,
    /// There is nothing to clear.
    blank: Signal<bool>,
    /// There is nothing to export: calls of other clients are not.
    none_own: Signal<bool>,
    /// Clears.
    on_clear: impl Fn() + Copy + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let (past, toasts) = (PastCalls::get(), Toasts::get());
    let came = RwSignal::new(None::<Came>);
    let import = move |event: leptos::ev::Event| {
        let input: HtmlInputElement = event_target(&event);
        let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
        let name = file.name();
        // the same file may be chosen again
        input.set_value("");
        spawn_local(async move {
            let imported = match read(file).await {
                Ok(text) => past.import(&text).map_err(Came::Rejected),
                Err(came) => Err(came),
            };
            if let Ok(count) = imported {
                let title = untrack(|| match count {
                    0 => t_string!(i18n, history.added_none).to_owned(),
                    _ => t_string!(i18n, history.added, count = count),
                });
                toasts.tell("imported", false, title, name);
            }
            came.try_set(imported.err());
        });
    };
    let told = move || came.get().map(|came| words(i18n, &came)).unwrap_or_default();
    view! {
        <div class="tools">
            <span role="status" class="error" data-testid="history-came">
                {told}
            </span>
            <button
                class="btn sm"
                type="button"
                data-testid="history-export"
                disabled=none_own
                on:click=move |_| past.export(style)
            >
                {t!(i18n, history.export)}
            </button>
            <label class="btn sm file">
                {t!(i18n, history.import)}
                <input type="file" accept=".json,application/json" data-testid="history-import" on:change=import />
            </label>
            <button
                class="btn sm"
                type="button"
                data-testid="history-clear"
                disabled=blank
                on:click=move |_| {
                    came.set(None);
                    on_clear();
                }
            >
                {t!(i18n, history.clear)}
            </button>
        </div>
    }
}

async fn read(file: File) -> Result<String, Came> {
    if file.size() > MAX_READ as f64 {
        return Err(Came::Rejected(Error::TooLong));
    }
    let text = JsFuture::from(file.text()).await;
    text.ok().and_then(|text| text.unchecked_into::<wasm_bindgen::JsValue>().as_string()).ok_or(Came::Unreadable)
}

fn words(i18n: I18n, came: &Came) -> String {
    let error = match came {
        Came::Rejected(error) => error,
        Came::Unreadable => return t_string!(i18n, history.err_file).to_owned(),
    };
    match error {
        Error::TooLong => t_string!(i18n, history.err_long).to_owned(),
        Error::NotJson { line, column } => t_string!(i18n, history.err_json, line = line, column = column),
        Error::Foreign => t_string!(i18n, history.err_foreign).to_owned(),
        Error::Version(version) => t_string!(i18n, history.err_version, version = version),
        Error::Call { line, pointer } => t_string!(i18n, history.err_call, line = line, pointer = pointer),
    }
}
