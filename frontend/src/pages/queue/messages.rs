//! The table of arrived messages, newest first. What came too fast to be drawn is a row that says how many.

use std::sync::Arc;

use leptos::prelude::*;

use super::consuming::{Acking, Consuming};
use crate::{
    api::{bridge::subscription::Verdict, browser::wall_clock},
    components::icon::{Glyph, Icon},
    i18n::{t, t_string, use_i18n},
    model::arrivals::{Arrival, Fate, KEPT, Row, Tag},
};

/// The band with the table.
#[component]
pub(super) fn MessagesView(consuming: Consuming) -> impl IntoView {
    let i18n = use_i18n();
    let hint = move || {
        let counts = consuming.counts.get();
        t!(i18n, queue.messages_hint, total = counts.total, redelivered = counts.redelivered, kept = KEPT)
    };
    let key = |row: &Row| match row {
        Row::Message(arrival) => (arrival.number, Some(arrival.fate)),
        Row::Gap { last, .. } => (*last, None),
    };
    view! {
        <section class="band" aria-labelledby="live-h">
            <div class="band-head">
                <h2 id="live-h">{t!(i18n, queue.messages)}</h2>
                <p class="hint">{hint}</p>
                <div class="tools">
                    <button
                        class="btn sm"
                        type="button"
                        data-testid="messages-pause"
                        aria-pressed=move || consuming.paused.get().to_string()
                        on:click=move |_| consuming.toggle_pause()
                    >
                        {move || {
                            if consuming.paused.get() {
                                view! { <Icon glyph=Glyph::Play size=12 /> {t!(i18n, queue.go_on)} }.into_any()
                            } else {
                                view! { <Icon glyph=Glyph::Pause size=12 /> {t!(i18n, queue.pause)} }.into_any()
                            }
                        }}
                    </button>
                    <button class="btn sm" type="button" on:click=move |_| consuming.clear()>
                        {t!(i18n, panels.clear)}
                    </button>
                </div>
            </div>
            <div class="live" tabindex="0" role="group" aria-labelledby="live-h">
                <table class="table tight pad" data-testid="messages">
                    <thead>
                        <tr>
                            <th scope="col" class="num w-no">{t!(i18n, queue.number)}</th>
                            <th scope="col" class="w-at">{t!(i18n, queue.at)}</th>
                            <th scope="col">{t!(i18n, panels.body)}</th>
                            <th scope="col" class="w-kind"><code>"content_type"</code></th>
                            <th scope="col" class="num w-size">"B"</th>
                            <th scope="col" class="num w-state">{t!(i18n, queue.state)}</th>
                        </tr>
                    </thead>
                    <tbody>
                        <For each=move || consuming.rows.get() key=key let:row>
                            {match row {
                                Row::Message(arrival) => view! { <Message consuming=consuming arrival=arrival /> }.into_any(),
                                Row::Gap { count, .. } => {
                                    view! {
                                        <tr class="gap">
                                            <td colspan="6">{t!(i18n, queue.gap, count = count)}</td>
                                        </tr>
                                    }
                                        .into_any()
                                }
                            }}
                        </For>
                    </tbody>
                </table>
                <Show when=move || consuming.rows.with(Vec::is_empty)>
                    <p class="none">
                        {move || if consuming.is_on() {
                            t_string!(i18n, queue.none_yet)
                        } else {
                            t_string!(i18n, queue.none_stopped)
                        }}
                    </p>
                </Show>
            </div>
        </section>
    }
}

#[component]
fn Message(consuming: Consuming, arrival: Arc<Arrival>) -> impl IntoView {
    let i18n = use_i18n();
    let Arrival { number, at_unix_ms, tag, size, redelivered, fate, binary, .. } = *arrival;
    let by_hand = fate == Fate::Held && consuming.acking.get_untracked() == Acking::ByHand;
    let word = move || match fate {
        Fate::Held => t_string!(i18n, queue.fate_held),
        Fate::Acked => t_string!(i18n, queue.fate_acked),
        Fate::Automatic => t_string!(i18n, queue.fate_automatic),
        Fate::Dropped => t_string!(i18n, queue.fate_dropped),
        Fate::Requeued => t_string!(i18n, queue.fate_requeued),
        Fate::GivenBack => t_string!(i18n, queue.fate_given_back),
    };
    view! {
        <tr data-now=by_hand.then_some("")>
            <td class="num mono">{number}</td>
            <td class="mono faint">{wall_clock(at_unix_ms)}</td>
            <td>
                <code data-testid="message-body">{arrival.preview.clone()}</code>
                {binary.then(|| view! { " " <span class="badge">{t!(i18n, queue.binary)}</span> })}
                {redelivered
                    .then(|| view! { " " <span class="badge out" data-testid="message-redelivered">{t!(i18n, queue.redelivered)}</span> })}
            </td>
            <td><code class="faint">{arrival.content_type.clone().unwrap_or_else(|| "–".to_owned())}</code></td>
            <td class="num">{size}</td>
            <td class="num">
                {if by_hand {
                    view! { <Decide consuming=consuming tag=tag number=number /> }.into_any()
                } else {
                    view! { <span class="muted" data-testid="message-fate">{word}</span> }.into_any()
                }}
            </td>
        </tr>
    }
}

/// ack, nack, requeue.
#[component]
fn Decide(consuming: Consuming, tag: Tag, number: u64) -> impl IntoView {
    let button = move |(verdict, word): (Verdict, &'static str)| {
        view! {
            <button
                class="btn sm"
                type="button"
                data-testid=format!("message-{word}")
                aria-label=format!("{word} {number}")
                on:click=move |_| consuming.decide(tag, verdict)
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
