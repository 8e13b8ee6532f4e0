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

/// A page.
#[derive(Clone, Copy, Debug)]
struct Page {
    /// The name of its file, and of its texts (`page.` in the markup).
    name: &'static str,
    path: &'static str,
    /// The file of `frontend/shell` with its main part.
    main: &'static str,
    title: &'static str,
    description: &'static str,
}

const fn bench(name: &'static str, path: &'static str) -> Page {
    Page { name, path, main: "bench", title: "{{= page.title }} · Crosstalk", description: "{{= page.lead }}" }
}

const PAGES: [Page; 6] = [
    Page {
        name: "home",
        path: "/",
        main: "home",
        title: "Crosstalk: {{= page.title }}",
        description: "{{= page.lead_before }}greet(\"World!\"){{= page.lead_after }}",
    },
    bench("rest", "/rest"),
    bench("grpc", "/grpc"),
    bench("queue", "/queue"),
    bench("design", "/design"),
    Page {
        name: "lost",
        path: "",
        main: "lost",
        title: "{{= common.lost_title }} · Crosstalk",
        description: "{{= common.lost_title }}",
    },
];

/// The address of a page.
pub(super) fn address(name: &str) -> Option<&'static str> {
    PAGES.iter().find(|page| page.name == name).map(|page| page.path)
}

/// Texts of a language by `namespace.key`.
type Texts = BTreeMap<String, String>;

/// Writes `shell/PAGE.LANGUAGE.html` for each page and language, and the English home page to `index.html`.
///
/// # Errors
/// When markup names a missing text, or `index` lacks a placeholder.
pub(super) fn write(frontend: &Path, dist: &Path, index: &str) -> Result<()> {
    let texts = LANGUAGES.map(|(locale, _)| read(&frontend.join("locales").join(locale)));
    let texts: Vec<Texts> = texts.into_iter().collect::<Result<_>>()?;
    let markup = |name: &str| {
        let file = frontend.join("shell").join(name).with_extension("html");
        fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))
    };
    let frame = markup("frame")?;
    fs::create_dir_all(dist.join("shell"))?;
    for page in PAGES {
        let main = markup(page.main)?;
        for (at, (locale, tag)) in LANGUAGES.into_iter().enumerate() {
            let document = document(index, &frame, &main, page, tag, at, &texts)
                .with_context(|| format!("the shell of {} in {locale}", page.name))?;
            fs::write(dist.join(format!("shell/{}.{locale}.html", page.name)), &document)?;
            if (page.name, locale) == ("home", "en") {
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
    page: Page,
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
            Some("page") => Ok(page.name.to_owned()),
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
    let here = format!("href=\"{}\"", page.path);
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

    fn shell(page: Page, language: usize) -> Result<String> {
        let texts = [("A & B", "Lead"), ("甲", "引")].map(|(title, lead)| {
            Texts::from([("rest.title".to_owned(), title.to_owned()), ("rest.lead".to_owned(), lead.to_owned())])
        });
        let frame = "<a href=\"/\"></a><a href=\"/rest\"></a><main><!-- main --></main>";
        let main = "<h1 class=\"{{= page }}\">{{ page.title }}</h1>";
        document(INDEX, frame, main, page, LANGUAGES[language].1, language, &texts)
    }

    #[test]
    fn a_shell_is_in_its_language_and_its_body_in_both() {
        let shell = shell(bench("rest", "/rest"), 1).unwrap();
        assert!(shell.contains("<html lang=\"zh-CN\"><title>甲 · Crosstalk</title>"), "{shell}");
        assert!(shell.contains("content=\"引\""), "{shell}");
        assert!(shell.contains("<a href=\"/\"></a><a href=\"/rest\" aria-current=\"page\"></a>"), "{shell}");
        let heading = "<h1 class=\"rest\"><span lang=\"en\">A &amp; B</span><span lang=\"zh-CN\">甲</span></h1>";
        assert!(shell.contains(heading), "{shell}");
    }

    #[test]
    fn a_text_that_does_not_exist_is_an_error() {
        let error = shell(bench("grpc", "/grpc"), 0).unwrap_err();
        assert!(error.to_string().contains("grpc.title"), "{error}");
    }
}
