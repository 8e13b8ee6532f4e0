//! Medians, ratios and differences.

use crosstalk_measure::Interval;
use proptest::{collection::vec, prelude::*};

fn values() -> impl Strategy<Value = Vec<f64>> {
    vec(0.001..1e6, 1..60)
}

proptest! {
    #[test]
    fn an_interval_holds_its_median_and_lies_within_the_values(values in values()) {
        let interval = Interval::of_median(&values).unwrap();
        prop_assert!(interval.low <= interval.estimate && interval.estimate <= interval.high);
        prop_assert!(values.contains(&interval.low) && values.contains(&interval.high));
    }

    #[test]
    fn the_order_of_the_values_does_not_matter(mut values in values()) {
        let interval = Interval::of_median(&values);
        values.reverse();
        prop_assert_eq!(Interval::of_median(&values), interval);
    }

    #[test]
    fn five_values_or_more_reach_their_confidence(values in vec(0.0..1.0, 5..60)) {
        prop_assert!(Interval::of_median(&values).unwrap().coverage >= 0.93);
    }

    #[test]
    fn what_slows_down_both_does_not_change_a_ratio(pairs in vec((1.0..1e3, 1.0..1e3, 0.5..2.0), 1..30)) {
        let (subject, peer): (Vec<f64>, Vec<f64>) = pairs.iter().map(|(subject, peer, _)| (*subject, *peer)).unzip();
        let (slow_subject, slow_peer): (Vec<f64>, Vec<f64>) =
            pairs.iter().map(|(subject, peer, slow)| (subject * slow, peer * slow)).unzip();
        let (ratio, slow) =
            (Interval::of_ratios(&subject, &peer).unwrap(), Interval::of_ratios(&slow_subject, &slow_peer).unwrap());
        prop_assert!((ratio.estimate - slow.estimate).abs() <= ratio.estimate * 1e-9);
    }

    #[test]
    fn a_value_differs_from_itself_by_nothing(values in values()) {
        let ratio = Interval::of_ratios(&values, &values).unwrap();
        let difference = Interval::of_differences(&values, &values).unwrap();
        prop_assert_eq!((ratio.low, ratio.high, difference.low, difference.high), (1.0, 1.0, 0.0, 0.0));
    }
}
