//! Two answers side by side: their headers, their bodies as text, and who took how long.

use std::collections::BTreeMap;

use crosstalk_proto::step::Party;

use super::call::{Answer, Call, Outcome};
use crate::model::payload;

/// A header that one or both have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// The first answer's value.
    pub first: Option<String>,
    /// The second's.
    pub second: Option<String>,
}

/// How long a party took for something, in milliseconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Took {
    /// Who.
    pub party: Party,
    /// What, as in [`crosstalk_proto::step::Step::name`].
    pub name: String,
    /// In the first call.
    pub first: Option<f64>,
    /// In the second.
    pub second: Option<f64>,
}

impl Header {
    /// Both have it, with the same value.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.first == self.second
    }
}

/// The headers and trailers of both, by name; but for the times, which [`times`] has as figures.
#[must_use]
pub fn headers(first: &Call, second: &Call) -> Vec<Header> {
    let mut all: BTreeMap<String, [Option<String>; 2]> = BTreeMap::new();
    for (at, call) in [first, second].into_iter().enumerate() {
        let answer = call.answer().into_iter();
        for (name, value) in answer.flat_map(|answer| answer.headers.iter().chain(&answer.trailers)) {
            if name.eq_ignore_ascii_case("server-timing") {
                continue;
            }
            let seen = &mut all.entry(name.to_ascii_lowercase()).or_default()[at];
            // a name that comes twice is a list
            *seen = Some(seen.take().map_or_else(|| value.clone(), |before| format!("{before}, {value}")));
        }
    }
    all.into_iter().map(|(name, [first, second])| Header { name, first, second }).collect()
}

/// What each party did in both, in the order of the first call, then what only the second has.
#[must_use]
pub fn times(first: &Call, second: &Call) -> Vec<Took> {
    let mut rows: Vec<Took> = Vec::new();
    for (call, is_first) in [(first, true), (second, false)] {
        for step in call.answer().into_iter().flat_map(|answer| &answer.cost.steps) {
            let found = rows.iter().position(|row| row.party == step.party && row.name == step.name);
            let at = found.unwrap_or_else(|| {
                rows.push(Took { party: step.party, name: step.name.clone(), first: None, second: None });
                rows.len() - 1
            });
            let took = if is_first { &mut rows[at].first } else { &mut rows[at].second };
            *took = Some(took.unwrap_or_default() + step.dur_ms);
        }
    }
    rows
}

/// What was answered, as text: JSON on lines of its own, bytes in hexadecimal, why there is no answer.
#[must_use]
pub fn text(call: &Call) -> String {
    match &call.outcome {
        Outcome::Answer(answer) => body(answer),
        Outcome::Error(error) => error.to_string(),
    }
}

fn body(answer: &Answer) -> String {
    let mut out = String::new();
    let media = answer.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let media = media.map_or("", |(_, media)| media.as_str());
    for message in &answer.messages {
        let bytes = payload::bytes_of(&message.body);
        if !bytes.is_empty() {
            out.push_str(&payload::pretty(media, &bytes).unwrap_or_else(|| payload::hex_dump(&bytes)));
            out.push('\n');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use crosstalk_proto::step::Step;

    use super::{
        super::call::{Outcome, sample},
        *,
    };
    use crate::model::exchange::CallError;

    fn with(edit: impl FnOnce(&mut Answer)) -> Call {
        let mut call = sample(1);
        if let Outcome::Answer(answer) = &mut call.outcome {
            edit(answer);
        }
        call
    }

    #[test]
    fn headers_are_matched_by_name() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let first = with(|answer| answer.headers = vec![pair("etag", "\"1\""), pair("Vary", "a")]);
        let second = with(|answer| answer.headers = vec![pair("vary", "a"), pair("vary", "b"), pair("allow", "GET")]);
        let rows = headers(&first, &second);
        let names: Vec<_> = rows.iter().map(|row| (row.name.as_str(), row.is_same())).collect();
        assert_eq!(names, [("allow", false), ("etag", false), ("vary", false)]);
        assert_eq!(rows[2].second.as_deref(), Some("a, b"));
        assert!(headers(&first, &first).iter().all(Header::is_same));
    }

    #[test]
    fn times_of_a_step_that_comes_again_are_added() {
        let step = |name: &str, dur_ms| Step { party: Party::Store, name: name.to_owned(), start_ms: 1.0, dur_ms };
        let first = with(|answer| answer.cost.steps = vec![step("lookup", 1.0), step("lookup", 2.0)]);
        let second = with(|answer| answer.cost.steps = vec![step("insert", 4.0), step("lookup", 8.0)]);
        let rows: Vec<_> = times(&first, &second).into_iter().map(|row| (row.name, row.first, row.second)).collect();
        let expected = [("lookup", Some(3.0), Some(8.0)), ("insert", None, Some(4.0))];
        assert_eq!(rows, expected.map(|(name, first, second)| (name.to_owned(), first, second)));
    }

    #[test]
    fn a_call_without_an_answer_is_compared_by_its_error() {
        let failed = Call { outcome: Outcome::Error(CallError::Lost), ..sample(1) };
        assert!(text(&failed).contains("unknown"));
        assert_eq!(text(&sample(1)), "{\n  \"message\": \"Hello, World!\"\n}\n");
        assert_eq!(times(&failed, &failed), []);
    }
}
