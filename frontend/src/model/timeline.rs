//! Puts what every party measured of a call on one axis, the page's: milliseconds since the call began.
//!
//! Steps of other parties are on the server's clock. They are moved together, by the offset between the clocks or,
//! without one, to the middle of the round trip; in both cases no further than lets every message arrive after it
//! left. What was not measured is not here.

use crosstalk_proto::step::{Party, Step};

use super::{
    clock::Offset,
    exchange::Cost,
    grpc_record::{DATA, HEADERS, TRAILERS},
    order,
};

/// Something a party did.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Who.
    pub party: Party,
    /// What, as in [`Step::name`].
    pub name: String,
    /// From when, in milliseconds since the call began.
    pub from: f64,
    /// Until when; the same for an instant.
    pub to: f64,
}

/// Something on its way between two parties.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Who sent it.
    pub sender: Party,
    /// Who got it.
    pub receiver: Party,
    /// When it left.
    pub left: f64,
    /// When it was there: never before it left.
    pub arrived: f64,
    /// The receiver's step that it caused, or the sender's that it is.
    pub step: String,
    /// Nothing waits for it: the broker's confirm.
    pub aside: bool,
}

/// How the steps of the others came to their places.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Placement {
    /// By the offset between the clocks, right to within plus or minus so many milliseconds.
    Clocks {
        /// See [`Offset::uncertainty_ms`].
        uncertainty_ms: f64,
    },
    /// There was no offset: in the middle of the round trip.
    Centred,
}

/// A call on the axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Timeline {
    /// What was done, by time.
    pub blocks: Vec<Block>,
    /// What travelled, by time of arrival.
    pub messages: Vec<Message>,
    /// When the answer was in hand.
    pub end: f64,
    /// None when nobody but the page measured anything.
    pub placement: Option<Placement>,
    /// What was added to the server's clock to place its steps.
    pub shift: Option<f64>,
}

/// What became of a published message at a consumer of the page that published it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Consumed {
    /// When the server's link read the delivery, on the server's clock.
    pub delivered_server_ms: f64,
    /// When the page had it, on the page's clock.
    pub arrived_ms: f64,
    /// When the page settled it, if it has, on the page's clock.
    pub settled_ms: Option<f64>,
}

/// The name of the step that is a message of its own: the broker's confirm of what was published.
const CONFIRM: &str = "confirm";

/// The name of the step that the broker confirms.
const PUBLISH: &str = "publish";

/// Moments that both sides measure: when one let go of something, and when the other had it.
const PASSED: [&str; 3] = [HEADERS, DATA, TRAILERS];

/// Steps that touch may overlap by what sums of floats lose.
const ROUNDING_MS: f64 = 1e-5;

/// Places a call.
pub fn place(cost: &Cost, offset: Option<Offset>) -> Timeline {
    let end = cost.total_ms().max(0.0);
    let (ours, others): (Vec<&Step>, Vec<&Step>) = cost.steps.iter().partition(|step| step.party == Party::Browser);
    let mut own: Vec<Block> = ours.iter().map(|step| block(step, -cost.started_ms)).collect();
    order::sort(&mut own, |a, b| a.from < b.from);

    let sent = own.iter().find(|block| block.name == "send").or(own.first()).map_or(0.0, |send| send.to);
    let answered = own.last().filter(|_| own.len() > 1).map_or(end, |receive| receive.from);
    let (passed, others): (Vec<&Step>, Vec<&Step>) =
        others.into_iter().partition(|step| own.iter().any(|block| passes(step, block)));
    let bounds = Bounds::of(&others, &passed, &own, sent, answered);
    let placed = bounds.map(|bounds| bounds.shift(cost.started_ms, offset));
    let mut blocks = own;
    if let Some((shift, _)) = placed {
        blocks.extend(others.iter().map(|step| block(step, shift)));
    }
    order::sort(&mut blocks, |a, b| a.from < b.from || a.from == b.from && a.to > b.to);
    let passed: Vec<Block> =
        placed.map(|(shift, _)| passed.iter().map(|step| block(step, shift)).collect()).unwrap_or_default();
    let messages = messages(&mut blocks, &passed);
    blocks.retain(|block| block.name != CONFIRM);
    let (shift, placement) = placed.unzip();
    Timeline { blocks, messages, end, placement, shift }
}

/// Follows a published message to its consumer. The way there is drawn no earlier than the publish and no later than
/// the page had it.
pub fn follow(timeline: &mut Timeline, cost: &Cost, consumed: Consumed) {
    let (arrived, settled) =
        (consumed.arrived_ms - cost.started_ms, consumed.settled_ms.map(|settled| settled - cost.started_ms));
    let published = timeline.blocks.iter().filter(|block| block.name == PUBLISH).map(|block| block.to);
    let (Some(shift), Some(published)) = (timeline.shift, published.reduce(f64::max)) else {
        return;
    };
    if arrived < published {
        return;
    }
    let left = (consumed.delivered_server_ms + shift).clamp(published, arrived);
    let to = settled.unwrap_or(arrived).max(arrived);
    let step = |name: &str| name.to_owned();
    timeline.messages.push(Message {
        sender: Party::Link,
        receiver: Party::Consumer,
        left,
        arrived,
        step: step("deliver"),
        aside: false,
    });
    timeline.blocks.push(Block { party: Party::Consumer, name: step("consume"), from: arrived, to });
    timeline.end = timeline.end.max(to);
}

fn block(step: &Step, shift: f64) -> Block {
    let from = step.start_ms + shift;
    Block { party: step.party, name: step.name.clone(), from, to: from + step.dur_ms.max(0.0) }
}

/// Whether a step of another's is the moment at which it let go of what the page then had.
fn passes(step: &Step, had: &Block) -> bool {
    step.name == had.name && PASSED.contains(&had.name.as_str())
}

/// Between what the server's clock may be moved, so that nothing is there before it left.
struct Bounds {
    earliest: f64,
    latest: f64,
}

impl Bounds {
    /// None without steps to place.
    fn of(others: &[&Step], passed: &[&Step], own: &[Block], sent: f64, answered: f64) -> Option<Self> {
        let first = others.iter().map(|step| step.start_ms).min_by(f64::total_cmp)?;
        let last = others.iter().map(|step| step.start_ms + step.dur_ms).max_by(f64::total_cmp)?;
        let had = |step: &Step| own.iter().find(|block| passes(step, block)).map(|block| block.from - step.start_ms);
        let latest = passed.iter().filter_map(|step| had(step)).fold(answered - last, f64::min);
        Some(Self { earliest: sent - first, latest })
    }

    /// What to add to the server's clock, and why that.
    fn shift(&self, started_ms: f64, offset: Option<Offset>) -> (f64, Placement) {
        let Self { earliest, latest } = *self;
        let middle = f64::midpoint(earliest, latest);
        match offset {
            // work that took longer than the page saw it take: the clocks disagree, spread the difference
            _ if earliest > latest => (middle, Placement::Centred),
            Some(offset) => (
                (-offset.server_minus_page_ms - started_ms).clamp(earliest, latest),
                Placement::Clocks { uncertainty_ms: offset.uncertainty_ms },
            ),
            None => (middle, Placement::Centred),
        }
    }
}

/// Derives who sent what to whom from blocks that are sorted by their start. What was `passed` on to the page is known
/// from both its ends; the page's end is taken out of the blocks.
fn messages(blocks: &mut Vec<Block>, passed: &[Block]) -> Vec<Message> {
    let mut messages = Vec::new();
    for left in passed {
        if let Some(at) = blocks.iter().position(|had| had.party == Party::Browser && had.name == left.name) {
            let had = blocks.remove(at);
            messages.push(message(left.party, &had, left.from));
        }
    }
    let blocks = &*blocks;
    let chain: Vec<&Block> = blocks.iter().filter(|block| block.name != CONFIRM).collect();
    for (at, block) in chain.iter().enumerate() {
        let earlier = &chain[..at];
        // what a party does within its own work, nobody asked it for
        let own = |other: &&&Block| other.party == block.party && other.to >= block.to && other.to > block.from;
        let answered = block.party == Party::Browser && !passed.is_empty();
        if answered || earlier.iter().any(|other| own(&other)) {
            continue;
        }
        // work within work: asked by whoever is still busy, and answered to it
        let asking = earlier
            .iter()
            .rev()
            .find(|other| other.party != block.party && other.to > block.to && other.from < block.from);
        if let Some(asking) = asking {
            messages.push(message(asking.party, block, block.from));
            messages.push(Message {
                sender: block.party,
                receiver: asking.party,
                left: block.to,
                arrived: block.to,
                step: asking.name.clone(),
                aside: false,
            });
            continue;
        }
        let before = earlier
            .iter()
            .filter(|other| other.to <= block.from + ROUNDING_MS)
            .max_by(|a, b| a.to.total_cmp(&b.to))
            .or_else(|| earlier.last());
        if let Some(before) = before.filter(|before| before.party != block.party) {
            messages.push(message(before.party, block, before.to.max(confirmed(before, block, blocks))));
        }
    }
    messages.extend(blocks.iter().filter(|block| block.name == CONFIRM).map(|confirm| Message {
        sender: confirm.party,
        receiver: Party::Server,
        left: confirm.from,
        arrived: confirm.to,
        step: confirm.name.clone(),
        aside: true,
    }));
    order::sort(&mut messages, |a, b| a.arrived < b.arrived);
    messages
}

/// When the confirm was there that the page's answer waited for: that of a message whose reply nobody awaits.
fn confirmed(before: &Block, answer: &Block, blocks: &[Block]) -> f64 {
    let waits = before.name == PUBLISH && answer.party == Party::Browser;
    let confirms = blocks.iter().filter(|block| waits && block.name == CONFIRM && block.to <= answer.from);
    confirms.map(|confirm| confirm.to).fold(f64::NEG_INFINITY, f64::max)
}

fn message(sender: Party, caused: &Block, left: f64) -> Message {
    Message {
        sender,
        receiver: caused.party,
        left: left.min(caused.from),
        arrived: caused.from,
        step: caused.name.clone(),
        aside: false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::exchange::browser_step;

    fn step(party: Party, name: &str, start_ms: f64, dur_ms: f64) -> Step {
        Step { party, name: name.to_owned(), start_ms, dur_ms }
    }

    fn cost(others: &[Step]) -> Cost {
        let mut steps = vec![browser_step("send", 100.0, 100.5), browser_step("receive", 102.0, 102.25)];
        steps.extend_from_slice(others);
        Cost { started_ms: 100.0, ended_ms: 102.25, steps, bytes_out: 0, bytes_in: 27 }
    }

    fn offset(server_minus_page_ms: f64) -> Option<Offset> {
        Some(Offset { server_minus_page_ms, uncertainty_ms: 0.1 })
    }

    fn path(timeline: &Timeline) -> Vec<(Party, Party)> {
        timeline.messages.iter().map(|message| (message.sender, message.receiver)).collect()
    }

    #[test]
    fn the_servers_steps_stand_where_the_clocks_say() {
        let timeline = place(&cost(&[step(Party::Server, "greet", 7_001.0, 0.25)]), offset(6_900.0));
        assert_eq!(timeline.placement, Some(Placement::Clocks { uncertainty_ms: 0.1 }));
        let greet = &timeline.blocks[1];
        assert!((greet.from - 1.0).abs() < 1e-9 && (greet.to - 1.25).abs() < 1e-9, "{greet:?}");
        assert_eq!(path(&timeline), [(Party::Browser, Party::Server), (Party::Server, Party::Browser)]);
        assert!((timeline.end - 2.25).abs() < 1e-9);
    }

    #[test]
    fn a_wrong_offset_moves_no_answer_before_its_question() {
        for wrong in [-1e6, 1e6] {
            let timeline = place(&cost(&[step(Party::Server, "greet", 7_001.0, 0.25)]), offset(wrong));
            let greet = &timeline.blocks[1];
            assert!(greet.from >= 0.5 - 1e-9 && greet.to <= 2.0 + 1e-9, "{greet:?}");
        }
    }

    #[test]
    fn without_an_offset_steps_are_centred_in_the_round_trip() {
        let timeline = place(&cost(&[step(Party::Server, "greet", 9.0, 0.5)]), None);
        assert_eq!(timeline.placement, Some(Placement::Centred));
        assert!((timeline.blocks[1].from - 1.0).abs() < 1e-9, "{:?}", timeline.blocks[1]);
    }

    #[test]
    fn what_nobody_measured_is_not_drawn() {
        let timeline = place(&cost(&[]), offset(5.0));
        assert_eq!((timeline.blocks.len(), timeline.messages.len(), timeline.placement), (2, 0, None));
    }

    #[test]
    fn a_confirm_is_a_message_aside_from_the_way_of_the_request() {
        let timeline = place(
            &cost(&[
                step(Party::Server, "command", 10.6, 0.05),
                step(Party::Link, "publish", 10.7, 0.1),
                step(Party::Link, "confirm", 10.8, 0.6),
                step(Party::Worker, "greet", 11.0, 0.1),
                step(Party::Link, "deliver", 11.3, 0.1),
            ]),
            offset(-90.0),
        );
        let confirm: Vec<_> = timeline.messages.iter().filter(|message| message.aside).collect();
        assert_eq!((confirm.len(), confirm[0].sender, confirm[0].receiver), (1, Party::Link, Party::Server));
        let way: Vec<_> = timeline.messages.iter().filter(|message| !message.aside).cloned().collect();
        assert_eq!(
            path(&Timeline { messages: way, ..timeline }),
            [
                (Party::Browser, Party::Server),
                (Party::Server, Party::Link),
                (Party::Link, Party::Worker),
                (Party::Worker, Party::Link),
                (Party::Link, Party::Browser),
            ]
        );
    }

    #[test]
    fn the_answer_to_a_publish_leaves_when_the_broker_confirmed() {
        let steps = [step(Party::Link, "publish", 10.7, 0.1), step(Party::Link, "confirm", 10.8, 0.4)];
        let timeline = place(&cost(&steps), offset(-90.0));
        let answer = timeline.messages.last().expect("there is an answer");
        assert_eq!((answer.sender, answer.receiver), (Party::Link, Party::Browser));
        assert!((answer.left - 1.2).abs() < 1e-9, "{answer:?}");
    }

    #[test]
    fn steps_of_one_party_that_touch_send_each_other_nothing() {
        let greet = 70_000.123_456 + 0.020_001;
        let steps =
            [step(Party::Server, "parse", 70_000.123_456, 0.020_001), step(Party::Server, "greet", greet, 0.003)];
        for shift in [-69_900.1, -69_899.7, 0.333_333] {
            let timeline = place(&cost(&steps), offset(shift));
            assert_eq!(path(&timeline), [(Party::Browser, Party::Server), (Party::Server, Party::Browser)]);
        }
    }

    #[test]
    fn what_both_sides_measured_of_a_message_is_its_way() {
        let mut cost = cost(&[
            step(Party::Server, "deadline", 7_001.0, 0.0),
            step(Party::Server, "parse", 7_001.0, 0.1),
            step(Party::Server, "greet", 7_001.1, 0.1),
            step(Party::Server, "headers", 7_001.25, 0.0),
            step(Party::Server, "trailers", 7_001.3, 0.0),
        ]);
        cost.steps.extend([browser_step("headers", 101.5, 101.5), browser_step("trailers", 102.0, 102.0)]);
        for known in [offset(6_900.0), offset(6_000.0), offset(8_000.0), None] {
            let timeline = place(&cost, known);
            assert_eq!(
                path(&timeline),
                [(Party::Browser, Party::Server), (Party::Server, Party::Browser), (Party::Server, Party::Browser),],
                "{known:?}"
            );
            let steps: Vec<&str> = timeline.messages.iter().map(|message| message.step.as_str()).collect();
            assert_eq!(steps, ["parse", "headers", "trailers"]);
            assert!(timeline.messages.iter().all(|message| message.left <= message.arrived), "{:?}", timeline.messages);
            let blocks: Vec<&str> = timeline.blocks.iter().map(|block| block.name.as_str()).collect();
            assert_eq!(blocks, ["send", "parse", "deadline", "greet", "receive"]);
        }
    }

    #[test]
    fn work_within_work_is_asked_for_and_answered() {
        let timeline =
            place(&cost(&[step(Party::Server, "handle", 0.0, 1.0), step(Party::Store, "insert", 0.3, 0.4)]), None);
        assert_eq!(
            path(&timeline),
            [
                (Party::Browser, Party::Server),
                (Party::Server, Party::Store),
                (Party::Store, Party::Server),
                (Party::Server, Party::Browser),
            ]
        );
    }

    #[test]
    fn a_message_is_followed_to_its_consumer() {
        let step = |party, name: &str, start_ms, dur_ms| Step { party, name: name.to_owned(), start_ms, dur_ms };
        let cost = Cost {
            started_ms: 100.0,
            ended_ms: 104.0,
            steps: vec![
                browser_step("send", 100.0, 100.5),
                browser_step("receive", 103.5, 104.0),
                step(Party::Link, "publish", 1.0, 0.5),
                step(Party::Link, "confirm", 1.5, 1.0),
            ],
            bytes_out: 0,
            bytes_in: 0,
        };
        let mut timeline = place(&cost, None);
        let before = timeline.clone();
        let consumed = Consumed { delivered_server_ms: 1.75, arrived_ms: 103.75, settled_ms: Some(115.0) };
        follow(&mut timeline, &cost, consumed);
        let way = timeline.messages.last().expect("the way to the consumer");
        assert_eq!((way.sender, way.receiver, way.arrived), (Party::Link, Party::Consumer, 3.75));
        let published = before.blocks.iter().find(|block| block.name == "publish").expect("it was published");
        assert!(published.to <= way.left && way.left <= way.arrived, "{way:?}");
        let work = timeline.blocks.last().expect("its work");
        assert_eq!((work.party, work.from, work.to, timeline.end), (Party::Consumer, 3.75, 15.0, 15.0));

        // one that was there before it was sent is not of this call
        let mut untouched = before.clone();
        follow(&mut untouched, &cost, Consumed { arrived_ms: 99.0, ..consumed });
        assert_eq!(untouched, before);
    }

    proptest! {
        #[test]
        fn no_message_arrives_before_it_left(
            steps in prop::collection::vec((0_usize..4, 0.0_f64..50.0, 0.0_f64..20.0), 0..8),
            known in prop::option::of(-100.0_f64..100.0),
        ) {
            let parties = [Party::Server, Party::Store, Party::Link, Party::Worker];
            let steps: Vec<Step> = steps
                .into_iter()
                .map(|(party, start, dur)| step(parties[party], if dur > 15.0 { CONFIRM } else { "work" }, start, dur))
                .collect();
            let timeline = place(&cost(&steps), known.and_then(offset));
            for message in &timeline.messages {
                prop_assert!(message.arrived >= message.left, "{message:?}");
            }
        }
    }
}
