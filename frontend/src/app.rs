//! The frame of the page: contexts, header, banner, routes, footer.

use crosstalk_view::view;
use leptos::prelude::*;

use crate::{
    api::bridge::Bridge,
    boot::Apart,
    commands::{CommandButton, CommandDialogs, Commands},
    components::{
        footer::Footer,
        header::Header,
        scope::Markers,
        toast::{Corner, Toasts},
    },
    health::Health,
    i18n::{I18n, t, t_string, use_i18n},
    pages::parts,
    past::PastCalls,
    router::{Router, route::Route},
    settings::{self, Settings},
    trouble::Trouble,
};

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    Settings::provide();
    Bridge::provide();
    I18n::provide(settings::language());
    Router::provide();
    PastCalls::provide();
    Toasts::provide();
    Commands::provide();
    view! { <Frame /> }
}

#[component]
fn Frame() -> impl IntoView {
    let (i18n, router) = (use_i18n(), Router::get());
    let embed = Settings::get().embed;
    let health = Health::watch();

    Effect::new(move |before: Option<()>| {
        let locale = i18n.get_locale();
        if before.is_some() {
            settings::mark_language(locale);
        }
    });
    Effect::new(move |_| document().set_title(&title(i18n, router.route())));

    let host = window().location().host().unwrap_or_default();
    view! {
        <a class="skip" href="#main">
            {t!(i18n, common.skip)}
        </a>
        <Markers />
        <Apart>
            {(!embed).then(|| view! { <Header broker=health.broker store=health.store><CommandButton /></Header> })}
        </Apart>
        <main id="main" class="wrap" tabindex="-1">
            <Apart>{move || parts::view(router.route())}</Apart>
        </main>
        // over what is at the edge of the window, and after everything at the end of the page: nothing has to move
        <div class="dock">
            <Corner />
            <section id="broker" class="wrap" aria-label=move || t_string!(i18n, common.trouble)>
                <Trouble />
            </section>
        </div>
        {(!embed).then(|| view! { <Footer host=host /> })}
        <Apart>
            <CommandDialogs />
        </Apart>
    }
}

/// What the tab says.
fn title(i18n: I18n, route: Route) -> String {
    let page = match route {
        Route::Home => return format!("Crosstalk: {}", t_string!(i18n, home.title)),
        Route::Rest => t_string!(i18n, rest.title),
        Route::Grpc => t_string!(i18n, grpc.title),
        Route::Queue => t_string!(i18n, queue.title),
        Route::Design => t_string!(i18n, design.title),
        Route::Lost => t_string!(i18n, common.lost_title),
    };
    format!("{page} · Crosstalk")
}
