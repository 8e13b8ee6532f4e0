//! What HTML's grammar asks of markup that a parser shall read as it is meant.

/// Elements without an end.
const VOID: [&str; 13] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];

/// Elements that are drawn within `svg` alone, as far as the page has them.
const DRAWN: [&str; 18] = [
    "circle",
    "clipPath",
    "defs",
    "ellipse",
    "g",
    "line",
    "linearGradient",
    "marker",
    "mask",
    "path",
    "pattern",
    "polygon",
    "polyline",
    "rect",
    "stop",
    "symbol",
    "text",
    "tspan",
];

/// Elements that end a paragraph.
const BLOCKS: [&str; 27] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "details",
    "dialog",
    "div",
    "dl",
    "fieldset",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "header",
    "hr",
    "main",
    "menu",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "ul",
];

pub(crate) fn is_void(name: &str) -> bool {
    VOID.contains(&name)
}

pub(crate) fn is_drawn(name: &str) -> bool {
    DRAWN.contains(&name)
}

/// Why a parser would put an element elsewhere than directly into this one.
pub(crate) fn misplaced(parent: &str, child: &str) -> Option<&'static str> {
    match (parent, child) {
        ("p", block) if BLOCKS.contains(&block) => Some("it ends the paragraph around it"),
        ("table", "tr") => Some("a row of a table needs `tbody` or `thead` around it"),
        ("button", "button") | ("a", "a") | ("form", "form") | ("li", "li") => Some("it ends the element around it"),
        _ => None,
    }
}

/// Text between tags, or in double quotes.
pub(crate) fn escape(text: &str, into: &mut String) {
    for char in text.chars() {
        match char {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '"' => into.push_str("&quot;"),
            _ => into.push(char),
        }
    }
}
