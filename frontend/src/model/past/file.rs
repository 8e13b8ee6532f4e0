//! The text that calls are kept in, by this browser and in files: JSON, one call a line, of one form for all benches.
//!
//! ```json
//! {"format":"crosstalk-history","version":1,"calls":[
//! {"at":1790000000000,"style":"rest","verb":"GET","what":"/api/v1/resource", ...}
//! ]}
//! ```

use serde::Deserialize;

use super::call::Call;
use crate::model::json::{self, JsonError};

/// The most bytes that are written; the oldest calls are left out.
pub const MAX_LEN: usize = 1024 * 1024;
/// No file of ours is longer, whatever it was edited with.
pub const MAX_READ: usize = 4 * MAX_LEN;

const FORMAT: &str = "crosstalk-history";
const VERSION: u32 = 1;

/// Why a text holds no calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// It is longer than [`MAX_READ`].
    TooLong,
    /// It is no JSON, or cut off.
    NotJson {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// It is JSON, and something else than a history.
    Foreign,
    /// A later version wrote it.
    Version(u32),
    /// It is a history, with a call that lacks a field or has one of another type.
    Call {
        /// From 1.
        line: usize,
        /// The value that is wrong, as a JSON pointer.
        pointer: String,
    },
}

#[derive(Deserialize)]
struct Head {
    format: String,
    version: u32,
}

#[derive(Deserialize)]
struct Calls {
    calls: Vec<Call>,
}

/// Writes calls, newest first, as many as there is room for.
#[must_use]
pub fn write<'a>(calls: impl Iterator<Item = &'a Call>) -> String {
    let mut text = format!("{{\"format\":\"{FORMAT}\",\"version\":{VERSION},\"calls\":[");
    let mut separator = "\n";
    for call in calls {
        let line = serde_json::to_string(call).expect("a call is plain data with text keys");
        if text.len() + line.len() > MAX_LEN {
            break;
        }
        text.push_str(separator);
        text.push_str(&line);
        separator = ",\n";
    }
    text.push_str("\n]}\n");
    text
}

/// Reads calls, in the order they are there.
///
/// # Errors
/// When it is not what [`write()`] writes.
pub fn read(text: &str) -> Result<Vec<Call>, Error> {
    if text.len() > MAX_READ {
        return Err(Error::TooLong);
    }
    if let Err(JsonError::Syntax { line, column, .. }) = json::check_syntax(text) {
        return Err(Error::NotJson { line, column });
    }
    match serde_json::from_str::<Head>(text) {
        Ok(Head { format, version }) if format == FORMAT && version == VERSION => {}
        Ok(Head { format, version }) if format == FORMAT => return Err(Error::Version(version)),
        _ => return Err(Error::Foreign),
    }
    let calls: Result<Calls, _> = serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(text));
    calls
        .map(|calls| calls.calls)
        .map_err(|error| Error::Call { line: error.inner().line(), pointer: json::pointer(error.path()) })
}

#[cfg(test)]
mod tests {
    use crosstalk_proto::step::{Party, Step};
    use proptest::prelude::*;

    use super::{
        super::call::{Answer, Message, Outcome, Style, sample},
        *,
    };
    use crate::model::{
        exchange::{CallError, Cost, Cut},
        payload::to_body,
    };

    fn pairs() -> impl Strategy<Value = Vec<(String, String)>> {
        prop::collection::vec(any::<(String, String)>(), 0..3)
    }

    /// JSON keeps a number's value, and a time is finite.
    fn ms() -> impl Strategy<Value = f64> {
        (0..10_000_000_u32).prop_map(|micros| f64::from(micros) / 1_000.0)
    }

    fn step() -> impl Strategy<Value = Step> {
        (any::<bool>(), any::<String>(), ms(), ms()).prop_map(|(ours, name, start_ms, dur_ms)| {
            let party = if ours { Party::Browser } else { Party::Store };
            Step { party, name, start_ms, dur_ms }
        })
    }

    prop_compose! {
        fn answer()(
            code: i32,
            reason: String,
            headers in pairs(),
            trailers in pairs(),
            messages in prop::collection::vec((ms(), any::<Vec<u8>>()), 0..3),
            left_out: u8,
            cut in prop::option::of(prop::sample::select(&[Cut::BetweenFrames, Cut::WithinFrame, Cut::Socket])),
            (started_ms, ended_ms) in (ms(), ms()),
            steps in prop::collection::vec(step(), 0..3),
            network in prop::collection::vec(step(), 0..3),
        ) -> Answer {
            let messages = messages.into_iter().map(|(at_ms, bytes)| Message { at_ms, body: to_body(bytes) }).collect();
            let cost = Cost { started_ms, ended_ms, steps, bytes_out: code as u16 as usize, bytes_in: 7 };
            Answer { code, reason, headers, trailers, messages, left_out: left_out.into(), cut, cost, network }
        }
    }

    fn outcome() -> impl Strategy<Value = Outcome> {
        prop_oneof![
            answer().prop_map(Outcome::Answer),
            any::<String>().prop_map(|words| Outcome::Error(CallError::Refused(words))),
            any::<u32>().prop_map(|after_ms| Outcome::Error(CallError::TimedOut { after_ms })),
            Just(Outcome::Error(CallError::Lost)),
        ]
    }

    prop_compose! {
        fn call()(
            at: u64,
            style in prop::sample::select(&Style::ALL),
            verb: String,
            what: String,
            request: String,
            withheld: bool,
            status: String,
            failed: bool,
            outcome in outcome(),
        ) -> Call {
            Call { at, style, verb, what, request, withheld, status, failed, outcome, whole: None }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn what_is_written_is_read_again(calls in prop::collection::vec(call(), 0..4)) {
            prop_assert_eq!(read(&write(calls.iter())), Ok(calls));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC*") {
            let _ = read(&text);
        }
    }

    #[test]
    fn credentials_are_not_written() {
        let call = Call { whole: Some("1&token=sesame".to_owned()), ..sample(1) };
        assert!(!write([&call].into_iter()).contains("sesame"));
    }

    /// A file as the first release of this format wrote it.
    #[test]
    fn files_of_earlier_versions_are_read() {
        let text = concat!(
            r#"{"format":"crosstalk-history","version":1,"calls":["#,
            "\n",
            r#"{"at":1,"style":"rest","verb":"GET","what":"/api/v1/resource","request":"1&method=GET&path=/api/v1/resource&body=","status":"200 OK","failed":false,"outcome":{"error":{"timed-out":{"after_ms":5}}}},"#,
            "\n",
            r#"{"at":2,"style":"rest","verb":"GET","what":"/api/v1/resource","request":"1&method=GET&path=/api/v1/resource&body=","status":"200 OK","failed":false,"outcome":{"answer":{"code":200,"reason":"OK","headers":[["content-type","application/json"]],"messages":[{"at_ms":1.5,"body":{"text":"{\"message\":\"Hello, World!\"}"}}],"cost":{"started_ms":10.0,"ended_ms":11.5,"steps":[],"bytes_out":0,"bytes_in":27}}}}"#,
            "\n]}\n",
        );
        let timed_out = Call { outcome: Outcome::Error(CallError::TimedOut { after_ms: 5 }), ..sample(1) };
        assert_eq!(read(text), Ok(vec![timed_out.clone(), sample(2)]));
        assert_eq!(write([&timed_out, &sample(2)].into_iter()), text);
    }

    #[test]
    fn a_wrong_file_is_refused_with_its_reason() {
        assert_eq!(read("[1,\n 2"), Err(Error::NotJson { line: 2, column: 2 }));
        assert_eq!(read(""), Err(Error::NotJson { line: 1, column: 1 }));
        for foreign in ["[]", "{}", "1", r#"{"format":"har","version":1}"#] {
            assert_eq!(read(foreign), Err(Error::Foreign), "{foreign}");
        }
        let later = write(std::iter::empty()).replace("\"version\":1", "\"version\":7");
        assert_eq!(read(&later), Err(Error::Version(7)));
        let broken = write([&sample(2), &sample(1)].into_iter()).replace("\"at\":1,", "");
        assert_eq!(read(&broken), Err(Error::Call { line: 3, pointer: "/calls/1".to_owned() }));
        let broken = write([&sample(2), &sample(1)].into_iter()).replace("\"at\":1,", "\"at\":\"1\",");
        assert_eq!(read(&broken), Err(Error::Call { line: 3, pointer: "/calls/1/at".to_owned() }));
        assert_eq!(read(&" ".repeat(MAX_READ + 1)), Err(Error::TooLong));
    }

    #[test]
    fn the_oldest_calls_are_left_out_of_what_would_be_too_long() {
        let big = Call { what: "x".repeat(MAX_LEN / 3), ..sample(1) };
        let written = write([&big, &big, &big, &big].into_iter());
        assert_eq!((read(&written).unwrap().len(), written.len() <= MAX_LEN + 8), (2, true));
    }
}
