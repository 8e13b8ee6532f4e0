//! Dead letters: a message that a queue drops is published to its dead-letter exchange, with the reason in the header
//! `x-death`.

use std::{
    borrow::Cow,
    sync::Arc,
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use super::{
    QueueId, Vhost,
    letter::{DeadLetter, Reason},
    message::{Message, visible_copies},
    properties::Property,
};
use crate::table::{Field, FieldValue, entries, find, sorted, table, write};

/// The history of a message: one table for each queue and reason, the latest first.
const DEATHS: &str = "x-death";
/// The field of such a table that counts repetitions.
const COUNT: &str = "count";

impl Vhost {
    /// Publishes a dropped message to the dead-letter exchange of the queue, if it has one and the exchange exists.
    pub(super) fn dead_letter(&mut self, id: QueueId, message: &Arc<Message>, reason: Reason, now: Instant) {
        let Some(queue) = self.queues.get(id) else { return };
        let Some(exchange) = &queue.options.dead_letter else { return };
        let Ok(exchange) = self.exchange_of_octets(exchange) else { return };
        let new_key = queue.options.dead_letter_key.as_deref();
        let properties = properties_with_death(message, &queue.name, reason, new_key.is_some());
        let (key, copies) = match new_key {
            Some(key) => (key, Vec::new()),
            None => (&*message.key, message.copies.clone()),
        };
        let letter = message.forwarded(exchange.name.clone(), key, copies, properties).charged_to(&self.memory);
        self.dead_letters.push_back(DeadLetter { message: Arc::new(letter), reason });
        if self.hold_dead_letters() {
            self.release_dead_letters(now);
        }
    }

    /// Holds dead letters back until [`Vhost::release_dead_letters`]. A message that a client publishes to several
    /// queues is then in all of them before a message that it displaces becomes a dead letter in another, as in
    /// RabbitMQ, where dead letters take longer. Returns false if they are held already; then the caller that held them
    /// releases them.
    pub(super) fn hold_dead_letters(&mut self) -> bool {
        !std::mem::replace(&mut self.dead_letters_held, true)
    }

    /// Routes the held dead letters. These may displace other messages, which become dead letters in turn, so the chain
    /// can have any length. RabbitMQ does not detect a cycle if a consumer rejected the message before. Here such a
    /// cycle ends when every message has gone round a few times.
    pub(super) fn release_dead_letters(&mut self, now: Instant) {
        /// Up to this length a chain is not checked for a cycle.
        const LONG: usize = 1_000;
        const ROUNDS: usize = 4;
        let mut queues = Vec::new();
        let (mut posted, mut most) = (0, usize::MAX);
        while let Some(letter) = self.dead_letters.pop_front() {
            posted += 1;
            if posted == LONG {
                let messages: usize = self.queues.values().map(|queue| 1 + queue.ready.len()).sum();
                most = LONG + ROUNDS * (messages + self.dead_letters.len());
            } else if posted > most {
                tracing::warn!("dead letters are dropped: they cycle between queues");
                self.dead_letters.clear();
                break;
            }
            self.route(&letter.message, &mut queues);
            for id in queues.drain(..) {
                if letter.reason == Reason::Rejected || !self.is_cycle(id, &letter.message) {
                    self.enqueue(id, letter.message.clone(), now);
                }
            }
        }
        self.dead_letters_held = false;
    }

    /// True if the message became a dead letter in this queue before and no consumer rejected it since: it would cycle
    /// for ever. An entry of `x-death` that is not a table was written by a client, so a client had the message in
    /// between.
    fn is_cycle(&self, queue: QueueId, message: &Message) -> bool {
        let Some(queue) = self.queues.get(queue) else { return false };
        let deaths = message.headers().map(deaths).unwrap_or_default();
        let says = |death: &FieldValue<'_>, key: &str, text: &str| {
            death.table().map(|death| find(death, key).and_then(FieldValue::text) == Some(text.as_bytes()))
        };
        let here = deaths.iter().position(|death| says(death, "queue", &queue.name) == Some(true));
        here.is_some_and(|at| deaths[..=at].iter().all(|death| says(death, "reason", "rejected") == Some(false)))
    }
}

/// The entries of `x-death`; empty if it is not an array.
fn deaths(headers: &[u8]) -> Vec<FieldValue<'_>> {
    find(headers, DEATHS).and_then(FieldValue::array).unwrap_or_default()
}

/// The properties of a dead letter: the headers record the reason, and the time to live is removed, since it applied to
/// the queue that dropped the message. The headers `x-first-death-*` are set the first time only.
fn properties_with_death(message: &Message, queue: &str, reason: Reason, rerouted: bool) -> Box<[u8]> {
    let read = message.read();
    let headers = read.headers();
    let before: Vec<Field<'_>> = headers.into_iter().flat_map(entries).flatten().collect();
    let is_first = headers.is_none_or(|headers| find(headers, DEATHS).is_none());
    let mut new = vec![(DEATHS, deaths_with(message, queue, reason))];
    if is_first {
        new.push(("x-first-death-exchange", write::text(message.exchange.as_bytes())));
        new.push(("x-first-death-queue", write::text(queue.as_bytes())));
        new.push(("x-first-death-reason", write::text(reason.name().as_bytes())));
    }
    let is_replaced = |name: &[u8]| new.iter().any(|(other, _value)| name == other.as_bytes());
    let is_kept = |name: &[u8]| !is_replaced(name) && (!rerouted || name != b"CC".as_slice());
    let kept = before.into_iter().filter(|(name, _value)| is_kept(name));
    let headers = sorted(kept.chain(new.iter().map(|(name, value)| (name.as_bytes(), FieldValue::of(value)))));
    read.with(Property::Headers, Some(&headers)).with(Property::Expiration, None).write()
}

/// The array of deaths with this one first. If there is an entry with the same queue and reason, its count is
/// increased, in whatever integer type a client wrote it.
fn deaths_with(message: &Message, queue: &str, reason: Reason) -> Vec<u8> {
    let known = message.headers().and_then(|headers| find(headers, DEATHS)).and_then(FieldValue::array);
    // RabbitMQ sorts the fields of an entry only if there were entries before
    let is_sorted = known.is_some();
    let before = without_duplicates(known.unwrap_or_default());
    let is_same = |death: &[u8]| {
        death_key(FieldValue::of(death))
            == Some(DeathKey { queue: Some(queue.as_bytes()), reason: Some(reason.name().as_bytes()) })
    };
    let death = match before.iter().find(|death| is_same(death)) {
        Some(death) => {
            let count = count(FieldValue::of(death)).map_or(1, |count| count.saturating_add(1));
            with_count(FieldValue::of(death), count)
        }
        None => new_death(message, queue, reason, is_sorted),
    };
    let others = before.iter().filter(|death| !is_same(death)).map(|death| FieldValue::of(death));
    write::array(std::iter::once(FieldValue::of(&death)).chain(others))
}

/// Queue and reason of a death. A missing field is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct DeathKey<'a> {
    queue: Option<&'a [u8]>,
    reason: Option<&'a [u8]>,
}

/// The key of an entry; none if the entry is not a table.
fn death_key(death: FieldValue<'_>) -> Option<DeathKey<'_>> {
    let fields = death.table()?;
    let field = |name| find(fields, name).and_then(FieldValue::octets);
    Some(DeathKey { queue: field("queue"), reason: field("reason") })
}

/// The count of an entry.
fn count(death: FieldValue<'_>) -> Option<i64> {
    let count = find(death.table()?, COUNT)?.whole()?;
    Some(i64::try_from(count).unwrap_or(i64::MAX))
}

/// The same entry with another count.
fn with_count(death: FieldValue<'_>, count: i64) -> Vec<u8> {
    let count = write::long(count);
    let fields = death.table().into_iter().flat_map(entries).flatten();
    let others = fields.filter(|(name, _value)| *name != COUNT.as_bytes());
    write::nested(&sorted(others.chain([(COUNT.as_bytes(), FieldValue::of(&count))])))
}

/// The entries as they are kept when another is added: entries with the same queue and reason, which RabbitMQ before
/// 3.6 and clients may have written, become one. RabbitMQ reverses the order of two or more.
fn without_duplicates(deaths: Vec<FieldValue<'_>>) -> Vec<Cow<'_, [u8]>> {
    if deaths.len() < 2 {
        return deaths.into_iter().map(|death| death.written().into()).collect();
    }
    let mut grouped = Vec::new();
    for (at, death) in deaths.iter().enumerate() {
        let Some(here) = death_key(*death) else {
            grouped.push(death.written().into());
            continue;
        };
        let is_same = |other: &&FieldValue<'_>| death_key(**other) == Some(here);
        if deaths[..at].iter().any(|other| is_same(&other)) {
            continue;
        }
        let times = deaths.iter().filter(is_same).count();
        grouped.push(match count(*death) {
            Some(_known) => death.written().into(),
            None => with_count(*death, i64::try_from(times).unwrap_or(i64::MAX)).into(),
        });
    }
    grouped.reverse();
    grouped
}

/// A new entry for `x-death`. The keys of `BCC` are not recorded.
fn new_death(message: &Message, queue: &str, reason: Reason, is_sorted: bool) -> Vec<u8> {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let read = message.read();
    let copies = read.headers().into_iter().flat_map(visible_copies);
    let keys: Vec<Vec<u8>> = std::iter::once(&*message.key).chain(copies).map(write::text).collect();
    let mut fields = vec![
        (COUNT, write::long(1)),
        ("reason", write::text(reason.name().as_bytes())),
        ("queue", write::text(queue.as_bytes())),
        ("time", write::timestamp(seconds)),
        ("exchange", write::text(message.exchange.as_bytes())),
        ("routing-keys", write::array(keys.iter().map(|key| FieldValue::of(key)))),
    ];
    if let Some(expiration) = read.text(Property::Expiration) {
        fields.push(("original-expiration", write::text(expiration)));
    }
    let fields = fields.iter().map(|(name, value)| (name.as_bytes(), FieldValue::of(value)));
    write::nested(&if is_sorted { sorted(fields) } else { table(fields) })
}
