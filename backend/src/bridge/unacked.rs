//! The deliveries of a subscription that are not settled yet. The broker closes a channel over a tag it does not
//! know, so a tag goes out only if it is in here; and many single acks go out as few `multiple` ones. Plain, no I/O.

use std::collections::VecDeque;

/// The delivery tags of one channel that are with the client.
#[derive(Clone, Debug, Default)]
pub struct Unacked {
    // ascending: that is how the broker counts
    tags: VecDeque<u64>,
    // settled by the client, not yet told to the broker
    acked: Vec<u64>,
}

/// A basic.ack to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ack {
    /// The tag.
    pub tag: u64,
    /// All up to it.
    pub multiple: bool,
}

impl Unacked {
    /// A delivery went to the client.
    pub fn delivered(&mut self, tag: u64) {
        debug_assert!(self.tags.back().is_none_or(|last| *last < tag), "the broker counts upwards");
        self.tags.push_back(tag);
    }

    /// How many are with the client.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tags.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tags.is_empty()
    }

    /// Takes a tag out, or all up to it, and says how many; `None` when the tag is not with the client.
    pub fn settle(&mut self, tag: u64, multiple: bool) -> Option<u32> {
        let at = self.tags.binary_search(&tag).ok()?;
        if multiple {
            self.tags.drain(..=at);
        } else {
            self.tags.remove(at);
        }
        u32::try_from(if multiple { at + 1 } else { 1 }).ok()
    }

    /// As [`Unacked::settle`], and remembers the ack for [`Unacked::acks`].
    pub fn ack(&mut self, tag: u64, multiple: bool) -> Option<u32> {
        let count = self.settle(tag, multiple)?;
        self.acked.push(tag);
        Some(count)
    }

    /// The fewest acks that tell the broker what was acked since the last time.
    pub fn acks(&mut self) -> Vec<Ack> {
        let mut acked = std::mem::take(&mut self.acked);
        acked.sort_unstable();
        let oldest = self.tags.front().copied().unwrap_or(u64::MAX);
        // all up to the last ack before the oldest unsettled delivery is settled
        let together = acked.partition_point(|tag| *tag < oldest);
        let multiple = together.checked_sub(1).map(|last| Ack { tag: acked[last], multiple: true });
        let single = acked[together..].iter().map(|tag| Ack { tag: *tag, multiple: false });
        multiple.into_iter().chain(single).collect()
    }

    /// Forgets everything, as the broker has when the link broke; says how many were with the client.
    pub fn forget(&mut self) -> u32 {
        self.acked.clear();
        u32::try_from(std::mem::take(&mut self.tags).len()).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(tags: std::ops::RangeInclusive<u64>) -> Unacked {
        let mut outstanding = Unacked::default();
        tags.for_each(|tag| outstanding.delivered(tag));
        outstanding
    }

    fn ack(tag: u64, multiple: bool) -> Ack {
        Ack { tag, multiple }
    }

    #[test]
    fn contiguous_acks_become_one() {
        let mut outstanding = of(1..=5);
        for tag in [2, 1, 3, 5] {
            assert_eq!(outstanding.ack(tag, false), Some(1));
        }
        assert_eq!(outstanding.acks(), [ack(3, true), ack(5, false)]);
        assert_eq!(outstanding.acks(), []);
        assert_eq!(outstanding.ack(4, true), Some(1));
        assert_eq!(outstanding.acks(), [ack(4, true)]);
        assert!(outstanding.is_empty());
    }

    #[test]
    fn an_unknown_tag_is_not_settled() {
        let mut outstanding = of(1..=2);
        assert_eq!(outstanding.ack(3, false), None);
        assert_eq!(outstanding.ack(0, true), None);
        assert_eq!(outstanding.ack(2, true), Some(2));
        assert_eq!(outstanding.ack(2, false), None);
    }

    #[test]
    fn a_hole_left_by_a_nack_does_not_stop_acks_from_joining() {
        let mut outstanding = of(1..=3);
        assert_eq!(outstanding.settle(2, false), Some(1));
        outstanding.ack(1, false);
        outstanding.ack(3, false);
        assert_eq!(outstanding.acks(), [ack(3, true)]);
    }

    proptest::proptest! {
        /// Whatever is acked in whatever order and grouping, the broker ends up with what the client settled.
        #[test]
        fn the_broker_settles_what_the_client_settles(
            count in 1_u64..40,
            acks in proptest::collection::vec((0_u64..45, proptest::bool::ANY, proptest::bool::ANY), 0..60),
        ) {
            let mut outstanding = of(1..=count);
            let mut broker: std::collections::BTreeSet<u64> = (1..=count).collect();
            for (tag, multiple, flush) in acks {
                outstanding.ack(tag, multiple);
                if flush {
                    for ack in outstanding.acks() {
                        proptest::prop_assert!(broker.contains(&ack.tag), "the broker would close the channel");
                        broker.retain(|tag| if ack.multiple { *tag > ack.tag } else { *tag != ack.tag });
                    }
                }
            }
            for ack in outstanding.acks() {
                proptest::prop_assert!(broker.contains(&ack.tag));
                broker.retain(|tag| if ack.multiple { *tag > ack.tag } else { *tag != ack.tag });
            }
            proptest::prop_assert!(broker.into_iter().eq(outstanding.tags));
        }
    }
}
