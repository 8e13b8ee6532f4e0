//! Counts, bounds, fates and filters of what arrived.

use crosstalk_proto::amqp::Properties;
use proptest::prelude::*;

use super::*;

fn delivery(tag: u64, text: &str) -> Delivery {
    Delivery {
        delivery_tag: tag,
        redelivered: false,
        exchange: String::new(),
        routing_key: "hello".to_owned(),
        properties: Properties::default(),
        body: Body::Text(text.to_owned()),
        at_ms: 0.0,
    }
}

fn with(count: u64, fate: Fate) -> Arrivals {
    let mut arrivals = Arrivals::default();
    for tag in 1..=count {
        arrivals.arrive(1, delivery(tag, &format!("message {tag}")), 1, fate, 0.0);
    }
    arrivals
}

fn up_to(last: u64) -> impl Fn(Tag) -> bool {
    move |tag| tag.delivery <= last
}

#[test]
fn the_newest_message_is_first_and_an_ack_covers_what_is_meant() {
    let mut arrivals = with(3, Fate::Held);
    assert_eq!(arrivals.get(0).map(|arrival| arrival.number), Some(3));
    assert_eq!(arrivals.newest_held(1), Some(Tag { epoch: 1, delivery: 3 }));
    assert_eq!(arrivals.settle(1, Fate::Acked, 2.0, up_to(2)), 2);
    assert_eq!((arrivals.held(), arrivals.held_by(1), arrivals.held_by(2)), (1, 1, 0));
    let acked = arrivals.get(2).expect("the oldest");
    assert_eq!((acked.fate, acked.settled_after_ms), (Fate::Acked, Some(2.0)));
}

#[test]
fn consumers_do_not_settle_for_each_other() {
    let mut arrivals = with(2, Fate::Held);
    arrivals.arrive(2, delivery(1, "another's"), 1, Fate::Held, 0.0);
    assert_eq!(arrivals.settle(2, Fate::GivenBack, 0.0, |_| true), 1);
    assert_eq!((arrivals.held_by(1), arrivals.held_by(2)), (2, 0));
    assert_eq!(arrivals.newest_held(1), Some(Tag { epoch: 1, delivery: 2 }));
}

#[test]
fn an_ack_that_came_too_late_is_taken_back() {
    let mut arrivals = with(3, Fate::Held);
    arrivals.settle(1, Fate::Acked, 0.0, |_| true);
    assert_eq!(arrivals.acked(), 3);
    arrivals.unack(1, Tag { epoch: 1, delivery: 3 }, 2);
    let fates: Vec<Fate> = arrivals.iter().map(|arrival| arrival.fate).collect();
    assert_eq!(fates, [Fate::Unsettled, Fate::Unsettled, Fate::Acked]);
    assert_eq!(arrivals.lose(), 2, "the broker ended");
    let fates: Vec<Fate> = arrivals.iter().map(|arrival| arrival.fate).collect();
    assert_eq!(fates, [Fate::Lost, Fate::Lost, Fate::Acked]);
    assert_eq!(arrivals.acked(), 1);
}

#[test]
fn what_waits_for_a_decision_is_kept() {
    let mut arrivals = with(3, Fate::Held);
    for tag in 4..=KEPT as u64 + 3 {
        arrivals.arrive(2, delivery(tag, "x"), 1, Fate::Automatic, 0.0);
    }
    assert_eq!((arrivals.rows(), arrivals.held()), (KEPT + 3, 3));
    assert_eq!(arrivals.get(KEPT + 2).map(|arrival| arrival.number), Some(1));
    assert_eq!(arrivals.get(KEPT + 3), None);
    assert_eq!(arrivals.settle(1, Fate::Acked, 0.0, up_to(2)), 2);
    assert_eq!((arrivals.fate(1), arrivals.fate(3)), (Some(Fate::Acked), Some(Fate::Held)));
    arrivals.tidy();
    assert_eq!((arrivals.fate(1), arrivals.fate(3)), (None, Some(Fate::Held)));
    assert_eq!((arrivals.rows(), arrivals.held()), (KEPT + 1, 1));
    arrivals.clear();
    assert_eq!(arrivals.rows(), 1);
    assert_eq!(arrivals.total(), KEPT as u64 + 3);
}

#[test]
fn large_bodies_push_out_sooner() {
    let mut arrivals = Arrivals::default();
    let body = "x".repeat(KEPT_BYTES / 4);
    for tag in 1..=10 {
        arrivals.arrive(1, delivery(tag, &body), 1, Fate::Automatic, 0.0);
    }
    assert_eq!((arrivals.rows(), arrivals.total()), (4, 10));
}

#[test]
fn rows_are_filtered_by_fate_and_by_body() {
    let mut arrivals = with(20, Fate::Automatic);
    arrivals.arrive(1, Delivery { redelivered: true, ..delivery(21, "again") }, 1, Fate::Held, 0.0);
    let numbers = |show, text: &str| -> Vec<u64> {
        let filter = Filter { show, text: text.to_owned() };
        arrivals.iter().filter(|arrival| filter.passes(arrival)).map(|arrival| arrival.number).collect()
    };
    assert_eq!(numbers(Show::Held, ""), [21]);
    assert_eq!(numbers(Show::Redelivered, "message"), [] as [u64; 0]);
    assert_eq!(numbers(Show::All, "message 1"), [19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 1]);
    assert!(Filter::default().is_open());
}

#[test]
fn a_body_that_is_not_what_it_says_cannot_be_read() {
    let of = |kind: Option<&str>, body: Body| {
        let properties = Properties { content_type: kind.map(str::to_owned), ..Properties::default() };
        is_readable(&Delivery { properties, body, ..delivery(1, "") })
    };
    let text = |text: &str| Body::Text(text.to_owned());
    assert!(of(None, text("Hello World!")) && of(Some("application/json"), text("{}")));
    assert!(!of(Some("application/json"), text("{\"name\":")));
    assert!(of(Some("image/png"), Body::Base64("iVA=".to_owned())));
}

#[test]
fn a_file_has_a_line_for_each_message_oldest_first() {
    let text = ndjson(with(2, Fate::Acked).iter(), |consumer| format!("c{consumer}"));
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!((lines.len(), &lines[0]["number"], &lines[0]["state"]), (2, &1.into(), &"acked".into()));
    assert_eq!((&lines[1]["consumer"], &lines[1]["message"]["body"]["text"]), (&"c1".into(), &"message 2".into()));
}

proptest! {
    #[test]
    fn counts_are_right_whatever_is_settled(
        arriving in proptest::collection::vec((1_u32..4, any::<bool>()), 1..300),
        settling in proptest::collection::vec((1_u32..4, 0_u64..320), 0..20),
    ) {
        let mut arrivals = Arrivals::default();
        for (tag, (consumer, held)) in arriving.iter().enumerate() {
            let fate = if *held { Fate::Held } else { Fate::Automatic };
            arrivals.arrive(*consumer, delivery(tag as u64, "x"), 1, fate, 0.0);
        }
        for (consumer, last) in settling {
            arrivals.settle(consumer, Fate::Acked, 0.0, up_to(last));
        }
        for consumer in 1..4 {
            let held = arrivals.iter().filter(|one| one.consumer == consumer && one.fate == Fate::Held).count();
            prop_assert_eq!(arrivals.held_by(consumer), held);
        }
        prop_assert_eq!(arrivals.total(), arriving.len() as u64);
    }
}
