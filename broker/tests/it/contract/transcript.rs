//! The transcript of a case, line by line: what was sent, what was received, and what was expected. Names that differ
//! between runs are normalized, so that the transcripts of two brokers can be compared as text.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard},
};

/// The lines of one case on one broker, shared by its connections.
#[derive(Clone, Debug)]
pub(super) struct Transcript(Arc<Mutex<Record>>);

#[derive(Debug)]
struct Record {
    /// The prefix of this case's names on the broker; expectations do not have it.
    prefix: String,
    /// Names that the broker generated, in order of arrival.
    generated: Vec<String>,
    lines: Vec<Line>,
}

/// Something that was sent or received.
#[derive(Clone, Debug)]
enum Line {
    Sent(String),
    Came { from: String, line: String, expected: String },
    Wrong(String),
}

/// The prefixes of names that a broker generates.
const GENERATED: [&str; 3] = ["amq.gen-", "amq.ctag-", "amq.rabbitmq.reply-to."];

impl Transcript {
    pub(super) fn new(prefix: &str) -> Self {
        let record = Record { prefix: prefix.to_owned(), generated: Vec::new(), lines: Vec::new() };
        Self(Arc::new(Mutex::new(record)))
    }

    /// The name on the broker for `name` in this case.
    pub(super) fn name(&self, name: &str) -> String {
        format!("{}{name}", self.record().prefix)
    }

    /// `text` in the form of expectations: without the prefix, and with generated names numbered in order of arrival.
    pub(super) fn normalise(&self, text: &str) -> String {
        let mut record = self.record();
        let mut text = text.replace(&record.prefix, "");
        for start in GENERATED {
            let mut from = 0;
            while let Some(at) = text[from..].find(start).map(|at| from + at) {
                let rest = &text[at + start.len()..];
                let is_part = |c: char| c.is_ascii_alphanumeric() || "-_.+/=".contains(c);
                let random = &rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())];
                let end = at + start.len() + random.len();
                let name = text[at..end].to_owned();
                let known = record.generated.iter().filter(|known| known.starts_with(start));
                let number = known.clone().position(|known| *known == name).unwrap_or_else(|| known.count());
                if !record.generated.contains(&name) {
                    record.generated.push(name);
                }
                let short = format!("{start}{}", number + 1);
                text.replace_range(at..end, &short);
                from = at + short.len();
            }
        }
        text
    }

    pub(super) fn sent(&self, what: &str) {
        self.record().lines.push(Line::Sent(what.to_owned()));
    }

    pub(super) fn came(&self, from: &str, line: String, expected: &str) {
        self.record().lines.push(Line::Came { from: from.to_owned(), line, expected: expected.to_owned() });
    }

    pub(super) fn wrong(&self, what: String) {
        self.record().lines.push(Line::Wrong(what));
    }

    /// Everything received, which must be the same on two brokers.
    pub(super) fn observed(&self) -> Vec<String> {
        let record = self.record();
        let observed = record.lines.iter().filter_map(|line| match line {
            Line::Sent(_) => None,
            Line::Came { from, line, .. } => Some(format!("{from}{line}")),
            Line::Wrong(what) => Some(what.clone()),
        });
        observed.collect()
    }

    pub(super) fn is_as_expected(&self) -> bool {
        self.record().lines.iter().all(|line| match line {
            Line::Sent(_) => true,
            Line::Came { line, expected, .. } => line == expected,
            Line::Wrong(_) => false,
        })
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.0.lock().expect("no thread panics while it holds the lines")
    }
}

impl fmt::Display for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.record().lines {
            match line {
                Line::Sent(what) => writeln!(f, "    > {what}")?,
                Line::Came { from, line, expected } if line == expected => writeln!(f, "    < {from}{line}")?,
                Line::Came { from, line, expected } => {
                    writeln!(f, " !! < {from}{line}\n expected {expected}")?;
                }
                Line::Wrong(what) => writeln!(f, " !! {what}")?,
            }
        }
        Ok(())
    }
}
