//! Any address that is no page.

use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_location};

use crate::i18n::{t, use_i18n};

/// Says so, and where to go instead.
#[component]
pub fn NotFound() -> impl IntoView {
    let i18n = use_i18n();
    let path = use_location().pathname;
    view! {
        <div class="page-head" data-testid="not-found">
            <div>
                <h1>{t!(i18n, common.lost_title)}</h1>
                <p>
                    <code>{path}</code>
                    " "
                    {t!(i18n, common.lost_text)}
                </p>
            </div>
        </div>
        <A href="/" attr:class="btn">
            {t!(i18n, common.lost_home)}
        </A>
    }
}
