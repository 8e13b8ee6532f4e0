//! Messages on the axis of time. What the eye cannot tell apart is one stroke, so that a capture of thousands draws no more
//! than one of a few.

use std::sync::Arc;

use crosstalk_proto::capture::Hop;

use super::{Message, Wire};
use crate::model::axis::Axis;

/// Into how many places an axis is divided.
const PLACES: usize = 400;

/// Where something was seen, in per cent of the axis; in the order of the axis, each place once.
pub fn places(seen_ms: impl IntoIterator<Item = f64>, axis: &Axis) -> Vec<f64> {
    let mut taken = vec![false; PLACES + 1];
    for ms in seen_ms {
        taken[(axis.percent(ms) / 100.0 * PLACES as f64).round() as usize] = true;
    }
    let taken = taken.into_iter().enumerate().filter(|(_, taken)| *taken);
    taken.map(|(place, _)| place as f64 * 100.0 / PLACES as f64).collect()
}

/// All that one of the two on a hop sent.
pub fn sent(wire: &Wire, side: Side) -> impl Iterator<Item = f64> {
    side.messages(wire).flat_map(|(_, message)| message.seen_ms.iter().copied())
}

/// The message that one of the two on a hop sent nearest to a time.
pub fn nearest(wire: &Wire, side: Side, ms: f64) -> Option<usize> {
    let distance = |seen: &f64| (seen - ms).abs();
    let mut best: Option<(f64, usize)> = None;
    for (at, message) in side.messages(wire) {
        let near = message.seen_ms.iter().map(distance).fold(f64::INFINITY, f64::min);
        if best.is_none_or(|(nearest, _)| near < nearest) {
            best = Some((near, at));
        }
    }
    best.map(|(_, at)| at)
}

/// One of the two on a hop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Side {
    /// Between whom.
    pub hop: Hop,
    /// Whether it is who opened the connection.
    pub is_out: bool,
}

impl Side {
    /// Whether it sent a message.
    pub fn has_sent(self, wire: &Wire, message: &Message) -> bool {
        message.is_out == self.is_out && wire.hop(message) == self.hop
    }

    fn messages(self, wire: &Wire) -> impl Iterator<Item = (usize, &Message)> {
        let messages = wire.messages.iter().map(Arc::as_ref).enumerate();
        messages.filter(move |(_, message)| self.has_sent(wire, message))
    }
}

#[cfg(test)]
mod tests {
    use crosstalk_proto::capture::Sender;

    use super::*;
    use crate::model::wire::tests::{over, seen};

    #[test]
    fn what_is_seen_at_once_is_one_stroke() {
        let axis = Axis::fit(10.0);
        assert_eq!(places([0.0, 0.001, 5.0, 10.0], &axis), [0.0, 50.0, 100.0]);
        assert_eq!(places((0..100_000).map(|at| f64::from(at) / 10_000.0), &axis).len(), PLACES + 1);
        assert!(places([], &axis).is_empty());
    }

    #[test]
    fn a_place_leads_to_the_message_that_was_seen_there_on_its_hop() {
        let near = vec![seen(Sender::Client, &[0.0]), seen(Sender::Server, &[2.0, 8.0]), seen(Sender::Server, &[4.0])];
        let far = vec![seen(Sender::Server, &[5.0])];
        let wire = over(vec![("WebSocket", Hop::Client, near), ("AMQP 0-9-1", Hop::Broker, far)]);
        let side = |hop, is_out| Side { hop, is_out };
        assert_eq!(sent(&wire, side(Hop::Client, false)).collect::<Vec<_>>(), [2.0, 8.0, 4.0]);
        assert_eq!([1.0, 4.9, 9.0].map(|ms| nearest(&wire, side(Hop::Client, false), ms)), [Some(1), Some(2), Some(1)]);
        assert_eq!(nearest(&wire, side(Hop::Client, true), 9.0), Some(0));
        assert_eq!(nearest(&wire, side(Hop::Broker, false), 0.0), Some(3));
        assert_eq!(nearest(&wire, side(Hop::Broker, true), 0.0), None);
        assert_eq!(wire.hops(), [Hop::Client, Hop::Broker]);
    }
}
