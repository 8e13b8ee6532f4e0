//! Histograms of latencies and their percentiles.

use std::time::Duration;

use crosstalk_measure::{Error, Latencies, latency::LONGEST};
use proptest::{collection::vec, prelude::*};

fn of(nanoseconds: &[u64]) -> Latencies {
    let mut latencies = Latencies::new();
    nanoseconds.iter().for_each(|value| latencies.record(Duration::from_nanos(*value)));
    latencies
}

fn nanoseconds() -> impl Strategy<Value = Vec<u64>> {
    vec(1..2 * LONGEST.as_nanos() as u64, 1..300)
}

proptest! {
    #[test]
    fn an_interval_holds_its_estimate(values in nanoseconds(), percentile in 0.001..0.999, confidence in 0.5..0.999) {
        let interval = of(&values).percentile(percentile, confidence).unwrap();
        prop_assert!(interval.low <= interval.estimate && interval.estimate <= interval.high, "{interval:?}");
        prop_assert!((0.0..=1.0).contains(&interval.coverage));
    }

    #[test]
    fn an_estimate_is_an_exact_percentile_to_three_digits(values in nanoseconds(), percentile in 0.001..0.999) {
        let mut sorted: Vec<u64> = values.iter().map(|value| (*value).min(LONGEST.as_nanos() as u64)).collect();
        sorted.sort_unstable();
        let estimate = of(&values).value_at(percentile).as_nanos() as f64;
        // a product at a whole number may be rounded to either side
        let near = |shift: f64| {
            let rank = ((percentile * sorted.len() as f64 + shift).ceil() as usize).clamp(1, sorted.len());
            let exact = sorted[rank - 1] as f64;
            (estimate - exact).abs() <= exact * 1e-3 + 1.0
        };
        prop_assert!(near(0.0) || near(1e-9) || near(-1e-9), "{}", estimate);
    }

    #[test]
    fn merged_histograms_are_one_of_all_values(first in nanoseconds(), second in nanoseconds(), percentile in 0.01..0.99) {
        let mut merged = of(&first);
        merged.merge(&of(&second));
        let all = of(&[first, second].concat());
        prop_assert_eq!(merged.count(), all.count());
        prop_assert_eq!(merged.percentile(percentile, 0.95), all.percentile(percentile, 0.95));
    }

    #[test]
    fn more_confidence_never_makes_an_interval_narrower(values in nanoseconds(), percentile in 0.01..0.99) {
        let latencies = of(&values);
        let (less, more) = (latencies.percentile(percentile, 0.8).unwrap(), latencies.percentile(percentile, 0.99).unwrap());
        prop_assert!(more.low <= less.low && more.high >= less.high);
    }
}

#[test]
fn intervals_cover_the_true_percentile_as_often_as_they_say() {
    // latencies of 1 to 1,000 ns, equally likely: the true 90th percentile is 900
    let mut rng = fastrand::Rng::with_seed(1);
    let runs = 1_000;
    let mut covered = 0;
    let mut coverage = 0.0;
    for _ in 0..runs {
        let values: Vec<u64> = (0..200).map(|_| rng.u64(1..=1_000)).collect();
        let interval = of(&values).percentile(0.9, 0.95).unwrap();
        coverage += interval.coverage / f64::from(runs);
        covered += i32::from(interval.low <= 900e-9 && 900e-9 <= interval.high);
    }
    let share = f64::from(covered) / f64::from(runs);
    assert!((share - coverage).abs() < 0.025, "{share} of the intervals cover it, {coverage} should");
}

#[test]
fn nothing_recorded_has_no_percentile() {
    assert_eq!(Latencies::new().percentile(0.5, 0.95), Err(Error::NoValues));
    assert_eq!(of(&[1]).percentile(1.0, 0.95), Err(Error::NotAProbability(1.0)));
    assert_eq!(of(&[1]).percentile(0.5, 0.0), Err(Error::NotAProbability(0.0)));
}
