//! The addresses of the page, read from its texts as the build reads them: `/`, and `/NAME` for each file of
//! `frontend/locales` with a `title` and a `lead`. A new page is looked at by the tests of all pages at once.

use std::{fs, path::Path};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Map, Value};

/// The addresses of all pages, home first.
///
/// # Errors
/// When the texts cannot be read, or name no page.
pub fn addresses() -> Result<Vec<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../frontend/locales/en");
    let mut found = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        let texts: Map<String, Value> = serde_json::from_str(&fs::read_to_string(&path)?)?;
        if texts.contains_key("title") && texts.contains_key("lead") {
            let name = path.file_stem().and_then(|stem| stem.to_str()).context("a file without a name")?;
            found.push(format!("/{name}"));
        }
    }
    ensure!(!found.is_empty(), "no file in {} has a title and a lead", folder.display());
    found.sort();
    found.insert(0, "/".to_owned());
    Ok(found)
}
