//! Calls of other clients, as the server tells of them while the page is open. They are not kept beyond that: what they
//! carried is not known here.

use crosstalk_proto::ws::{self, OtherCall};

use super::{
    KEPT, Past,
    call::{Call, Style},
};
use crate::model::grpc_status;

/// No queue took the message (RabbitMQ's reply code).
const NO_ROUTE: u16 = 312;

/// A call of another client.
#[derive(Clone, Debug, PartialEq)]
pub struct Other {
    /// Counts them, from 1.
    pub number: u64,
    /// What is known of it.
    pub call: OtherCall,
}

/// Those of one bench, newest first, and how many more there were.
#[derive(Clone, Debug, Default, PartialEq)]
struct Board {
    calls: Vec<Other>,
    missed: u64,
}

/// The calls of other clients.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Others {
    /// The server tells of them.
    pub told: bool,
    boards: [Board; Style::ALL.len()],
    last: u64,
}

impl Others {
    /// Adds calls, and how many more there were.
    pub fn add(&mut self, style: ws::Style, calls: Vec<OtherCall>, missed: u64) {
        let board = &mut self.boards[style as usize];
        board.missed += missed;
        for call in calls {
            self.last += 1;
            // they come in the order of their ends
            let at = board.calls.partition_point(|other| other.call.at_ms > call.at_ms);
            board.calls.insert(at, Other { number: self.last, call });
            board.calls.truncate(KEPT);
        }
    }

    /// How many of a bench were too many at once to be told one by one.
    #[must_use]
    pub fn missed(&self, style: Style) -> u64 {
        self.boards[style as usize].missed
    }

    /// Forgets those of a bench.
    pub fn clear(&mut self, style: Style) {
        self.boards[style as usize] = Board::default();
    }
}

/// A row of the history.
#[derive(Clone, Debug, PartialEq)]
pub enum Row {
    /// A call of this page.
    Own(Call),
    /// A call of another client.
    Other(Other),
}

impl Row {
    /// Names it among all.
    #[must_use]
    pub fn name(&self) -> (bool, u64) {
        match self {
            Self::Own(call) => (false, call.at),
            Self::Other(other) => (true, other.number),
        }
    }

    fn at(&self) -> f64 {
        match self {
            Self::Own(call) => call.at as f64,
            Self::Other(other) => other.call.at_ms,
        }
    }
}

/// Both kinds of calls of a bench, newest first.
#[must_use]
pub fn rows(past: &Past, others: &Others, style: Style) -> Vec<Row> {
    let mut others = others.boards[style as usize].calls.iter().cloned().map(Row::Other).peekable();
    let mut rows = Vec::new();
    for own in past.of(style).cloned().map(Row::Own) {
        while let Some(other) = others.next_if(|other| other.at() > own.at()) {
            rows.push(other);
        }
        rows.push(own);
    }
    rows.extend(others);
    rows
}

/// How a call ended, in the words of its protocol, and whether badly. No words when the client left before.
#[must_use]
pub fn status(style: Style, call: &OtherCall) -> (String, bool) {
    let Some(code) = call.code else { return (String::new(), true) };
    match style {
        Style::Grpc => (format!("{code} {}", grpc_status::name(code.into())), code != 0),
        Style::Queue if code == NO_ROUTE => (format!("{code} NO_ROUTE"), true),
        Style::Queue if code == 200 && call.verb == "basic.consume" => ("basic.consume-ok".to_owned(), false),
        Style::Rest | Style::Queue => (code.to_string(), code >= 400),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::call::sample, *};

    fn call(at_ms: f64) -> OtherCall {
        OtherCall {
            at_ms,
            verb: "GET".to_owned(),
            what: "/".to_owned(),
            code: Some(200),
            took_ms: Some(1.0),
            bytes_out: Some(0),
            bytes_in: Some(2),
            client: "curl/8.5.0".to_owned(),
        }
    }

    #[test]
    fn calls_of_others_stand_among_ones_own_by_their_time() {
        let (mut past, mut others) = (Past::default(), Others::default());
        for at in [10, 30] {
            past.push(sample(at));
        }
        others.add(ws::Style::Rest, vec![call(20.0), call(5.0), call(40.0)], 0);
        others.add(ws::Style::Grpc, vec![call(50.0)], 0);
        let rows = rows(&past, &others, Style::Rest);
        assert_eq!(rows.iter().map(Row::at).collect::<Vec<_>>(), [40.0, 30.0, 20.0, 10.0, 5.0]);
        assert_eq!(rows.iter().filter(|row| matches!(row, Row::Other(_))).count(), 3);
    }

    #[test]
    fn the_newest_are_kept_and_the_rest_counted() {
        let mut others = Others::default();
        others.add(ws::Style::Queue, (0..60).map(|at| call(at.into())).collect(), 7);
        let kept = rows(&Past::default(), &others, Style::Queue);
        assert_eq!((kept.len(), kept[0].at(), others.missed(Style::Queue)), (KEPT, 59.0, 7));
        others.clear(Style::Queue);
        assert_eq!((rows(&Past::default(), &others, Style::Queue).len(), others.missed(Style::Queue)), (0, 0));
    }

    #[test]
    fn a_status_is_in_the_words_of_its_protocol() {
        let with = |verb: &str, code| OtherCall { verb: verb.to_owned(), code, ..call(0.0) };
        let told = |style, verb, code| status(style, &with(verb, code));
        assert_eq!(told(Style::Rest, "GET", Some(404)), ("404".to_owned(), true));
        assert_eq!(told(Style::Grpc, "SayHello", Some(3)), ("3 INVALID_ARGUMENT".to_owned(), true));
        assert_eq!(told(Style::Queue, "basic.publish", Some(312)), ("312 NO_ROUTE".to_owned(), true));
        assert_eq!(told(Style::Queue, "basic.consume", Some(200)), ("basic.consume-ok".to_owned(), false));
        assert_eq!(told(Style::Rest, "GET", None), (String::new(), true));
    }
}
