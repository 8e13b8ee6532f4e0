//! The texts of `locales/{en,zh}` in the language of this visitor. leptos_i18n generates the keys at build time, so a key
//! that does not exist does not compile, nor does a wrong placeholder.
//!
//! - [`t!`]: a text in a view; it changes with the language
//! - [`t_string!`]: a text as it is now, tracked where it is read
//! - [`Label`]: a text as a value, for tables of texts and props

use leptos_i18n::I18nContext;
pub use leptos_i18n::{t, t_string};

pub use self::generated::i18n::{I18nSubContextProvider, Locale, use_i18n};

#[allow(
    missing_docs,
    unreachable_pub,
    dead_code,
    unused_imports,
    clippy::match_same_arms,
    clippy::wrong_self_convention,
    reason = "generated"
)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/i18n/mod.rs"));
}

/// The language of the page, as the macros take it.
pub type I18n = I18nContext<Locale>;

/// A text as a value: what it is in the current language; tracked.
pub type Label = fn(I18n) -> &'static str;

#[cfg(test)]
mod tests {
    use std::{env, fs, path::Path};

    /// Each text is downloaded by every visitor.
    #[test]
    fn every_text_is_used() {
        // the clone that the test runs in: clones may share compiled code
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
                if ![')', ','].into_iter().any(|end| sources.contains(&format!("{name}{end}"))) {
                    unused.push(name);
                }
            }
        }
        assert!(unused.is_empty(), "texts that no view uses: {}", unused.join(", "));
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
