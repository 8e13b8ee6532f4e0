//! Turns the texts of `locales/{en,zh}/{namespace}.json` into the module `i18n`. A key that one language lacks
//! fails the build.

use std::{env, fs, io, path::PathBuf};

use leptos_i18n_parser::parse_locales::{
    options::{Config, ParseOptions},
    parse_locales,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // texts also go into attributes and sentences, hence strings and not only views
    let options = ParseOptions::new().interpolate_display(true);
    let config = Config::new("en")?.add_locale("zh")?.add_namespaces(namespaces()?)?.parse_options(options);
    let texts = parse_locales(None, config)?;
    for path in texts.tracked_files.iter().flatten() {
        println!("cargo:rerun-if-changed={path}");
    }
    let complaints: Vec<String> = texts.diag.warnings().iter().map(ToString::to_string).collect();
    if !complaints.is_empty() {
        return Err(complaints.join("\n").into());
    }
    let code = leptos_i18n_codegen::gen_code(&texts, None, false, None, false)?;
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("i18n.rs"), code.to_string())?;
    Ok(())
}

/// One for each file of the first language.
fn namespaces() -> io::Result<Vec<String>> {
    println!("cargo:rerun-if-changed=locales/en");
    let mut names = Vec::new();
    for entry in fs::read_dir("locales/en")? {
        let path = entry?.path();
        names.extend(path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned));
    }
    names.sort();
    Ok(names)
}
