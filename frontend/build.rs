//! Turns the texts of `locales/{en,zh}` into the module `i18n`. A key that one language lacks, or placeholders that differ
//! between the languages, are reported by the compiler.

use std::{env, error::Error, path::Path};

use leptos_i18n_build::{Config, ParseOptions, TranslationsInfos};

/// One file for each of them in every language.
const NAMESPACES: [&str; 13] = [
    "commands", "common", "design", "grpc", "history", "home", "json", "panels", "queue", "rest", "sequence", "timing",
    "wire",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    // the program that splits the page reads from the relocations which function refers to which
    if env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "wasm") {
        println!("cargo::rustc-link-arg-bins=--emit-relocs");
    }
    let config = Config::new("en")?
        .add_locale("zh")?
        .add_namespaces(NAMESPACES)?
        .parse_options(ParseOptions::new().interpolate_display(true));
    let texts = TranslationsInfos::parse(config)?;
    texts.emit_diagnostics();
    texts.rerun_if_locales_changed();
    texts.generate_i18n_module(Path::new(&env::var("OUT_DIR")?).join("i18n"))?;
    Ok(())
}
