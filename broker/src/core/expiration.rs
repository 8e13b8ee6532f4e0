//! Time passes: messages and queues expire, and queues that are too long lose their first messages.

use std::{cmp::Reverse, time::Instant};

use super::{QueueId, Vhost, dead_letter::Reason};

impl Vhost {
    /// When [`Vhost::tick`] is due next.
    pub(crate) fn next_alarm(&self) -> Option<Instant> {
        self.alarms.peek().map(|Reverse((at, _queue))| *at)
    }

    /// Does what is due.
    pub(crate) fn tick(&mut self, now: Instant) {
        while let Some(Reverse((at, id))) = self.alarms.peek().copied() {
            if at > now {
                break;
            }
            self.alarms.pop();
            let Some(queue) = self.queues.get_mut(id) else { continue };
            // an earlier one may have taken its place
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

    /// Has a queue looked at when its first message expires, or it does.
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

    /// Forgets alarms of queues that are gone and those that an earlier one took the place of, when they are the most.
    fn forget_alarms(&mut self) {
        const FEW: usize = 64;
        if self.alarms.len() > FEW + 2 * self.queues.len() {
            let queues = &self.queues;
            self.alarms.retain(|Reverse((at, id))| queues.get(*id).is_some_and(|queue| queue.alarm == Some(*at)));
            self.alarms.shrink_to(FEW);
        }
    }

    /// Drops the first messages of a queue that has more than it may have: those that would be delivered next, also where
    /// that is because of their priority.
    pub(super) fn trim(&mut self, id: QueueId, now: Instant) {
        while let Some(queue) = self.queues.get_mut(id)
            && queue.is_over()
            && let Some(entry) = queue.ready.pop()
        {
            self.dead_letter(id, &entry.message, Reason::MaxLength, now);
        }
    }
}
