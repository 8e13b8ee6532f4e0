//! Who asks: nobody, whoever bears a token, somebody with a password. What is typed here stays in this page.

use leptos::prelude::*;

use super::calls::Calls;
use crate::{
    i18n::{Label, t, t_string, use_i18n},
    model::rest::{check, draft::Auth},
};

/// The schemes, in the order of the choice.
const SCHEMES: [Label; 3] = [
    |i18n| t_string!(i18n, rest.auth_none),
    |i18n| t_string!(i18n, rest.auth_bearer),
    |i18n| t_string!(i18n, rest.auth_basic),
];

/// A fold of the editor.
#[component]
pub(super) fn AuthFold(calls: Calls) -> impl IntoView {
    let i18n = use_i18n();
    let auth = calls.fields.auth;
    let scheme = Memo::new(move |_| match auth.get() {
        Auth::None => 0,
        Auth::Bearer { .. } => 1,
        Auth::Basic { .. } => 2,
    });
    let choose = move |at: usize| {
        auth.set(match at {
            1 => Auth::Bearer { token: String::new() },
            2 => Auth::Basic { user: String::new(), password: String::new() },
            _ => Auth::None,
        });
    };
    let basic = move || match auth.get() {
        Auth::Basic { user, password } => (user, password),
        _ => (String::new(), String::new()),
    };
    let token = move || match auth.get() {
        Auth::Bearer { token } => token,
        _ => String::new(),
    };
    let fields = move || match scheme.get() {
        1 => {
            let set = move |token| auth.set(Auth::Bearer { token });
            field(|i18n| t_string!(i18n, rest.token), "rest-token", true, token, set).into_any()
        }
        2 => {
            let user = move |user| auth.set(Auth::Basic { user, password: untrack(basic).1 });
            let password = move |password| auth.set(Auth::Basic { user: untrack(basic).0, password });
            view! {
                <div class="fields-2">
                    {field(|i18n| t_string!(i18n, rest.user), "rest-user", false, move || basic().0, user)}
                    {field(|i18n| t_string!(i18n, rest.password), "rest-password", true, move || basic().1, password)}
                </div>
            }
            .into_any()
        }
        _ => ().into_any(),
    };
    let is_twice = move || check::is_authorized_twice(&calls.fields.draft());
    view! {
        <details class="fold" open=move || scheme.get() != 0>
            <summary>
                {t!(i18n, rest.auth)}
                <small>{move || SCHEMES[scheme.get()](i18n)}</small>
            </summary>
            <div class="stack-s">
                <div class="seg sm start" role="group" aria-label=move || t_string!(i18n, rest.auth)>
                    {SCHEMES
                        .into_iter()
                        .enumerate()
                        .map(|(at, word)| {
                            view! {
                                <button
                                    type="button"
                                    data-testid=format!("rest-auth-{at}")
                                    aria-pressed=move || (scheme.get() == at).to_string()
                                    on:click=move |_| choose(at)
                                >
                                    {move || word(i18n)}
                                </button>
                            }
                        })
                        .collect_view()}
                </div>
                {fields}
                <Show when=move || scheme.get() != 0>
                    <p class="hint">{t!(i18n, rest.auth_note)}</p>
                </Show>
                <Show when=is_twice>
                    <p class="error">{t!(i18n, rest.auth_twice)}</p>
                </Show>
            </div>
        </details>
    }
}

fn field(
    label: Label,
    testid: &'static str,
    is_secret: bool,
    value: impl Fn() -> String + Send + Sync + 'static,
    set: impl Fn(String) + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <div class="field">
            <label for=testid>{move || label(i18n)}</label>
            <input
                class="input mono"
                id=testid
                data-testid=testid
                type=if is_secret { "password" } else { "text" }
                autocomplete="off"
                spellcheck="false"
                prop:value=value
                on:input=move |event| set(event_target_value(&event))
            />
        </div>
    }
}
