//! The consumers that are not this page's: each where the broker tells of them, else how many there are.

use crosstalk_proto::ws::ConsumerListed;
use leptos::prelude::*;

use super::consumers_view::COLUMNS;
use crate::{
    components::bar::Credit,
    i18n::{I18n, t, t_string},
};

/// What is known of the consumers of others.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Others {
    pub(super) count: u32,
    /// Who they are, where the broker tells.
    pub(super) listed: Option<Vec<ConsumerListed>>,
}

/// Rows for the table of consumers.
pub(super) fn foreign(i18n: I18n, others: &Others) -> AnyView {
    if others.count == 0 {
        return ().into_any();
    }
    match &others.listed {
        Some(listed) => listed.iter().cloned().map(|listed| stranger(i18n, listed)).collect_view().into_any(),
        None => {
            let words = t!(i18n, queue.others_counted, count = others.count);
            view! {
                <tr role="row" data-testid="consumers-others">
                    <td role="cell" colspan=COLUMNS class="muted">{words}</td>
                </tr>
            }
            .into_any()
        }
    }
}

fn stranger(i18n: I18n, listed: ConsumerListed) -> impl IntoView {
    let ConsumerListed { tag, peer, prefetch, no_ack, unacked } = listed;
    let limit = if prefetch == 0 { "∞".to_owned() } else { prefetch.to_string() };
    let part = if prefetch == 0 { 0.0 } else { f64::from(unacked) / f64::from(prefetch) };
    let words = if no_ack { "–".to_owned() } else { format!("{unacked} / {limit}") };
    view! {
        <tr role="row" data-testid="consumers-others">
            <th scope="row" role="rowheader">
                <code>{tag}</code>
            </th>
            <td role="cell" class="muted">{peer}</td>
            <td role="cell" data-head=move || t_string!(i18n, queue.prefetch)>{limit}</td>
            <td role="cell" data-head=move || t_string!(i18n, queue.unacked)>
                <Credit part=part words=words testid="others-held" />
            </td>
            <td role="cell" class="muted">{no_ack.then_some(t!(i18n, queue.ack_automatic))}</td>
            <td role="cell" class="num faint" colspan="2">{t!(i18n, queue.others_own)}</td>
        </tr>
    }
}
