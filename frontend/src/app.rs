//! The frame of the page: contexts, header, banner, footer. The routes are in [`crate::pages`].

use leptos::prelude::*;
use leptos_router::components::{Router, RoutingProgress};

use std::time::Duration;

use crate::{
    api::bridge::Bridge,
    commands::{CommandButton, CommandDialogs, Commands},
    components::{
        footer::Footer,
        header::Header,
        scope::Markers,
        toast::{Corner, Toasts},
    },
    health::Health,
    i18n::{I18nSubContextProvider, t, t_string, use_i18n},
    pages::Pages,
    past::PastCalls,
    settings::{self, Settings},
    state,
    trouble::Trouble,
};

/// How long the code of a page usually takes to load, for the pace of the progress bar.
const LOADING: Duration = Duration::from_secs(2);

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    Settings::provide();
    Bridge::provide();
    PastCalls::provide();
    Toasts::provide();
    let (is_routing, set_is_routing) = signal(false);
    view! {
        // the language is the one that boot.js found, not the browser's
        <I18nSubContextProvider initial_locale=Signal::stored(settings::language())>
            <Router set_is_routing>
                <Frame is_routing />
            </Router>
        </I18nSubContextProvider>
    }
}

#[component]
fn Frame(
    /// True while the code of a page loads.
    is_routing: ReadSignal<bool>,
) -> impl IntoView {
    let i18n = use_i18n();
    Commands::provide();
    state::provide();
    let embed = Settings::get().embed;
    let health = Health::watch();

    Effect::new(move |before: Option<()>| {
        let locale = i18n.get_locale();
        if before.is_some() {
            settings::mark_language(locale);
        }
    });

    let host = window().location().host().unwrap_or_default();
    view! {
        // the browser moves the focus along with the fragment
        <a class="skip" href="#main" rel="external">
            {t!(i18n, common.skip)}
        </a>
        <div class="routing" data-testid="routing" aria-hidden="true">
            <RoutingProgress is_routing max_time=LOADING />
        </div>
        <Markers />
        {(!embed).then(|| view! { <Header broker=health.broker store=health.store><CommandButton /></Header> })}
        <main id="main" class="wrap" tabindex="-1" aria-busy=move || is_routing.get().then_some("true")>
            <Pages />
        </main>
        // over what is at the edge of the window, and after everything at the end of the page: nothing has to move
        <div class="dock">
            <Corner />
            <section id="broker" class="wrap" aria-label=move || t_string!(i18n, common.trouble)>
                <Trouble />
            </section>
        </div>
        {(!embed).then(|| view! { <Footer host=host /> })}
        <CommandDialogs />
    }
}
