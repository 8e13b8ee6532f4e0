//! Samples of the components that hold or show data: key-value editor, virtual list, sparkline, copy.

use std::ops::Range;

use leptos::prelude::*;

use crate::{
    components::{
        copy::Copy,
        pairs::{Pairs, PairsEditor},
        sparkline::Sparkline,
        virtual_list::VirtualList,
    },
    i18n::{t, t_string, use_i18n},
    model::series::{KEPT, Series},
    pages::design::spec::Spec,
};

/// The number of rows of the virtual list.
const ROWS: usize = 10_000;
/// The text to copy.
const COMMAND: &str = "curl http://127.0.0.1:8080/api/v1/resource";

/// A key-value editor with two rows.
#[component]
pub(super) fn NamesAndValues() -> impl IntoView {
    let pairs = Pairs::new(&[("If-Match", "\"1-9c2f7a41\""), ("Accept", "application/json")]);
    view! {
        <Spec
            name=|i18n| t_string!(i18n, design.pairs)
            code="PairsEditor"
            text=|i18n| t_string!(i18n, design.pairs_text)
        >
            <div class="stack-s">
                <PairsEditor pairs=pairs />
            </div>
        </Spec>
    }
}

/// A list that is too long for the document.
#[component]
pub(super) fn List() -> impl IntoView {
    let head = view! {
        <th role="columnheader" scope="col" class="num">"#"</th>
        <th role="columnheader" scope="col">"hex"</th>
    };
    let rows = |range: Range<usize>| range.collect::<Vec<_>>();
    let row = |at: usize| {
        view! {
            <tr>
                <td class="num">{at + 1}</td>
                <td class="mono">{format!("{at:04x}")}</td>
            </tr>
        }
        .into_any()
    };
    view! {
        <Spec
            name=|i18n| t_string!(i18n, design.list)
            code="VirtualList"
            text=|i18n| t_string!(i18n, design.list_text)
        >
            <div class="stack-s">
                <VirtualList
                    testid="design-list"
                    label="live-h"
                    head=head.into_any()
                    columns=2
                    count=ROWS
                    added=0_u64
                    rows=rows
                    key=|at| *at
                    row=row
                >
                    ""
                </VirtualList>
            </div>
        </Spec>
    }
}

/// The last minute of a rate.
#[component]
pub(super) fn Minute() -> impl IntoView {
    let i18n = use_i18n();
    let mut series = Series::default();
    (0..KEPT).for_each(|at| series.push((at * at % 37) as f64));
    view! {
        <Spec
            name=|i18n| t_string!(i18n, design.spark)
            code="Sparkline"
            text=|i18n| t_string!(i18n, design.spark_text)
        >
            <div class="stack-s">
                <dl class="rates">
                    <div>
                        <dt>{t!(i18n, queue.rate_delivered)}</dt>
                        <dd>
                            <span class="reading lg"><b>"14"</b><small>"/ s"</small></span>
                            <Sparkline series=Signal::stored(series) />
                        </dd>
                    </div>
                </dl>
            </div>
        </Spec>
    }
}

/// A text with a button that copies it.
#[component]
pub(super) fn CopyButton() -> impl IntoView {
    let i18n = use_i18n();
    let what = Signal::derive(move || t_string!(i18n, panels.copy).to_owned());
    view! {
        <Spec
            name=|i18n| t_string!(i18n, panels.copy)
            code="Copy"
            text=|i18n| t_string!(i18n, design.copy_text)
        >
            <div class="stack-s">
                <div class="row">
                    <code>{COMMAND}</code>
                    <Copy testid="design-copy" text=COMMAND what=what />
                </div>
            </div>
        </Spec>
    }
}
