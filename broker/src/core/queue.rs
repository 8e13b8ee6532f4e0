//! A queue: its messages in order, its consumers and its settings. It decides nothing about other queues;
//! [`super::Vhost`] does that.

use std::{collections::VecDeque, sync::Arc, time::Instant};

use super::{ConnectionId, ConsumerId, arguments::QueueOptions, message::Entry};
use crate::table::Arguments;

/// An empty deque with more capacity than this gives memory back.
const KEEP: usize = 1_024;

/// A queue.
#[derive(Debug)]
pub(crate) struct Queue {
    pub(crate) name: Arc<str>,
    pub(crate) durable: bool,
    pub(crate) auto_delete: bool,
    /// The connection that the queue is exclusive to. The queue is deleted with it.
    pub(crate) exclusive: Option<ConnectionId>,
    pub(crate) arguments: Arguments,
    pub(crate) options: QueueOptions,
    pub(crate) ready: Ready,
    /// Unsettled deliveries.
    pub(crate) unacked: usize,
    /// Ordered by priority, then by turn.
    pub(crate) consumers: VecDeque<ConsumerId>,
    /// The consumer that gets all messages, with `x-single-active-consumer`.
    pub(crate) active: Option<ConsumerId>,
    /// True if a consumer has exclusive access.
    pub(crate) exclusively_consumed: bool,
    /// Since when the queue is unused, for `x-expires`.
    pub(crate) idle_since: Instant,
    /// When the queue is checked next.
    pub(crate) alarm: Option<Instant>,
    next_position: u64,
}

impl Queue {
    pub(crate) fn new(name: &str, arguments: Arguments, options: QueueOptions, now: Instant) -> Self {
        let ready = Ready::new(options.max_priority);
        Self {
            name: name.into(),
            durable: false,
            auto_delete: false,
            exclusive: None,
            arguments,
            options,
            ready,
            unacked: 0,
            consumers: VecDeque::new(),
            active: None,
            exclusively_consumed: false,
            idle_since: now,
            alarm: None,
            next_position: 0,
        }
    }

    /// The position of a new message.
    pub(crate) fn next_position(&mut self) -> u64 {
        self.next_position += 1;
        self.next_position
    }

    /// True if another body of `bytes` would exceed a limit.
    pub(crate) fn is_full_for(&self, bytes: usize) -> bool {
        self.options.max_length.is_some_and(|most| self.ready.len() >= most)
            || self.options.max_bytes.is_some_and(|most| self.ready.bytes() + bytes > most)
    }

    /// True if a limit is exceeded.
    pub(crate) fn is_over(&self) -> bool {
        self.options.max_length.is_some_and(|most| self.ready.len() > most)
            || self.options.max_bytes.is_some_and(|most| self.ready.bytes() > most)
    }

    /// When the queue has to be checked: its first message expires, or the queue does.
    pub(crate) fn due(&self) -> Option<Instant> {
        let expiry = self.ready.next_expiry();
        let unused = self.options.expires.filter(|_| self.consumers.is_empty()).map(|after| self.idle_since + after);
        expiry.into_iter().chain(unused).min()
    }
}

/// Ready messages, ordered by priority, then by position.
#[derive(Debug)]
pub(crate) struct Ready {
    // the highest priority comes last
    levels: Vec<VecDeque<Entry>>,
    len: usize,
    bytes: usize,
}

impl Ready {
    fn new(max_priority: u8) -> Self {
        Self { levels: (0..=max_priority).map(|_| VecDeque::new()).collect(), len: 0, bytes: 0 }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The number of bytes of all bodies.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Inserts a message at its position: at the end if it is new, at its former place if it is requeued.
    pub(crate) fn insert(&mut self, entry: Entry) {
        self.len += 1;
        self.bytes += entry.message.body.len();
        let top = self.levels.len() - 1;
        let level = &mut self.levels[top.min(entry.message.priority.into())];
        if level.back().is_none_or(|last| last.position < entry.position) {
            level.push_back(entry);
        } else if level.front().is_some_and(|first| entry.position < first.position) {
            level.push_front(entry);
        } else {
            let at = level.partition_point(|other| other.position < entry.position);
            level.insert(at, entry);
        }
    }

    /// Takes the next message.
    pub(crate) fn pop(&mut self) -> Option<Entry> {
        let level = self.levels.iter_mut().rev().find(|level| !level.is_empty())?;
        Some(Self::take(level, &mut self.len, &mut self.bytes))
    }

    /// Takes the next message if it has expired. A message behind one that has not expired waits for its turn.
    pub(crate) fn pop_expired(&mut self, now: Instant) -> Option<Entry> {
        self.next_expiry().filter(|expires| *expires <= now).and_then(|_expired| self.pop())
    }

    fn take(level: &mut VecDeque<Entry>, len: &mut usize, bytes: &mut usize) -> Entry {
        let entry = level.pop_front().expect("the level was chosen because it has a first message");
        *len -= 1;
        *bytes -= entry.message.body.len();
        if level.is_empty() && level.capacity() > KEEP {
            level.shrink_to(KEEP);
        }
        entry
    }

    /// When the next message expires.
    fn next_expiry(&self) -> Option<Instant> {
        self.levels.iter().rev().find_map(VecDeque::front)?.expires
    }

    /// Takes all messages.
    pub(crate) fn drain(&mut self) -> Vec<Entry> {
        (self.len, self.bytes) = (0, 0);
        self.levels.iter_mut().rev().flat_map(std::mem::take).collect()
    }

    /// Keeps the messages for which `keep` is true.
    pub(crate) fn retain(&mut self, keep: impl Fn(&Entry) -> bool) {
        for level in &mut self.levels {
            level.retain(&keep);
        }
        self.len = self.levels.iter().map(VecDeque::len).sum();
        self.bytes = self.levels.iter().flatten().map(|entry| entry.message.body.len()).sum();
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::{super::message::Message, *};

    fn entry(position: u64, priority: u8) -> Entry {
        // flags and list with only a priority
        let properties = Box::new([0x08, 0x00, priority]);
        let message = Message::new("".into(), b"", properties, Bytes::from_static(&[0; 10])).unwrap();
        Entry { position, message: Arc::new(message), expires: None, redelivered: false }
    }

    fn order(ready: &mut Ready) -> Vec<u64> {
        std::iter::from_fn(|| ready.pop().map(|entry| entry.position)).collect()
    }

    #[test]
    fn what_comes_back_goes_to_its_place() {
        let mut ready = Ready::new(0);
        for position in [2, 4, 6, 3, 1, 5] {
            ready.insert(entry(position, 0));
        }
        assert_eq!((ready.len(), ready.bytes()), (6, 60));
        assert_eq!(order(&mut ready), [1, 2, 3, 4, 5, 6]);
        assert_eq!((ready.len(), ready.bytes()), (0, 0));
    }

    #[test]
    fn higher_priorities_come_first_and_the_highest_is_the_queues() {
        let mut ready = Ready::new(2);
        for (position, priority) in [(1, 0), (2, 1), (3, 9), (4, 2), (5, 0)] {
            ready.insert(entry(position, priority));
        }
        assert_eq!(order(&mut ready), [3, 4, 2, 1, 5]);
    }
}
