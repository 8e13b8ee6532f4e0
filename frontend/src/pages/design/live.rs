//! The components that do something, to be tried out.

use std::ops::Range;

use crosstalk_view::view;
use leptos::prelude::*;

use crate::{
    components::{
        copy::Copy,
        dialog::Dialog,
        pairs::{Pairs, PairsEditor},
        sparkline::Sparkline,
        split::{SplitPane, Splitter},
        tabs::{Tab, Tabs},
        toast::Toasts,
        virtual_list::VirtualList,
    },
    dom::{IntoNode as _, Node},
    i18n::{t, t_string, use_i18n},
    model::series::{KEPT, Series},
};

/// Rows of the long list.
const ROWS: usize = 10_000;
const PROGRAM: &str = "curl http://127.0.0.1:8080/api/v1/resource";

/// All of them, each beneath its head.
#[component]
pub(super) fn Live(
    /// Name and purpose of each, as HTML, in the order of this page.
    heads: Vec<String>,
) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = Toasts::get();
    let word = move || t_string!(i18n, design.words).to_owned();
    let title = Signal::derive(move || t_string!(i18n, design.title).to_owned());

    let split = view! {
        <SplitPane>
            <p class="req">"GET /api/v1/resource"</p>
            <Splitter bar=0 />
            <p class="seq-col">"…"</p>
            <Splitter bar=1 />
            <p class="ans">"200 OK"</p>
        </SplitPane>
    };
    let selected = RwSignal::new(0);
    let tab = |word: &str, figure: &str| Tab { word: word.to_owned(), figure: figure.to_owned() };
    let names = [t_string!(i18n, panels.body), t_string!(i18n, panels.headers), t_string!(i18n, panels.trailers)];
    let tabs = vec![tab(names[0], ""), tab(names[1], "10"), tab(names[2], "2")];
    let tabs = view! {
        <Tabs id="sample" label=title tabs=Signal::stored(tabs) selected=selected />
        <p role="tabpanel" id="sample-panel" tabindex="0" aria-labelledby=move || format!("sample-{}", selected.get())>
            {move || names[selected.get()]}
        </p>
    };
    let pairs =
        view! { <PairsEditor pairs=Pairs::new(&[("If-Match", "\"1-9c2f7a41\""), ("Accept", "application/json")]) /> };
    let open = RwSignal::new(false);
    let dialog = view! {
        <div class="btn-row">
            <button class="btn" type="button" data-testid="design-open" on:click=move |_| open.set(true)>
                {t!(i18n, design.open)}
            </button>
        </div>
        <Dialog testid="design-dialog" open=open title=title>
            <div>{word}</div>
        </Dialog>
    };
    let tell = move |bad: bool, what: &'static str| toasts.tell("sample", bad, what.to_owned(), untrack(word));
    let toast = view! {
        <div class="btn-row">
            <button
                class="btn"
                type="button"
                data-testid="design-tell"
                on:click=move |_| tell(false, untrack(|| t_string!(i18n, design.tell)))
            >
                {t!(i18n, design.tell)}
            </button>
            <button class="btn" type="button" on:click=move |_| tell(true, untrack(|| t_string!(i18n, design.fail)))>
                {t!(i18n, design.fail)}
            </button>
        </div>
    };
    let head = view! { <th scope="col" class="num">"#"</th> <th scope="col">"hex"</th> };
    let rows = Callback::new(|range: Range<usize>| range.collect::<Vec<usize>>());
    let row = Callback::new(|at: usize| {
        let cells = view! {
            <tr>
                <td class="num">{at + 1}</td>
                <td class="mono">{format!("{at:04x}")}</td>
            </tr>
        };
        cells.into_node()
    });
    let key = |at: &usize| *at;
    let list = view! {
        <VirtualList
            testid="design-list"
            label="live-h"
            head=head.into_node()
            columns=2
            count=ROWS
            added=0
            rows=rows
            key=key
            row=row
        >
            ""
        </VirtualList>
    };
    let mut series = Series::default();
    (0..KEPT).for_each(|at| series.push((at * at % 37) as f64));
    let spark = view! {
        <dl class="rates">
            <div>
                <dt>{t!(i18n, queue.rate_delivered)}</dt>
                <dd>
                    <span class="reading lg"><b>"14"</b><small>"/ s"</small></span>
                    <Sparkline series=Signal::stored(series) />
                </dd>
            </div>
        </dl>
    };
    let copy = view! {
        <div class="row">
            <code>{PROGRAM}</code>
            <Copy testid="design-copy" text=PROGRAM.to_owned() what=Signal::derive(move || t_string!(i18n, panels.copy).to_owned()) />
        </div>
    };
    let live = [
        split.into_node(),
        tabs.into_node(),
        pairs.into_node(),
        dialog.into_node(),
        toast.into_node(),
        list.into_node(),
        spark.into_node(),
        copy.into_node(),
    ];
    let spec = |(head, part): (String, Node)| {
        view! {
            <div class="spec">
                <div inner_html=head></div>
                <div class="stack-s">{part}</div>
            </div>
        }
    };
    heads.into_iter().zip(live).map(spec).collect_view()
}
