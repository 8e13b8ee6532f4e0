//! The link is back: how long it was away, and what that did to the messages this page had not acked. Told in the corner
//! until it is put away, or the link breaks anew, or the page is left.

use std::sync::Arc;

use crosstalk_proto::ws::LinkState;
use leptos::prelude::*;

use super::consumers::Consumers;
use crate::{
    api::{bridge::Bridge, browser::now_ms},
    components::toast::{Toasts, Told},
    i18n::{t_string, use_i18n},
    model::number,
};

/// How it is told.
const KIND: &str = "recovered";

/// Tells it from now on.
pub(super) fn watch(consumers: Consumers) {
    let (i18n, toasts) = (use_i18n(), Toasts::get());
    let link = Bridge::get().broker();
    // none: it was never up
    let lost_at = StoredValue::new(None::<f64>);
    let counts = consumers.board.counts;
    Effect::new(move |was_up: Option<bool>| {
        let up = link.with(|link| matches!(link, Some(link) if matches!(link.state, LinkState::Up { .. })));
        match (was_up.unwrap_or(false), up) {
            (true, false) => {
                lost_at.set_value(Some(now_ms()));
                toasts.put_away(KIND);
            }
            (false, true) => {
                let is_another = untrack(|| consumers.found_broker());
                if let Some(at) = lost_at.try_update_value(Option::take).flatten() {
                    let seconds = (now_ms() - at) / 1_000.0;
                    let unsettled = consumers.unsettled.get_untracked();
                    consumers.unsettled.set(0);
                    let before = counts.get_untracked().redelivered;
                    let text = move || match unsettled {
                        0 => t_string!(i18n, queue.link_back_none).to_owned(),
                        lost if is_another => t_string!(i18n, queue.link_back_lost, count = number::count(lost)),
                        back => {
                            let again = counts.get().redelivered.saturating_sub(before);
                            let (back, again) = (number::count(back), number::count(again));
                            t_string!(i18n, queue.link_back_some, back = back, again = again)
                        }
                    };
                    toasts.stay(Told {
                        kind: KIND,
                        bad: false,
                        title: Arc::new(move || t_string!(i18n, queue.link_back, seconds = number::ms(seconds))),
                        text: Arc::new(text),
                    });
                }
            }
            _ => {}
        }
        up
    });
    // its figures are the page's
    on_cleanup(move || toasts.put_away(KIND));
}
