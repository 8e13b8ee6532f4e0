//! Which parties exchange messages. Between two parties that do not, a message passes those in between.
//!
//! The parties are a tree: the page speaks to the server, or to the server as gRPC client; the server speaks to its store
//! and to its link to the broker, and its consumers on the page; the link speaks to the worker, through the broker.

use crosstalk_proto::step::Party;

use super::Message;

/// The party that is one step nearer to the page. `is_forwarded` is true if the server makes the call for the page.
const fn towards_page(party: Party, is_forwarded: bool) -> Option<Party> {
    match party {
        Party::Browser => None,
        Party::Server if is_forwarded => Some(Party::Caller),
        Party::Server | Party::Caller => Some(Party::Browser),
        Party::Store | Party::Link | Party::Consumer => Some(Party::Server),
        Party::Worker => Some(Party::Link),
    }
}

/// Whether the two parties exchange messages.
#[must_use]
pub fn are_neighbours(one: Party, other: Party, is_forwarded: bool) -> bool {
    towards_page(one, is_forwarded) == Some(other) || towards_page(other, is_forwarded) == Some(one)
}

/// The message as what each pair of neighbours on its way exchanged. Only the leg that touches the page takes time,
/// because the parties of the server are in one process; without such a leg the last one takes it.
pub(super) fn legs(message: Message, is_forwarded: bool) -> Vec<Message> {
    let stops = stops(message.sender, message.receiver, is_forwarded);
    let is_last = |at: usize| at + 2 == stops.len();
    let from_page = message.sender == Party::Browser;
    let leg = |(at, pair): (usize, &[Party])| {
        let left = if from_page && at > 0 { message.arrived } else { message.left };
        let arrived = if from_page || is_last(at) { message.arrived } else { message.left };
        Message { sender: pair[0], receiver: pair[1], left, arrived, ..message.clone() }
    };
    stops.windows(2).enumerate().map(leg).collect()
}

/// The parties from `sender` to `receiver`, both included.
fn stops(sender: Party, receiver: Party, is_forwarded: bool) -> Vec<Party> {
    let up = |party| std::iter::successors(Some(party), |party| towards_page(*party, is_forwarded));
    let down: Vec<Party> = up(receiver).collect();
    let mut stops: Vec<Party> = up(sender).take_while(|party| !down.contains(party)).collect();
    let meeting = up(sender).find_map(|party| down.iter().position(|stop| *stop == party));
    stops.extend(down[..=meeting.expect("the page is on every way")].iter().rev());
    stops
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_passes_the_parties_in_between() {
        use Party::{Browser, Caller, Link, Server, Store, Worker};
        assert_eq!(stops(Store, Browser, false), [Store, Server, Browser]);
        assert_eq!(stops(Browser, Server, false), [Browser, Server]);
        assert_eq!(stops(Browser, Server, true), [Browser, Caller, Server]);
        assert_eq!(stops(Worker, Browser, false), [Worker, Link, Server, Browser]);
        assert_eq!(stops(Store, Link, false), [Store, Server, Link]);
        assert!(are_neighbours(Link, Worker, false) && !are_neighbours(Link, Browser, false));
    }
}
