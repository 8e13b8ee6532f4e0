//! What the page of components shows without a program, of `frontend/design`: fetched by those who open it, so that nobody
//! else has to.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{Context as _, Result, ensure};

use super::shells::{LANGUAGES, escape, fill};

/// Writes `design/LANGUAGE.html` for each.
///
/// # Errors
/// When the markup names a text that a language lacks, or a language has a text that nobody names.
pub(super) fn write(design: &Path, dist: &Path) -> Result<()> {
    let read = |name: &str| {
        let file = design.join(name);
        fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))
    };
    let markup = read("sheet.html")?;
    fs::create_dir_all(dist.join("design"))?;
    for (locale, _) in LANGUAGES {
        let texts: BTreeMap<String, String> = serde_json::from_str(&read(&format!("{locale}.json"))?)?;
        let sheet = filled(&markup, &texts).with_context(|| format!("the components in {locale}"))?;
        fs::write(dist.join(format!("design/{locale}.html")), sheet)?;
    }
    Ok(())
}

fn filled(markup: &str, texts: &BTreeMap<String, String>) -> Result<String> {
    let named = |name: &str| name.trim_start_matches('=').trim().to_owned();
    let names = markup.split("{{").skip(1).filter_map(|rest| rest.split_once("}}"));
    let said: BTreeSet<String> = names.map(|(name, _)| named(name.trim())).collect();
    for key in texts.keys() {
        ensure!(said.contains(key), "nobody says {key}");
    }
    fill(markup, |name| {
        let name = named(name);
        texts.get(&name).map(|text| escape(text)).with_context(|| format!("there is no text {name}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_is_there_and_is_said() {
        let texts = |keys: &[&str]| keys.iter().map(|key| ((*key).to_owned(), "A & B".to_owned())).collect();
        let markup = "<p title=\"{{= a }}\">{{ b }}</p>";
        assert_eq!(filled(markup, &texts(&["a", "b"])).unwrap(), "<p title=\"A &amp; B\">A &amp; B</p>");
        assert!(filled(markup, &texts(&["a"])).unwrap_err().to_string().contains("no text b"));
        assert!(filled(markup, &texts(&["a", "b", "c"])).unwrap_err().to_string().contains("nobody says c"));
    }
}
