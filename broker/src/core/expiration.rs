//! Expiration of messages and queues, and the length limit of queues.

use std::{cmp::Reverse, time::Instant};

use super::{QueueId, Vhost, letter::Reason};

impl Vhost {
    /// When [`Vhost::tick`] is due next.
    pub(crate) fn next_alarm(&self) -> Option<Instant> {
        self.alarms.peek().map(|Reverse((at, _queue))| *at)
    }

    /// Handles all due alarms.
    pub(crate) fn tick(&mut self, now: Instant) {
        while let Some(Reverse((at, id))) = self.alarms.peek().copied() {
            if at > now {
                break;
            }
            self.alarms.pop();
            let Some(queue) = self.queues.get_mut(id) else { continue };
            // replaced by an earlier alarm
            if queue.alarm != Some(at) {
                continue;
            }
            queue.alarm = None;
            let unused = queue.consumers.is_empty()
                && queue.options.expires.is_some_and(|after| queue.idle_since + after <= now);
            if unused {
                self.delete_queue(id);
            } else {
                self.drop_expired(id, now);
                self.set_alarm(id);
            }
        }
    }

    /// Sets an alarm for the next expiry of a message or of the queue itself.
    pub(super) fn set_alarm(&mut self, id: QueueId) {
        let Some(queue) = self.queues.get_mut(id) else { return };
        let Some(due) = queue.due() else { return };
        if queue.alarm.is_some_and(|set| set <= due) {
            return;
        }
        queue.alarm = Some(due);
        self.forget_alarms();
        let earliest = self.next_alarm().is_none_or(|next| due < next);
        self.alarms.push(Reverse((due, id)));
        if earliest {
            self.timer.notify_one();
        }
    }

    /// Removes alarms of deleted queues and replaced alarms when they are the majority.
    fn forget_alarms(&mut self) {
        const FEW: usize = 64;
        if self.alarms.len() > FEW + 2 * self.queues.len() {
            let queues = &self.queues;
            self.alarms.retain(|Reverse((at, id))| queues.get(*id).is_some_and(|queue| queue.alarm == Some(*at)));
            self.alarms.shrink_to(FEW);
        }
    }

    /// Drops messages of a queue that exceeds its limits: those that would be delivered next, also when their priority
    /// puts them first.
    pub(super) fn trim(&mut self, id: QueueId, now: Instant) {
        while let Some(queue) = self.queues.get_mut(id)
            && queue.is_over()
            && let Some(entry) = queue.ready.pop()
        {
            self.dead_letter(id, &entry.message, Reason::MaxLength, now);
        }
    }
}
