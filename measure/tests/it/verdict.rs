//! Goals and comparisons.

use crosstalk_measure::{Comparison, Goal, Interval, Verdict};
use proptest::prelude::*;

fn interval() -> impl Strategy<Value = Interval> {
    (-1e3..1e3, 0.0..10.0, 0.0..10.0, 0.0..=1.0).prop_map(|(estimate, below, above, coverage)| Interval {
        low: estimate - below,
        estimate,
        high: estimate + above,
        coverage,
    })
}

proptest! {
    #[test]
    fn a_goal_is_missed_only_by_the_whole_interval(interval in interval(), bound in -1e3..1e3) {
        let missed = Goal::AtLeast(bound).judge(&interval) == Verdict::Missed;
        prop_assert_eq!(missed, interval.high < bound);
        let missed = Goal::AtMost(bound).judge(&interval) == Verdict::Missed;
        prop_assert_eq!(missed, interval.low > bound);
    }

    #[test]
    fn a_comparison_turned_round_is_its_opposite(first in interval(), second in interval(), confidence in 0.0..1.0) {
        let opposite = match Comparison::of(first, second, confidence) {
            Comparison::Lower => Comparison::Higher,
            Comparison::Higher => Comparison::Lower,
            same @ (Comparison::NoReliableDifference | Comparison::TooFewValues) => same,
        };
        prop_assert_eq!(Comparison::of(second, first, confidence), opposite);
    }

    #[test]
    fn a_value_does_not_differ_from_itself(interval in interval()) {
        prop_assert_eq!(Comparison::of(interval, interval, interval.coverage), Comparison::NoReliableDifference);
    }

    #[test]
    fn too_few_values_decide_nothing(first in interval(), second in interval()) {
        let second = Interval { coverage: 0.5, ..second };
        prop_assert_eq!(Comparison::of(first, second, 0.95), Comparison::TooFewValues);
    }
}

#[test]
fn intervals_apart_differ() {
    let near = |estimate: f64| Interval { low: estimate - 1.0, estimate, high: estimate + 1.0, coverage: 0.95 };
    assert_eq!(Comparison::of(near(1.0), near(4.0), 0.95), Comparison::Lower);
    assert_eq!(Comparison::of(near(1.0), near(3.0), 0.95), Comparison::NoReliableDifference);
}
