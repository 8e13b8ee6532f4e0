//! When the page tries again to reach its server: a policy that is a value. `api::bridge` follows it.

/// Doubles from `first_ms` to `cap_ms`; a share of each delay is left to chance, so that a hundred open pages do
/// not come back in the same instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Backoff {
    /// The delay after the first failure, in milliseconds.
    pub first_ms: u32,
    /// No delay is longer.
    pub cap_ms: u32,
    /// How much of a delay is random, 0 to 1.
    pub jitter: f64,
}

impl Backoff {
    /// The delay before the next attempt after `failures` (from 1) in a row. `random` is in 0..1.
    pub fn delay_ms(self, failures: u32, random: f64) -> u32 {
        let doublings = failures.saturating_sub(1).min(16);
        let full = (u64::from(self.first_ms) << doublings).min(u64::from(self.cap_ms));
        let full = u32::try_from(full).unwrap_or(self.cap_ms);
        full - (f64::from(full) * self.jitter * random.clamp(0.0, 1.0)) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: Backoff = Backoff { first_ms: 250, cap_ms: 4_000, jitter: 0.5 };

    #[test]
    fn delays_double_up_to_the_cap() {
        let delays: Vec<u32> = [1, 2, 3, 4, 5, 6, u32::MAX].map(|n| POLICY.delay_ms(n, 0.0)).to_vec();
        assert_eq!(delays, [250, 500, 1_000, 2_000, 4_000, 4_000, 4_000]);
    }

    #[test]
    fn chance_only_shortens_and_by_no_more_than_its_share() {
        assert_eq!(POLICY.delay_ms(5, 1.0), 2_000);
        assert_eq!(POLICY.delay_ms(5, 0.5), 3_000);
    }
}
