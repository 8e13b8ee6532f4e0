//! Who sent what to whom, from what each did and when.

use crosstalk_proto::step::Party;

use super::{Block, Message, PASSED, PUBLISH, is_report, neighbours};

/// Steps that touch may overlap by what sums of floats lose.
const ROUNDING_MS: f64 = 1e-5;

/// Derives who sent what to whom from blocks that are sorted by their start. What was `passed` on to the page is known
/// from both its ends; the page's end is taken out of the blocks.
pub(super) fn derive(blocks: &mut Vec<Block>, passed: &[Block]) -> Vec<Message> {
    let mut messages = Vec::new();
    for name in PASSED {
        let Some(at) = blocks.iter().position(|had| had.party == Party::Browser && had.name == name) else { continue };
        let mut hops: Vec<&Block> = passed.iter().filter(|left| left.name == name).collect();
        if hops.is_empty() {
            continue;
        }
        hops.sort_by(|a, b| a.from.total_cmp(&b.from));
        let had = blocks.remove(at);
        let ends = hops.iter().skip(1).copied().chain([&had]);
        messages.extend(hops.iter().zip(ends).map(|(left, had)| message(left.party, had, left.from)));
    }
    let blocks = &*blocks;
    let chain: Vec<&Block> = blocks.iter().filter(|block| !is_report(block)).collect();
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
            match confirmed(before, block, blocks) {
                // the confirm went to the server, which then answered
                Some(confirmed) => messages.push(message(Party::Server, block, before.to.max(confirmed))),
                None => messages.push(message(before.party, block, before.to)),
            }
        }
    }
    messages.extend(blocks.iter().filter(|block| is_report(block)).map(|confirm| Message {
        sender: confirm.party,
        receiver: Party::Server,
        left: confirm.from,
        arrived: confirm.to,
        step: confirm.name.clone(),
        aside: true,
    }));
    let is_forwarded = blocks.iter().chain(passed).any(|block| block.party == Party::Caller);
    let mut messages: Vec<Message> =
        messages.into_iter().flat_map(|message| neighbours::legs(message, is_forwarded)).collect();
    messages.sort_by(|a, b| a.arrived.total_cmp(&b.arrived));
    messages
}

/// When the confirm arrived that the page's answer waited for: the confirm of a message without a reply.
fn confirmed(before: &Block, answer: &Block, blocks: &[Block]) -> Option<f64> {
    let waits = before.name == PUBLISH && answer.party == Party::Browser;
    let confirms = blocks.iter().filter(|block| waits && is_report(block) && block.to <= answer.from);
    confirms.map(|confirm| confirm.to).max_by(f64::total_cmp)
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
