//! Turns the texts of `locales/{en,zh}/{namespace}.json` into constants, for `src/i18n`: each text is one of its own, so
//! that it goes into that part of the program that says it. A key that one language lacks, or placeholders that differ
//! between the languages, fail the build.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;
/// Texts by namespace, then by key.
type Texts = BTreeMap<String, BTreeMap<String, String>>;

/// In the order of the variants of `Locale`; the first says which placeholders there are, and their order.
const LANGUAGES: [&str; 2] = ["en", "zh"];

/// Where the generated code finds its types.
const TYPES: &str = "crate::i18n::text::";

fn main() -> Result<()> {
    println!("cargo:rerun-if-changed=locales");
    // splitting the linked program into chunks (`xtask/src/page/program.rs`) needs its relocations
    if env::var("CARGO_CFG_TARGET_FAMILY")? == "wasm" {
        println!("cargo:rustc-link-arg-bins=--emit-relocs");
    }
    let texts = LANGUAGES.map(|language| read(&Path::new("locales").join(language)));
    let [first, rest @ ..] = texts;
    let first = first?;
    let mut tables = vec![first.clone()];
    for (other, language) in rest.into_iter().zip(&LANGUAGES[1..]) {
        let other = other?;
        same_keys(&first, &other, LANGUAGES[0], language)?;
        tables.push(other);
    }
    let code = generate(&first, &tables)?;
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("texts.rs"), code)?;
    Ok(())
}

fn read(folder: &Path) -> Result<Texts> {
    let mut texts = Texts::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let namespace = path.file_stem().and_then(|stem| stem.to_str()).ok_or("a file without a name")?;
        let content = serde_json::from_str(&fs::read_to_string(&path)?);
        texts.insert(namespace.to_owned(), content.map_err(|error| format!("{}: {error}", path.display()))?);
    }
    Ok(texts)
}

fn same_keys(one: &Texts, other: &Texts, named: &str, other_named: &str) -> Result<()> {
    let keys = |texts: &Texts| -> BTreeSet<String> {
        texts.iter().flat_map(|(space, keys)| keys.keys().map(move |key| format!("{space}.{key}"))).collect()
    };
    let (one, other) = (keys(one), keys(other));
    let lacks = |texts: &BTreeSet<String>, all: &BTreeSet<String>, who: &str| {
        let missing: Vec<&str> = all.difference(texts).map(String::as_str).collect();
        if missing.is_empty() { Ok(()) } else { Err(format!("locales/{who} lacks {}", missing.join(", "))) }
    };
    lacks(&other, &one, other_named)?;
    lacks(&one, &other, named)?;
    Ok(())
}

/// `keys::{namespace}::{key}`, each with its text in every language.
fn generate(first: &Texts, tables: &[Texts]) -> Result<String> {
    let mut keys = String::from("pub mod keys {\n");
    for (namespace, texts) in first {
        writeln!(keys, "    pub mod {namespace} {{")?;
        for key in texts.keys() {
            let mut expected: Option<Vec<String>> = None;
            let mut said = Vec::with_capacity(tables.len());
            for (table, language) in tables.iter().zip(LANGUAGES) {
                let place = format!("locales/{language}, {namespace}.{key}");
                let (text, names) = placeholders(&table[namespace][key]).map_err(|why| format!("{place}: {why}"))?;
                let set = |names: &[String]| names.iter().cloned().collect::<BTreeSet<_>>();
                let names_expected = expected.get_or_insert_with(|| names.clone());
                if set(names_expected) != set(&names) {
                    return Err(format!("{place}: {names:?} where {} has {names_expected:?}", LANGUAGES[0]).into());
                }
                said.push(text);
            }
            match expected.unwrap_or_default() {
                names if names.is_empty() => {
                    writeln!(keys, "        pub const {key}: {TYPES}Text = {TYPES}Text(&{said:?});")?;
                }
                names => {
                    let pattern = format!("{TYPES}Pattern {{ said: &{said:?}, names: &{names:?} }}");
                    writeln!(keys, "        pub const {key}: {TYPES}Pattern = {pattern};")?;
                }
            }
        }
        keys.push_str("    }\n");
    }
    keys.push_str("}\n");
    Ok(keys)
}

/// `{{ name }}` as `{name}`, and the names in their order.
fn placeholders(text: &str) -> Result<(String, Vec<String>)> {
    let (mut out, mut names) = (String::new(), Vec::new());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").ok_or("{{ without }}")?;
        let name = name.trim();
        if before.contains(['{', '}']) || name.is_empty() || !name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
        {
            return Err(format!("{{{{ {name} }}}} or what is before it is not a placeholder").into());
        }
        write!(out, "{before}{{{name}}}")?;
        if !names.contains(&name.to_owned()) {
            names.push(name.to_owned());
        }
        rest = after;
    }
    if rest.contains(['{', '}']) {
        return Err("a brace that is no placeholder".into());
    }
    out.push_str(rest);
    Ok((out, names))
}
