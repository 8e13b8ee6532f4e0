//! How this visitor wants the page: theme, language, speed. `boot.js` has read address and storage before the
//! first paint and left its findings on `<html>`; this goes on from there and remembers what is chosen.

use leptos::prelude::*;
use web_sys::{Element, Storage};

use crate::{i18n::Locale, model::columns::Columns};

/// Light, dark, or what the system says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// As the system has it.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// The one the switch goes to from here.
    pub fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }

    fn attribute(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }
}

/// The settings of this page load.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The theme.
    pub theme: RwSignal<Theme>,
    /// Shortcuts of a single key are heard.
    pub keys: RwSignal<bool>,
    /// Where the columns of the benches part.
    pub columns: RwSignal<Columns>,
    /// No animation, `?speed=instant`.
    pub instant: bool,
    /// Within another site: no header and footer, `?embed=1`.
    pub embed: bool,
    /// What chance is seeded with, `?seed=`; none is true chance.
    pub seed: Option<u64>,
}

impl Settings {
    /// Reads the settings and makes them a context.
    pub fn provide() -> Self {
        let root = root();
        let theme = match root.get_attribute("data-theme").as_deref() {
            Some("light") => Theme::Light,
            Some("dark") => Theme::Dark,
            _ => Theme::System,
        };
        let settings = Self {
            theme: RwSignal::new(theme),
            keys: RwSignal::new(stored("keys").is_none()),
            columns: RwSignal::new(stored("columns").and_then(|kept| Columns::read(&kept)).unwrap_or_default()),
            instant: root.has_attribute("data-speed"),
            embed: root.has_attribute("data-embed"),
            seed: query("seed").and_then(|seed| seed.parse().ok()),
        };
        provide_context(settings);
        settings
    }

    /// The settings of this page load.
    pub fn get() -> Self {
        expect_context()
    }

    /// Shows a theme and remembers it.
    pub fn choose_theme(&self, theme: Theme) {
        self.theme.set(theme);
        match theme.attribute() {
            Some(name) => mark("data-theme", name),
            None => unmark("data-theme"),
        }
        remember("theme", theme.attribute());
    }

    /// Whether shortcuts of a single key are heard, from now on and the next time.
    pub fn choose_keys(&self, heard: bool) {
        self.keys.set(heard);
        remember("keys", (!heard).then_some("off"));
    }

    /// The columns were moved, for this time and the next.
    pub fn keep_columns(&self, columns: Columns) {
        remember("columns", (columns != Columns::default()).then(|| columns.write()).as_deref());
    }
}

/// Nothing may move by itself: the system says so, or the address.
pub fn is_motionless() -> bool {
    let reduced = window().match_media("(prefers-reduced-motion: reduce)").ok().flatten();
    root().has_attribute("data-speed") || reduced.is_some_and(|query| query.matches())
}

/// The language that `boot.js` found.
pub fn language() -> Locale {
    match root().get_attribute("lang") {
        Some(tag) if tag.starts_with("zh") => Locale::zh,
        _ => Locale::en,
    }
}

/// Remembers a language that was chosen.
pub fn remember_language(locale: Locale) {
    remember("lang", Some(tag(locale)));
}

/// Names the language of the document, for hyphenation, fonts and screen readers.
pub fn mark_language(locale: Locale) {
    mark("lang", tag(locale));
}

/// The language that the switch goes to.
pub fn other_language(locale: Locale) -> Locale {
    match locale {
        Locale::en => Locale::zh,
        Locale::zh => Locale::en,
    }
}

/// As HTML and boot.js name it.
fn tag(locale: Locale) -> &'static str {
    match locale {
        Locale::en => "en",
        Locale::zh => "zh-CN",
    }
}

/// Sets an attribute of `<html>`.
pub fn mark(name: &str, value: &str) {
    root().set_attribute(name, value).expect("attribute names here are literals, and valid");
}

fn unmark(name: &str) {
    root().remove_attribute(name).expect("attribute names here are literals, and valid");
}

fn root() -> Element {
    document().document_element().expect("a page has an <html>")
}

fn query(name: &str) -> Option<String> {
    let search = window().location().search().ok()?;
    web_sys::UrlSearchParams::new_with_str(&search).ok()?.get(name)
}

/// Remembers a value, or forgets it.
pub fn remember(key: &str, value: Option<&str>) {
    // without storage the choice lasts for this page load
    if let Some(storage) = storage() {
        let _ = match value {
            Some(value) => storage.set_item(key, value),
            None => storage.remove_item(key),
        };
    }
}

/// What was remembered under a key.
pub fn stored(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

/// What this browser keeps for the page; none where it keeps nothing (private mode, a frame of another site).
pub fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}
