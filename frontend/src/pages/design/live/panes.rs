//! Samples of the split pane and of the tabs.

use leptos::prelude::*;

use crate::{
    components::{
        split::{SplitPane, Splitter},
        tabs::{Tab, Tabs},
    },
    i18n::{t_string, use_i18n},
    pages::design::spec::Spec,
};

/// The columns of a bench.
#[component]
pub(super) fn Panes() -> impl IntoView {
    view! {
        <Spec
            name=|i18n| t_string!(i18n, design.split)
            code="SplitPane"
            text=|i18n| t_string!(i18n, design.split_text)
        >
            <div class="stack-s">
                <SplitPane>
                    <p class="req">"GET /api/v1/resource"</p>
                    <Splitter bar=0 />
                    <p class="seq-col">"…"</p>
                    <Splitter bar=1 />
                    <p class="ans">"200 OK"</p>
                </SplitPane>
            </div>
        </Spec>
    }
}

/// Tabs with and without a figure.
#[component]
pub(super) fn TabBar() -> impl IntoView {
    let i18n = use_i18n();
    let selected = RwSignal::new(0);
    let name = move |at: usize| match at {
        0 => t_string!(i18n, panels.body),
        1 => t_string!(i18n, panels.headers),
        _ => t_string!(i18n, panels.trailers),
    };
    let label = Signal::derive(move || t_string!(i18n, design.title).to_owned());
    let tabs = Signal::derive(move || {
        let tab = |(at, figure): (usize, &str)| Tab { word: name(at).to_owned(), figure: figure.to_owned() };
        ["", "10", "2"].into_iter().enumerate().map(tab).collect::<Vec<_>>()
    });
    view! {
        <Spec
            name=|i18n| t_string!(i18n, design.tabs)
            code="Tabs"
            text=|i18n| t_string!(i18n, design.tabs_text)
        >
            <div class="stack-s">
                <Tabs id="sample" label=label tabs=tabs selected=selected />
                <p
                    role="tabpanel"
                    id="sample-panel"
                    tabindex="0"
                    aria-labelledby=move || format!("sample-{}", selected.get())
                >
                    {move || name(selected.get())}
                </p>
            </div>
        </Spec>
    }
}
