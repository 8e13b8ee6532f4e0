//! What a call cost, as three figures: time, and the bytes of both bodies.

use leptos::prelude::*;

use crate::{
    i18n::{t, use_i18n},
    model::{exchange::Cost, number},
};

/// The figures of one call.
#[component]
pub fn CostFacts(
    /// The cost.
    cost: Cost,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <dl class="facts">
            <div>
                <dt>{t!(i18n, panels.total)}</dt>
                <dd><b>{number::ms(cost.total_ms())}</b> " ms"</dd>
            </div>
            <div>
                <dt>{t!(i18n, panels.body_out)}</dt>
                <dd>{cost.bytes_out} " B"</dd>
            </div>
            <div>
                <dt>{t!(i18n, panels.body_in)}</dt>
                <dd>{cost.bytes_in} " B"</dd>
            </div>
        </dl>
    }
}
