//! The outcome of a command that ran beside the loop of a page.

use crosstalk_proto::ws::ServerMessage;

use crate::{bridge::consuming::Wanted, error::Error, queue::Subscription};

/// What a command came to.
pub(super) enum Done {
    Told(Box<ServerMessage>),
    Subscribed { id: u64, wanted: Wanted, result: Result<Subscription, Error> },
    Resumed { number: u32, result: Result<Subscription, Error> },
}
