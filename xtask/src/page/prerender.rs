//! Prerendered documents for the first paint: one for each page and language, with frame, heading and lead exactly as
//! the program draws them, so that nothing moves when the program takes over. The texts are those of
//! `frontend/locales`, the markup is in `frontend/shell`.
//!
//! A document has each text in both languages and the style sheet shows one, because only `boot.js` knows the language
//! that a visitor has chosen before. `<html lang>`, title, description and labels are in the language of the document.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context as _, Result};

use super::replaced;

/// The names of a language in `locales/` and in HTML.
pub(super) const LANGUAGES: [(&str, &str); 2] = [("en", "en"), ("zh", "zh-CN")];

/// A page that has a document of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Page {
    /// The name of the document, of the page's texts (`page.` in the markup) and of the chunk with its code.
    pub(super) name: String,
    /// Empty for the document of all other addresses.
    pub(super) address: String,
    /// The file of `frontend/shell` with the main part.
    main: &'static str,
    title: &'static str,
    description: &'static str,
}

impl Page {
    fn home() -> Self {
        Self {
            name: "home".to_owned(),
            address: "/".to_owned(),
            main: "home",
            title: "Crosstalk: {{= page.title }}",
            description: "{{= page.lead_before }}greet(\"World!\"){{= page.lead_after }}",
        }
    }

    /// The page `/name`, which has a heading and a lead.
    pub(super) fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            address: format!("/{name}"),
            main: "page",
            title: "{{= page.title }} · Crosstalk",
            description: "{{= page.lead }}",
        }
    }

    fn lost() -> Self {
        Self {
            name: "lost".to_owned(),
            address: String::new(),
            main: "lost",
            title: "{{= common.lost_title }} · Crosstalk",
            description: "{{= common.lost_title }}",
        }
    }
}

/// Every page: home, each file of `locales/` that has a `title` and a `lead`, and the one for all other addresses.
///
/// # Errors
/// When the texts cannot be read.
pub(super) fn pages(frontend: &Path) -> Result<Vec<Page>> {
    Ok(pages_of(&read(&frontend.join("locales").join(LANGUAGES[0].0))?))
}

fn pages_of(texts: &Texts) -> Vec<Page> {
    let leads = texts.keys().filter_map(|key| key.strip_suffix(".lead"));
    let named = leads.filter(|name| texts.contains_key(&format!("{name}.title"))).map(Page::named);
    [Page::home()].into_iter().chain(named).chain([Page::lost()]).collect()
}

/// Texts of a language by `namespace.key`.
type Texts = BTreeMap<String, String>;

/// Writes `shell/PAGE.LANGUAGE.html` for each page and language, and the home page in English over `index.html`.
///
/// # Errors
/// When markup names a text that does not exist, or `index` lacks what is to be filled.
pub(super) fn write(frontend: &Path, pages: &[Page], dist: &Path, index: &str) -> Result<()> {
    let texts = LANGUAGES.map(|(locale, _)| read(&frontend.join("locales").join(locale)));
    let texts: Vec<Texts> = texts.into_iter().collect::<Result<_>>()?;
    let markup = |name: &str| {
        let file = frontend.join("shell").join(name).with_extension("html");
        fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))
    };
    let frame = markup("frame")?;
    fs::create_dir_all(dist.join("shell"))?;
    for page in pages {
        let main = markup(page.main)?;
        for (at, (locale, tag)) in LANGUAGES.into_iter().enumerate() {
            let document = document(index, &frame, &main, page, tag, at, &texts)
                .with_context(|| format!("the shell of {} in {locale}", page.name))?;
            fs::write(dist.join(format!("shell/{}.{locale}.html", page.name)), &document)?;
            if (page.name.as_str(), locale) == ("home", "en") {
                fs::write(dist.join("index.html"), &document)?;
            }
        }
    }
    Ok(())
}

fn read(folder: &Path) -> Result<Texts> {
    let mut texts = Texts::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let namespace = path.file_stem().and_then(|stem| stem.to_str()).context("a file without a name")?;
        let content: BTreeMap<String, String> = serde_json::from_str(&fs::read_to_string(&path)?)?;
        texts.extend(content.into_iter().map(|(key, text)| (format!("{namespace}.{key}"), text)));
    }
    Ok(texts)
}

fn document(
    index: &str,
    frame: &str,
    main: &str,
    page: &Page,
    tag: &str,
    language: usize,
    texts: &[Texts],
) -> Result<String> {
    let text = |key: &str, language: usize| {
        let key = key.strip_prefix("page.").map_or(key.to_owned(), |key| format!("{}.{key}", page.name));
        texts[language].get(&key).map(|text| escape(text)).with_context(|| format!("there is no text {key}"))
    };
    let fill = |markup: &str| {
        fill(markup, |name| match name.strip_prefix('=').map(str::trim_start) {
            Some("page") => Ok(page.name.clone()),
            Some(key) => text(key, language),
            None => {
                let spans = LANGUAGES.iter().enumerate().map(|(at, (_, tag))| {
                    let text = text(name, at)?;
                    Ok(format!("<span lang=\"{tag}\">{text}</span>"))
                });
                spans.collect()
            }
        })
    };
    let here = format!("href=\"{}\"", page.address);
    let frame = frame.replacen(&here, &format!("{here} aria-current=\"page\""), 1);
    let body = fill(&frame.replace("<!-- main -->", main))?;
    let (title, description) = (fill(page.title)?, fill(&escape(page.description))?);
    let changes = [
        ("<html lang=\"en\">", format!("<html lang=\"{tag}\">")),
        ("<title>Crosstalk</title>", format!("<title>{title}</title>")),
        ("name=\"description\" content=\"\"", format!("name=\"description\" content=\"{description}\"")),
        ("<body>", format!("<body>\n{body}")),
    ];
    replaced(index, changes.iter().map(|(from, to)| (*from, to.as_str()))).context("index.html")
}

/// Replaces each `{{ name }}` by the value of the name.
pub(super) fn fill(markup: &str, value: impl Fn(&str) -> Result<String>) -> Result<String> {
    let mut out = String::with_capacity(markup.len());
    let mut rest = markup;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").context("{{ without }}")?;
        out.push_str(before);
        out.push_str(&value(name.trim())?);
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    const INDEX: &str =
        "<html lang=\"en\"><title>Crosstalk</title><meta name=\"description\" content=\"\"><body></body>";

    fn shell(page: &Page, language: usize) -> Result<String> {
        let texts = [("A & B", "Lead"), ("甲", "引")].map(|(title, lead)| {
            Texts::from([("rest.title".to_owned(), title.to_owned()), ("rest.lead".to_owned(), lead.to_owned())])
        });
        let frame = "<a href=\"/\"></a><a href=\"/rest\"></a><main><!-- main --></main>";
        let main = "<h1 class=\"{{= page }}\">{{ page.title }}</h1>";
        document(INDEX, frame, main, page, LANGUAGES[language].1, language, &texts)
    }

    #[test]
    fn a_shell_is_in_its_language_and_its_body_in_both() {
        let shell = shell(&Page::named("rest"), 1).unwrap();
        assert!(shell.contains("<html lang=\"zh-CN\"><title>甲 · Crosstalk</title>"), "{shell}");
        assert!(shell.contains("content=\"引\""), "{shell}");
        assert!(shell.contains("<a href=\"/\"></a><a href=\"/rest\" aria-current=\"page\"></a>"), "{shell}");
        let heading = "<h1 class=\"rest\"><span lang=\"en\">A &amp; B</span><span lang=\"zh-CN\">甲</span></h1>";
        assert!(shell.contains(heading), "{shell}");
    }

    #[test]
    fn a_text_that_does_not_exist_is_an_error() {
        let error = shell(&Page::named("grpc"), 0).unwrap_err();
        assert!(error.to_string().contains("grpc.title"), "{error}");
    }

    #[test]
    fn a_page_is_made_of_each_file_of_texts_with_a_title_and_a_lead() {
        let texts = ["queue.title", "queue.lead", "history.title", "home.title", "common.lost_title"];
        let texts = texts.map(|key| (key.to_owned(), String::new())).into();
        let addresses: Vec<String> = pages_of(&texts).into_iter().map(|page| page.address).collect();
        assert_eq!(addresses, ["/", "/queue", ""]);
    }
}
