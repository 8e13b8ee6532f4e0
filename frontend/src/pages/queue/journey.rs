//! One published message, followed to the page's own consumer: what ties the two is the trace that it carries.

use leptos::prelude::*;

use crosstalk_proto::{amqp::FieldValue, ws::Delivery};

use crate::model::{
    arrivals::Tag,
    timeline::Consumed,
    trace::{TRACEPARENT, trace_id},
};

/// The message that is followed, if one is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Journey {
    /// What became of it.
    pub(super) consumed: RwSignal<Option<Consumed>>,
    trace: StoredValue<Option<String>>,
    /// Which delivery it was, once it came.
    delivery: StoredValue<Option<(u32, Tag)>>,
}

impl Journey {
    pub(super) fn new() -> Self {
        Self { consumed: RwSignal::new(None), trace: StoredValue::new(None), delivery: StoredValue::new(None) }
    }

    /// Follows the message that carries this `traceparent`, or none any more.
    pub(super) fn follow(self, traceparent: Option<&str>) {
        self.consumed.set(None);
        self.delivery.set_value(None);
        self.trace.set_value(traceparent.and_then(trace_id).map(str::to_owned));
    }

    /// A consumer got messages.
    pub(super) fn deliver(self, consumer: u32, epoch: u32, messages: &[Delivery], now_ms: f64) {
        let Some(trace) = self.trace.get_value() else {
            return;
        };
        let of = |delivery: &&Delivery| match delivery.properties.headers.get(TRACEPARENT) {
            Some(FieldValue::LongString(header)) => trace_id(header) == Some(trace.as_str()),
            _ => false,
        };
        if let Some(delivery) = messages.iter().find(of) {
            // the first delivery is the one that belongs to the publish
            self.trace.set_value(None);
            self.delivery.set_value(Some((consumer, Tag { epoch, delivery: delivery.delivery_tag })));
            let consumed = Consumed { delivered_server_ms: delivery.at_ms, arrived_ms: now_ms, settled_ms: None };
            self.consumed.set(Some(consumed));
        }
    }

    /// A consumer acked all up to a delivery.
    pub(super) fn acked(self, consumer: u32, last: Tag, now_ms: f64) {
        let meant =
            |(whose, tag): (u32, Tag)| whose == consumer && tag.epoch == last.epoch && tag.delivery <= last.delivery;
        if self.delivery.get_value().is_some_and(meant) {
            self.delivery.set_value(None);
            self.consumed.update(|consumed| {
                if let Some(consumed) = consumed {
                    consumed.settled_ms = Some(now_ms);
                }
            });
        }
    }
}
