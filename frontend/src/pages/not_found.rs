//! Any address that is no page.

use crosstalk_view::view;
use leptos::prelude::*;

use crate::{
    i18n::{t, use_i18n},
    router::Router,
};

/// Says so, and where to go instead.
#[component]
pub fn NotFound() -> impl IntoView {
    let i18n = use_i18n();
    let router = Router::get();
    view! {
        <div class="page-head" data-testid="not-found">
            <div>
                <h1>{t!(i18n, common.lost_title)}</h1>
                <p>
                    <code>{move || router.path()}</code>
                    " "
                    {t!(i18n, common.lost_text)}
                </p>
            </div>
        </div>
        <a href="/" class="btn">
            {t!(i18n, common.lost_home)}
        </a>
    }
}
