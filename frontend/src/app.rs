//! The frame of the page: contexts, header, banner, routes, footer.

use leptos::prelude::*;
use leptos_router::{
    components::{Route, Router, Routes},
    hooks::use_location,
    path,
};

use crate::{
    api::bridge::Bridge,
    components::{footer::Footer, header::Header, scope::Markers},
    health::Health,
    i18n::{I18n, t, t_string, use_i18n},
    pages::{grpc::Grpc, home::Home, not_found::NotFound, queue::Queue, rest::Rest},
    settings::{self, Settings},
    trouble::Trouble,
};

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    Settings::provide();
    Bridge::provide();
    I18n::provide(settings::language());
    view! {
        <Router>
            <Frame />
        </Router>
    }
}

#[component]
fn Frame() -> impl IntoView {
    let i18n = use_i18n();
    let embed = Settings::get().embed;
    let health = Health::watch();

    Effect::new(move |before: Option<()>| {
        let locale = i18n.get_locale();
        if before.is_some() {
            settings::mark_language(locale);
        }
    });
    Effect::new(move |_| document().set_title(&title()));
    Effect::new(|_| settings::mark("data-ready", ""));

    let host = window().location().host().unwrap_or_default();
    view! {
        <a class="skip" href="#main" rel="external">
            {t!(i18n, common.skip)}
        </a>
        <Markers />
        {(!embed).then(|| view! { <Header broker=health.broker store=health.store /> })}
        <div id="broker" class="wrap">
            <Trouble />
        </div>
        <main id="main" class="wrap" tabindex="-1">
            <Routes fallback=NotFound>
                <Route path=path!("/") view=Home />
                <Route path=path!("/rest") view=Rest />
                <Route path=path!("/grpc") view=Grpc />
                <Route path=path!("/queue") view=Queue />
            </Routes>
        </main>
        {(!embed).then(|| view! { <Footer host=host /> })}
    }
}

/// What the tab says.
fn title() -> String {
    let i18n = use_i18n();
    let path = use_location().pathname.get();
    let page = match path.trim_end_matches('/') {
        "" => return format!("Crosstalk: {}", t_string!(i18n, home.title)),
        "/rest" => t_string!(i18n, rest.title),
        "/grpc" => t_string!(i18n, grpc.title),
        "/queue" => t_string!(i18n, queue.title),
        _ => t_string!(i18n, common.lost_title),
    };
    format!("{page} · Crosstalk")
}
