//! The services and methods that the server's descriptor lists, and why a browser can make some of the calls only.

use leptos::prelude::*;

use super::{calls::Calls, request::Typed};
use crate::{
    components::failure::Failure,
    i18n::{I18n, t, t_string, use_i18n},
    model::protobuf::contract::{Contract, Method, Service},
};

/// The list.
#[component]
pub(super) fn Methods(calls: Calls) -> impl IntoView {
    let i18n = use_i18n();
    let typed = calls.typed;
    let list = move || match typed.contract.get() {
        None => view! { <p class="hint" role="status">{t!(i18n, grpc.contract_asking)}</p> }.into_any(),
        Some(Err(error)) => view! {
            <Failure error=error />
            <button class="btn sm start" type="button" on:click=move |_| typed.contract.load_again()>
                {t!(i18n, grpc.contract_again)}
            </button>
        }
        .into_any(),
        Some(Ok(Contract { services })) => {
            services.into_iter().map(|offered| service(calls, offered)).collect_view().into_any()
        }
    };
    view! {
        <div class="row row-between">
            <h2 id="req-h">{t!(i18n, grpc.call)}</h2>
            <span class="hint">{t!(i18n, grpc.contract_from)}</span>
        </div>
        <div class="stack-s methods" data-testid="grpc-methods">
            {list}
            {move || unknown(i18n, typed)}
        </div>
    }
}

fn service(calls: Calls, Service { name, methods }: Service) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <div>
            <p class="label"><code>{name}</code></p>
            <ul class="presets" aria-label=move || t_string!(i18n, grpc.methods)>
                {methods.into_iter().map(|offered| method(calls, &offered)).collect_view()}
            </ul>
        </div>
    }
}

fn method(calls: Calls, offered: &Method) -> impl IntoView + use<> {
    let i18n = use_i18n();
    let (path, own) = (offered.path(), offered.path());
    let streams = (offered.client_streams, offered.server_streams);
    view! {
        <li>
            <button
                type="button"
                data-testid=format!("grpc-method-{}", offered.name)
                aria-pressed=move || calls.typed.method.with(|chosen| *chosen == own).to_string()
                disabled=move || calls.is_busy()
                on:click=move |_| calls.typed.method.set(path.clone())
            >
                {offered.name.clone()}
                <code>{move || kind(i18n, streams)}</code>
            </button>
        </li>
    }
}

fn kind(i18n: I18n, streams: (bool, bool)) -> &'static str {
    match streams {
        (false, false) => t_string!(i18n, grpc.unary),
        (false, true) => t_string!(i18n, grpc.server_stream),
        (true, false) => t_string!(i18n, grpc.client_stream),
        (true, true) => t_string!(i18n, grpc.both_ways),
    }
}

/// A link can name a method that the server does not have.
fn unknown(i18n: I18n, typed: Typed) -> Option<impl IntoView> {
    (typed.contract.is_known() && typed.chosen().is_none()).then(|| {
        let method = typed.method.get();
        view! { <p class="error" role="alert">{t!(i18n, grpc.method_unknown, method = method)}</p> }
    })
}
