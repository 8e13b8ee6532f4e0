//! Medians with their confidence intervals, and ratios of paired rounds.

use crate::{error::Error, ranks::Ranks};

/// The confidence of the intervals of a few rounds. Five values can reach 93.75 %, with their whole range.
pub const ROUND_CONFIDENCE: f64 = 0.93;

/// An estimate and its confidence interval. All three values have the unit of the values it was computed from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower bound, one of the values.
    pub low: f64,
    /// The median or percentile of the values themselves.
    pub estimate: f64,
    /// The upper bound, one of the values.
    pub high: f64,
    /// The probability that the true value lies within the bounds, 0 to 1.
    pub coverage: f64,
}

impl Interval {
    /// The median of `values`, in any order, with the narrowest pair of order statistics that covers the true median
    /// with [`ROUND_CONFIDENCE`]. Where the values are too few for that, the interval is their whole range.
    ///
    /// # Errors
    /// [`Error::NoValues`] and [`Error::NotFinite`].
    pub fn of_median(values: &[f64]) -> Result<Self, Error> {
        if values.is_empty() {
            return Err(Error::NoValues);
        }
        if let Some((index, value)) = values.iter().enumerate().find(|(_, value)| !value.is_finite()) {
            return Err(Error::NotFinite { index, value: *value });
        }
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let ranks = Ranks::of(sorted.len() as u64, 0.5, ROUND_CONFIDENCE);
        Ok(Self {
            low: sorted[ranks.low as usize - 1],
            estimate: median(&sorted),
            high: sorted[ranks.high as usize - 1],
            coverage: ranks.coverage,
        })
    }

    /// The median of the ratios `subject / peer`. The values are paired by round: what slows the machine down in one
    /// round affects both.
    ///
    /// # Errors
    /// [`Error::Unpaired`] when the two series differ in length, [`Error::NotFinite`] when a value of the peer is zero,
    /// and those of [`Interval::of_median`].
    pub fn of_ratios(subject: &[f64], peer: &[f64]) -> Result<Self, Error> {
        Self::of_pairs(subject, peer, |subject, peer| subject / peer)
    }

    /// The median of the differences `subject - peer`, paired by round.
    ///
    /// # Errors
    /// As [`Interval::of_ratios`].
    pub fn of_differences(subject: &[f64], peer: &[f64]) -> Result<Self, Error> {
        Self::of_pairs(subject, peer, |subject, peer| subject - peer)
    }

    fn of_pairs(subject: &[f64], peer: &[f64], combine: impl Fn(f64, f64) -> f64) -> Result<Self, Error> {
        if subject.len() != peer.len() {
            return Err(Error::Unpaired { subject: subject.len(), peer: peer.len() });
        }
        let combined: Vec<f64> = subject.iter().zip(peer).map(|(subject, peer)| combine(*subject, *peer)).collect();
        Self::of_median(&combined)
    }

    /// True when the two intervals have a value in common.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.low <= other.high && other.low <= self.high
    }
}

/// The median of sorted values: the middle one, or the mean of the two middle ones.
fn median(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    if sorted.len().is_multiple_of(2) { f64::midpoint(sorted[middle - 1], sorted[middle]) } else { sorted[middle] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_of_five_values_is_their_range() {
        let interval = Interval::of_median(&[3.0, 1.0, 5.0, 2.0, 4.0]).unwrap();
        assert_eq!((interval.low, interval.estimate, interval.high), (1.0, 3.0, 5.0));
        assert!((interval.coverage - 0.9375).abs() < 1e-12);
    }

    #[test]
    fn more_values_make_it_narrower() {
        let values: Vec<f64> = (1..=11).map(f64::from).collect();
        let interval = Interval::of_median(&values).unwrap();
        assert_eq!((interval.low, interval.estimate, interval.high), (3.0, 6.0, 9.0));
        assert!((interval.coverage - (1.0 - 2.0 * (1.0 + 11.0 + 55.0) / 2048.0)).abs() < 1e-12);
    }

    #[test]
    fn few_values_admit_that_they_prove_little() {
        assert!(Interval::of_median(&[7.0]).unwrap().coverage.abs() < 1e-12);
        let two = Interval::of_median(&[7.0, 9.0]).unwrap();
        assert!((two.coverage - 0.5).abs() < 1e-12);
        assert!((two.estimate - 8.0).abs() < 1e-12);
    }

    #[test]
    fn values_that_say_nothing_are_an_error() {
        assert_eq!(Interval::of_median(&[]), Err(Error::NoValues));
        assert!(matches!(Interval::of_median(&[1.0, f64::NAN]), Err(Error::NotFinite { index: 1, .. })));
        assert!(matches!(Interval::of_ratios(&[1.0], &[0.0]), Err(Error::NotFinite { index: 0, .. })));
        assert_eq!(Interval::of_ratios(&[1.0, 2.0], &[1.0]), Err(Error::Unpaired { subject: 2, peer: 1 }));
    }

    #[test]
    fn the_interval_covers_the_median_as_often_as_it_says() {
        // every way in which seven values can lie on the two sides of the true median, 0
        let covered = (0..128u32).filter(|ways| {
            let values: Vec<f64> = (0..7).map(|bit| if ways >> bit & 1 == 1 { 1.0 } else { -1.0 }).collect();
            let interval = Interval::of_median(&values).unwrap();
            interval.low < 0.0 && interval.high > 0.0
        });
        let share = f64::from(u32::try_from(covered.count()).unwrap()) / 128.0;
        assert!((share - Interval::of_median(&[0.0; 7]).unwrap().coverage).abs() < 1e-12);
    }
}
