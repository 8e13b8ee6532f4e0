//! The strip on top: what went through this page in the last minute, read once a second, and what waits in the queue.

use leptos::prelude::*;

use super::{consumer::State, consumers::Consumers, others::Others, publishing::Publishing};
use crate::{
    api::{
        bridge::{Bridge, Connection, Inspected},
        browser::now_ms,
    },
    components::sparkline::Sparkline,
    i18n::{Label, t, t_string, use_i18n},
    model::{number, queue::preset::QUEUE, series::Series},
    pages::tasks::Tasks,
};

/// How often it is read, in milliseconds; more often while there is no connection, so that the first reading comes with it.
const READ_EVERY_MS: u32 = 1_000;
const LOOK_AGAIN_MS: u32 = 100;

/// The counts that rates are made of.
#[derive(Clone, Copy, Debug, Default)]
struct Counted {
    at_ms: f64,
    published: u64,
    delivered: u64,
    acked: u64,
}

/// The row of readings. Tells who else consumes.
#[component]
pub(super) fn ReadingsView(publishing: Publishing, consumers: Consumers, others: RwSignal<Others>) -> impl IntoView {
    let i18n = use_i18n();
    let series = || RwSignal::new(Series::default());
    let (published, delivered, acked, waiting) = (series(), series(), series(), series());
    let ready = RwSignal::new(None::<u32>);
    let count = move || Counted {
        at_ms: now_ms(),
        published: publishing.sent.get_value(),
        delivered: consumers.board.with(|arrivals| arrivals.total()),
        acked: consumers.board.with(|arrivals| arrivals.acked()),
    };
    let per_second = move |before: Counted, now: Counted| {
        let seconds = (now.at_ms - before.at_ms) / 1_000.0;
        let rate = |before: u64, now: u64| (now.saturating_sub(before) as f64 / seconds).round();
        published.update(|series| series.push(rate(before.published, now.published)));
        delivered.update(|series| series.push(rate(before.delivered, now.delivered)));
        acked.update(|series| series.push(rate(before.acked, now.acked)));
        for consumer in consumers.list.get_untracked() {
            let got = consumer.got.get_value();
            consumer.per_second.set(rate(consumer.counted.get_value(), got));
            consumer.counted.set_value(got);
        }
    };
    let bridge = Bridge::get();
    Tasks::new().spawn(async move {
        let mut before = count();
        loop {
            let open = matches!(bridge.connection().get_untracked(), Connection::Open { .. });
            let inspected = if open { bridge.inspect(QUEUE).await.ok() } else { None };
            ready.set(inspected.as_ref().map(|inspected| inspected.messages));
            if let Some(inspected) = inspected {
                tell(others, consumers, inspected);
            }
            let now = count();
            if now.at_ms - before.at_ms >= f64::from(READ_EVERY_MS) * 0.9 {
                per_second(before, now);
                waiting.update(|series| series.push(ready.get_untracked().map_or(0.0, f64::from)));
                before = now;
            }
            let pause = if open { READ_EVERY_MS } else { LOOK_AGAIN_MS };
            gloo_timers::future::TimeoutFuture::new(pause).await;
        }
    });
    let rate = move |word: Label, series: RwSignal<Series>| {
        let figure = move || number::count(series.with(Series::last).unwrap_or_default() as u64);
        view! {
            <div>
                <dt>{move || word(i18n)}</dt>
                <dd>
                    <span class="reading">
                        <b>{figure}</b>
                        " "
                        <small>{t!(i18n, queue.per_second)}</small>
                    </span>
                    <Sparkline series=series />
                </dd>
            </div>
        }
    };
    view! {
        <section class="rates-row" aria-labelledby="rates-h">
            <h2 class="vh" id="rates-h">{t!(i18n, queue.readings)}</h2>
            <dl class="rates">
                {rate(|i18n| t_string!(i18n, queue.rate_published), published)}
                {rate(|i18n| t_string!(i18n, queue.rate_delivered), delivered)}
                {rate(|i18n| t_string!(i18n, queue.rate_acked), acked)}
                <div>
                    <dt>{t!(i18n, queue.ready)}</dt>
                    <dd>
                        <span class="reading">
                            <b data-testid="queue-ready">
                                {move || ready.get().map_or_else(|| "–".to_owned(), |count| number::count(count.into()))}
                            </b>
                            " "
                            <small>{t!(i18n, queue.ready_unit)}</small>
                        </span>
                        <Sparkline series=waiting />
                    </dd>
                </div>
            </dl>
        </section>
    }
}

/// Who of the queue's consumers is not of this page.
fn tell(others: RwSignal<Others>, consumers: Consumers, inspected: Inspected) {
    let list = consumers.list.get_untracked();
    let ours = list.iter().filter(|one| one.queue.get_untracked() == QUEUE);
    let states: Vec<State> = ours.map(|one| one.state.get_untracked()).collect();
    // the broker knows of those that are being started before the page does
    if states.contains(&State::Starting) {
        return;
    }
    let is_ours =
        |tag: &str| states.iter().any(|state| matches!(state, State::Running { consumer_tag } if consumer_tag == tag));
    let running = states.iter().filter(|state| matches!(state, State::Running { .. } | State::Dying)).count();
    let Inspected { consumers, listed, .. } = inspected;
    let listed = listed.map(|all| all.into_iter().filter(|one| !is_ours(&one.tag)).collect::<Vec<_>>());
    let count = match &listed {
        Some(listed) => listed.len() as u32,
        None => consumers.saturating_sub(running as u32),
    };
    let now = Others { count, listed };
    if others.with_untracked(|before| *before != now) {
        others.set(now);
    }
}
