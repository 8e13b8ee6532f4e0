//! One text, as `build.rs` makes it of `locales/`, read in a language.

use std::fmt::{Display, Write as _};

use super::Locale;

#[expect(missing_docs, non_upper_case_globals, reason = "generated: a constant has the name of its key")]
mod table {
    include!(concat!(env!("OUT_DIR"), "/texts.rs"));
}

pub use table::keys;

/// The value of a placeholder, with its name.
pub type Value<'a> = (&'static str, &'a dyn Display);

/// The same in each language, in the order of the variants of [`Locale`].
type Said = [&'static str; 2];

/// A text without placeholders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text(&'static Said);

/// A text with placeholders, `{name}` in what is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pattern {
    said: &'static Said,
    /// Each once.
    names: &'static [&'static str],
}

impl Text {
    /// In this language.
    pub fn of(self, locale: Locale) -> &'static str {
        self.0[locale as usize]
    }
}

impl Pattern {
    /// In this language, with its values.
    pub fn fill(self, locale: Locale, values: &[Value<'_>]) -> String {
        fill(self.said[locale as usize], values)
    }

    /// Fails, at compile time, unless `names` are those of the placeholders.
    pub const fn takes(self, names: &[&str]) {
        assert!(self.names.len() == names.len(), "the text has another number of placeholders");
        let mut at = 0;
        while at < names.len() {
            assert!(is_among(names[at], self.names), "the text has no placeholder of this name");
            at += 1;
        }
    }
}

/// Puts values in the places named `{name}`; build.rs has seen to it that braces are nothing else.
fn fill(text: &str, values: &[Value<'_>]) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((before, (name, after))) =
        rest.split_once('{').and_then(|(before, after)| Some((before, after.split_once('}')?)))
    {
        out.push_str(before);
        if let Some((_, value)) = values.iter().find(|(known, _)| *known == name) {
            // a String takes whatever is written to it
            let _ = write!(out, "{value}");
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

const fn is_among(name: &str, names: &[&str]) -> bool {
    let mut at = 0;
    while at < names.len() {
        if same(name.as_bytes(), names[at].as_bytes()) {
            return true;
        }
        at += 1;
    }
    false
}

const fn same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let mut at = 0;
    while at < one.len() {
        if one[at] != other[at] {
            return false;
        }
        at += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_in_each_language() {
        assert_eq!(keys::common::queue.of(Locale::En), "Queue");
        assert_eq!(keys::common::queue.of(Locale::Zh), "队列");
    }

    #[test]
    fn values_go_where_each_language_wants_them() {
        let values: &[Value<'_>] = &[("seconds", &7)];
        assert_eq!(keys::common::next_try.fill(Locale::En, values), "Next try in 7 s.");
        assert_eq!(keys::common::next_try.fill(Locale::Zh, values), "7 秒后重试。");
    }

    #[test]
    fn a_value_with_braces_is_not_read_again() {
        assert_eq!(fill("{a}, {b}", &[("a", &"{b}"), ("b", &1)]), "{b}, 1");
    }

    #[test]
    #[should_panic(expected = "no placeholder of this name")]
    fn a_wrong_name_is_refused() {
        keys::common::next_try.takes(&["minutes"]);
    }

    #[test]
    #[should_panic(expected = "another number of placeholders")]
    fn a_forgotten_value_is_refused() {
        keys::history::err_json.takes(&["line"]);
    }
}
