//! The texts of `locales/{en,zh}/{namespace}.json` as the module `i18n`, configured in Cargo.toml.

#![expect(
    deprecated,
    reason = "its successor is a build script that pulls in ICU's data sources and a WebAssembly runtime"
)]
#![expect(missing_docs, reason = "generated code")]

leptos_i18n::load_locales!();
