//! The foot of every page: where this runs, and what else the server has to read.

use leptos::prelude::*;

use crate::i18n::{t, use_i18n};

/// The footer.
#[component]
pub fn Footer(
    /// Host and port of the page.
    host: String,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <footer class="foot">
            <div class="wrap">
                <span>"Crosstalk " {env!("CARGO_PKG_VERSION")}</span>
                <span>{t!(i18n, common.foot_local)} " " <code>{host}</code></span>
                <span class="push">
                    <a href="/api/docs" rel="external">
                        {t!(i18n, common.foot_docs)}
                    </a>
                </span>
                <a href="/api/openapi.json" rel="external">
                    "OpenAPI"
                </a>
                <a href="/metrics" rel="external">
                    "/metrics"
                </a>
                <a href="/design">{t!(i18n, common.components)}</a>
            </div>
        </footer>
    }
}
