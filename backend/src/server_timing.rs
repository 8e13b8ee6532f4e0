//! Records what the server measured of a call, and writes it down for the answer: as a `Server-Timing`
//! value (W3C Server Timing; see [`crosstalk_proto::step`] for our use of `desc`) or as the steps of `/ws`.

use std::time::Instant;

use crosstalk_proto::step::{Party, Step};
use http::HeaderValue;

use crate::clock;

/// The name of the header, the trailer and the AMQP header that carry steps.
pub const SERVER_TIMING: &str = "server-timing";

/// The steps of one call, in the order they ended.
#[derive(Clone, Debug, Default)]
pub struct Steps(Vec<Measured>);

#[derive(Clone, Copy, Debug)]
struct Measured {
    party: Party,
    name: &'static str,
    start_ns: u64,
    dur_ns: u64,
}

impl Steps {
    /// No steps yet.
    #[must_use]
    pub fn new() -> Self {
        Self(Vec::with_capacity(8))
    }

    /// Whether nothing was measured.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a step that began at `start` and ends now.
    pub fn end(&mut self, party: Party, name: &'static str, start: Instant) {
        self.add(party, name, start, Instant::now());
    }

    /// Adds a step with both its ends.
    pub fn add(&mut self, party: Party, name: &'static str, start: Instant, end: Instant) {
        self.0.push(Measured {
            party,
            name,
            start_ns: clock::nanos(start),
            dur_ns: u64::try_from(end.saturating_duration_since(start).as_nanos()).unwrap_or(u64::MAX),
        });
    }

    /// `server-greet;dur=0.003100;desc="81723.412345", …`
    #[must_use]
    pub fn server_timing(&self) -> HeaderValue {
        // without the formatting machinery: this is written for every answer
        let mut text = Vec::with_capacity(self.0.len() * 64);
        for (at, step) in self.0.iter().enumerate() {
            if at > 0 {
                text.extend_from_slice(b", ");
            }
            for part in [party(step.party), "-", step.name, ";dur="] {
                text.extend_from_slice(part.as_bytes());
            }
            write_millis(&mut text, step.dur_ns);
            text.extend_from_slice(b";desc=\"");
            write_millis(&mut text, step.start_ns);
            text.push(b'"');
        }
        HeaderValue::from_maybe_shared(bytes::Bytes::from(text)).expect("digits and names are visible ASCII")
    }

    /// The steps as `/ws` tells them.
    #[must_use]
    pub fn to_wire(&self) -> Vec<Step> {
        self.0
            .iter()
            .map(|step| Step {
                party: step.party,
                name: step.name.to_owned(),
                start_ms: clock::to_ms(step.start_ns),
                dur_ms: clock::to_ms(step.dur_ns),
            })
            .collect()
    }
}

/// Milliseconds with six decimals.
fn write_millis(text: &mut Vec<u8>, nanos: u64) {
    let mut digits = itoa::Buffer::new();
    text.extend_from_slice(digits.format(nanos / 1_000_000).as_bytes());
    text.push(b'.');
    // a million more, and without its first digit, keeps the leading zeros
    text.extend_from_slice(&digits.format(1_000_000 + nanos % 1_000_000).as_bytes()[1..]);
}

fn party(party: Party) -> &'static str {
    match party {
        Party::Browser => "browser",
        Party::Server => "server",
        Party::Caller => "caller",
        Party::Store => "store",
        Party::Link => "link",
        Party::Worker => "worker",
        Party::Consumer => "consumer",
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use crosstalk_proto::step::Party;

    use super::{Steps, write_millis};

    #[test]
    fn millis_have_six_decimals() {
        for (nanos, text) in
            [(0, "0.000000"), (7, "0.000007"), (1_000_000, "1.000000"), (81_723_412_345, "81723.412345")]
        {
            let mut written = Vec::new();
            write_millis(&mut written, nanos);
            assert_eq!(String::from_utf8(written).unwrap(), text);
        }
    }

    #[test]
    fn steps_are_metrics_of_server_timing() {
        crate::clock::start();
        let start = Instant::now();
        let mut steps = Steps::new();
        steps.add(Party::Server, "parse", start, start + Duration::from_micros(3));
        steps.add(Party::Store, "insert", start, start);
        let value = steps.server_timing();
        let metrics: Vec<_> = value.to_str().unwrap().split(", ").collect();
        assert!(metrics[0].starts_with("server-parse;dur=0.003000;desc=\""), "{metrics:?}");
        assert!(metrics[1].starts_with("store-insert;dur=0.000000;desc=\""), "{metrics:?}");
    }
}
