//! Puts what every party measured of a call on one axis, the page's: milliseconds since the call began.
//!
//! Steps of other parties are on the server's clock. They are moved together, by the offset between the clocks or,
//! without one, to the middle of the round trip; in both cases no further than lets every message arrive after it
//! left. What was not measured is not here.
//!
//! - `bounds`: how far the server's clock may be moved
//! - `messages`: who sent what to whom
//! - [`neighbours`]: which parties exchange messages

mod bounds;
mod messages;
pub mod neighbours;
#[cfg(test)]
mod tests;

use crosstalk_proto::step::{Party, Step};

use self::bounds::Bounds;
use super::{
    clock::Offset,
    exchange::{BUSY, Cost},
    grpc_record::{DATA, HEADERS, TRAILERS},
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
    pub answered: f64,
    /// When all of it was over: the answer, or what the page or a consumer did after that.
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

/// The steps that are messages of their own, what the broker says of a published message: `basic.return`, then `basic.ack` or
/// `basic.nack`.
const REPORTS: [&str; 3] = ["return", "confirm", "nack"];

/// The name of the step that the broker confirms.
const PUBLISH: &str = "publish";

/// Moments that both sides measure: when one let go of something, and when the other had it.
const PASSED: [&str; 3] = [HEADERS, DATA, TRAILERS];

/// Places a call.
pub fn place(cost: &Cost, offset: Option<Offset>) -> Timeline {
    let end = cost.total_ms().max(0.0);
    let (busy, steps): (Vec<&Step>, Vec<&Step>) =
        cost.steps.iter().partition(|step| step.party == Party::Browser && step.name == BUSY);
    let (ours, others): (Vec<&Step>, Vec<&Step>) = steps.into_iter().partition(|step| step.party == Party::Browser);
    let mut own: Vec<Block> = ours.iter().map(|step| block(step, -cost.started_ms)).collect();
    own.sort_by(|a, b| a.from.total_cmp(&b.from));

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
    // who asked comes before who heard it at once; else what encloses comes before what is in it
    let asks = |block: &Block| block.party == Party::Browser && block.to <= sent;
    blocks.sort_by(|a, b| {
        a.from.total_cmp(&b.from).then_with(|| asks(b).cmp(&asks(a))).then_with(|| b.to.total_cmp(&a.to))
    });
    let passed: Vec<Block> =
        placed.map(|(shift, _)| passed.iter().map(|step| block(step, shift)).collect()).unwrap_or_default();
    let messages = messages::derive(&mut blocks, &passed);
    blocks.retain(|block| !is_report(block));
    // what the page does with the answer comes after the call
    blocks.extend(busy.into_iter().map(|step| block(step, -cost.started_ms)));
    let over = blocks.iter().filter(|block| block.name == BUSY).map(|block| block.to).fold(end, f64::max);
    let (shift, placement) = placed.unzip();
    Timeline { blocks, messages, answered: end, end: over, placement, shift }
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
    let delivered =
        Message { sender: Party::Link, receiver: Party::Consumer, left, arrived, step: step("deliver"), aside: false };
    timeline.messages.extend(neighbours::legs(delivered, false));
    timeline.blocks.push(Block { party: Party::Consumer, name: step("consume"), from: arrived, to });
    timeline.end = timeline.end.max(to);
}

fn block(step: &Step, shift: f64) -> Block {
    let from = step.start_ms + shift;
    Block { party: step.party, name: step.name.clone(), from, to: from + step.dur_ms.max(0.0) }
}

/// Whether a block is one of [`REPORTS`].
fn is_report(block: &Block) -> bool {
    REPORTS.contains(&block.name.as_str())
}

/// Whether a step of another's is the moment at which it let go of what the page then had.
fn passes(step: &Step, had: &Block) -> bool {
    step.name == had.name && PASSED.contains(&had.name.as_str())
}
