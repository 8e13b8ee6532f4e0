//! A dropped message that waits to be published to a dead-letter exchange.

use std::sync::Arc;

use super::message::Message;

/// Why a message becomes a dead letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    Rejected,
    Expired,
    MaxLength,
}

impl Reason {
    /// As in the header `x-death`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::MaxLength => "maxlen",
        }
    }
}

/// A dead letter that waits to be routed.
#[derive(Debug)]
pub(super) struct DeadLetter {
    pub(super) message: Arc<Message>,
    pub(super) reason: Reason,
}
