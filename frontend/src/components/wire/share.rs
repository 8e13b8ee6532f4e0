//! Where the bytes went: framing, headers, payload, as one bar and in words.

use crosstalk_proto::capture::Totals;
use leptos::prelude::*;

use crate::i18n::{t, use_i18n};

#[component]
pub(super) fn Share(
    /// Of the message.
    totals: Totals,
    /// Of the whole capture.
    all: Totals,
) -> impl IntoView {
    let i18n = use_i18n();
    let sum = |totals: Totals| totals.framing + totals.headers + totals.payload;
    let parts = [("frame", totals.framing), ("meta", totals.headers), ("payload", totals.payload)];
    let bar = parts.iter().filter(|(_, bytes)| *bytes > 0).map(|(kind, bytes)| {
        view! { <i data-k=*kind style=("--n", bytes.to_string())></i> }
    });
    view! {
        <div class="share" data-testid="wire-share">
            <b>{t!(i18n, wire.where_bytes, bytes = sum(totals))}</b>
            <div class="share-bar" aria-hidden="true">
                {bar.collect_view()}
            </div>
            <ul>
                <li><i data-k="frame" aria-hidden="true"></i>{t!(i18n, wire.framing, bytes = totals.framing)}</li>
                <li><i data-k="meta" aria-hidden="true"></i>{t!(i18n, wire.headers, bytes = totals.headers)}</li>
                <li><i data-k="payload" aria-hidden="true"></i>{t!(i18n, wire.payload, bytes = totals.payload)}</li>
            </ul>
            <p>
                {t!(i18n, wire.whole, bytes = sum(all), payload = all.payload, overhead = all.framing + all.headers)}
            </p>
        </div>
    }
}
