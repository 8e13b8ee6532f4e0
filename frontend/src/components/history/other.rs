//! A row of the history for a call of another client: what is known of it. There is no answer to show, and nothing that could
//! be sent again.

use crosstalk_proto::ws::OtherCall;
use leptos::prelude::*;

use super::table::figure;
use crate::{
    api::browser::wall_clock,
    i18n::{t, t_string, use_i18n},
    model::{
        axis::Axis,
        number,
        past::{call::Style, others::status},
    },
};

/// The row.
pub(super) fn other(style: Style, call: OtherCall, axis: Memo<Axis>) -> impl IntoView {
    let i18n = use_i18n();
    let (words, failed) = status(style, &call);
    let words = move || if words.is_empty() { t_string!(i18n, history.no_answer).to_owned() } else { words.clone() };
    let bytes = |class, bytes: Option<u64>| figure(class, bytes.map(|bytes| bytes.to_string()));
    let total = call.took_ms.unwrap_or_default();
    let bar = call.took_ms.map(|_| {
        let width = move || format!("{:.1}%", axis.read().percent(total));
        view! {
            <svg class="bar" aria-hidden="true">
                <rect class="g" width="100%" height="3" y="4.5"></rect>
                <rect class="b" width=width height="9" y="1.5"></rect>
            </svg>
        }
    });
    view! {
        <tr role="row" data-testid="history-other">
            <td role="cell"></td>
            <td role="cell" class="at mono faint nowrap">{wall_clock(call.at_ms)}</td>
            <td role="cell" class="verb"><code>{call.verb}</code></td>
            <th scope="row" role="rowheader" class="what">
                <code>{call.what}</code>
                <small class="faint">" " <span class="badge out">{t!(i18n, history.other)}</span> " " {call.client}</small>
            </th>
            <td role="cell" class="status"><span class=if failed { "badge bad" } else { "badge" }>{words}</span></td>
            {figure("ms num", call.took_ms.map(number::ms))}
            <td role="cell" class="scale">{bar}</td>
            {bytes("out num", call.bytes_out)}
            {bytes("in num", call.bytes_in)}
            <td role="cell"></td>
        </tr>
    }
}
