//! The head of every page: wordmark, navigation, what the server runs on, language, theme.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{
    chip::{Chip, State},
    copy::Copy,
    icon::{Glyph, Icon},
};
use crate::{
    i18n::{Locale, t, t_string, use_i18n},
    settings::{Settings, Theme, remember_language},
};

/// What a chip of the header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// The shape.
    pub state: State,
    /// The word.
    pub word: String,
    /// In full.
    pub title: String,
    /// What other clients connect with, where that may be told.
    pub client_url: Option<String>,
}

/// The header.
#[component]
pub fn Header(
    /// The link to the message broker.
    #[prop(into)]
    broker: Signal<Health>,
    /// The store behind the REST resource.
    #[prop(into)]
    store: Signal<Health>,
    /// Further tools.
    children: Children,
) -> impl IntoView {
    let i18n = use_i18n();
    let path = use_location().pathname;
    // the path of the front page is a slash, or empty
    let path = Memo::new(move |_| path.with(|path| path.strip_suffix('/').unwrap_or(path).to_owned()));
    let current = |link: &'static str| move || path.with(|path| path == link).then_some("page");
    view! {
        <header class="top">
            <div class="wrap">
                <a href="/" class="brand" aria-current=current("")>
                    <svg width="26" height="18" viewBox="0 0 26 18" aria-hidden="true">
                        <path d="M1 3h13" stroke="var(--rest)" stroke-width="3"></path>
                        <path d="M6 9h12" stroke="var(--grpc)" stroke-width="3"></path>
                        <path d="M3 15h5M12 15h13" stroke="var(--queue)" stroke-width="3"></path>
                    </svg>
                    <span>"Crosstalk"</span>
                </a>
                <nav class="top-nav" aria-label=move || t_string!(i18n, common.nav)>
                    <ul>
                        <li data-style="rest">
                            <a href="/rest" class="nav-link" aria-current=current("/rest")>
                                "REST"
                            </a>
                        </li>
                        <li data-style="grpc">
                            <a href="/grpc" class="nav-link" aria-current=current("/grpc")>
                                "gRPC"
                            </a>
                        </li>
                        <li data-style="queue">
                            <a href="/queue" class="nav-link" aria-current=current("/queue")>
                                {t!(i18n, common.queue)}
                            </a>
                        </li>
                    </ul>
                </nav>
                <div class="top-tools">
                    <Chip
                        testid="chip-broker"
                        glyph=Glyph::Broker
                        state=Signal::derive(move || broker.get().state)
                        label=Signal::derive(move || t_string!(i18n, common.broker).to_owned())
                        word=Signal::derive(move || broker.get().word)
                        title=Signal::derive(move || broker.get().title)
                    />
                    <span class="broker-copy">
                        {move || {
                            broker
                                .get()
                                .client_url
                                .map(|url| {
                                    view! {
                                        <Copy
                                            testid="broker-copy"
                                            text=url.clone()
                                            what=Signal::derive(move || {
                                                format!("{}: {url}", t_string!(i18n, common.copy_broker))
                                            })
                                        />
                                    }
                                })
                        }}
                    </span>
                    <Chip
                        testid="chip-store"
                        glyph=Glyph::Store
                        state=Signal::derive(move || store.get().state)
                        label=Signal::derive(move || t_string!(i18n, common.store).to_owned())
                        word=Signal::derive(move || store.get().word)
                        title=Signal::derive(move || store.get().title)
                    />
                    {children()}
                    <div class="lang" role="group" aria-label=move || t_string!(i18n, common.language)>
                        <Language locale=Locale::en tag="en" testid="lang-en" word="EN" />
                        <Language locale=Locale::zh tag="zh-CN" testid="lang-zh" word="中文" />
                    </div>
                    <ThemeSwitch />
                </div>
            </div>
        </header>
    }
}

#[component]
fn Language(locale: Locale, tag: &'static str, testid: &'static str, word: &'static str) -> impl IntoView {
    let i18n = use_i18n();
    let choose = move |_| {
        i18n.set_locale(locale);
        remember_language(locale);
    };
    view! {
        <button
            type="button"
            lang=tag
            data-testid=testid
            aria-pressed=move || (i18n.get_locale() == locale).to_string()
            on:click=choose
        >
            {word}
        </button>
    }
}

#[component]
fn ThemeSwitch() -> impl IntoView {
    let i18n = use_i18n();
    let settings = Settings::get();
    view! {
        <button
            class="btn quiet sm"
            type="button"
            data-testid="theme"
            on:click=move |_| settings.choose_theme(settings.theme.get_untracked().next())
        >
            <Icon glyph=Glyph::Contrast />
            <span class="vh">{t!(i18n, common.theme)} ": "</span>
            <span>
                {move || match settings.theme.get() {
                    Theme::System => t_string!(i18n, common.theme_system),
                    Theme::Light => t_string!(i18n, common.theme_light),
                    Theme::Dark => t_string!(i18n, common.theme_dark),
                }}
            </span>
        </button>
    }
}
