//! What the page itself measured of a gRPC call, written down as it goes on: it is also there when the call is given up.
//! All times are on the page's clock.

use crosstalk_proto::step::{Party, Step};

use super::exchange::{BUSY, Cost, browser_step};

/// The names of what both sides measure: the server when it let go of it, the page when it had it.
pub const HEADERS: &str = "headers";
/// The first message.
pub const DATA: &str = "data";
/// The end.
pub const TRAILERS: &str = "trailers";

/// A call so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// When the page began to encode.
    pub began_ms: f64,
    /// When the request was ready for the browser.
    pub encoded_ms: f64,
    /// When the browser began to send it, as far as it tells.
    pub sent_ms: Option<f64>,
    /// When the first byte of the answer was there, as far as the browser tells.
    pub first_byte_ms: Option<f64>,
    /// When the page had the headers.
    pub headers_ms: Option<f64>,
    /// When the page had the first message.
    pub first_ms: Option<f64>,
    /// When it had the last one.
    pub last_ms: Option<f64>,
    /// When it had the trailers.
    pub trailers_ms: Option<f64>,
    /// When the last byte had arrived, as far as the browser tells; else when the page had read the end.
    pub ended_ms: f64,
    /// When the page had read the end, if that is later.
    pub read_ms: Option<f64>,
    /// How many messages came.
    pub messages: usize,
    /// Bytes of the request's body.
    pub bytes_out: usize,
    /// Bytes of the answer's body.
    pub bytes_in: usize,
    /// What the others measured.
    pub others: Vec<Step>,
    /// The page asked the server to make the call: it encoded nothing itself.
    pub driven: bool,
    /// What the browser's network stack did, one after the other.
    pub network: Vec<Step>,
}

impl Record {
    /// A call that begins.
    pub fn begin(now_ms: f64) -> Self {
        Self { began_ms: now_ms, encoded_ms: now_ms, ended_ms: now_ms, ..Self::default() }
    }

    /// What can still be told of a call that cost this.
    pub fn of(cost: &Cost, messages: usize) -> Self {
        let (own, others): (Vec<&Step>, Vec<&Step>) = cost.steps.iter().partition(|step| step.party == Party::Browser);
        let step = |name: &str| own.iter().find(|step| step.name == name);
        let from = |name: &str| step(name).map(|step| step.start_ms);
        let to = |name: &str| step(name).map(|step| step.start_ms + step.dur_ms);
        Self {
            began_ms: cost.started_ms,
            encoded_ms: to("encode").unwrap_or(cost.started_ms),
            sent_ms: to("send"),
            headers_ms: from(HEADERS),
            first_ms: from(DATA),
            trailers_ms: from(TRAILERS),
            ended_ms: cost.ended_ms,
            read_ms: to(BUSY),
            messages,
            bytes_out: cost.bytes_out,
            bytes_in: cost.bytes_in,
            others: others.into_iter().cloned().collect(),
            driven: step("drive").is_some(),
            ..Self::default()
        }
    }

    /// It was held up before it was sent, by so many milliseconds that are not its own.
    pub fn put_off(&mut self, by_ms: f64) {
        self.began_ms += by_ms;
        self.encoded_ms += by_ms;
    }

    /// What the browser's network stack measured: when it sent the request, when the first and the last byte of the answer
    /// were there, and what it did one after the other.
    pub fn transferred(&mut self, sent_ms: f64, first_byte_ms: f64, last_byte_ms: f64, network: Vec<Step>) {
        self.sent_ms = Some(sent_ms);
        self.first_byte_ms = Some(first_byte_ms);
        self.read_ms = Some(self.ended_ms).filter(|read| *read > last_byte_ms);
        self.ended_ms = last_byte_ms;
        // what the page read later had arrived by then
        self.headers_ms = self.headers_ms.map(|at| at.min(first_byte_ms.max(sent_ms)));
        self.first_ms = self.first_ms.map(|at| at.min(last_byte_ms));
        self.trailers_ms = self.trailers_ms.map(|at| at.min(last_byte_ms));
        self.network = network;
    }

    /// A message came.
    pub fn message(&mut self, at_ms: f64) {
        self.first_ms.get_or_insert(at_ms);
        self.last_ms = Some(at_ms);
        self.messages += 1;
    }

    /// The server as gRPC client had this part of the answer, by the server's clock.
    pub fn forwarded(&mut self, name: &str, server_ms: f64) {
        self.others.push(Step { party: Party::Caller, name: name.to_owned(), start_ms: server_ms, dur_ms: 0.0 });
    }

    /// Since the call began.
    pub fn since(&self, at_ms: f64) -> f64 {
        at_ms - self.began_ms
    }

    /// What it cost; steps of the page in the order they were.
    pub fn cost(&self) -> Cost {
        let first = if self.driven { "drive" } else { "encode" };
        let mut steps = vec![browser_step(first, self.began_ms, self.encoded_ms)];
        steps.extend(self.sent_ms.map(|sent| browser_step("send", self.encoded_ms, sent)));
        let instants = [(HEADERS, self.headers_ms), (DATA, self.first_ms), (TRAILERS, self.trailers_ms)];
        steps.extend(instants.into_iter().filter_map(|(name, at)| Some(browser_step(name, at?, at?))));
        steps.extend(
            self.trailers_ms.map(|at| browser_step("decode", at, self.ended_ms)).filter(|step| step.dur_ms > 0.0),
        );
        steps.extend(self.read_ms.map(|read| browser_step(BUSY, self.ended_ms, read)));
        steps.extend(self.others.iter().cloned());
        Cost {
            started_ms: self.began_ms,
            ended_ms: self.ended_ms,
            steps,
            bytes_out: self.bytes_out,
            bytes_in: self.bytes_in,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_measured_is_no_step() {
        let mut record = Record::begin(10.0);
        let names = |record: &Record| record.cost().steps.into_iter().map(|step| step.name).collect::<Vec<_>>();
        assert_eq!(names(&record), ["encode"]);
        record.put_off(100.0);
        assert_eq!(record.since(110.5), 0.5);
        record.put_off(-100.0);
        record.sent_ms = Some(10.5);
        record.headers_ms = Some(12.0);
        record.message(12.5);
        record.message(13.5);
        assert_eq!(names(&record), ["encode", "send", "headers", "data"]);
        assert_eq!((record.first_ms, record.last_ms, record.messages), (Some(12.5), Some(13.5), 2));
        // what the page reads after the last byte is no part of the call
        let mut late = Record { headers_ms: Some(20.0), trailers_ms: Some(20.5), ended_ms: 21.0, ..record.clone() };
        late.first_ms = Some(20.25);
        late.transferred(10.5, 12.0, 13.0, Vec::new());
        assert_eq!(late.cost().total_ms(), 3.0);
        assert_eq!(names(&late), ["encode", "send", "headers", "data", "trailers", "busy"]);
        assert_eq!((late.headers_ms, late.first_ms, late.trailers_ms), (Some(12.0), Some(13.0), Some(13.0)));
        // what it cost tells most of it again
        record.trailers_ms = Some(14.0);
        record.others = vec![Step { party: Party::Server, name: "greet".to_owned(), start_ms: 7.0, dur_ms: 0.5 }];
        assert_eq!(Record::of(&record.cost(), 2).cost(), record.cost());
    }
}
