//! Exchanges and what they make of a routing key (AMQP 0-9-1, section 3.1).

use std::{collections::BTreeMap, sync::Arc};

use amq_protocol::types::{AMQPValue, FieldTable};

use super::{
    QueueId,
    arguments::{plain, type_name},
};
use crate::refusal::{Code, Refusal};

/// How an exchange compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Direct,
    Fanout,
    Topic,
    Headers,
}

impl Kind {
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "direct" => Some(Self::Direct),
            "fanout" => Some(Self::Fanout),
            "topic" => Some(Self::Topic),
            "headers" => Some(Self::Headers),
            _other => None,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Fanout => "fanout",
            Self::Topic => "topic",
            Self::Headers => "headers",
        }
    }
}

/// Where a binding leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    Queue(QueueId),
    Exchange(Arc<str>),
}

/// One binding of an exchange; its key is that of the map it is in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Binding {
    pub(crate) destination: Destination,
    pub(crate) arguments: FieldTable,
}

/// An exchange with its bindings.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    pub(crate) name: Arc<str>,
    pub(crate) kind: Kind,
    pub(crate) durable: bool,
    pub(crate) auto_delete: bool,
    pub(crate) internal: bool,
    pub(crate) arguments: FieldTable,
    /// By routing key.
    pub(crate) bindings: BTreeMap<Box<str>, Vec<Binding>>,
}

impl Exchange {
    /// Of the kind, durable, without bindings.
    pub(crate) fn new(name: &str, kind: Kind) -> Self {
        Self {
            name: name.into(),
            kind,
            durable: true,
            auto_delete: false,
            internal: false,
            arguments: FieldTable::default(),
            bindings: BTreeMap::new(),
        }
    }

    /// Where what no binding takes is sent to.
    pub(crate) fn alternate(&self) -> Option<String> {
        match self.arguments.inner().get("alternate-exchange")? {
            AMQPValue::LongString(name) => Some(String::from_utf8_lossy(name.as_bytes()).into_owned()),
            _other => None,
        }
    }

    /// Adds a binding; whether it is new.
    pub(crate) fn bind(&mut self, key: &str, binding: Binding) -> bool {
        let bindings = self.bindings.entry(key.into()).or_default();
        let new = !bindings.contains(&binding);
        if new {
            bindings.push(binding);
        }
        new
    }

    /// Removes those bindings that `gone` is true for; whether any was.
    pub(crate) fn unbind(&mut self, mut gone: impl FnMut(&str, &Binding) -> bool) -> bool {
        let mut any = false;
        self.bindings.retain(|key, bindings| {
            let before = bindings.len();
            bindings.retain(|binding| !gone(key, binding));
            any |= bindings.len() < before;
            !bindings.is_empty()
        });
        any
    }

    /// The bindings that a message with this key and these headers takes.
    pub(crate) fn route<'a>(
        &'a self,
        key: &'a str,
        headers: &'a dyn Fn() -> FieldTable,
    ) -> Box<dyn Iterator<Item = &'a Destination> + 'a> {
        let all = || self.bindings.iter().flat_map(|(key, bindings)| bindings.iter().map(move |one| (&**key, one)));
        match self.kind {
            Kind::Direct => Box::new(self.bindings.get(key).into_iter().flatten().map(|binding| &binding.destination)),
            Kind::Fanout => Box::new(all().map(|(_key, binding)| &binding.destination)),
            Kind::Topic => Box::new(
                all()
                    .filter(move |(pattern, _)| topic_matches(pattern, key))
                    .map(|(_key, binding)| &binding.destination),
            ),
            Kind::Headers => {
                let headers = headers();
                Box::new(
                    all()
                        .filter(move |(_key, binding)| headers_match(&binding.arguments, &headers))
                        .map(|(_key, binding)| &binding.destination),
                )
            }
        }
    }
}

/// Whether `key` is of the pattern: `*` is one word, `#` any number of words, words are parted by dots.
pub(crate) fn topic_matches(pattern: &str, key: &str) -> bool {
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
fn headers_match(arguments: &FieldTable, headers: &FieldTable) -> bool {
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
        Some(held) => held == value || number(held).is_some_and(|held| number(value) == Some(held)),
        None => false,
    };
    if mode.starts_with(b"any") { asked.any(has) } else { asked.all(has) }
}

/// How a headers exchange is to compare must be known when it is bound.
///
/// # Errors
/// 406
pub(crate) fn valid_match(arguments: &FieldTable) -> Result<(), Refusal> {
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

/// Whole numbers are compared by value, whatever their width.
pub(crate) fn number(value: &AMQPValue) -> Option<i128> {
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
