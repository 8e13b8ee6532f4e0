//! What a queue does not deliver goes to its dead-letter exchange, with the header `x-death` that tells why.

use std::{
    sync::Arc,
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use amq_protocol::types::{AMQPValue, FieldArray, FieldTable, LongString};

use super::{
    QueueId, Vhost,
    message::{Message, changed},
};

/// The key of the header's counts is the pair of queue and reason.
const DEATHS: &str = "x-death";

/// Why a message is not delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    Rejected,
    Expired,
    MaxLength,
}

impl Reason {
    fn name(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::MaxLength => "maxlen",
        }
    }
}

impl Vhost {
    /// Publishes a message that the queue gave up to its dead-letter exchange, if it has one that exists.
    pub(super) fn dead_letter(&mut self, id: QueueId, message: &Arc<Message>, reason: Reason, now: Instant) {
        let Some(queue) = self.queues.get(id) else { return };
        let Some(name) = &queue.options.dead_letter else { return };
        let Some(exchange) = self.exchanges.get(name.as_str()).map(|exchange| exchange.name.clone()) else { return };
        let queue_name = queue.name.clone();
        let parsed = message.parsed();
        let mut headers = parsed.headers().clone().unwrap_or_default();
        let deaths = recorded(&headers, message, &queue_name, reason);
        for (name, value) in [("x-first-death-exchange", &*message.exchange), ("x-first-death-queue", &queue_name)] {
            insert_first(&mut headers, name, value);
        }
        insert_first(&mut headers, "x-first-death-reason", reason.name());
        headers.insert(DEATHS.into(), AMQPValue::FieldArray(deaths));
        let key = match &queue.options.dead_letter_key {
            Some(key) => {
                let mut left = headers.inner().clone();
                left.remove("CC");
                headers = left.into();
                key.clone()
            }
            None => message.key.to_string(),
        };
        // the time to live was that of the first queue: in the next one it would be dead on arrival
        let properties = changed(&parsed, Some(headers), None);
        let Ok(letter) = Message::with(exchange, &key, &properties, None, message.body.clone()) else {
            tracing::debug!("a dead letter's own headers are invalid; it is dropped");
            return;
        };
        let letter = Arc::new(letter.charged_to(&self.memory));
        let mut queues = Vec::new();
        self.route(&letter, &mut queues);
        for queue in queues {
            if reason != Reason::Rejected && self.is_cycle(queue, &letter) {
                continue;
            }
            self.enqueue(queue, letter.clone(), now);
        }
    }

    /// Whether the message died in this queue before, and was not rejected by anybody since: it would go round for ever.
    fn is_cycle(&self, queue: QueueId, letter: &Message) -> bool {
        let Some(name) = self.queues.get(queue).map(|queue| queue.name.clone()) else { return false };
        let parsed = letter.parsed();
        let Some(AMQPValue::FieldArray(deaths)) =
            parsed.headers().as_ref().and_then(|headers| headers.inner().get(DEATHS))
        else {
            return false;
        };
        let died = |value: &AMQPValue, key: &str, text: &str| match value {
            AMQPValue::FieldTable(death) => is_text(death.inner().get(key), text),
            _other => false,
        };
        let here = deaths.as_slice().iter().position(|death| died(death, "queue", &name));
        here.is_some_and(|at| !deaths.as_slice()[..=at].iter().any(|death| died(death, "reason", "rejected")))
    }
}

fn insert_first(headers: &mut FieldTable, name: &str, value: &str) {
    if !headers.contains_key(name) {
        headers.insert(name.into(), long(value));
    }
}

fn long(text: &str) -> AMQPValue {
    AMQPValue::LongString(LongString::from(text))
}

fn is_text(value: Option<&AMQPValue>, text: &str) -> bool {
    matches!(value, Some(AMQPValue::LongString(held)) if held.as_bytes() == text.as_bytes())
}

/// The deaths with this one in front. One that happened before for the same reason in the same queue is counted up.
fn recorded(headers: &FieldTable, message: &Message, queue: &str, reason: Reason) -> FieldArray {
    let before = match headers.inner().get(DEATHS) {
        Some(AMQPValue::FieldArray(deaths)) => deaths.as_slice(),
        _none => &[],
    };
    let is_same = |death: &AMQPValue| match death {
        AMQPValue::FieldTable(death) => {
            is_text(death.inner().get("queue"), queue) && is_text(death.inner().get("reason"), reason.name())
        }
        _other => false,
    };
    let mut death = match before.iter().find(|death| is_same(death)) {
        Some(AMQPValue::FieldTable(death)) => death.clone(),
        _new => first(message, queue, reason),
    };
    let count = match death.inner().get("count") {
        Some(AMQPValue::LongLongInt(count)) => count.saturating_add(1),
        _none => 1,
    };
    death.insert("count".into(), AMQPValue::LongLongInt(count));
    std::iter::once(AMQPValue::FieldTable(death))
        .chain(before.iter().filter(|death| !is_same(death)).cloned())
        .collect::<Vec<_>>()
        .into()
}

fn first(message: &Message, queue: &str, reason: Reason) -> FieldTable {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let keys: Vec<AMQPValue> = message.keys().map(long).collect();
    let mut death = FieldTable::default();
    death
        .insert("reason".into(), long(reason.name()))
        .insert("queue".into(), long(queue))
        .insert("time".into(), AMQPValue::Timestamp(seconds))
        .insert("exchange".into(), long(&message.exchange))
        .insert("routing-keys".into(), AMQPValue::FieldArray(keys.into()));
    if let Some(expiration) = message.expiration {
        death.insert("original-expiration".into(), long(&expiration.as_millis().to_string()));
    }
    death
}
