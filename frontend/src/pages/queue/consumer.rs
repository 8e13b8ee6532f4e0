//! One consumer of the page: what is wanted of it, and how it is.

use leptos::prelude::*;

use crosstalk_proto::ws::AckMode;

use crate::model::{
    exchange::CallError,
    queue::{
        draft::{self, Acking, ConsumerDraft},
        message,
    },
};

/// How a consumer is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum State {
    /// Nobody has started it, or it was stopped: so many went back to the queue.
    Stopped { returned: Option<u32> },
    /// It ended between its work and its ack: so many went back.
    Killed { returned: u32 },
    /// It was asked for.
    Starting,
    /// It consumes.
    Running { consumer_tag: String },
    /// It takes one more message, and dies with it.
    Dying,
    /// The broker link broke; so many were unacked.
    Suspended { unacked: u32 },
    /// There is no broker link; it starts when there is.
    NoBroker,
    /// The page's socket is gone; it starts again with it.
    Disconnected {
        /// The broker is in the server's process.
        embedded: bool,
    },
    /// It is over.
    Failed(CallError),
}

/// What the views of a consumer share.
#[derive(Clone, Copy, Debug)]
pub(super) struct Consumer {
    /// Counts the consumers of this visit, from 1.
    pub(super) id: u32,
    pub(super) queue: RwSignal<String>,
    pub(super) prefetch: RwSignal<String>,
    pub(super) acking: RwSignal<Acking>,
    pub(super) state: RwSignal<State>,
    pub(super) per_second: RwSignal<f64>,
    /// What the last ack by hand failed with.
    pub(super) refused: RwSignal<Option<CallError>>,
    /// An ack came too late: the broker has the message back.
    pub(super) stale: RwSignal<bool>,
    /// How many messages it got.
    pub(super) got: StoredValue<u64>,
    /// How many of them the last rate counts in.
    pub(super) counted: StoredValue<u64>,
    /// Its acks are due in a moment.
    pub(super) ack_due: StoredValue<bool>,
}

impl Consumer {
    pub(super) fn new(id: u32, draft: ConsumerDraft) -> Self {
        Self {
            id,
            queue: RwSignal::new(draft.queue),
            prefetch: RwSignal::new(draft.prefetch),
            acking: RwSignal::new(draft.acking),
            state: RwSignal::new(State::Stopped { returned: None }),
            per_second: RwSignal::new(0.0),
            refused: RwSignal::new(None),
            stale: RwSignal::new(false),
            got: StoredValue::new(0),
            counted: StoredValue::new(0),
            ack_due: StoredValue::new(false),
        }
    }

    /// As the page calls it.
    pub(super) fn name(self) -> String {
        name(self.id)
    }

    /// What is wanted of it; tracked.
    pub(super) fn draft(self) -> ConsumerDraft {
        ConsumerDraft { queue: self.queue.get(), prefetch: self.prefetch.get(), acking: self.acking.get() }
    }

    /// The prefetch, when it is a number within bounds; tracked.
    pub(super) fn valid_prefetch(self) -> Option<u16> {
        draft::prefetch(&self.prefetch.read())
    }

    /// Whether the name of the queue is too long to be sent; tracked.
    pub(super) fn is_name_long(self) -> bool {
        self.queue.with(|queue| message::short("queue", queue).is_some())
    }

    /// Whether it can be started; tracked.
    pub(super) fn is_startable(self) -> bool {
        self.valid_prefetch().is_some() && self.queue.with(|queue| !queue.is_empty()) && !self.is_name_long()
    }

    /// Whether it consumes, or will by itself; tracked.
    pub(super) fn is_on(self) -> bool {
        !self.state.with(|state| matches!(state, State::Stopped { .. } | State::Killed { .. } | State::Failed(_)))
    }

    /// Who acks, as the server knows it.
    pub(super) fn ack_mode(self) -> AckMode {
        match self.acking.get_untracked() {
            Acking::Automatic => AckMode::Automatic,
            Acking::AfterWork | Acking::ByHand => AckMode::Manual,
        }
    }
}

/// What a consumer is called.
pub(super) fn name(id: u32) -> String {
    format!("c{id}")
}
