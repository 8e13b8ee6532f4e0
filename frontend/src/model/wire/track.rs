//! Messages on the axis of time. What the eye cannot tell apart is one stroke, so that a capture of thousands draws no more
//! than one of a few.

use super::Wire;
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

/// All that one of the two sent.
pub fn sent(wire: &Wire, is_out: bool) -> impl Iterator<Item = f64> {
    wire.messages
        .iter()
        .filter(move |message| message.is_out == is_out)
        .flat_map(|message| message.seen_ms.iter().copied())
}

/// The message that one of the two sent nearest to a time.
pub fn nearest(wire: &Wire, is_out: bool, ms: f64) -> Option<usize> {
    let distance = |seen: &f64| (seen - ms).abs();
    let mut best: Option<(f64, usize)> = None;
    for (at, message) in wire.messages.iter().enumerate().filter(|(_, message)| message.is_out == is_out) {
        let near = message.seen_ms.iter().map(distance).fold(f64::INFINITY, f64::min);
        if best.is_none_or(|(nearest, _)| near < nearest) {
            best = Some((near, at));
        }
    }
    best.map(|(_, at)| at)
}

#[cfg(test)]
mod tests {
    use crosstalk_proto::capture::Sender;

    use super::*;
    use crate::model::wire::tests::{seen, wire};

    #[test]
    fn what_is_seen_at_once_is_one_stroke() {
        let axis = Axis::fit(10.0);
        assert_eq!(places([0.0, 0.001, 5.0, 10.0], &axis), [0.0, 50.0, 100.0]);
        assert_eq!(places((0..100_000).map(|at| f64::from(at) / 10_000.0), &axis).len(), PLACES + 1);
        assert!(places([], &axis).is_empty());
    }

    #[test]
    fn a_place_leads_to_the_message_that_was_seen_there() {
        let wire =
            wire(vec![seen(Sender::Client, &[0.0]), seen(Sender::Server, &[2.0, 8.0]), seen(Sender::Server, &[4.0])]);
        assert_eq!(sent(&wire, false).collect::<Vec<_>>(), [2.0, 8.0, 4.0]);
        assert_eq!([1.0, 4.4, 9.0].map(|ms| nearest(&wire, false, ms)), [Some(1), Some(2), Some(1)]);
        assert_eq!(nearest(&wire, true, 9.0), Some(0));
    }
}
