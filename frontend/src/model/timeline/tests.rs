//! Placing, deriving and following, on small calls and on any.

use proptest::prelude::*;

use super::*;
use crate::model::exchange::browser_step;

fn step(party: Party, name: &str, start_ms: f64, dur_ms: f64) -> Step {
    Step { party, name: name.to_owned(), start_ms, dur_ms }
}

fn cost(others: &[Step]) -> Cost {
    let mut steps = vec![browser_step("send", 100.0, 100.5), browser_step("receive", 102.0, 102.25)];
    steps.extend_from_slice(others);
    Cost { started_ms: 100.0, ended_ms: 102.25, steps, bytes_out: 0, bytes_in: 27 }
}

fn offset(server_minus_page_ms: f64) -> Option<Offset> {
    Some(Offset { server_minus_page_ms, uncertainty_ms: 0.1 })
}

fn path(timeline: &Timeline) -> Vec<(Party, Party)> {
    timeline.messages.iter().map(|message| (message.sender, message.receiver)).collect()
}

#[test]
fn the_servers_steps_stand_where_the_clocks_say() {
    let timeline = place(&cost(&[step(Party::Server, "greet", 7_001.0, 0.25)]), offset(6_900.0));
    assert_eq!(timeline.placement, Some(Placement::Clocks { uncertainty_ms: 0.1 }));
    let greet = &timeline.blocks[1];
    assert!((greet.from - 1.0).abs() < 1e-9 && (greet.to - 1.25).abs() < 1e-9, "{greet:?}");
    assert_eq!(path(&timeline), [(Party::Browser, Party::Server), (Party::Server, Party::Browser)]);
    assert!((timeline.end - 2.25).abs() < 1e-9);
}

#[test]
fn a_wrong_offset_moves_no_answer_before_its_question() {
    for wrong in [-1e6, 1e6] {
        let timeline = place(&cost(&[step(Party::Server, "greet", 7_001.0, 0.25)]), offset(wrong));
        let greet = &timeline.blocks[1];
        assert!(greet.from >= 0.5 - 1e-9 && greet.to <= 2.0 + 1e-9, "{greet:?}");
    }
}

#[test]
fn without_an_offset_steps_are_centred_in_the_round_trip() {
    let timeline = place(&cost(&[step(Party::Server, "greet", 9.0, 0.5)]), None);
    assert_eq!(timeline.placement, Some(Placement::Centred));
    assert!((timeline.blocks[1].from - 1.0).abs() < 1e-9, "{:?}", timeline.blocks[1]);
}

#[test]
fn what_nobody_measured_is_not_drawn() {
    let timeline = place(&cost(&[]), offset(5.0));
    assert_eq!((timeline.blocks.len(), timeline.messages.len(), timeline.placement), (2, 0, None));
}

#[test]
fn a_confirm_is_a_message_aside_from_the_way_of_the_request() {
    let timeline = place(
        &cost(&[
            step(Party::Server, "command", 10.6, 0.05),
            step(Party::Link, "publish", 10.7, 0.1),
            step(Party::Link, "confirm", 10.8, 0.6),
            step(Party::Worker, "greet", 11.0, 0.1),
            step(Party::Link, "deliver", 11.3, 0.1),
        ]),
        offset(-90.0),
    );
    let confirm: Vec<_> = timeline.messages.iter().filter(|message| message.aside).collect();
    assert_eq!((confirm.len(), confirm[0].sender, confirm[0].receiver), (1, Party::Link, Party::Server));
    let way: Vec<_> = timeline.messages.iter().filter(|message| !message.aside).cloned().collect();
    assert_eq!(
        path(&Timeline { messages: way, ..timeline }),
        [
            (Party::Browser, Party::Server),
            (Party::Server, Party::Link),
            (Party::Link, Party::Worker),
            (Party::Worker, Party::Link),
            (Party::Link, Party::Server),
            (Party::Server, Party::Browser),
        ]
    );
}

#[test]
fn the_answer_to_a_publish_leaves_when_the_broker_confirmed() {
    let steps = [step(Party::Link, "publish", 10.7, 0.1), step(Party::Link, "confirm", 10.8, 0.4)];
    let timeline = place(&cost(&steps), offset(-90.0));
    let answer = timeline.messages.last().expect("there is an answer");
    assert_eq!((answer.sender, answer.receiver), (Party::Server, Party::Browser));
    assert!((answer.left - 1.2).abs() < 1e-9, "{answer:?}");
}

#[test]
fn steps_of_one_party_that_touch_send_each_other_nothing() {
    let greet = 70_000.123_456 + 0.020_001;
    let steps = [step(Party::Server, "parse", 70_000.123_456, 0.020_001), step(Party::Server, "greet", greet, 0.003)];
    for shift in [-69_900.1, -69_899.7, 0.333_333] {
        let timeline = place(&cost(&steps), offset(shift));
        assert_eq!(path(&timeline), [(Party::Browser, Party::Server), (Party::Server, Party::Browser)]);
    }
}

#[test]
fn what_both_sides_measured_of_a_message_is_its_way() {
    let mut cost = cost(&[
        step(Party::Server, "deadline", 7_001.0, 0.0),
        step(Party::Server, "parse", 7_001.0, 0.1),
        step(Party::Server, "greet", 7_001.1, 0.1),
        step(Party::Server, "headers", 7_001.25, 0.0),
        step(Party::Server, "trailers", 7_001.3, 0.0),
    ]);
    cost.steps.extend([browser_step("headers", 101.5, 101.5), browser_step("trailers", 102.0, 102.0)]);
    for known in [offset(6_900.0), offset(6_000.0), offset(8_000.0), None] {
        let timeline = place(&cost, known);
        assert_eq!(
            path(&timeline),
            [(Party::Browser, Party::Server), (Party::Server, Party::Browser), (Party::Server, Party::Browser),],
            "{known:?}"
        );
        let steps: Vec<&str> = timeline.messages.iter().map(|message| message.step.as_str()).collect();
        assert_eq!(steps, ["parse", "headers", "trailers"]);
        assert!(timeline.messages.iter().all(|message| message.left <= message.arrived), "{:?}", timeline.messages);
        let blocks: Vec<&str> = timeline.blocks.iter().map(|block| block.name.as_str()).collect();
        assert_eq!(blocks, ["send", "parse", "deadline", "greet", "receive"]);
    }
}

#[test]
fn work_within_work_is_asked_for_and_answered() {
    let timeline =
        place(&cost(&[step(Party::Server, "handle", 0.0, 1.0), step(Party::Store, "insert", 0.3, 0.4)]), None);
    assert_eq!(
        path(&timeline),
        [
            (Party::Browser, Party::Server),
            (Party::Server, Party::Store),
            (Party::Store, Party::Server),
            (Party::Server, Party::Browser),
        ]
    );
}

#[test]
fn a_message_is_followed_to_its_consumer() {
    let step = |party, name: &str, start_ms, dur_ms| Step { party, name: name.to_owned(), start_ms, dur_ms };
    let cost = Cost {
        started_ms: 100.0,
        ended_ms: 104.0,
        steps: vec![
            browser_step("send", 100.0, 100.5),
            browser_step("receive", 103.5, 104.0),
            step(Party::Link, "publish", 1.0, 0.5),
            step(Party::Link, "confirm", 1.5, 1.0),
        ],
        bytes_out: 0,
        bytes_in: 0,
    };
    let mut timeline = place(&cost, None);
    let before = timeline.clone();
    let consumed = Consumed { delivered_server_ms: 1.75, arrived_ms: 103.75, settled_ms: Some(115.0) };
    follow(&mut timeline, &cost, consumed);
    let way = timeline.messages.last().expect("the way to the consumer");
    assert_eq!((way.sender, way.receiver, way.arrived), (Party::Server, Party::Consumer, 3.75));
    let published = before.blocks.iter().find(|block| block.name == "publish").expect("it was published");
    assert!(published.to <= way.left && way.left <= way.arrived, "{way:?}");
    let work = timeline.blocks.last().expect("its work");
    assert_eq!((work.party, work.from, work.to, timeline.end), (Party::Consumer, 3.75, 15.0, 15.0));
    assert_eq!(timeline.answered, before.answered, "what the consumer does later is no part of the answer");

    // one that was there before it was sent is not of this call
    let mut untouched = before.clone();
    follow(&mut untouched, &cost, Consumed { arrived_ms: 99.0, ..consumed });
    assert_eq!(untouched, before);
}

#[test]
fn what_the_page_does_with_the_answer_is_in_no_total() {
    let mut cost = cost(&[step(Party::Server, "greet", 7_001.0, 0.25)]);
    cost.steps.push(browser_step(BUSY, 102.25, 152.25));
    let timeline = place(&cost, offset(6_900.0));
    assert_eq!((timeline.answered, timeline.end, cost.total_ms()), (2.25, 52.25, 2.25));
    assert_eq!(path(&timeline), [(Party::Browser, Party::Server), (Party::Server, Party::Browser)]);
    let last = timeline.blocks.last().expect("the page was busy");
    assert_eq!((last.name.as_str(), last.from, last.to), (BUSY, 2.25, 52.25));
}

#[test]
fn a_result_of_the_store_passes_the_server() {
    let timeline =
        place(&cost(&[step(Party::Server, "parse", 0.0, 0.2), step(Party::Store, "insert", 0.3, 0.4)]), None);
    assert_eq!(
        path(&timeline),
        [
            (Party::Browser, Party::Server),
            (Party::Server, Party::Store),
            (Party::Store, Party::Server),
            (Party::Server, Party::Browser),
        ]
    );
}

#[test]
fn a_call_that_the_server_makes_for_the_page_passes_its_client() {
    let mut cost = cost(&[
        step(Party::Caller, "open", 7_000.9, 0.0),
        step(Party::Server, "parse", 7_001.0, 0.1),
        step(Party::Server, "headers", 7_001.2, 0.0),
        step(Party::Caller, "headers", 7_001.3, 0.0),
        step(Party::Server, "trailers", 7_001.4, 0.0),
        step(Party::Caller, "trailers", 7_001.45, 0.0),
    ]);
    cost.steps[0] = browser_step("drive", 100.0, 100.0);
    cost.steps.extend([browser_step("headers", 101.5, 101.5), browser_step("trailers", 102.0, 102.0)]);
    use Party::{Browser, Caller, Server};
    assert_eq!(
        path(&place(&cost, offset(6_900.0))),
        [(Browser, Caller), (Caller, Server), (Server, Caller), (Server, Caller), (Caller, Browser), (Caller, Browser)]
    );
}

proptest! {
    #[test]
    fn an_arrow_joins_the_two_parties_that_exchanged_the_message(
        steps in prop::collection::vec((0_usize..5, 0_usize..5, 0.0_f64..50.0, 0.0_f64..20.0), 0..8),
        known in prop::option::of(-100.0_f64..100.0),
        consumed in prop::option::of(100.0_f64..150.0),
    ) {
        let parties = [Party::Server, Party::Store, Party::Link, Party::Worker, Party::Caller];
        let names = ["work", "publish", "confirm", HEADERS, TRAILERS];
        let steps: Vec<Step> = steps
            .into_iter()
            .map(|(party, name, start, dur)| step(parties[party], names[name], start, dur))
            .collect();
        let mut cost = cost(&steps);
        cost.steps.push(browser_step(HEADERS, 101.0, 101.0));
        let mut timeline = place(&cost, known.and_then(offset));
        if let Some(arrived_ms) = consumed {
            follow(&mut timeline, &cost, Consumed { delivered_server_ms: 9.0, arrived_ms, settled_ms: None });
        }
        let is_forwarded = steps.iter().any(|step| step.party == Party::Caller);
        for Message { sender, receiver, left, arrived, .. } in &timeline.messages {
            prop_assert!(neighbours::are_neighbours(*sender, *receiver, is_forwarded), "{sender:?} to {receiver:?}");
            prop_assert!(left <= arrived);
        }
    }

    #[test]
    fn no_message_arrives_before_it_left(
        steps in prop::collection::vec((0_usize..4, 0.0_f64..50.0, 0.0_f64..20.0), 0..8),
        known in prop::option::of(-100.0_f64..100.0),
    ) {
        let parties = [Party::Server, Party::Store, Party::Link, Party::Worker];
        let steps: Vec<Step> = steps
            .into_iter()
            .map(|(party, start, dur)| step(parties[party], if dur > 15.0 { "confirm" } else { "work" }, start, dur))
            .collect();
        let timeline = place(&cost(&steps), known.and_then(offset));
        for message in &timeline.messages {
            prop_assert!(message.arrived >= message.left, "{message:?}");
        }
    }
}
