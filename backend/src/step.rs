//! Records what the server measured of a call, and writes it down for the answer: as a `Server-Timing`
//! value (W3C Server Timing; see [`crosstalk_proto::step`] for our use of `desc`) or as the steps of `/ws`.

use std::{io::Write as _, time::Instant};

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
        Self(Vec::with_capacity(4))
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
        let mut text = Vec::with_capacity(self.0.len() * 56);
        for (at, step) in self.0.iter().enumerate() {
            let separator = if at == 0 { "" } else { ", " };
            let (dur, start) = (step.dur_ns, step.start_ns);
            write!(
                text,
                "{separator}{}-{};dur={}.{:06};desc=\"{}.{:06}\"",
                party(step.party),
                step.name,
                dur / 1_000_000,
                dur % 1_000_000,
                start / 1_000_000,
                start % 1_000_000,
            )
            .expect("a Vec takes every byte");
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

fn party(party: Party) -> &'static str {
    match party {
        Party::Browser => "browser",
        Party::Server => "server",
        Party::Store => "store",
        Party::Link => "link",
        Party::Worker => "worker",
    }
}
