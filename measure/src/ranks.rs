//! Which order statistics bound a percentile.
//!
//! Of `count` independent values, the number below the true percentile `p` is binomially distributed with parameters
//! `count` and `p`, whatever the distribution of the values. So the probability that the true percentile lies between
//! the values of two ranks is a sum of binomial probabilities.

/// Terms below this share of the largest one do not change a sum of doubles.
const NEGLIGIBLE: f64 = 1e-18;

/// Two ranks, from 1 (the smallest value) to the number of values, and the probability that the true percentile lies
/// between the values of these ranks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ranks {
    pub(crate) low: u64,
    pub(crate) high: u64,
    pub(crate) coverage: f64,
}

impl Ranks {
    /// The narrowest ranks that leave at most half of `1 - confidence` on either side. Where `count` values are too few
    /// for that, the smallest or the largest value is the bound, and the coverage says what is left.
    ///
    /// `count` is at least 1; `percentile` and `confidence` are above 0 and below 1.
    pub(crate) fn of(count: u64, percentile: f64, confidence: f64) -> Self {
        let binomial = Binomial::new(count, percentile);
        // a rounding error must not cost a rank
        let tail = (1.0 - confidence) / 2.0 + 1e-12;
        let low = binomial.low_rank(tail).max(1);
        let high = binomial.high_rank(tail).min(count).max(low);
        Self { low, high, coverage: binomial.between(low, high - 1) }
    }
}

/// The binomial probabilities around the mode, normalized; those left out are negligible.
struct Binomial {
    /// The number of successes of the first term.
    first: u64,
    terms: Vec<f64>,
}

impl Binomial {
    fn new(count: u64, probability: f64) -> Self {
        let odds = probability / (1.0 - probability);
        let mode = (((count + 1) as f64 * probability) as u64).min(count);
        // the ratio of neighbouring terms is known, so their common factor is not needed
        let mut below = Vec::new();
        let mut term = 1.0;
        for successes in (0..mode).rev() {
            term *= (successes + 1) as f64 / ((count - successes) as f64 * odds);
            if term < NEGLIGIBLE {
                break;
            }
            below.push(term);
        }
        let first = mode - below.len() as u64;
        let mut terms: Vec<f64> = below.into_iter().rev().collect();
        terms.push(1.0);
        term = 1.0;
        for successes in mode..count {
            term *= (count - successes) as f64 * odds / (successes + 1) as f64;
            if term < NEGLIGIBLE {
                break;
            }
            terms.push(term);
        }
        let total: f64 = terms.iter().sum();
        for term in &mut terms {
            *term /= total;
        }
        Self { first, terms }
    }

    /// The highest rank `low` with P(fewer than `low` successes) of at most `tail`; 0 when there is none.
    fn low_rank(&self, tail: f64) -> u64 {
        let mut sum = 0.0;
        let taken = self.terms.iter().take_while(|term| {
            sum += **term;
            sum <= tail
        });
        self.first + taken.count() as u64
    }

    /// The lowest rank `high` with P(`high` or more successes) of at most `tail`; one above the number of values when
    /// there is none.
    fn high_rank(&self, tail: f64) -> u64 {
        let mut sum = 0.0;
        let taken = self.terms.iter().rev().take_while(|term| {
            sum += **term;
            sum <= tail
        });
        self.first + (self.terms.len() - taken.count()) as u64
    }

    /// P(`low` to `high` successes, both included); 0 when `high` is below `low`.
    fn between(&self, low: u64, high: u64) -> f64 {
        let successes = (self.first..).zip(&self.terms);
        let sum: f64 = successes.filter(|(at, _)| (low..=high).contains(at)).map(|(_, term)| term).sum();
        sum.min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_ranks_are_reproduced() {
        // the binomial table for n = 20, p = 0.5: P(fewer than 6) = 0.0207, P(fewer than 7) = 0.0577
        let ranks = Ranks::of(20, 0.5, 0.95);
        assert_eq!((ranks.low, ranks.high), (6, 15));
        assert!((ranks.coverage - 0.958_610_5).abs() < 1e-6, "{ranks:?}");
    }

    #[test]
    fn a_high_percentile_of_few_values_is_not_covered() {
        // 1 - 0.99^100: the largest of a hundred values is above the 99th percentile in 63 of 100 cases
        let ranks = Ranks::of(100, 0.99, 0.95);
        assert_eq!(ranks.high, 100);
        assert!(ranks.coverage < 0.63, "{ranks:?}");
    }

    #[test]
    fn a_million_values_need_no_approximation() {
        // the normal approximation gives 990000 -+ 1.96 * 99.5
        let ranks = Ranks::of(1_000_000, 0.99, 0.95);
        assert!(ranks.low.abs_diff(989_805) <= 2 && ranks.high.abs_diff(990_196) <= 2, "{ranks:?}");
        assert!((0.95..0.952).contains(&ranks.coverage), "{ranks:?}");
    }
}
