//! The messages of a call as they arrive, the newest on top, each with its time, its size and what is in it.

use std::ops::Range;

use leptos::prelude::*;

use super::{
    calls::Calls,
    log::{KEPT, Line},
};
use crate::{
    components::virtual_list::VirtualList,
    i18n::{t, t_string, use_i18n},
    model::{number, payload, protobuf::json},
};

/// The table.
#[component]
pub(super) fn Messages(calls: Calls) -> impl IntoView {
    let i18n = use_i18n();
    let log = calls.log;
    let reply = move || {
        calls.asked.with(|asked| {
            asked.as_ref().map_or_else(String::new, |request| {
                let reply = request.method.reply.short_name();
                // both ways: what is sent is in the table too
                if request.method.client_streams { t_string!(i18n, grpc.message).to_owned() } else { reply.to_owned() }
            })
        })
    };
    let head = move || {
        view! {
            <th role="columnheader" scope="col" class="num">"#"</th>
            <th role="columnheader" scope="col" class="num">{t!(i18n, grpc.at_ms)}</th>
            <th role="columnheader" scope="col" class="num">"B"</th>
            <th role="columnheader" scope="col">{reply}</th>
        }
    };
    let rows = Callback::new(move |range: Range<usize>| log.newest(range));
    let key = |(number, _): &(usize, Line)| *number;
    let drawn = Callback::new(move |(number, line): (usize, Line)| row(calls, number, &line));
    view! {
        <Show
            when=move || log.count() != 0
            fallback=move || {
                let ended = calls.outcome.with(Option::is_some);
                view! {
                    <p class="hint">
                        {if ended { t_string!(i18n, grpc.no_messages) } else { t_string!(i18n, grpc.no_messages_yet) }}
                    </p>
                }
            }
        >
            <VirtualList
                testid="grpc-messages"
                label="ans-h"
                head=head().into_any()
                columns=4
                count=Signal::derive(move || log.kept())
                added=Signal::derive(move || log.count() as u64)
                rows=rows
                key=key
                row=drawn
            >
                ""
            </VirtualList>
            <Show when=move || KEPT < log.count()>
                <p class="hint">{move || t!(i18n, grpc.only_last, shown = KEPT, count = log.count())}</p>
            </Show>
        </Show>
    }
}

fn row(calls: Calls, number: usize, line: &Line) -> AnyView {
    let i18n = use_i18n();
    let Line { at_ms, bytes, sent } = line;
    let text = calls.asked.with_untracked(|asked| {
        let method = &asked.as_ref()?.method;
        let message = if *sent { &method.request } else { &method.reply };
        let values = json::decode(message, bytes).ok()?;
        Some(json::write(message, &values, false))
    });
    // what is no such message is shown as it came
    let text = text.unwrap_or_else(|| payload::hex(bytes));
    view! {
        <tr role="row">
            <td role="cell" class="num mono">{number}</td>
            <td role="cell" class="num">{number::ms(*at_ms)}</td>
            <td role="cell" class="num">{bytes.len()}</td>
            <td role="cell" data-testid=if *sent { "grpc-sent" } else { "grpc-message" }>
                {sent.then(|| view! { <span class="badge out">{t!(i18n, grpc.sent)}</span> " " })} <code>{text}</code>
            </td>
        </tr>
    }
    .into_any()
}
