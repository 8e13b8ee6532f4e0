//! Matching of bindings: routing keys against patterns, headers against arguments.

use super::equivalence::plain;
use crate::{
    refusal::{Code, Refusal, erlang_binary},
    table::{Arguments, FieldValue, find},
};

/// True if `key` matches the pattern: `*` is one word, `#` any number of words; words are separated by dots and are
/// octets.
pub(super) fn topic_matches(pattern: &[u8], key: &[u8]) -> bool {
    let split = |text| <[u8]>::split(text, |octet| *octet == b'.');
    // `taken[n]`: the pattern so far matches the first n words of the key
    let words: Vec<&[u8]> = if key.is_empty() { Vec::new() } else { split(key).collect() };
    let mut taken = vec![false; words.len() + 1];
    taken[0] = true;
    if pattern.is_empty() {
        return words.is_empty();
    }
    for part in split(pattern) {
        if part == b"#" {
            let first = taken.iter().position(|taken| *taken).unwrap_or(taken.len());
            taken[first..].fill(true);
        } else {
            for at in (0..words.len()).rev() {
                taken[at + 1] = taken[at] && (part == b"*" || part == words[at]);
            }
            taken[0] = false;
        }
    }
    taken[words.len()]
}

/// True if the headers (none if the message has none) match the arguments of a binding: all of them, or one with
/// `x-match: any`. Names that begin with `x-` are ignored, unless `x-match` ends in `-with-x`.
pub(super) fn headers_match(arguments: &Arguments, headers: Option<&[u8]>) -> bool {
    let mode = arguments.get("x-match").and_then(FieldValue::text).unwrap_or(b"all");
    let with_x = mode.ends_with(b"-with-x");
    let mut asked =
        arguments.entries().filter(|(name, _value)| *name != b"x-match" && (with_x || !name.starts_with(b"x-")));
    let has = |(name, value): (&[u8], FieldValue<'_>)| match headers.and_then(|headers| find(headers, name)) {
        // a void value in the binding matches any value
        Some(held) => value.kind() == b'V' || held.equals(value),
        None => false,
    };
    if mode.starts_with(b"any") { asked.any(has) } else { asked.all(has) }
}

/// Checks `x-match` of a binding to a headers exchange.
///
/// # Errors
/// 406 for an unknown mode.
pub(super) fn valid_match(arguments: &Arguments) -> Result<(), Refusal> {
    let Some(value) = arguments.get("x-match") else { return Ok(()) };
    let wrong = |why: [&[u8]; 3]| Err(Code::PreconditionFailed.because(why.concat()));
    match value.text() {
        Some(b"all" | b"any" | b"all-with-x" | b"any-with-x") => Ok(()),
        Some(mode) => wrong([
            b"Invalid x-match field value ",
            &erlang_binary(mode),
            b"; expected all, any, all-with-x, or any-with-x",
        ]),
        None => {
            let start = format!("Invalid x-match field type {} (value ", value.type_name());
            wrong([start.as_bytes(), &plain(value), b"); expected longstr"])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{headers_match, topic_matches};
    use crate::table::{Arguments, FieldValue, table, write};

    #[test]
    fn stars_are_one_word_and_hashes_any_number() {
        for (pattern, key, matches) in [
            ("a.b", "a.b", true),
            ("a.b", "a.c", false),
            ("*", "a", true),
            ("*", "", false),
            ("*", "a.b", false),
            ("*.orange.*", "quick.orange.rabbit", true),
            ("lazy.#", "lazy", true),
            ("lazy.#", "lazy.a.b.c", true),
            ("#", "", true),
            ("#", "a.b", true),
            ("#.#", "", true),
            ("#.a.#", "b.a.c.d", true),
            ("#.a.#.a", "a.b", false),
            ("*.#", "", false),
            ("*.#.c", "a.c", true),
            ("", "", true),
            ("", "a", false),
            ("a..b", "a..b", true),
        ] {
            assert_eq!(topic_matches(pattern.as_bytes(), key.as_bytes()), matches, "{pattern:?} {key:?}");
        }
    }

    #[test]
    fn words_are_octets() {
        assert!(topic_matches(b"*.b.#", b"\xff.b.\xfe.\xfd"));
        assert!(!topic_matches(b"*", b"\xff.\xfe"));
    }

    fn headers(fields: &[(&str, &str)]) -> Vec<u8> {
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, write::text(value.as_bytes()))).collect();
        table(fields.iter().map(|(name, value)| (name.as_bytes(), FieldValue::of(value))))
    }

    fn asks(fields: &[(&str, &str)]) -> Arguments {
        Arguments::read(&headers(fields)).unwrap()
    }

    #[test]
    fn headers_match_all_or_any() {
        let asked = asks(&[("a", "1"), ("b", "2"), ("x-c", "3")]);
        assert!(headers_match(&asked, Some(&headers(&[("a", "1"), ("b", "2")]))));
        assert!(!headers_match(&asked, Some(&headers(&[("a", "1")]))));
        let any = asks(&[("x-match", "any"), ("a", "1"), ("b", "2")]);
        assert!(headers_match(&any, Some(&headers(&[("b", "2")]))));
        assert!(!headers_match(&any, Some(&headers(&[("b", "3")]))));
        assert!(headers_match(&asks(&[]), None), "who asks for nothing gets everything");
        assert!(!headers_match(&asks(&[("x-match", "any")]), Some(&headers(&[("a", "1")]))));
        let with_x = asks(&[("x-match", "all-with-x"), ("x-c", "3")]);
        assert!(!headers_match(&with_x, Some(&headers(&[]))));
    }
}
