//! The texts of `locales/{en,zh}`, in the language of this visitor. `build.rs` makes a constant
//! of each key, so a key that does not exist does not compile, nor does a wrong placeholder.
//!
//! - [`t!`]: a text in a view, or as the value of an attribute; it changes with the language
//! - [`t_string!`]: a text as it is now, tracked where it is read
//! - [`use_i18n`]: the language, as both macros want it
//! - [`json`]: what a JSON parser says

use leptos::prelude::*;

pub mod json;
mod macros;
mod text;

pub(crate) use macros::{t, t_string};
pub use text::{Pattern, Text, Value, keys};

/// A language of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locale {
    /// English.
    En,
    /// Chinese, in simplified characters.
    Zh,
}

impl Locale {
    /// The other one.
    pub const fn next(self) -> Self {
        match self {
            Self::En => Self::Zh,
            Self::Zh => Self::En,
        }
    }
}

/// Values of placeholders, by name, which outlive the moment.
pub type Values = Vec<(&'static str, String)>;

/// The language of the page; a context, see [`use_i18n`].
#[derive(Clone, Copy, Debug)]
pub struct I18n {
    locale: RwSignal<Locale>,
}

impl I18n {
    /// Starts with a language, and makes it a context.
    pub fn provide(locale: Locale) -> Self {
        let i18n = Self { locale: RwSignal::new(locale) };
        provide_context(i18n);
        i18n
    }

    /// The language; tracked.
    pub fn get_locale(self) -> Locale {
        self.locale.get()
    }

    /// Changes the language.
    pub fn set_locale(self, locale: Locale) {
        self.locale.set(locale);
    }

    /// A text; tracked.
    pub fn text(self, text: Text) -> &'static str {
        text.of(self.get_locale())
    }

    /// A text with values in its places; tracked.
    pub fn fill(self, pattern: Pattern, values: &[Value<'_>]) -> String {
        pattern.fill(self.get_locale(), values)
    }

    /// A text that follows the language. One type for all of them: each type in a view is code.
    pub fn shown(self, text: Text) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
        move || self.text(text)
    }

    /// A text with values in its places that follows the language.
    pub fn filled(self, pattern: Pattern, values: Values) -> impl Fn() -> String + Clone + Send + Sync + 'static {
        move || {
            let values: Vec<Value<'_>> = values.iter().map(|(name, value)| (*name, value as _)).collect();
            self.fill(pattern, &values)
        }
    }
}

/// The language of the page.
///
/// # Panics
/// Outside of the page's own components.
pub fn use_i18n() -> I18n {
    expect_context()
}

#[cfg(test)]
mod tests {
    use std::{env, fs, path::Path};

    /// Each text is downloaded by everybody.
    #[test]
    fn every_text_is_used() {
        // of the clone this runs in: clones may share what they compile
        let root = env::var_os("CARGO_MANIFEST_DIR").expect("cargo names the folder");
        let root = Path::new(&root);
        let (mut sources, mut unused) = (String::new(), Vec::new());
        read(&root.join("src"), &mut sources);
        for entry in fs::read_dir(root.join("locales/en")).unwrap() {
            let path = entry.unwrap().path();
            let namespace = path.file_stem().unwrap().to_str().unwrap();
            let texts: serde_json::Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
            for key in texts.as_object().unwrap().keys() {
                let name = format!("{namespace}.{key}");
                // by the macros, or by a table of keys
                let constant = format!("key::{key}");
                let named = sources.contains(&format!("keys::{namespace} as key"));
                let used = |end: char| {
                    sources.contains(&format!("{name}{end}")) || named && sources.contains(&format!("{constant}{end}"))
                };
                if ![')', ',', ']'].into_iter().any(used) {
                    unused.push(name);
                }
            }
        }
        assert!(unused.is_empty(), "nobody says {}", unused.join(", "));
    }

    fn read(folder: &Path, sources: &mut String) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read(&path, sources);
            } else {
                sources.push_str(&fs::read_to_string(&path).unwrap());
            }
        }
    }
}
