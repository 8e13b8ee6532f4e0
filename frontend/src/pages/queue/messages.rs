//! The table of arrived messages, newest first. What came too fast to be drawn is told, and still there to scroll to.

use std::ops::Range;

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

use super::{consumer::name, consumers::Consumers};
use crate::{
    api::{
        bridge::subscription::Verdict,
        browser::{download, unix_of, wall_clock},
    },
    components::{
        icon::{Glyph, Icon},
        virtual_list::VirtualList,
    },
    i18n::{t, t_string, use_i18n},
    model::{
        arrivals::{Arrival, Fate, KEPT, Show as Shown, ndjson},
        number, payload,
        queue::draft::Acking,
    },
};

/// How much of a body a row shows, in characters.
const PREVIEW: usize = 200;

/// The band with the table.
#[component]
pub(super) fn MessagesView(consumers: Consumers) -> impl IntoView {
    let i18n = use_i18n();
    let board = consumers.board;
    let total = move || number::count(board.counts.get().total);
    let head = view! {
        <th role="columnheader" scope="col" class="num w-no">{t!(i18n, queue.number)}</th>
        <th role="columnheader" scope="col" class="w-at">{t!(i18n, queue.at)}</th>
        <th role="columnheader" scope="col" class="w-who">{t!(i18n, queue.consumer)}</th>
        <th role="columnheader" scope="col">{t!(i18n, panels.body)}</th>
        <th role="columnheader" scope="col" class="num w-size">"B"</th>
        <th role="columnheader" scope="col" class="num w-size">{t!(i18n, queue.ms_to_ack)}</th>
        <th role="columnheader" scope="col" class="num w-state">{t!(i18n, queue.state)}</th>
    };
    let on = move || consumers.list.read().iter().any(|consumer| consumer.is_on());
    let rows = Callback::new(move |range: Range<usize>| board.range(range));
    let key = |arrival: &Arrival| (arrival.number, arrival.fate as usize);
    let row = Callback::new(move |arrival| view! { <Message consumers=consumers arrival=arrival /> }.into_any());
    let undrawn = move || board.counts.get().undrawn;
    view! {
        <section class="band" aria-labelledby="live-h">
            <div class="band-head">
                <h2 id="live-h">{t!(i18n, queue.messages)}</h2>
                <p class="hint">
                    <b data-testid="queue-total">{total}</b>
                    " "
                    {t!(i18n, queue.messages_hint, kept = number::count(KEPT as u64))}
                </p>
                <Tools consumers=consumers />
            </div>
            <VirtualList
                testid="messages"
                label="live-h"
                head=head.into_any()
                columns=7
                count=board.rows
                added=board.added
                rows=rows
                key=key
                row=row
            >
                <Show when=move || board.rows.get() == 0>
                    <p class="none">
                        {move || match (board.counts.get().total, on()) {
                            (1.., _) => t_string!(i18n, queue.none_passes),
                            (0, true) => t_string!(i18n, queue.none_yet),
                            (0, false) => t_string!(i18n, queue.none_stopped),
                        }}
                    </p>
                </Show>
            </VirtualList>
            <Show when=move || undrawn() != 0>
                <p class="live-foot" data-testid="messages-undrawn">
                    {move || t!(i18n, queue.undrawn, count = number::count(undrawn()))}
                </p>
            </Show>
        </section>
    }
}

/// What is shown of them, and what can be done with all.
#[component]
fn Tools(consumers: Consumers) -> impl IntoView {
    let i18n = use_i18n();
    let board = consumers.board;
    let choice = move |shown: Shown| {
        let word = move || {
            let counts = board.counts.get();
            match shown {
                Shown::All => t_string!(i18n, queue.show_all).to_owned(),
                Shown::Held => t_string!(i18n, queue.show_held, count = counts.held),
                Shown::Redelivered => {
                    t_string!(i18n, queue.show_redelivered, count = number::count(counts.redelivered))
                }
            }
        };
        view! {
            <button
                type="button"
                data-testid=format!("messages-{shown:?}").to_ascii_lowercase()
                aria-pressed=move || board.filter.with(|filter| filter.show == shown).to_string()
                on:click=move |_| board.filter.update(|filter| filter.show = shown)
            >
                {word}
            </button>
        }
    };
    let store = move |_| {
        let text = board.with(|arrivals| ndjson(arrivals.iter(), name));
        download("messages.ndjson", &text);
    };
    view! {
        <div class="tools">
            <input
                class="input sm w-12"
                type="search"
                data-testid="messages-filter"
                aria-label=move || t_string!(i18n, queue.filter)
                placeholder=move || t_string!(i18n, queue.filter)
                prop:value=move || board.filter.with(|filter| filter.text.clone())
                on:input=move |event| board.filter.update(|filter| filter.text = event_target_value(&event))
            />
            <div class="seg sm" role="group" aria-label=move || t_string!(i18n, queue.show)>
                {[Shown::All, Shown::Held, Shown::Redelivered].map(choice).collect_view()}
            </div>
            <button
                class="btn sm"
                type="button"
                data-testid="messages-pause"
                aria-pressed=move || board.paused.get().to_string()
                on:click=move |_| board.toggle_pause()
            >
                {move || {
                    if board.paused.get() {
                        view! { <Icon glyph=Glyph::Play size=12 /> {t!(i18n, queue.go_on)} }.into_any()
                    } else {
                        view! { <Icon glyph=Glyph::Pause size=12 /> {t!(i18n, queue.pause)} }.into_any()
                    }
                }}
            </button>
            <button class="btn sm" type="button" data-testid="messages-save" on:click=store>
                {t!(i18n, queue.save)}
            </button>
            <button class="btn sm" type="button" on:click=move |_| board.clear()>
                {t!(i18n, panels.clear)}
            </button>
        </div>
    }
}

#[component]
fn Message(consumers: Consumers, arrival: Arrival) -> impl IntoView {
    let i18n = use_i18n();
    let Arrival { number, at_ms, consumer, size, fate, settled_after_ms, .. } = arrival;
    let list = consumers.list.get_untracked();
    let acking = list.iter().find(|one| one.id == consumer).map(|one| one.acking.get_untracked());
    let by_hand = fate == Fate::Held && acking == Some(Acking::ByHand);
    let word = move || match fate {
        Fate::Held => t_string!(i18n, queue.fate_held),
        Fate::Acked => t_string!(i18n, queue.fate_acked),
        Fate::Automatic => t_string!(i18n, queue.fate_automatic),
        Fate::Nacked => t_string!(i18n, queue.fate_nacked),
        Fate::Requeued => t_string!(i18n, queue.fate_requeued),
        Fate::GivenBack => t_string!(i18n, queue.fate_given_back),
        Fate::Unsettled => t_string!(i18n, queue.fate_unsettled),
        Fate::Lost => t_string!(i18n, queue.fate_lost),
    };
    let binary = matches!(arrival.delivery.body, crosstalk_proto::amqp::Body::Base64(_));
    let redelivered = arrival.delivery.redelivered;
    view! {
        <tr role="row" data-now=by_hand.then_some("")>
            <td role="cell" class="num mono">{number::count(number)}</td>
            <td role="cell" class="mono faint">{wall_clock(unix_of(at_ms))}</td>
            <td role="cell">
                <code>{name(consumer)}</code>
            </td>
            <td role="cell" class="clip">
                {redelivered
                    .then(|| {
                        view! {
                            <span class="badge out" data-testid="message-redelivered">
                                {t!(i18n, queue.redelivered)}
                            </span>
                            " "
                        }
                    })}
                {binary
                    .then(|| {
                        view! {
                            <span class="badge">{t!(i18n, queue.binary)}</span>
                            " "
                        }
                    })}
                <code data-testid="message-body">{payload::preview(&arrival.delivery.body, PREVIEW)}</code>
            </td>
            <td role="cell" class="num" data-head="B">{number::count(size as u64)}</td>
            <td role="cell" class="num" data-head=move || t_string!(i18n, queue.ms_to_ack)>{settled_after_ms.map_or_else(|| "–".to_owned(), number::ms)}</td>
            <td role="cell" class="num fate">
                {if by_hand {
                    view! { <Decide consumers=consumers arrival=arrival /> }.into_any()
                } else {
                    let class = if fate == Fate::Nacked { "badge bad" } else { "muted" };
                    view! {
                        <span class=class data-testid="message-fate">
                            {word}
                        </span>
                    }
                        .into_any()
                }}
            </td>
        </tr>
    }
}

/// ack, nack, requeue.
#[component]
fn Decide(consumers: Consumers, arrival: Arrival) -> impl IntoView {
    let number = arrival.number;
    let i18n = use_i18n();
    let button = move |(verdict, name): (Verdict, &'static str)| {
        let word = move || if verdict == Verdict::Requeue { t_string!(i18n, queue.requeue) } else { name };
        let arrival = arrival.clone();
        let decide = move |_| {
            consumers.decide(&arrival, verdict);
            // the button goes with the decision: who came by keyboard stays in the table
            if let Some(list) = document().get_element_by_id("live-h-list") {
                // fails for what cannot have focus; a scroll box can
                let _ = list.unchecked_into::<web_sys::HtmlElement>().focus();
            }
        };
        view! {
            <button
                class="btn sm"
                type="button"
                data-testid=format!("message-{name}")
                aria-label=move || format!("{} {number}", word())
                on:click=decide
            >
                {word}
            </button>
        }
    };
    view! {
        <span class="btn-row end">
            {[(Verdict::Ack, "ack"), (Verdict::Drop, "nack"), (Verdict::Requeue, "requeue")].map(button).collect_view()}
        </span>
    }
}
