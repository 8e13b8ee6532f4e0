//! Who sent what to whom, from what each did and when.

use crosstalk_proto::step::Party;

use super::{Block, CONFIRM, Message, PUBLISH};

/// Steps that touch may overlap by what sums of floats lose.
const ROUNDING_MS: f64 = 1e-5;

/// Derives who sent what to whom from blocks that are sorted by their start. What was `passed` on to the page is known
/// from both its ends; the page's end is taken out of the blocks.
pub(super) fn derive(blocks: &mut Vec<Block>, passed: &[Block]) -> Vec<Message> {
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
    messages.sort_by(|a, b| a.arrived.total_cmp(&b.arrived));
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
