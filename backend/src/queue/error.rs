//! What can go wrong with the broker, in the words of AMQP: who is at fault, and whether it may be tried again.

use lapin::{ErrorKind, protocol::AMQPErrorKind};

/// Why something with the broker did not work.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// There is no link: nothing was sent.
    #[error("there is no link to the broker at {address}; the page shows when it is tried again")]
    Down {
        /// The broker's address, without credentials.
        address: String,
    },
    /// The broker takes no messages for now (`connection.blocked`): nothing was sent.
    #[error("the broker takes no messages at present ({reason}); nothing was sent, try again later")]
    Blocked {
        /// The broker's words.
        reason: String,
    },
    /// The link broke, or the broker was silent for too long, after something was sent.
    #[error("{what}: the outcome is unknown, the message may have been published; sending it again may send it twice")]
    Unknown {
        /// What happened.
        what: String,
    },
    /// The broker did not answer in time; what was asked changes nothing, so it can be asked again.
    #[error("the broker did not answer within {budget_ms} ms ({what}); try again")]
    Silent {
        /// What was waited for.
        what: &'static str,
        /// How long.
        budget_ms: u128,
    },
    /// The link broke while the broker was asked something that changes nothing.
    #[error("the link to the broker broke ({what}); try again when it is up")]
    Broken {
        /// What was waited for.
        what: &'static str,
    },
    /// No reply came in time.
    #[error("no reply came within {budget_ms} ms; the request may have been done all the same")]
    NoReply {
        /// How long was waited.
        budget_ms: u128,
    },
    /// The request was returned: no queue took it.
    #[error("the queue greeter.rpc took no request ({reply_text}); it is declared anew with the next link")]
    NoWorker {
        /// The broker's words.
        reply_text: String,
    },
    /// The broker closed the channel (AMQP 0-9-1, soft errors).
    #[error("the broker refused: {code} {text}")]
    Refused {
        /// 403 ACCESS_REFUSED, 404 NOT_FOUND, 405 RESOURCE_LOCKED or 406 PRECONDITION_FAILED.
        code: u16,
        /// The broker's words.
        text: String,
    },
    /// What was to be sent cannot be written as AMQP 0-9-1.
    #[error("{0}")]
    Unsendable(String),
    /// Too much is under way.
    #[error("{limit} {what} are under way, which is all that is allowed; wait for some to end")]
    Busy {
        /// Of what.
        what: &'static str,
        /// How many.
        limit: usize,
    },
}

/// Who is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Who asked: the same request fails again.
    RpcClient,
    /// The broker, or the way to it.
    Broker,
}

/// Whether it may be tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// It would fail again.
    No,
    /// It can be: nothing was done.
    Yes,
    /// It can be, but may then be done twice.
    MayRepeat,
}

/// How RabbitMQ words a 404 about a queue that it knows and that does not run: its node is away, it crashed, or it is
/// being recovered after the broker's own end.
const RECOVERING: [&str; 5] = [
    "is down or inaccessible",
    "process is stopped by supervisor",
    "has crashed and failed to restart",
    "due to timeout",
    "may be stopping or being demoted",
];

impl Error {
    /// Who is at fault.
    #[must_use]
    pub fn fault(&self) -> Fault {
        match self {
            Self::Refused { .. } | Self::Unsendable(_) | Self::Busy { .. } => Fault::RpcClient,
            Self::Down { .. }
            | Self::Blocked { .. }
            | Self::Unknown { .. }
            | Self::Silent { .. }
            | Self::Broken { .. }
            | Self::NoReply { .. }
            | Self::NoWorker { .. } => Fault::Broker,
        }
    }

    /// Whether it may be tried again.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self {
            Self::Down { .. }
            | Self::Blocked { .. }
            | Self::Silent { .. }
            | Self::Broken { .. }
            | Self::NoWorker { .. }
            | Self::Busy { .. } => Retry::Yes,
            Self::Unknown { .. } | Self::NoReply { .. } => Retry::MayRepeat,
            // the queue is there, but RabbitMQ has not brought it up (again) yet
            Self::Refused { code: 404, text } if RECOVERING.iter().any(|words| text.contains(words)) => Retry::Yes,
            Self::Refused { .. } | Self::Unsendable(_) => Retry::No,
        }
    }

    /// The refusal in lapin's error, when it is one that ended a channel and not the link.
    #[must_use]
    pub(super) fn refusal(error: &lapin::Error) -> Option<Self> {
        match error.kind() {
            ErrorKind::ProtocolError(error) if matches!(error.kind(), AMQPErrorKind::Soft(_)) => {
                Some(Self::Refused { code: error.get_id(), text: error.get_message().to_string() })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_that_is_being_recovered_is_asked_again_and_one_that_is_gone_is_not() {
        let refused = |text: &str| Error::Refused { code: 404, text: text.to_owned() }.retry();
        let recovering = "NOT_FOUND - home node 'a@b' of durable queue 'q' in vhost '/' is down or inaccessible";
        assert_eq!(refused(recovering), Retry::Yes);
        assert_eq!(refused("NOT_FOUND - queue 'q' in vhost '/' process is stopped by supervisor"), Retry::Yes);
        assert_eq!(refused("NOT_FOUND - no queue 'q' in vhost '/'"), Retry::No);
    }
}
