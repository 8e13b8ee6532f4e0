//! Any address that is no page.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::page::Page;
use crate::i18n::{t, t_string, use_i18n};

/// Says that there is no page at this address, and links to the first page.
#[component]
pub fn NotFound() -> impl IntoView {
    let i18n = use_i18n();
    let path = use_location().pathname;
    view! {
        <Page title=|i18n| format!("{} · Crosstalk", t_string!(i18n, common.lost_title))>
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
            <a href="/" class="btn">
                {t!(i18n, common.lost_home)}
            </a>
        </Page>
    }
}
