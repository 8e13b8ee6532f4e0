//! The step list: what a timeline holds, one thing after the other, each with the time it began and how long it took.

use crosstalk_proto::step::Party;

use super::timeline::{Block, Timeline};

/// What a row tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Work of one party.
    Work(Party),
    /// A message on its way.
    Way {
        /// Who sent it.
        sender: Party,
        /// Who got it.
        receiver: Party,
        /// Nothing waits for it.
        aside: bool,
    },
}

/// A row of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// When it began, in milliseconds since the call did.
    pub from: f64,
    /// When it was over.
    pub to: f64,
    /// Who did what.
    pub what: What,
    /// As in [`crosstalk_proto::step::Step::name`]; of a message, the step it caused.
    pub step: String,
}

/// The rows, by the time they begin. Of those that begin together the shorter comes first: a message without a
/// measurable way stands before the work that it caused.
pub fn rows(timeline: &Timeline) -> Vec<Row> {
    let ways = timeline.messages.iter().map(|message| Row {
        from: message.left,
        to: message.arrived,
        what: What::Way { sender: message.sender, receiver: message.receiver, aside: message.aside },
        step: message.step.clone(),
    });
    let work =
        |block: &Block| Row { from: block.from, to: block.to, what: What::Work(block.party), step: block.name.clone() };
    // what began it all comes before the message it sent, though both take no time
    let (first, rest) = timeline.blocks.split_at(timeline.blocks.len().min(1));
    let mut rows: Vec<Row> = first.iter().map(work).chain(ways).chain(rest.iter().map(work)).collect();
    rows.sort_by(|a, b| a.from.total_cmp(&b.from).then(a.to.total_cmp(&b.to)));
    rows
}

impl Row {
    /// From the first party to the last that it touches, as places in `parties`; none when one of them is not there.
    pub fn span(&self, parties: &[Party]) -> Option<(usize, usize)> {
        let place = |wanted: Party| parties.iter().position(|party| *party == wanted);
        let (one, other) = match self.what {
            What::Work(party) => (place(party)?, place(party)?),
            What::Way { sender, receiver, .. } => (place(sender)?, place(receiver)?),
        };
        Some((one.min(other), one.max(other)))
    }
}

#[cfg(test)]
mod tests {
    use crosstalk_proto::step::Step;

    use super::*;
    use crate::model::{
        clock::Offset,
        exchange::{Cost, browser_step},
        timeline,
    };

    fn way(sender: Party, receiver: Party) -> What {
        What::Way { sender, receiver, aside: false }
    }

    fn order(rows: &[Row]) -> Vec<What> {
        rows.iter().map(|row| row.what).collect()
    }

    #[test]
    fn a_message_stands_before_the_work_that_it_caused() {
        let step = |party, name: &str, start_ms, dur_ms| Step { party, name: name.to_owned(), start_ms, dur_ms };
        let cost = Cost {
            started_ms: 0.0,
            ended_ms: 4.0,
            steps: vec![
                browser_step("send", 0.0, 0.5),
                browser_step("receive", 3.0, 4.0),
                step(Party::Server, "handle", 0.0, 1.0),
                step(Party::Store, "insert", 0.25, 0.5),
            ],
            bytes_out: 0,
            bytes_in: 0,
        };
        let rows = rows(&timeline::place(&cost, None));
        assert_eq!(
            order(&rows),
            [
                What::Work(Party::Browser),
                way(Party::Browser, Party::Server),
                What::Work(Party::Server),
                way(Party::Server, Party::Store),
                What::Work(Party::Store),
                way(Party::Store, Party::Server),
                way(Party::Server, Party::Browser),
                What::Work(Party::Browser),
            ]
        );
        assert_eq!(rows[3].span(&[Party::Browser, Party::Server, Party::Store]), Some((1, 2)));
        assert_eq!(rows[3].span(&[Party::Browser, Party::Server]), None);
    }

    #[test]
    fn what_took_no_time_still_begins_with_who_asked() {
        let step =
            |name: &str, start_ms, dur_ms| Step { party: Party::Server, name: name.to_owned(), start_ms, dur_ms };
        let cost = Cost {
            started_ms: 0.0,
            ended_ms: 4.0,
            steps: vec![browser_step("send", 0.0, 0.0), browser_step("receive", 4.0, 4.0), step("handle", 9.0, 1.0)],
            bytes_out: 0,
            bytes_in: 0,
        };
        // the clocks place the server's step before the request: it is there no sooner than that was sent
        let offset = Offset { server_minus_page_ms: 20.0, uncertainty_ms: 1.0 };
        let rows = rows(&timeline::place(&cost, Some(offset)));
        assert_eq!(
            order(&rows),
            [
                What::Work(Party::Browser),
                way(Party::Browser, Party::Server),
                What::Work(Party::Server),
                way(Party::Server, Party::Browser),
                What::Work(Party::Browser),
            ]
        );
    }
}
