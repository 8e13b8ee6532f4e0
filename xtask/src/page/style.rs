//! One style sheet instead of one for each concern: a browser asks for each file, and paints when it has all of them.

use std::{
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::Path,
};

use anyhow::{Context as _, Result, ensure};

/// Puts the style sheets that `index` links into one, in their order, and gives the document that links that one.
///
/// # Errors
/// When it links none, or one that is not there.
pub(super) fn bundle(dist: &Path, index: &str) -> Result<String> {
    let mut css = String::new();
    let mut html = String::with_capacity(index.len());
    let mut rest = index;
    let mut place = None;
    while let Some((before, tag, after)) = next_link(rest) {
        html.push_str(before);
        if tag.contains("rel=\"stylesheet\"") {
            let href = attribute(tag, "href").with_context(|| format!("{tag} has no href"))?;
            let file = dist.join(href.trim_start_matches('/'));
            css.push_str(&fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?);
            fs::remove_file(&file)?;
            place.get_or_insert(html.len());
        } else {
            html.push_str(tag);
        }
        rest = after;
    }
    html.push_str(rest);
    let place = place.context("the page links no style sheet")?;
    let css = minify(&css);
    ensure!(css.matches('{').count() == css.matches('}').count(), "a brace of the style sheets has no other");
    let mut hash = DefaultHasher::new();
    css.hash(&mut hash);
    // a name as Trunk gives: the server takes 16 digits for a hash of the content
    let name = format!("style-{:016x}.css", hash.finish());
    fs::write(dist.join(&name), css)?;
    html.insert_str(place, &format!("<link rel=\"stylesheet\" href=\"/{name}\">"));
    Ok(html)
}

/// The first `<link …>` with what is before and behind it.
fn next_link(html: &str) -> Option<(&str, &str, &str)> {
    let start = html.find("<link ")?;
    let end = start + html[start..].find('>')? + 1;
    Some((&html[..start], &html[start..end], &html[end..]))
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!("{name}=\""))?;
    rest.split_once('"').map(|(value, _)| value)
}

/// Takes out comments, and spaces where they part nothing; what is quoted stays as it is.
fn minify(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(next) = rest.chars().next() {
        let length = match next {
            '"' => rest[1..].find('"').map_or(rest.len(), |end| end + 2),
            '/' if rest.starts_with("/*") => {
                rest = rest.find("*/").map_or("", |end| &rest[end + 2..]);
                continue;
            }
            space if space.is_whitespace() => {
                rest = rest.trim_start();
                if !out.is_empty() && !out.ends_with(PARTS) && !rest.starts_with(PARTS) {
                    out.push(' ');
                }
                continue;
            }
            '}' => {
                out.truncate(out.trim_end_matches(';').len());
                1
            }
            other => other.len_utf8(),
        };
        out.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    out
}

/// Beside these a space says nothing. Not beside a colon: it may part an element from one within it.
const PARTS: [char; 4] = ['{', '}', ';', ','];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_that_part_something_are_kept() {
        let css = "/* why */\na b , .c :hover {\n  margin: calc(1px + 2px) 0;\n  content: \"a  { b\";\n}\n";
        assert_eq!(minify(css), "a b,.c :hover{margin: calc(1px + 2px) 0;content: \"a  { b\"}");
    }

    #[test]
    fn style_sheets_become_one_in_their_order() {
        let dist = std::env::temp_dir().join(format!("crosstalk-style-{}", std::process::id()));
        fs::create_dir_all(&dist).unwrap();
        fs::write(dist.join("a.css"), "a { color: red; }").unwrap();
        fs::write(dist.join("b.css"), "b { color: blue; }").unwrap();
        let index = "<link rel=\"icon\" href=\"data:x\"><link rel=\"stylesheet\" href=\"/a.css\">\
                     <link rel=\"stylesheet\" href=\"/b.css\"><body>";
        let html = bundle(&dist, index).unwrap();
        let (_, _, after) = next_link(&html).unwrap();
        let (before, tag, after) = next_link(after).unwrap();
        assert_eq!((before, after), ("", "<body>"));
        let css = fs::read_to_string(dist.join(&attribute(tag, "href").unwrap()[1..])).unwrap();
        assert_eq!(css, "a{color: red}b{color: blue}");
        fs::remove_dir_all(dist).unwrap();
    }
}
