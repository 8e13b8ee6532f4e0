//! How many messages wait in the queue and how many consumers it has, asked for again and again; and the page's
//! own counts beside it.

use leptos::prelude::*;

use super::{QUEUE, consuming::Consuming};
use crate::{
    api::bridge::{Bridge, Connection},
    i18n::{t, use_i18n},
    pages::tasks::Tasks,
};

/// How often the queue is asked about, in milliseconds; more often while there is no connection, so that the first
/// reading comes with it.
const INSPECT_EVERY_MS: u32 = 1_000;
const LOOK_AGAIN_MS: u32 = 100;

/// The row of readings.
#[component]
pub(super) fn WaitingView(consuming: Consuming) -> impl IntoView {
    let i18n = use_i18n();
    let counts = RwSignal::new(None::<(u32, u32)>);
    let bridge = Bridge::get();
    Tasks::new().spawn(async move {
        loop {
            let open = matches!(bridge.connection().get_untracked(), Connection::Open { .. });
            counts.set(if open { bridge.inspect(QUEUE).await.ok() } else { None });
            let pause = if open { INSPECT_EVERY_MS } else { LOOK_AGAIN_MS };
            gloo_timers::future::TimeoutFuture::new(pause).await;
        }
    });
    let figure = |of: Option<u32>| of.map_or_else(|| "–".to_owned(), |count| count.to_string());
    view! {
        <section class="rates-row" aria-labelledby="rates-h">
            <h2 class="vh" id="rates-h">{t!(i18n, queue.readings)}</h2>
            <dl class="rates">
                <div>
                    <dt>{t!(i18n, queue.ready)}</dt>
                    <dd>
                        <span class="reading" data-testid="queue-ready">
                            <b>{move || figure(counts.get().map(|(ready, _)| ready))}</b>
                        </span>
                    </dd>
                </div>
                <div>
                    <dt>{t!(i18n, queue.consumers)}</dt>
                    <dd>
                        <span class="reading" data-testid="queue-consumers">
                            <b>{move || figure(counts.get().map(|(_, consumers)| consumers))}</b>
                        </span>
                    </dd>
                </div>
                <div>
                    <dt>{t!(i18n, queue.arrived)}</dt>
                    <dd>
                        <span class="reading" data-testid="queue-total">
                            <b>{move || consuming.counts.get().total}</b>
                        </span>
                    </dd>
                </div>
                <div>
                    <dt>{t!(i18n, queue.arriving)}</dt>
                    <dd>
                        <span class="reading">
                            <b>{move || format!("{:.0}", consuming.counts.get().per_second)}</b>
                            " "
                            <small>{t!(i18n, queue.per_second)}</small>
                        </span>
                    </dd>
                </div>
            </dl>
        </section>
    }
}
