//! The table of consumers: the page's own, each with what one can do to it; of others what can be known.

use leptos::prelude::*;

use super::{
    consumer::{Consumer, State},
    consumers::Consumers,
    others::{Others, foreign},
};
use crate::{
    components::{
        bar::Credit,
        failure::Failure,
        icon::{Glyph, Icon},
    },
    i18n::{t, t_string, use_i18n},
    model::{number, queue::draft::Acking},
};

/// How many columns the table has.
pub(super) const COLUMNS: usize = 7;

/// The band with the consumers.
#[component]
pub(super) fn ConsumersView(consumers: Consumers, others: RwSignal<Others>) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <section class="band stack-s" aria-labelledby="con-h">
            <div class="band-head">
                <h2 id="con-h">{t!(i18n, queue.consumers)}</h2>
                <p class="hint">{t!(i18n, queue.consumers_hint)}</p>
                <div class="tools">
                    <button
                        class="btn sm"
                        type="button"
                        data-testid="consumer-add"
                        on:click=move |_| consumers.add_another()
                    >
                        <Icon glyph=Glyph::Plus size=12 />
                        {t!(i18n, queue.add_consumer)}
                    </button>
                </div>
            </div>
            <div class="scroll-x" tabindex="0" role="group" aria-labelledby="con-h">
                <table class="table consumers" role="table">
                    <thead role="rowgroup">
                        <tr role="row">
                            <th scope="col" role="columnheader">{t!(i18n, queue.consumer)}</th>
                            <th scope="col" role="columnheader">{t!(i18n, queue.from_queue)}</th>
                            <th scope="col" role="columnheader">{t!(i18n, queue.prefetch)}</th>
                            <th scope="col" role="columnheader">{t!(i18n, queue.unacked)}</th>
                            <th scope="col" role="columnheader">{t!(i18n, queue.ack)}</th>
                            <th scope="col" role="columnheader" class="num">{t!(i18n, queue.messages_per_second)}</th>
                            <th scope="col" role="columnheader"><span class="vh">{t!(i18n, panels.col_actions)}</span></th>
                        </tr>
                    </thead>
                    <For each=move || consumers.list.get() key=|consumer| consumer.id let:consumer>
                        <tbody role="rowgroup">
                            <Own consumers=consumers consumer=consumer />
                        </tbody>
                    </For>
                    <tbody role="rowgroup">{move || foreign(i18n, &others.read())}</tbody>
                </table>
            </div>
        </section>
    }
}

/// A consumer of this page: its controls, and beneath them how it is.
#[component]
fn Own(consumers: Consumers, consumer: Consumer) -> impl IntoView {
    let i18n = use_i18n();
    let id = consumer.id;
    let on = move || consumer.is_on();
    let about = move |word: &str| format!("{word}: c{id}");
    let automatic = move || consumer.acking.get() == Acking::Automatic;
    let held = Memo::new(move |_| consumers.board.held_by(id));
    let part = move || {
        let prefetch = consumer.valid_prefetch().map_or(1.0, f64::from);
        held.get() as f64 / prefetch
    };
    let words = move || {
        if automatic() { "–".to_owned() } else { format!("{} / {}", held.get(), consumer.prefetch.get()) }
    };
    view! {
        <tr role="row">
            <th scope="row" role="rowheader">
                <code>{consumer.name()}</code>
            </th>
            <td role="cell" data-head=move || t_string!(i18n, queue.from_queue)>
                <input
                    class="input mono w-8"
                    aria-label=move || about(t_string!(i18n, queue.from_queue))
                    data-testid="consumer-queue"
                    spellcheck="false"
                    autocomplete="off"
                    disabled=on
                    aria-invalid=move || consumer.queue.with(String::is_empty).to_string()
                    prop:value=move || consumer.queue.get()
                    on:input=move |event| consumer.queue.set(event_target_value(&event))
                />
            </td>
            <td role="cell" data-head=move || t_string!(i18n, queue.prefetch)>
                <input
                    class="input mono w-4"
                    aria-label=move || about(t_string!(i18n, queue.prefetch))
                    data-testid="consumer-prefetch"
                    inputmode="numeric"
                    autocomplete="off"
                    disabled=on
                    aria-invalid=move || consumer.valid_prefetch().is_none().to_string()
                    prop:value=move || consumer.prefetch.get()
                    on:input=move |event| consumer.prefetch.set(event_target_value(&event))
                />
            </td>
            <td role="cell" data-head=move || t_string!(i18n, queue.unacked)>
                <Credit part=Signal::derive(part) words=Signal::derive(words) testid="consumer-held" />
            </td>
            <td role="cell" data-head=move || t_string!(i18n, queue.ack)>
                <AckChoice consumers=consumers consumer=consumer />
            </td>
            <td role="cell" class="num" data-head=move || t_string!(i18n, queue.messages_per_second)>
                {move || number::count(consumer.per_second.get() as u64)}
            </td>
            <td role="cell" class="does num">
                <span class="btn-row end">
                    <Show
                        when=on
                        fallback=move || {
                            view! {
                                <button
                                    class="btn sm hue"
                                    type="button"
                                    data-testid="consumer-start"
                                    disabled=move || !consumer.is_startable()
                                    on:click=move |_| consumers.start(consumer)
                                >
                                    <Icon glyph=Glyph::Play size=12 />
                                    {t!(i18n, queue.start)}
                                </button>
                            }
                        }
                    >
                        <Show when=move || !automatic()>
                            <button
                                class="btn sm"
                                type="button"
                                data-testid="consumer-ack-all"
                                disabled=move || held.get() == 0
                                on:click=move |_| consumers.ack_all(consumer)
                            >
                                {t!(i18n, queue.ack_all)}
                            </button>
                            <button
                                class="btn sm"
                                type="button"
                                data-testid="consumer-kill"
                                title=move || t_string!(i18n, queue.kill_why)
                                on:click=move |_| consumers.kill(consumer)
                            >
                                {t!(i18n, queue.kill)}
                            </button>
                        </Show>
                        <button
                            class="btn sm"
                            type="button"
                            data-testid="consumer-stop"
                            on:click=move |_| consumers.stop(consumer)
                        >
                            {t!(i18n, queue.stop)}
                        </button>
                    </Show>
                    <button
                        class="btn sm quiet icon"
                        type="button"
                        data-testid="consumer-remove"
                        aria-label=move || about(t_string!(i18n, queue.remove_consumer))
                        on:click=move |_| consumers.remove(consumer)
                    >
                        <Icon glyph=Glyph::Cross size=12 />
                    </button>
                </span>
            </td>
        </tr>
        <tr role="row" class="under-row">
            <td role="cell" colspan=COLUMNS>
                <Words consumer=consumer />
            </td>
        </tr>
    }
}

/// How a consumer is, in words, and what its ack mode means.
#[component]
fn Words(consumer: Consumer) -> impl IntoView {
    let i18n = use_i18n();
    let state = move || match consumer.state.get() {
        State::Stopped { returned: None } => t_string!(i18n, queue.stopped).to_owned(),
        State::Stopped { returned: Some(count) } => t_string!(i18n, queue.stopped_returned, count = count),
        State::Killed { returned } => t_string!(i18n, queue.killed, count = returned),
        State::Starting => t_string!(i18n, queue.starting).to_owned(),
        State::Running { consumer_tag } => t_string!(i18n, queue.running, tag = consumer_tag),
        State::Dying => t_string!(i18n, queue.dying).to_owned(),
        State::Suspended { unacked } => t_string!(i18n, queue.suspended, count = unacked),
        State::NoBroker => t_string!(i18n, queue.no_broker).to_owned(),
        State::Disconnected { embedded: true } => t_string!(i18n, queue.disconnected_embedded).to_owned(),
        State::Disconnected { embedded: false } => t_string!(i18n, queue.disconnected).to_owned(),
        State::Failed(_) => t_string!(i18n, queue.failed).to_owned(),
    };
    let meaning = move || match consumer.acking.get() {
        Acking::Automatic => t_string!(i18n, queue.ack_automatic_why),
        Acking::AfterWork => t_string!(i18n, queue.ack_work_why),
        Acking::ByHand => t_string!(i18n, queue.ack_by_hand_why),
    };
    let failed = move || match consumer.state.get() {
        State::Failed(error) => Some(view! { <Failure error=error /> }),
        _ => None,
    };
    view! {
        <p class="hint">
            <span role="status" data-testid="consumer-state">
                {state}
            </span>
            {t!(i18n, panels.join)}
            {meaning}
        </p>
        <Show when=move || consumer.valid_prefetch().is_none()>
            <p class="error" role="alert">
                {t!(i18n, queue.prefetch_bad)}
            </p>
        </Show>
        <Show when=move || consumer.is_name_long()>
            <p class="error" role="alert" data-testid="consumer-name-long">
                {t!(i18n, queue.fault_long, name = "queue")}
            </p>
        </Show>
        {failed}
        {move || consumer.refused.get().map(|error| view! { <Failure error=error /> })}
        <Show when=move || consumer.stale.get()>
            <p class="hint" role="status">
                {t!(i18n, queue.stale)}
            </p>
        </Show>
    }
}

#[component]
fn AckChoice(consumers: Consumers, consumer: Consumer) -> impl IntoView {
    let i18n = use_i18n();
    let choice = move |acking: Acking| {
        let word = move || match acking {
            Acking::Automatic => t_string!(i18n, queue.ack_automatic),
            Acking::AfterWork => t_string!(i18n, queue.ack_work),
            Acking::ByHand => t_string!(i18n, queue.ack_by_hand),
        };
        // who acks can change while it consumes, but not whether the server does
        let fixed =
            move || consumer.is_on() && (acking == Acking::Automatic) != (consumer.acking.get() == Acking::Automatic);
        view! {
            <button
                type="button"
                data-testid=format!("consumer-ack-{}", acking.name())
                aria-pressed=move || (consumer.acking.get() == acking).to_string()
                disabled=fixed
                title=move || if fixed() { t_string!(i18n, queue.ack_locked) } else { "" }
                on:click=move |_| consumers.choose(consumer, acking)
            >
                {word}
            </button>
        }
    };
    view! {
        <div class="seg sm" role="group" aria-label=move || format!("{}: {}", t_string!(i18n, queue.ack), consumer.name())>
            {Acking::ALL.map(choice).collect_view()}
        </div>
    }
}
