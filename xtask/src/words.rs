//! The check for banned words: comments, docs and interface texts are plain English. The list, with what to write instead, is
//! in `xtask/banned_words.toml`.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use toml::Table;

use crate::{page, root};

const LIST: &str = include_str!("../banned_words.toml");

/// Checks the files that the list names, or else those in `paths`, and prints each finding.
///
/// # Errors
/// When there is a finding, or a file cannot be read.
pub(crate) fn check(paths: &[PathBuf]) -> Result<()> {
    let list = List::parse(LIST)?;
    let found = if paths.is_empty() { list.check(&root())? } else { list.check_paths(paths)? };
    for finding in &found {
        eprintln!("{finding}");
    }
    match found.len() {
        0 => Ok(()),
        count => bail!("{count} banned words; xtask/banned_words.toml has the list"),
    }
}

/// The list of banned words and the files they are banned from.
struct List {
    comments: Vec<String>,
    docs: Vec<String>,
    texts: Vec<String>,
    banned: Vec<Banned>,
}

/// A banned word or phrase.
struct Banned {
    /// As in the list.
    phrase: String,
    /// Its words in lower case. Empty for Chinese, which has no spaces between words.
    words: Vec<String>,
    instead: String,
    /// True if it is banned from the texts of the page only.
    texts_only: bool,
}

/// A banned word in a file.
#[derive(Debug, PartialEq)]
struct Finding {
    file: PathBuf,
    line: usize,
    phrase: String,
    instead: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, phrase, instead } = self;
        write!(f, "{}:{line}: \"{phrase}\": {instead}", file.display())
    }
}

/// A piece of prose with the number of its line, from 1.
type Line = (usize, String);

impl List {
    fn parse(text: &str) -> Result<Self> {
        let table: Table = text.parse().context("banned_words.toml")?;
        let strings = |table: &Table, key: &str| -> Result<Vec<String>> {
            let values = table.get(key).and_then(|value| value.as_array()).with_context(|| format!("no list {key}"))?;
            values.iter().map(|value| Ok(value.as_str().context("not a text")?.to_owned())).collect()
        };
        let mut banned = Vec::new();
        for entry in table["banned"].as_array().context("no list banned")? {
            let entry = entry.as_table().context("an entry of banned is not a table")?;
            let instead = entry.get("instead").and_then(|value| value.as_str()).context("an entry without instead")?;
            for phrase in strings(entry, "words")? {
                let words =
                    if phrase.is_ascii() { words(&phrase).map(str::to_lowercase).collect() } else { Vec::new() };
                let texts_only = entry.contains_key("only");
                banned.push(Banned { phrase, words, instead: instead.to_owned(), texts_only });
            }
        }
        let (comments, docs) = (strings(&table, "comments")?, strings(&table, "docs")?);
        Ok(Self { comments, docs, texts: strings(&table, "texts")?, banned })
    }

    /// The findings in all files that the list names, with paths relative to `root`.
    fn check(&self, root: &Path) -> Result<Vec<Finding>> {
        let paths: Vec<PathBuf> =
            self.comments.iter().chain(&self.docs).chain(&self.texts).map(|path| root.join(path)).collect();
        let mut found = self.check_paths(&paths)?;
        for finding in &mut found {
            finding.file = finding.file.strip_prefix(root).unwrap_or(&finding.file).to_owned();
        }
        Ok(found)
    }

    /// The findings in these files and folders, by the type of each file.
    fn check_paths(&self, paths: &[PathBuf]) -> Result<Vec<Finding>> {
        let mut found = Vec::new();
        for path in paths {
            let files = if path.is_dir() { page::files(path)? } else { vec![path.clone()] };
            for file in files {
                let read = || fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()));
                let (paragraphs, is_text) = match file.extension().and_then(|extension| extension.to_str()) {
                    Some("rs") => (comments(&read()?), false),
                    Some("md") => (markdown(&read()?), false),
                    Some("json") => (texts(&read()?), true),
                    _ => continue,
                };
                found.extend(paragraphs.iter().flat_map(|paragraph| self.find(paragraph, is_text, &file)));
            }
        }
        Ok(found)
    }

    /// The findings in the lines of one paragraph.
    fn find(&self, paragraph: &[Line], is_text: bool, file: &Path) -> Vec<Finding> {
        let all: Vec<(usize, String)> =
            paragraph.iter().flat_map(|(line, text)| words(text).map(|word| (*line, word.to_lowercase()))).collect();
        let mut found = Vec::new();
        for banned in self.banned.iter().filter(|banned| is_text || !banned.texts_only) {
            let lines: Vec<usize> = if banned.words.is_empty() {
                paragraph.iter().filter(|(_, text)| text.contains(&banned.phrase)).map(|(line, _)| *line).collect()
            } else {
                let same = |window: &&[(usize, String)]| window.iter().map(|(_, word)| word).eq(&banned.words);
                all.windows(banned.words.len()).filter(same).map(|window| window[0].0).collect()
            };
            found.extend(lines.into_iter().map(|line| Finding {
                file: file.to_owned(),
                line,
                phrase: banned.phrase.clone(),
                instead: banned.instead.clone(),
            }));
        }
        found
    }
}

/// The words of a text. An apostrophe or hyphen is part of a word.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|char: char| !char.is_alphanumeric() && char != '\'' && char != '-').filter(|word| !word.is_empty())
}

/// The comments of a Rust file; adjacent lines are one paragraph.
fn comments(source: &str) -> Vec<Vec<Line>> {
    paragraphs(source.lines().map(|line| {
        // `://` is part of an address
        let start = line.match_indices("//").map(|(at, _)| at).find(|at| !line[..*at].ends_with(':'))?;
        Some(line[start..].trim_start_matches(['/', '!']).to_owned())
    }))
}

/// The paragraphs of a Markdown file, without its code blocks.
fn markdown(source: &str) -> Vec<Vec<Line>> {
    let mut in_code = false;
    paragraphs(source.lines().map(|line| {
        let fence = line.trim_start().starts_with("```");
        in_code ^= fence;
        (!fence && !in_code && !line.trim().is_empty()).then(|| line.to_owned())
    }))
}

/// The texts of a JSON file with one text per line.
fn texts(source: &str) -> Vec<Vec<Line>> {
    let text = |line: &str| line.split_once("\": \"").map(|(_key, text)| text.to_owned());
    (1..).zip(source.lines()).filter_map(|(number, line)| Some(vec![(number, text(line)?)])).collect()
}

/// Groups adjacent lines that have prose.
fn paragraphs(lines: impl Iterator<Item = Option<String>>) -> Vec<Vec<Line>> {
    let mut paragraphs = vec![Vec::new()];
    for (number, line) in (1..).zip(lines) {
        match (line, paragraphs.last_mut()) {
            (Some(line), Some(paragraph)) => paragraph.push((number, line)),
            _ => paragraphs.push(Vec::new()),
        }
    }
    paragraphs
}

#[cfg(test)]
mod tests {
    use super::*;

    const BANNED: &str = r#"
comments = []
docs = []
texts = []
[[banned]]
words = ["grue", "of no grue"]
instead = "name it"
[[banned]]
words = ["it ended", "头部"]
instead = "name it"
only = "texts"
"#;

    #[track_caller]
    fn check(file: &str, source: &str, expected: &[(usize, &str)]) {
        let folder = std::env::temp_dir().join(format!("crosstalk-words-{}", std::process::id()));
        let path = folder.join(file);
        fs::create_dir_all(&folder).unwrap();
        fs::write(&path, source).unwrap();
        let found = List::parse(BANNED).unwrap().check_paths(std::slice::from_ref(&path)).unwrap();
        fs::remove_file(path).unwrap();
        let found: Vec<_> = found.iter().map(|finding| (finding.line, finding.phrase.as_str())).collect();
        assert_eq!(found, expected, "{file}");
    }

    #[test]
    fn comments_are_checked_and_code_is_not() {
        check(
            "a.rs",
            "/// A Grue.\nlet grue = 1; // grue's\nlet url = \"http://grue\";\n//! it ended\n",
            &[(1, "grue")],
        );
    }

    #[test]
    fn a_phrase_is_found_across_a_line_break() {
        check("b.rs", "    /// An account Of no\n    /// grue.\n", &[(2, "grue"), (1, "of no grue")]);
        check("c.rs", "/// of no\nfn f() {}\n/// grue\n", &[(3, "grue")]);
    }

    #[test]
    fn texts_have_words_of_their_own_and_keys_are_not_checked() {
        check("d.json", "{\n  \"grue\": \"It ended.\",\n  \"b\": \"响应头部\"\n}\n", &[(2, "it ended"), (3, "头部")]);
    }

    #[test]
    fn code_blocks_of_documents_are_not_checked() {
        check("e.md", "```\ngrue\n```\nGrue\n", &[(4, "grue")]);
    }

    #[test]
    fn this_repository_has_no_banned_words() {
        let found = List::parse(LIST).unwrap().check(&root()).unwrap();
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert!(found.is_empty(), "{} banned words:\n{}", found.len(), found.join("\n"));
    }
}
