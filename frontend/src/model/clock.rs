//! The offset between the page's clock and the server's, from pings: the sample with the shortest round trip
//! wins, since it left the least room for an error (the method of NTP, RFC 5905, section 8).

use std::collections::VecDeque;

/// Old samples are forgotten: clocks drift.
const KEPT: usize = 16;

/// Four readings of one ping, in milliseconds: two of each clock.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ping {
    /// The page sent it.
    pub sent: f64,
    /// The server read it.
    pub server_received: f64,
    /// The server answered.
    pub server_sent: f64,
    /// The page read the answer.
    pub received: f64,
}

/// What is known of the offset.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Offset {
    /// Added to a reading of the page's clock it gives the server's.
    pub server_minus_page_ms: f64,
    /// It is right to within plus or minus this.
    pub uncertainty_ms: f64,
}

/// The pings of one server process.
#[derive(Clone, Debug, Default)]
pub struct Clocks {
    pings: VecDeque<Ping>,
}

impl Ping {
    fn round_trip(&self) -> f64 {
        (self.received - self.sent) - (self.server_sent - self.server_received)
    }
}

impl Clocks {
    /// Adds a sample.
    pub fn add(&mut self, ping: Ping) {
        if self.pings.len() == KEPT {
            self.pings.pop_front();
        }
        self.pings.push_back(ping);
    }

    /// The best estimate; none before the first sample.
    pub fn offset(&self) -> Option<Offset> {
        let best = self.pings.iter().min_by(|a, b| a.round_trip().total_cmp(&b.round_trip()))?;
        Some(Offset {
            server_minus_page_ms: f64::midpoint(best.server_received - best.sent, best.server_sent - best.received),
            uncertainty_ms: best.round_trip().max(0.0) / 2.0,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_shortest_round_trip_wins() {
        let mut clocks = Clocks::default();
        assert_eq!(clocks.offset(), None);
        clocks.add(Ping { sent: 0.0, server_received: 109.0, server_sent: 109.0, received: 10.0 });
        clocks.add(Ping { sent: 20.0, server_received: 120.5, server_sent: 120.7, received: 21.2 });
        let offset = clocks.offset().expect("there are samples");
        assert!((offset.server_minus_page_ms - 100.0).abs() < 1e-9, "{offset:?}");
        assert!((offset.uncertainty_ms - 0.5).abs() < 1e-9, "{offset:?}");
    }

    proptest! {
        #[test]
        fn the_true_offset_lies_within_the_uncertainty(
            truth in -1e6_f64..1e6, out in 0.0_f64..50.0, work in 0.0_f64..5.0, back in 0.0_f64..50.0,
        ) {
            let mut clocks = Clocks::default();
            clocks.add(Ping {
                sent: 0.0,
                server_received: out + truth,
                server_sent: out + work + truth,
                received: out + work + back,
            });
            let offset = clocks.offset().expect("there is a sample");
            prop_assert!((offset.server_minus_page_ms - truth).abs() <= offset.uncertainty_ms + 1e-6);
        }
    }
}
