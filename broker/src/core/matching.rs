//! What a binding takes: keys that match a pattern, headers that are as asked for.

use amq_protocol::types::{AMQPValue, FieldTable};

use super::{arguments::type_name, equivalence::plain};
use crate::refusal::{Code, Refusal};

/// Whether `key` is of the pattern: `*` is one word, `#` any number of words, words are parted by dots.
pub(super) fn topic_matches(pattern: &str, key: &str) -> bool {
    // a row of the table of all prefixes: which prefixes of the key the pattern so far takes
    let words: Vec<&str> = if key.is_empty() { Vec::new() } else { key.split('.').collect() };
    let mut taken = vec![false; words.len() + 1];
    taken[0] = true;
    if pattern.is_empty() {
        return words.is_empty();
    }
    for part in pattern.split('.') {
        if part == "#" {
            let first = taken.iter().position(|taken| *taken).unwrap_or(taken.len());
            taken[first..].fill(true);
        } else {
            for at in (0..words.len()).rev() {
                taken[at + 1] = taken[at] && (part == "*" || part == words[at]);
            }
            taken[0] = false;
        }
    }
    taken[words.len()]
}

/// Whether the headers have what a binding asks for: all of it, or any with `x-match: any`. Names that begin with `x-`
/// do not count, unless `x-match` ends in `-with-x`.
pub(super) fn headers_match(arguments: &FieldTable, headers: &FieldTable) -> bool {
    let mode = match arguments.inner().get("x-match") {
        Some(AMQPValue::LongString(mode)) => mode.as_bytes(),
        _all => b"all",
    };
    let with_x = mode.ends_with(b"-with-x");
    let mut asked = arguments
        .inner()
        .iter()
        .filter(|(name, _)| name.as_str() != "x-match" && (with_x || !name.as_str().starts_with("x-")));
    let has = |(name, value): (&amq_protocol::types::ShortString, &AMQPValue)| match headers.inner().get(name) {
        // a binding without a value asks for the name only
        Some(_) if *value == AMQPValue::Void => true,
        Some(held) => equal(held, value),
        None => false,
    };
    if mode.starts_with(b"any") { asked.any(has) } else { asked.all(has) }
}

/// How a headers exchange is to compare must be known when it is bound.
///
/// # Errors
/// 406
pub(super) fn valid_match(arguments: &FieldTable) -> Result<(), Refusal> {
    let wrong = |why: String| Err(Code::PreconditionFailed.because(why));
    match arguments.inner().get("x-match") {
        None => Ok(()),
        Some(AMQPValue::LongString(mode)) => match mode.as_bytes() {
            b"all" | b"any" | b"all-with-x" | b"any-with-x" => Ok(()),
            _unknown => wrong(format!(
                "Invalid x-match field value <<\"{mode}\">>; expected all, any, all-with-x, or any-with-x"
            )),
        },
        Some(other) => {
            let (kind, value) = (type_name(other), plain(other));
            wrong(format!("Invalid x-match field type {kind} (value {value}); expected longstr"))
        }
    }
}

/// Whether two values are the same, whatever their types, as in RabbitMQ: 1 is 1.0, a time is its number of seconds, and a
/// text is its octets.
fn equal(one: &AMQPValue, other: &AMQPValue) -> bool {
    let whole = |value: &AMQPValue| match value {
        AMQPValue::Timestamp(seconds) => Some(i128::from(*seconds)),
        other => number(other),
    };
    let real = |value: &AMQPValue| match value {
        AMQPValue::Float(value) => Some(f64::from(*value)),
        AMQPValue::Double(value) => Some(*value),
        other => whole(other).map(|value| value as f64),
    };
    let octets = |value: &AMQPValue| match value {
        AMQPValue::LongString(text) => Some(text.as_bytes().to_vec()),
        AMQPValue::ByteArray(octets) => Some(octets.as_slice().to_vec()),
        _other => None,
    };
    one == other
        || match (whole(one), whole(other)) {
            (Some(one), Some(other)) => one == other,
            _not_both => {
                real(one).is_some_and(|one| real(other) == Some(one))
                    || octets(one).is_some_and(|one| octets(other) == Some(one))
            }
        }
}

/// Whole numbers are compared by value, whatever their width.
pub(super) fn number(value: &AMQPValue) -> Option<i128> {
    Some(match value {
        AMQPValue::ShortShortInt(value) => (*value).into(),
        AMQPValue::ShortShortUInt(value) => (*value).into(),
        AMQPValue::ShortInt(value) => (*value).into(),
        AMQPValue::ShortUInt(value) => (*value).into(),
        AMQPValue::LongInt(value) => (*value).into(),
        AMQPValue::LongUInt(value) => (*value).into(),
        AMQPValue::LongLongInt(value) => (*value).into(),
        _other => return None,
    })
}

#[cfg(test)]
mod tests {
    use amq_protocol::types::{AMQPValue, FieldTable};

    use super::{headers_match, topic_matches};

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
            assert_eq!(topic_matches(pattern, key), matches, "{pattern:?} {key:?}");
        }
    }

    fn table(fields: &[(&str, &str)]) -> FieldTable {
        let mut table = FieldTable::default();
        for (name, value) in fields {
            table.insert((*name).into(), AMQPValue::LongString((*value).into()));
        }
        table
    }

    #[test]
    fn headers_match_all_or_any() {
        let asked = table(&[("a", "1"), ("b", "2"), ("x-c", "3")]);
        assert!(headers_match(&asked, &table(&[("a", "1"), ("b", "2")])));
        assert!(!headers_match(&asked, &table(&[("a", "1")])));
        let any = table(&[("x-match", "any"), ("a", "1"), ("b", "2")]);
        assert!(headers_match(&any, &table(&[("b", "2")])));
        assert!(!headers_match(&any, &table(&[("b", "3")])));
        assert!(headers_match(&table(&[]), &table(&[])), "who asks for nothing gets everything");
        assert!(!headers_match(&table(&[("x-match", "any")]), &table(&[("a", "1")])));
        let with_x = table(&[("x-match", "all-with-x"), ("x-c", "3")]);
        assert!(!headers_match(&with_x, &table(&[])));
    }
}
