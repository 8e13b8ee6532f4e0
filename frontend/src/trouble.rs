//! The banner at the foot of the window: the broker or the server is away; what is missing, how to start it, when the
//! next try is. Nothing while all is well; that the server is back is told in the corner.

use std::time::Duration;

use crosstalk_proto::ws::LinkState;
use leptos::prelude::*;

use crate::{
    api::{
        bridge::{Bridge, Connection},
        browser::now_ms,
    },
    components::{banner::Banner, chip::State, toast::Toasts},
    i18n::{t, t_string, use_i18n},
    model::number::{self, seconds_until},
};

/// How often the countdown looks at the clock.
const GLANCE: Duration = Duration::from_millis(250);
/// Starts a broker where there is docker.
const DOCKER: &str = "docker run --rm -p 5672:5672 rabbitmq:3";
/// Starts one on Debian and its relatives.
const DEBIAN: &str = "sudo apt install rabbitmq-server";
/// The one in the server itself, which needs no other.
const EMBEDDED: &str = "env -u AMQP_URL crosstalk";
/// Names one that runs elsewhere.
const ELSEWHERE: &str = "AMQP_URL=amqp://user:password@host:5672/%2f";

/// What is the matter.
#[derive(Clone, Debug, PartialEq)]
enum Matter {
    Broker { address: String, reason: String },
    Server,
    Outdated,
}

/// The banner.
#[component]
pub fn Trouble() -> impl IntoView {
    let i18n = use_i18n();
    let bridge = Bridge::get();
    let (connection, link) = (bridge.connection(), bridge.broker());
    // an attempt after a failure changes the countdown only
    let matter = Memo::new(move |before: Option<&Option<Matter>>| match (connection.get(), link.get()) {
        (Connection::Outdated, _) => Some(Matter::Outdated),
        (Connection::Waiting { .. }, _) => Some(Matter::Server),
        (Connection::Connecting, _) => before.cloned().flatten().filter(|matter| *matter == Matter::Server),
        (Connection::Open { .. }, Some(link)) => match link.state {
            LinkState::Up { .. } => None,
            LinkState::Down { address, reason, .. } => Some(Matter::Broker { address, reason }),
            LinkState::Connecting { .. } => {
                before.cloned().flatten().filter(|matter| matches!(matter, Matter::Broker { .. }))
            }
        },
        (Connection::Open { .. }, None) => None,
    });
    let toasts = Toasts::get();
    Effect::new(move |lost_at: Option<Option<f64>>| match (matter.get(), lost_at.flatten()) {
        (Some(Matter::Server), lost_at) => Some(lost_at.unwrap_or_else(now_ms)),
        (_, Some(lost_at)) => {
            let seconds = number::ms((now_ms() - lost_at) / 1_000.0);
            let title = untrack(|| t_string!(i18n, common.server_back, seconds = seconds));
            let text = untrack(|| t_string!(i18n, common.server_back_text));
            toasts.tell("back", false, title, text.to_owned());
            None
        }
        _ => None,
    });
    let next_try = Memo::new(move |_| match (connection.get(), link.get()) {
        (Connection::Waiting { retry_at_ms, .. }, _) => Some(retry_at_ms),
        (_, Some(link)) => match link.state {
            LinkState::Down { retry_in_ms, .. } => Some(link.at_ms + f64::from(retry_in_ms)),
            _ => None,
        },
        _ => None,
    });
    let countdown = countdown(next_try);

    move || {
        matter.get().map(|matter| match matter {
            Matter::Broker { address, reason } => view! {
                <Banner
                    testid="banner-broker"
                    state=State::Down
                    title=Signal::derive(move || t_string!(i18n, common.broker_down).to_owned())
                    text=Signal::derive(move || t_string!(i18n, common.broker_down_text).to_owned())
                    countdown=countdown
                >
                    <button class="btn sm" type="button" data-testid="retry-link" on:click=move |_| bridge.retry_link()>
                        {t!(i18n, common.retry_now)}
                    </button>
                    <HowToStart reason=format!("{address}: {reason}") />
                </Banner>
            }
            .into_any(),
            Matter::Server => view! {
                <Banner
                    testid="banner-server"
                    state=State::Down
                    title=Signal::derive(move || t_string!(i18n, common.server_down).to_owned())
                    text=Signal::derive(move || t_string!(i18n, common.server_down_text).to_owned())
                    countdown=countdown
                >
                    <button class="btn sm" type="button" on:click=move |_| bridge.retry_now()>
                        {t!(i18n, common.retry_now)}
                    </button>
                </Banner>
            }
            .into_any(),
            Matter::Outdated => view! {
                <Banner
                    testid="banner-outdated"
                    state=State::Down
                    title=Signal::derive(move || t_string!(i18n, common.outdated).to_owned())
                    text=Signal::derive(move || t_string!(i18n, common.outdated_text).to_owned())
                    countdown=""
                >
                    <button
                        class="btn sm"
                        type="button"
                        on:click=|_| {
                            let _ = window().location().reload();
                        }
                    >
                        {t!(i18n, common.reload)}
                    </button>
                </Banner>
            }
            .into_any(),
        })
    }
}

/// Why the broker does not answer, and what to type for one that does.
#[component]
fn HowToStart(reason: String) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <details class="howto">
            <summary data-testid="how-to-start">{t!(i18n, common.how_to_start)}</summary>
            <p>
                <code>{reason}</code>
            </p>
            <ul>
            <li>
                <span>{t!(i18n, common.embedded)}</span>
                <code>{EMBEDDED}</code>
            </li>
            <li>
                <span>"Docker"</span>
                <code>{DOCKER}</code>
            </li>
            <li>
                <span>"Debian"</span>
                <code>{DEBIAN}</code>
            </li>
            <li>
                <span>{t!(i18n, common.elsewhere)}</span>
                <code>{ELSEWHERE}</code>
            </li>
            </ul>
        </details>
    }
}

/// The next try in words.
fn countdown(next_try: Memo<Option<f64>>) -> Signal<String> {
    let i18n = use_i18n();
    let now = RwSignal::new(now_ms());
    // the clock is looked at only while somebody waits for it
    Effect::new(move |_| {
        if next_try.get().is_some() {
            now.set(now_ms());
            let glance = set_interval_with_handle(move || now.set(now_ms()), GLANCE);
            on_cleanup(move || {
                if let Ok(glance) = glance {
                    glance.clear();
                }
            });
        }
    });
    Signal::derive(move || match next_try.get().map(|at| seconds_until(at, now.get())) {
        Some(0) | None => t_string!(i18n, common.trying_now).to_owned(),
        Some(seconds) => t_string!(i18n, common.next_try, seconds = seconds),
    })
}
