//! What a load reports.

use std::time::Duration;

use crosstalk_measure::{Outcome, Recorder, Schedule};
use proptest::{collection::vec, prelude::*};

proptest! {
    #[test]
    fn every_measured_call_is_a_success_or_a_failure(outcomes in vec(proptest::option::of(0..5_000u64), 1..200)) {
        let measured = Duration::from_millis(outcomes.len() as u64);
        let schedule = Schedule::new(1_000.0, Duration::from_millis(20), measured).unwrap();
        let (mut odd, mut even) = (Recorder::new(), Recorder::new());
        for start in schedule.starts() {
            let outcome = match outcomes[start.number as usize % outcomes.len()] {
                Some(micros) => Outcome::Success { ended: start.at + Duration::from_micros(micros) },
                None => Outcome::Failure,
            };
            if start.number % 2 == 0 { &mut even } else { &mut odd }.record(start, start.at, outcome);
        }
        odd.merge(&even);
        let report = odd.finish();
        prop_assert_eq!(report.latencies.count() + report.failures, outcomes.len() as u64);
        prop_assert!(report.kept_rate(Duration::ZERO));
    }
}

#[test]
fn a_stall_counts_for_every_call_that_was_due_meanwhile() {
    let schedule = Schedule::new(1_000.0, Duration::ZERO, Duration::from_millis(100)).unwrap();
    let mut recorder = Recorder::new();
    // the server answers nothing for 100 ms and then everything at once; the generator waits for it
    let ended = Duration::from_millis(100);
    schedule.starts().for_each(|start| recorder.record(start, ended, Outcome::Success { ended }));
    let report = recorder.finish();
    assert!(report.latencies.value_at(0.5) >= Duration::from_millis(50));
    assert!(!report.kept_rate(Duration::from_millis(10)), "the generator was late itself");
}
