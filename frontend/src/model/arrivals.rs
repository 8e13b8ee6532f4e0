//! The messages a page's consumer got, as its table shows them: newest first, bounded, and never a silent gap.
//!
//! Messages wait in `pending` for the next animation frame. Each frame draws as many as its budget allows; what
//! came too fast to be drawn is one row that says how many. A message that awaits a decision by hand is always
//! drawn and never dropped from the table: the broker's prefetch bounds these.

use std::{collections::VecDeque, sync::Arc};

use crosstalk_proto::ws::Delivery;

use super::payload;

/// How many settled rows the table keeps.
pub const KEPT: usize = 500;
/// Rows that may be added at once after a rest.
const BURST: usize = 200;
/// Rows that each frame adds to the budget. Not by time: a slow frame must not earn a slower one.
const PER_FRAME: usize = 8;
/// Without an arrival for so long the budget is whole again.
const REST_MS: f64 = 300.0;
/// How much of a body a row shows, in characters.
const PREVIEW: usize = 200;

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fate {
    /// The page has it and has not acked it.
    Held,
    /// The page acked it.
    Acked,
    /// It was acked by being sent: `no-ack`.
    Automatic,
    /// Rejected, not to come again.
    Dropped,
    /// Rejected, to come again.
    Requeued,
    /// The link or the consumer ended first: the broker has it back.
    GivenBack,
}

/// A delivery over one link of one subscription: what an ack names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag {
    /// The link.
    pub epoch: u32,
    /// The delivery tag.
    pub delivery: u64,
}

/// A delivered message.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrival {
    /// Counts the messages of this page, from 1.
    pub number: u64,
    /// When the page got it, in milliseconds since 1970.
    pub at_unix_ms: f64,
    /// Which delivery.
    pub tag: Tag,
    /// The start of its body.
    pub preview: String,
    /// Whether the preview is in hexadecimal.
    pub binary: bool,
    /// Bytes of its body.
    pub size: usize,
    /// `content_type`, when it has one.
    pub content_type: Option<String>,
    /// Whether it was delivered before.
    pub redelivered: bool,
    /// What became of it.
    pub fate: Fate,
}

/// A row of the table.
#[derive(Clone, Debug, PartialEq)]
pub enum Row {
    /// A message.
    Message(Arc<Arrival>),
    /// Messages that came too fast to draw.
    Gap {
        /// The number of the last of them: names the row.
        last: u64,
        /// How many.
        count: u64,
    },
}

/// The table and what waits for its next frame.
#[derive(Clone, Debug, Default)]
pub struct Arrivals {
    pending: VecDeque<Arc<Arrival>>,
    overflow: Option<(u64, u64)>,
    rows: VecDeque<Row>,
    total: u64,
    redelivered: u64,
    spent: usize,
    last_ms: f64,
}

impl Arrivals {
    /// Takes a delivery. `automatic` is the ack mode of its consumer.
    pub fn arrive(&mut self, delivery: &Delivery, epoch: u32, automatic: bool, at_unix_ms: f64) {
        self.total += 1;
        self.redelivered += u64::from(delivery.redelivered);
        if at_unix_ms - self.last_ms > REST_MS {
            self.spent = 0;
        }
        self.last_ms = at_unix_ms;
        if self.pending.len() >= KEPT && self.pending[0].fate != Fate::Held {
            self.pending.pop_front();
            let (_, count) = self.overflow.unwrap_or_default();
            self.overflow = Some((self.total - KEPT as u64, count + 1));
        }
        self.pending.push_back(Arc::new(Arrival {
            number: self.total,
            at_unix_ms,
            tag: Tag { epoch, delivery: delivery.delivery_tag },
            preview: payload::preview(&delivery.body, PREVIEW),
            binary: matches!(delivery.body, crosstalk_proto::amqp::Body::Base64(_)),
            size: payload::size(&delivery.body),
            content_type: delivery.properties.content_type.clone(),
            redelivered: delivery.redelivered,
            fate: if automatic { Fate::Automatic } else { Fate::Held },
        }));
    }

    /// One animation frame: moves what waits into the table. `by_hand` draws all of it, since a person has to decide
    /// on each. The answer is the first and the last delivery that were taken.
    pub fn draw(&mut self, by_hand: bool) -> Option<(Tag, Tag)> {
        self.spent = self.spent.saturating_sub(PER_FRAME);
        let (first, last) = (self.pending.front()?.tag, self.pending.back()?.tag);
        let waiting = self.pending.len();
        let drawn = if by_hand { waiting } else { waiting.min(BURST.saturating_sub(self.spent)) };
        self.spent += drawn;

        if let Some((last, count)) = self.overflow.take() {
            self.skip(last, count);
        }
        for _ in drawn..waiting {
            if let Some(skipped) = self.pending.pop_front() {
                self.skip(skipped.number, 1);
            }
        }
        for arrival in self.pending.drain(..) {
            self.rows.push_front(Row::Message(arrival));
        }
        self.forget();
        Some((first, last))
    }

    /// Acks what waits: the page does so in the frame that shows it.
    pub fn ack_waiting(&mut self) {
        for arrival in self.pending.iter_mut().filter(|arrival| arrival.fate == Fate::Held) {
            Arc::make_mut(arrival).fate = Fate::Acked;
        }
    }

    /// Sets the fate of one held delivery.
    pub fn settle(&mut self, tag: Tag, fate: Fate) {
        self.settle_held(fate, |held| held == tag);
    }

    /// The ack of all from `first` to `last` came too late: the broker had them back already.
    pub fn unack(&mut self, first: Tag, last: Tag) {
        let late = |tag: Tag| tag.epoch == last.epoch && (first.delivery..=last.delivery).contains(&tag.delivery);
        self.turn(Fate::Acked, Fate::GivenBack, late);
    }

    /// The link or the consumer ended: the broker takes back what was held.
    pub fn give_back(&mut self) {
        self.settle_held(Fate::GivenBack, |_| true);
    }

    /// Empties the table; the counts go on.
    pub fn clear(&mut self) {
        self.rows.retain(|row| matches!(row, Row::Message(arrival) if arrival.fate == Fate::Held));
    }

    /// The rows, newest first.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter()
    }

    /// Whether something waits to be drawn.
    pub fn is_waiting(&self) -> bool {
        !self.pending.is_empty()
    }

    /// How many messages arrived.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// How many of these had been delivered before.
    pub fn redelivered(&self) -> u64 {
        self.redelivered
    }

    /// How many are held at present.
    pub fn held(&self) -> usize {
        let drawn = self.rows.iter().filter(|row| row.is_held()).count();
        drawn + self.pending.iter().filter(|arrival| arrival.fate == Fate::Held).count()
    }

    fn settle_held(&mut self, fate: Fate, which: impl Fn(Tag) -> bool) {
        self.turn(Fate::Held, fate, which);
    }

    fn turn(&mut self, from: Fate, to: Fate, which: impl Fn(Tag) -> bool) {
        let drawn = self.rows.iter_mut().filter_map(|row| match row {
            Row::Message(arrival) => Some(arrival),
            Row::Gap { .. } => None,
        });
        for arrival in drawn.chain(&mut self.pending) {
            if arrival.fate == from && which(arrival.tag) {
                Arc::make_mut(arrival).fate = to;
            }
        }
    }

    fn skip(&mut self, number: u64, more: u64) {
        if let Some(Row::Gap { last, count }) = self.rows.front_mut() {
            (*last, *count) = (number, *count + more);
        } else {
            self.rows.push_front(Row::Gap { last: number, count: more });
        }
    }

    /// Drops the oldest rows over [`KEPT`], but for those that wait for a decision.
    fn forget(&mut self) {
        let mut over = self.rows.len().saturating_sub(KEPT);
        while over > 0 {
            let Some(at) = self.rows.iter().rposition(|row| !row.is_held()) else {
                return;
            };
            self.rows.remove(at);
            over -= 1;
        }
    }
}

impl Row {
    fn is_held(&self) -> bool {
        matches!(self, Self::Message(arrival) if arrival.fate == Fate::Held)
    }
}

#[cfg(test)]
mod tests {
    use crosstalk_proto::amqp::{Body, Properties};
    use proptest::prelude::*;

    use super::*;

    fn delivery(tag: u64) -> Delivery {
        Delivery {
            delivery_tag: tag,
            redelivered: false,
            exchange: String::new(),
            routing_key: "hello".to_owned(),
            properties: Properties::default(),
            body: Body::Text(format!("message {tag}")),
            at_ms: 0.0,
        }
    }

    fn with(count: u64, automatic: bool) -> Arrivals {
        let mut arrivals = Arrivals::default();
        for tag in 1..=count {
            arrivals.arrive(&delivery(tag), 1, automatic, 0.0);
        }
        arrivals
    }

    fn told(arrivals: &Arrivals) -> u64 {
        arrivals
            .rows()
            .map(|row| match row {
                Row::Message(_) => 1,
                Row::Gap { count, .. } => *count,
            })
            .sum()
    }

    #[test]
    fn the_newest_message_is_on_top_and_an_ack_covers_what_was_taken() {
        let mut arrivals = with(3, false);
        let taken = Some((Tag { epoch: 1, delivery: 1 }, Tag { epoch: 1, delivery: 3 }));
        assert_eq!(arrivals.draw(true), taken);
        let first = arrivals.rows().next().expect("there are rows");
        assert!(matches!(first, Row::Message(arrival) if arrival.preview == "message 3"), "{first:?}");
        arrivals.settle(Tag { epoch: 1, delivery: 2 }, Fate::Acked);
        assert_eq!(arrivals.held(), 2);
        assert_eq!(arrivals.draw(true), None);
    }

    #[test]
    fn an_ack_that_came_too_late_is_taken_back() {
        let mut arrivals = with(3, false);
        arrivals.ack_waiting();
        let (first, last) = arrivals.draw(false).expect("three wait");
        assert_eq!(arrivals.held(), 0);
        arrivals.unack(first, last);
        let back = |row: &Row| matches!(row, Row::Message(arrival) if arrival.fate == Fate::GivenBack);
        assert!(arrivals.rows().all(back));
    }

    #[test]
    fn a_burst_is_drawn_in_part_and_the_rest_is_told() {
        let mut arrivals = with(10_000, true);
        arrivals.draw(false);
        assert_eq!(arrivals.total(), 10_000);
        assert_eq!(told(&arrivals), 10_000);
        assert!(arrivals.rows().count() <= BURST + 1);
    }

    #[test]
    fn after_a_rest_a_burst_is_drawn_again() {
        let mut arrivals = with(150, true);
        arrivals.draw(false);
        assert_eq!(arrivals.rows().count(), 150);
        for tag in 151..=300 {
            arrivals.arrive(&delivery(tag), 1, true, 1_000.0);
        }
        arrivals.draw(false);
        assert_eq!(arrivals.rows().count(), 300);
    }

    #[test]
    fn what_waits_for_a_decision_stays_in_the_table() {
        let mut arrivals = with(600, false);
        arrivals.draw(true);
        assert_eq!(arrivals.held(), 600);
        assert_eq!(arrivals.rows().count(), 600);
        arrivals.give_back();
        assert_eq!(arrivals.held(), 0);
        arrivals.arrive(&delivery(601), 2, false, 0.0);
        arrivals.draw(true);
        assert_eq!(arrivals.rows().count(), KEPT);
    }

    proptest! {
        #[test]
        fn every_message_is_a_row_or_is_counted_in_one(bursts in proptest::collection::vec(0_u64..900, 1..12)) {
            let mut arrivals = Arrivals::default();
            let (mut tag, mut lost) = (0, 0);
            for burst in bursts {
                for _ in 0..burst {
                    tag += 1;
                    arrivals.arrive(&delivery(tag), 1, true, 0.0);
                }
                let before = told(&arrivals) + burst;
                arrivals.draw(false);
                lost += before - told(&arrivals);
                prop_assert!(arrivals.rows().count() <= KEPT);
            }
            // what is missing is only what scrolled out at the end of a full table
            prop_assert!(lost == 0 || arrivals.rows().count() == KEPT);
            prop_assert_eq!(told(&arrivals) + lost, arrivals.total());
        }
    }
}
