//! Medians and their intervals, by order statistics: nothing is assumed of how the values are distributed, and the same
//! values always give the same interval.

/// How sure an interval should be. Five values can reach 93.75 %: their whole range.
const CONFIDENCE: f64 = 0.93;

/// A median and where the true one lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Interval {
    pub(crate) low: f64,
    pub(crate) median: f64,
    pub(crate) high: f64,
    /// How likely the true median is inside, 0 to 1.
    pub(crate) coverage: f64,
}

impl Interval {
    /// Of the values' median: the narrowest pair of order statistics that covers it with [`CONFIDENCE`], or else the
    /// whole range.
    ///
    /// # Panics
    /// When there is no value.
    pub(crate) fn of(values: &[f64]) -> Self {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let count = sorted.len();
        let cut = (1..count.div_ceil(2)).rev().find(|&cut| coverage(count, cut) >= CONFIDENCE).unwrap_or(0);
        Self {
            low: sorted[cut],
            median: median(&sorted),
            high: sorted[count - 1 - cut],
            coverage: coverage(count, cut),
        }
    }
}

/// The median of sorted values.
fn median(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    if sorted.len().is_multiple_of(2) { f64::midpoint(sorted[middle - 1], sorted[middle]) } else { sorted[middle] }
}

/// How likely the true median lies between the values that are left when the `cut` smallest and largest of `count` go:
/// each value is on either side of it with probability one half.
fn coverage(count: usize, cut: usize) -> f64 {
    let mut ways = 1.0;
    let mut outside = 0.0;
    for below in 0..=cut {
        outside += ways;
        ways *= (count - below) as f64 / (below + 1) as f64;
    }
    (1.0 - 2.0 * outside / 2f64.powi(count as i32)).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_of_five_values_is_their_range() {
        let interval = Interval::of(&[3.0, 1.0, 5.0, 2.0, 4.0]);
        assert_eq!(interval, Interval { low: 1.0, median: 3.0, high: 5.0, coverage: 0.9375 });
    }

    #[test]
    fn more_values_make_it_narrower() {
        let values: Vec<f64> = (1..=11).map(f64::from).collect();
        let interval = Interval::of(&values);
        assert_eq!((interval.low, interval.median, interval.high), (3.0, 6.0, 9.0));
        assert!((interval.coverage - (1.0 - 2.0 * (1.0 + 11.0 + 55.0) / 2048.0)).abs() < 1e-12);
    }

    #[test]
    fn few_values_admit_that_they_prove_little() {
        assert!(Interval::of(&[7.0]).coverage.abs() < 1e-12);
        assert!((Interval::of(&[7.0, 9.0]).coverage - 0.5).abs() < 1e-12);
        assert!((Interval::of(&[7.0, 9.0]).median - 8.0).abs() < 1e-12);
    }

    #[test]
    fn the_interval_covers_the_median_as_often_as_it_says() {
        // every way in which seven values can lie on the two sides of the true median, 0
        let covered = (0..128u32).filter(|ways| {
            let values: Vec<f64> = (0..7).map(|bit| if ways >> bit & 1 == 1 { 1.0 } else { -1.0 }).collect();
            let interval = Interval::of(&values);
            interval.low < 0.0 && interval.high > 0.0
        });
        let share = f64::from(u32::try_from(covered.count()).unwrap()) / 128.0;
        assert!((share - Interval::of(&[0.0; 7]).coverage).abs() < 1e-12);
    }
}
