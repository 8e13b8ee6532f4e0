//! Open-loop schedules.

use std::time::Duration;

use crosstalk_measure::{Arrivals, Error, Schedule, Start};
use proptest::prelude::*;

fn arrivals() -> impl Strategy<Value = Arrivals> {
    prop_oneof![Just(Arrivals::Even), any::<u64>().prop_map(|seed| Arrivals::Random { seed })]
}

fn schedule() -> impl Strategy<Value = Schedule> {
    (1.0..5_000.0, 0..500u64, 1..500u64, arrivals()).prop_map(|(per_second, warm_up, measured, arrivals)| {
        let (warm_up, measured) = (Duration::from_millis(warm_up), Duration::from_millis(measured));
        Schedule::new(per_second, warm_up, measured).unwrap().with_arrivals(arrivals)
    })
}

proptest! {
    #[test]
    fn starts_are_numbered_ordered_and_within_the_load(schedule in schedule()) {
        let mut last = Duration::ZERO;
        for (number, start) in (0..).zip(schedule.starts()) {
            prop_assert_eq!(start.number, number);
            prop_assert!(start.at >= last && start.at < schedule.duration());
            prop_assert_eq!(start.counts, schedule.counts(start.at));
            last = start.at;
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_starts(schedule in schedule()) {
        prop_assert!(schedule.starts().eq(schedule.starts()));
    }

    #[test]
    fn even_starts_are_as_many_as_the_rate_says(per_second in 1.0..100_000.0, millis in 1..1_000u64) {
        let measured = Duration::from_millis(millis);
        let starts = Schedule::new(per_second, Duration::ZERO, measured).unwrap().starts().count() as f64;
        prop_assert!((starts - per_second * measured.as_secs_f64()).abs() <= 1.0);
    }

    #[test]
    fn random_starts_keep_the_rate_on_average(seed: u64) {
        let schedule = Schedule::new(1_000.0, Duration::ZERO, Duration::from_secs(10)).unwrap();
        let starts = schedule.with_arrivals(Arrivals::Random { seed }).starts().count() as f64;
        // ten thousand are expected with a standard deviation of a hundred
        prop_assert!((starts - 10_000.0).abs() < 700.0, "{}", starts);
    }

    #[test]
    fn a_rate_that_is_none_is_an_error(rate in prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(0.0), -1e9..0.0]) {
        prop_assert!(matches!(Schedule::new(rate, Duration::ZERO, Duration::ZERO), Err(Error::Rate(_))));
    }
}

#[test]
fn a_thousand_calls_a_second_start_on_each_millisecond() {
    let schedule = Schedule::new(1_000.0, Duration::from_millis(1), Duration::from_millis(2)).unwrap();
    let start = |number, counts| Start { number, at: Duration::from_millis(number), counts };
    assert!(schedule.starts().eq([start(0, false), start(1, true), start(2, true)]));
}

#[test]
fn different_seeds_give_different_starts() {
    let schedule = Schedule::new(100.0, Duration::ZERO, Duration::from_secs(1)).unwrap();
    let of = |seed| schedule.with_arrivals(Arrivals::Random { seed }).starts().map(|start| start.at);
    assert!(!of(1).eq(of(2)));
}
