//! The components, `/design`: each in its states. What is markup and style alone comes as a document of its own, so that
//! only those who look at it fetch it, and is shown in both themes; `live` are the very components of the page.

#![expect(unreachable_pub, reason = "the component macro widens what is restricted")]

mod live;

use crosstalk_view::view;
use leptos::prelude::*;

use self::live::Live;
use super::tasks::Tasks;
use crate::{
    api::rest,
    components::failure::Failure,
    dom::IntoNode as _,
    i18n::{Locale, t, use_i18n},
    model::exchange::CallError,
};

/// What separates the parts of the document.
const PART: &str = "<!-- part -->";
/// What its markup has for the name of a theme, so that no id is there twice.
const THEME: &str = "THEME";

/// The component page, `/design`.
#[component]
pub fn Design() -> impl IntoView {
    let i18n = use_i18n();
    let tasks = Tasks::new();
    let parts = RwSignal::new(None::<Result<Vec<String>, CallError>>);
    Effect::new(move |_| {
        let locale = i18n.get_locale();
        let language = if locale == Locale::Zh { "zh" } else { "en" };
        tasks.spawn(async move {
            let document = rest::file(format!("/design/{language}.html")).await;
            parts.set(Some(document.map(|document| document.split(PART).map(str::to_owned).collect())));
        });
    });
    let sheets = move || match parts.get() {
        None => ().into_node(),
        Some(Err(error)) => view! { <Failure error=error /> },
        Some(Ok(parts)) => {
            let mut parts = parts.into_iter();
            let sheet = parts.next().unwrap_or_default();
            let themes = [("light", t!(i18n, common.theme_light)), ("dark", t!(i18n, common.theme_dark))];
            let sheets = themes.map(|(theme, name)| {
                let id = format!("sheet-{theme}");
                view! {
                    <section class="sheet" data-theme=theme data-testid=id.clone() aria-labelledby=id.clone()>
                        <h2 id=id.clone()>{name}</h2>
                        <div inner_html=sheet.replace(THEME, theme)></div>
                    </section>
                }
            });
            view! {
                <section class="sheet" data-testid="sheet-live" aria-labelledby="live-h">
                    <h2 id="live-h">{t!(i18n, design.live)}</h2>
                    <Live heads=parts.collect() />
                </section>
                {sheets.collect_view()}
            }
        }
    };
    view! {
        <div data-style="design">
            <div class="page-head">
                <div>
                    <h1>{t!(i18n, design.title)}</h1>
                    <p>{t!(i18n, design.lead)}</p>
                </div>
            </div>
            <div class="sheets" aria-busy=move || parts.read().is_none().to_string()>
                {sheets}
            </div>
        </div>
    }
}
