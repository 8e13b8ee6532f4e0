//! The page's consumer: start and stop, prefetch, who acks, and how it is, in words.

use leptos::prelude::*;

use super::consuming::{Acking, Consuming, State};
use crate::{
    components::{
        failure::Failure,
        icon::{Glyph, Icon},
    },
    i18n::{t, t_string, use_i18n},
};

/// The band with the consumer.
#[component]
pub(super) fn ConsumerView(consuming: Consuming) -> impl IntoView {
    let i18n = use_i18n();
    let words = move || match consuming.state.get() {
        State::Stopped { returned: None } => t!(i18n, queue.stopped).into_any(),
        State::Stopped { returned: Some(count) } => t!(i18n, queue.stopped_returned, count = count).into_any(),
        State::Starting => t!(i18n, queue.starting).into_any(),
        State::Running { consumer_tag } => t!(i18n, queue.running, tag = consumer_tag).into_any(),
        State::Suspended { unacked } => t!(i18n, queue.suspended, count = unacked).into_any(),
        State::NoBroker => t!(i18n, queue.no_broker).into_any(),
        State::Disconnected => t!(i18n, queue.disconnected).into_any(),
        State::Failed(_) => t!(i18n, queue.failed).into_any(),
    };
    let failed = move || match consuming.state.get() {
        State::Failed(error) => Some(view! { <Failure error=error /> }),
        _ => None,
    };
    view! {
        <section class="band stack-s" aria-labelledby="con-h">
            <div class="band-head">
                <h2 id="con-h">{t!(i18n, queue.consumer)}</h2>
                <p class="hint">{t!(i18n, queue.consumer_hint)}</p>
            </div>
            <div class="row">
                <Show
                    when=move || consuming.is_on()
                    fallback=move || {
                        view! {
                            <button
                                class="btn hue"
                                type="button"
                                data-testid="consumer-start"
                                disabled=move || consuming.valid_prefetch().is_none()
                                on:click=move |_| consuming.start()
                            >
                                <Icon glyph=Glyph::Play size=12 />
                                {t!(i18n, queue.start)}
                            </button>
                        }
                    }
                >
                    <button class="btn" type="button" data-testid="consumer-stop" on:click=move |_| consuming.stop()>
                        <Icon glyph=Glyph::Stop size=12 />
                        {t!(i18n, queue.stop)}
                    </button>
                </Show>
                <p role="status" data-testid="consumer-state">{words}</p>
            </div>
            <div class="row">
                <AckChoice consuming=consuming />
                <label class="row" for="prefetch">
                    <span class="label">{t!(i18n, queue.prefetch)}</span>
                    <input
                        class="input mono w-4"
                        id="prefetch"
                        data-testid="consumer-prefetch"
                        inputmode="numeric"
                        autocomplete="off"
                        disabled=move || consuming.is_on() || consuming.acking.get() == Acking::Automatic
                        aria-invalid=move || consuming.valid_prefetch().is_none().to_string()
                        prop:value=move || consuming.prefetch.get()
                        on:input=move |event| consuming.prefetch.set(event_target_value(&event))
                    />
                </label>
                <span class="hint" data-testid="consumer-held">
                    {move || t!(i18n, queue.held, count = consuming.counts.get().held)}
                </span>
            </div>
            <p class="hint">
                {move || match consuming.acking.get() {
                    Acking::Automatic => t_string!(i18n, queue.ack_automatic_why),
                    Acking::AfterShowing => t_string!(i18n, queue.ack_shown_why),
                    Acking::ByHand => t_string!(i18n, queue.ack_by_hand_why),
                }}
            </p>
            <Show when=move || consuming.valid_prefetch().is_none()>
                <p class="error" role="alert">{t!(i18n, queue.prefetch_bad)}</p>
            </Show>
            {failed}
            {move || consuming.refused.get().map(|error| view! { <Failure error=error /> })}
            <Show when=move || consuming.stale.get()>
                <p class="hint" role="status">{t!(i18n, queue.stale)}</p>
            </Show>
        </section>
    }
}

#[component]
fn AckChoice(consuming: Consuming) -> impl IntoView {
    let i18n = use_i18n();
    let choice = move |(acking, testid): (Acking, &'static str)| {
        let word = move || match acking {
            Acking::Automatic => t_string!(i18n, queue.ack_automatic),
            Acking::AfterShowing => t_string!(i18n, queue.ack_shown),
            Acking::ByHand => t_string!(i18n, queue.ack_by_hand),
        };
        view! {
            <button
                type="button"
                data-testid=format!("consumer-ack-{testid}")
                aria-pressed=move || (consuming.acking.get() == acking).to_string()
                disabled=move || consuming.is_on()
                on:click=move |_| consuming.acking.set(acking)
            >
                {word}
            </button>
        }
    };
    view! {
        <div class="seg" role="group" aria-label=move || t_string!(i18n, queue.ack)>
            {[(Acking::Automatic, "automatic"), (Acking::AfterShowing, "shown"), (Acking::ByHand, "by-hand")]
                .map(choice)
                .collect_view()}
        </div>
    }
}
