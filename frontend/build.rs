//! Turns the texts of `locales/{en,zh}` into the module `i18n`. A key that one language lacks, or placeholders that differ
//! between the languages, are reported by the compiler.

use std::{env, error::Error, fs, path::Path};

use leptos_i18n_build::{Config, ParseOptions, TranslationsInfos};

/// The language whose files name the namespaces; every other language has the same files.
const DEFAULT: &str = "en";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    // the program that splits the page reads from the relocations which function refers to which
    if env::var("CARGO_CFG_TARGET_FAMILY").is_ok_and(|family| family == "wasm") {
        println!("cargo::rustc-link-arg-bins=--emit-relocs");
    }
    let config = Config::new(DEFAULT)?
        .add_locale("zh")?
        .add_namespaces(namespaces()?)?
        .parse_options(ParseOptions::new().interpolate_display(true));
    let texts = TranslationsInfos::parse(config)?;
    texts.emit_diagnostics();
    texts.rerun_if_locales_changed();
    texts.generate_i18n_module(Path::new(&env::var("OUT_DIR")?).join("i18n"))?;
    Ok(())
}

/// The names of the files in `locales/en`.
fn namespaces() -> Result<Vec<String>, Box<dyn Error>> {
    let folder = Path::new("locales").join(DEFAULT);
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let file = entry?.path();
        names.extend(file.file_stem().and_then(|name| name.to_str()).map(str::to_owned));
    }
    names.sort();
    Ok(names)
}
