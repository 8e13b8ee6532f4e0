//! What a queue does not deliver goes to its dead-letter exchange, with the header `x-death` that tells why.

use std::{
    sync::Arc,
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use amq_protocol::types::{AMQPValue, FieldArray, FieldTable, LongString, generation::gen_value};

use super::{
    QueueId, Vhost,
    message::{Message, visible_copies},
    properties::Property,
};
use crate::table::{Field, entries, table};

/// What happened to a message: for each queue and reason one table, the last first.
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

/// A dead letter on its way to the queues of its exchange.
#[derive(Debug)]
pub(super) struct Letter {
    message: Arc<Message>,
    deaths: FieldArray,
    reason: Reason,
}

impl Vhost {
    /// Publishes a message that the queue gave up to its dead-letter exchange, if it has one that exists.
    pub(super) fn dead_letter(&mut self, id: QueueId, message: &Arc<Message>, reason: Reason, now: Instant) {
        let Some(queue) = self.queues.get(id) else { return };
        let Some(exchange) = &queue.options.dead_letter else { return };
        let Some(exchange) = self.exchanges.get(exchange.as_str()) else { return };
        let headers = message.headers();
        let deaths = recorded(&headers, message, &queue.name, reason);
        let new_key = queue.options.dead_letter_key.as_deref();
        let properties = buried(message, &queue.name, reason, &deaths, new_key.is_some());
        let (key, copies) = match new_key {
            Some(key) => (key, Vec::new()),
            None => (&*message.key, message.copies.clone()),
        };
        let letter = message.forwarded(exchange.name.clone(), key, copies, properties).charged_to(&self.memory);
        self.letters.push_back(Letter { message: Arc::new(letter), deaths, reason });
        self.post(now);
    }

    /// Puts dead letters into queues. They may kill others, which wait for their turn: queues that give up all they get may
    /// form a chain of any length.
    fn post(&mut self, now: Instant) {
        if self.posting {
            return;
        }
        self.posting = true;
        let mut queues = Vec::new();
        while let Some(letter) = self.letters.pop_front() {
            self.route(&letter.message, &mut queues);
            for id in queues.drain(..) {
                if letter.reason == Reason::Rejected || !self.is_cycle(id, &letter.deaths) {
                    self.enqueue(id, letter.message.clone(), now);
                }
            }
        }
        self.posting = false;
    }

    /// Whether the message died in this queue before, and was not rejected by anybody since: it would go round for ever.
    /// What is no table was put there by somebody, who had it in hand.
    fn is_cycle(&self, queue: QueueId, deaths: &FieldArray) -> bool {
        let Some(queue) = self.queues.get(queue) else { return false };
        let deaths = deaths.as_slice();
        let field = |death: &AMQPValue, key: &str, text: &str| match death {
            AMQPValue::FieldTable(death) => Some(is_text(death.inner().get(key), text)),
            _other => None,
        };
        let here = deaths.iter().position(|death| field(death, "queue", &queue.name) == Some(true));
        here.is_some_and(|at| deaths[..=at].iter().all(|death| field(death, "reason", "rejected") == Some(false)))
    }
}

/// The properties of a message that died: its headers tell of it, and its time to live, which was that of the queue that
/// it died in, is gone. `x-first-death-*` tell of the first time only.
fn buried(message: &Message, queue: &str, reason: Reason, deaths: &FieldArray, rerouted: bool) -> Box<[u8]> {
    let read = message.read();
    let before: Vec<Field<'_>> = read.headers().into_iter().flat_map(entries).flatten().collect();
    let is_first = !before.iter().any(|(name, _value)| *name == DEATHS.as_bytes());
    let mut new = vec![(DEATHS, written(&AMQPValue::FieldArray(deaths.clone())))];
    if is_first {
        new.push(("x-first-death-exchange", written(&long(&message.exchange))));
        new.push(("x-first-death-queue", written(&long(queue))));
        new.push(("x-first-death-reason", written(&long(reason.name()))));
    }
    let is_replaced = |name: &[u8]| new.iter().any(|(other, _value)| name == other.as_bytes());
    let is_kept = |name: &[u8]| !is_replaced(name) && (!rerouted || name != b"CC".as_slice());
    let kept = before.into_iter().filter(|(name, _value)| is_kept(name));
    let headers = table(kept.chain(new.iter().map(|(name, value)| (name.as_bytes(), &value[..]))));
    read.with(Property::Headers, Some(&headers)).with(Property::Expiration, None).write()
}

/// A value as it is written, with its type in front.
fn written(value: &AMQPValue) -> Vec<u8> {
    let written = gen_value(value)(Vec::new().into()).map(|context| context.write);
    written.expect("a vector takes every byte, and no name is longer than it was when it came in")
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

/// What is told of a death that is the first for its queue and reason. Blind copies stay so.
fn first(message: &Message, queue: &str, reason: Reason) -> FieldTable {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let read = message.read();
    let copies = read.headers().map(visible_copies).unwrap_or_default();
    let keys: Vec<AMQPValue> =
        std::iter::once(&*message.key).chain(copies.iter().map(String::as_str)).map(long).collect();
    let mut death = FieldTable::default();
    death
        .insert("reason".into(), long(reason.name()))
        .insert("queue".into(), long(queue))
        .insert("time".into(), AMQPValue::Timestamp(seconds))
        .insert("exchange".into(), long(&message.exchange))
        .insert("routing-keys".into(), AMQPValue::FieldArray(keys.into()));
    if let Some(expiration) = read.text(Property::Expiration) {
        death.insert("original-expiration".into(), AMQPValue::LongString(expiration.to_vec().into()));
    }
    death
}
