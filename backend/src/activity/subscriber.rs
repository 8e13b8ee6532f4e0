//! A page that subscribes: it gets what was noted since it last looked, a little later, so that many calls come
//! together.

use std::{collections::VecDeque, sync::atomic::Ordering, time::Instant};

use crosstalk_proto::ws::ServerMessage;
use tokio::sync::watch;

use super::{
    Activity, NotShown, STYLES,
    ring_buffer::{Count, SPAN},
};

/// As long as there is one, calls are noted.
#[derive(Debug)]
pub struct Subscriber {
    activity: Activity,
    noted: watch::Receiver<()>,
    /// When to look: by then the span in which something was noted is over, and what it had too much is counted.
    due: Option<Instant>,
    seen: [Count; STYLES.len()],
    ready: VecDeque<ServerMessage>,
}

impl Activity {
    /// Begins to watch.
    ///
    /// # Errors
    /// When they may not be shown; `forwarded` says that the page's own requests come through a proxy.
    pub fn watch(&self, forwarded: bool) -> Result<Subscriber, NotShown> {
        if !self.0.allowed || forwarded {
            return Err(NotShown);
        }
        Ok(Subscriber::new(self.clone(), self.0.noted.subscribe()))
    }
}

impl Subscriber {
    fn new(activity: Activity, noted: watch::Receiver<()>) -> Self {
        activity.0.watchers.fetch_add(1, Ordering::Relaxed);
        let seen = STYLES.map(|style| activity.board(style).count());
        Self { activity, noted, due: None, seen, ready: VecDeque::new() }
    }

    /// The next message for the page. Cancel safe.
    pub async fn next(&mut self) -> ServerMessage {
        loop {
            if let Some(message) = self.ready.pop_front() {
                return message;
            }
            let due = match self.due {
                Some(due) => due,
                None => {
                    self.noted.changed().await.expect("the sender is in what this holds");
                    *self.due.insert(Instant::now() + SPAN)
                }
            };
            tokio::time::sleep_until(due.into()).await;
            self.due = None;
            self.look();
        }
    }

    fn look(&mut self) {
        for (style, seen) in STYLES.into_iter().zip(&mut self.seen) {
            let (calls, missed) = {
                let board = self.activity.board(style);
                let since = board.since(*seen);
                *seen = board.count();
                since
            };
            if !calls.is_empty() || missed > 0 {
                self.ready.push_back(ServerMessage::Others { style, calls, missed });
            }
        }
    }
}

impl Drop for Subscriber {
    fn drop(&mut self) {
        self.activity.0.watchers.fetch_sub(1, Ordering::Relaxed);
    }
}
