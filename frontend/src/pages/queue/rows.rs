//! The rows of the publisher: properties and headers, how many and how fast, and what is wrong with any of it.

use leptos::prelude::*;

use super::{editor::options, publishing::Publishing};
use crate::{
    components::pairs::PairsEditor,
    i18n::{I18n, t, t_string, use_i18n},
    model::{
        number,
        queue::{
            draft::{self, MAX_COUNT, MAX_RATE},
            message::{Fault, KINDS, PROPERTIES, What},
        },
    },
};

/// Properties and headers, and what is wrong with them.
#[component]
pub(super) fn Rows(publishing: Publishing) -> impl IntoView {
    let i18n = use_i18n();
    let faults = move || {
        publishing
            .faults()
            .into_iter()
            .map(|fault| told(i18n, &fault))
            .collect::<Vec<_>>()
            .join(t_string!(i18n, panels.join))
    };
    view! {
        <div class="folds">
            <details class="fold" open>
                <summary>
                    {t!(i18n, queue.properties)} <small>{move || publishing.properties.chosen().len()}</small>
                </summary>
                <PairsEditor pairs=publishing.properties names="properties" />
                <datalist id="properties">{options(&PROPERTIES)}</datalist>
            </details>
            <details class="fold" open=move || publishing.headers.rows().iter().any(|row| row.on)>
                <summary>
                    {t!(i18n, panels.headers)}
                    <small>{move || t!(i18n, queue.headers_yours, count = publishing.headers.chosen().len())}</small>
                </summary>
                <PairsEditor pairs=publishing.headers kinds=&KINDS />
            </details>
        </div>
        <p class="error" role="status" data-testid="queue-faults">
            {faults}
        </p>
    }
}

fn told(i18n: I18n, fault: &Fault) -> String {
    let name = fault.name.as_str();
    match fault.what {
        What::Unknown => t_string!(i18n, queue.fault_unknown, name = name),
        What::Twice => t_string!(i18n, queue.fault_twice, name = name),
        What::Long => t_string!(i18n, queue.fault_long, name = name),
        What::Form(form) => t_string!(i18n, queue.fault_form, name = name, form = form),
    }
}

/// How many, how fast, and whether unroutable ones come back.
#[component]
pub(super) fn Pace(publishing: Publishing) -> impl IntoView {
    let i18n = use_i18n();
    let good_count = move || draft::count(&publishing.count.read()).is_some();
    let good_rate = move || draft::rate(&publishing.rate.read()).is_some();
    let number = move |id: &'static str, text: RwSignal<String>, good: Signal<bool>| {
        view! {
            <input
                class="input mono"
                id=id
                data-testid=format!("queue-{id}")
                inputmode="numeric"
                autocomplete="off"
                placeholder=move || if id == "rate" { t_string!(i18n, queue.rate_any) } else { "" }
                aria-invalid=move || (!good.get()).to_string()
                prop:value=move || text.get()
                on:input=move |event| text.set(event_target_value(&event))
            />
        }
    };
    let wrong = move || match (good_count(), good_rate()) {
        (false, _) => t_string!(i18n, queue.count_bad, max = number::count(MAX_COUNT.into())),
        (true, false) => t_string!(i18n, queue.rate_bad, max = number::count(MAX_RATE.into())),
        (true, true) => String::new(),
    };
    view! {
        <div class="fields-3">
            <div class="field">
                <label for="count">{t!(i18n, queue.count)}</label>
                {number("count", publishing.count, Signal::derive(good_count))}
            </div>
            <div class="field">
                <label for="rate">{t!(i18n, queue.rate)}</label>
                {number("rate", publishing.rate, Signal::derive(good_rate))}
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
        <p class="error" role="status">
            {wrong}
        </p>
    }
}
