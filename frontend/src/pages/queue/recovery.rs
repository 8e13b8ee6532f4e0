//! The link is back: how long it was away, and what that did to the messages this page had not acked.

use crosstalk_proto::ws::LinkState;
use leptos::prelude::*;

use super::consumers::Consumers;
use crate::{
    api::{bridge::Bridge, browser::now_ms},
    components::{banner::Banner, chip::State},
    i18n::{t, t_string, use_i18n},
    model::number,
};

/// A link that came back.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Recovered {
    after_ms: f64,
    given_back: u64,
    /// How many messages had come again before.
    redelivered: u64,
}

/// The banner, when there is something to tell.
#[component]
pub(super) fn RecoveryView(consumers: Consumers) -> impl IntoView {
    let i18n = use_i18n();
    let link = Bridge::get().broker();
    let recovered = RwSignal::new(None::<Recovered>);
    // none: it was never up
    let lost_at = StoredValue::new(None::<f64>);
    let counts = consumers.board.counts;
    Effect::new(move |was_up: Option<bool>| {
        let up = link.with(|link| matches!(link, Some(link) if matches!(link.state, LinkState::Up { .. })));
        match (was_up.unwrap_or(false), up) {
            (true, false) => {
                lost_at.set_value(Some(now_ms()));
                recovered.set(None);
            }
            (false, true) => {
                if let Some(at) = lost_at.try_update_value(Option::take).flatten() {
                    recovered.set(Some(Recovered {
                        after_ms: now_ms() - at,
                        given_back: consumers.given_back.get_untracked(),
                        redelivered: counts.get_untracked().redelivered,
                    }));
                    consumers.given_back.set(0);
                }
            }
            _ => {}
        }
        up
    });
    let shown = Memo::new(move |_| recovered.get().is_some());
    let title = move || {
        let after = recovered.get().map_or(0.0, |one| one.after_ms / 1_000.0);
        t_string!(i18n, queue.link_back, seconds = number::ms(after))
    };
    let text = move || {
        let one = recovered.get()?;
        Some(match one.given_back {
            0 => t_string!(i18n, queue.link_back_none).to_owned(),
            back => {
                let again = counts.get().redelivered.saturating_sub(one.redelivered);
                t_string!(i18n, queue.link_back_some, back = number::count(back), again = number::count(again))
            }
        })
    };
    view! {
        <Show when=move || shown.get()>
            <Banner
                testid="banner-recovered"
                state=State::Up
                title=Signal::derive(title)
                text=Signal::derive(move || text().unwrap_or_default())
                countdown=""
            >
                <button class="btn sm quiet" type="button" on:click=move |_| recovered.set(None)>
                    {t!(i18n, queue.dismiss)}
                </button>
            </Banner>
        </Show>
    }
}
