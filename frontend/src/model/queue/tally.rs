//! What became of the messages of a run. Every one that was sent ends in exactly one of five counts, or is under way.

use crosstalk_proto::ws::PublishOutcome;

use crate::model::exchange::CallError;

/// The HTTP status of the server's problem *the outcome is unknown*.
const UNKNOWN: u16 = 502;

/// The counts of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    /// Handed to the server.
    pub sent: u32,
    /// The broker took charge of it.
    pub confirmed: u32,
    /// It came back, since no queue took it, and was confirmed.
    pub returned: u32,
    /// The broker could not take charge of it.
    pub nacked: u32,
    /// It was not published, and that is certain.
    pub refused: u32,
    /// It may have been published or not.
    pub unknown: u32,
    /// Code and text of the last message that was returned.
    pub reason: Option<(u16, String)>,
    /// Why the last message without an outcome has none.
    pub error: Option<CallError>,
}

impl Tally {
    /// Counts the fate of one message.
    pub fn count(&mut self, fate: Result<PublishOutcome, CallError>) {
        match fate {
            Ok(PublishOutcome::Confirmed) => self.confirmed += 1,
            Ok(PublishOutcome::Nacked) => self.nacked += 1,
            Ok(PublishOutcome::Returned { reply_code, reply_text }) => {
                self.returned += 1;
                self.reason = Some((reply_code, reply_text));
            }
            Err(error) => {
                if is_unknown(&error) {
                    self.unknown += 1;
                } else {
                    self.refused += 1;
                }
                self.error = Some(error);
            }
        }
    }

    /// How many have no fate yet.
    pub fn under_way(&self) -> u32 {
        self.sent - (self.confirmed + self.returned + self.nacked + self.refused + self.unknown)
    }

    /// Whether going on makes no sense: what was refused will be refused again.
    pub fn is_hopeless(&self) -> bool {
        self.refused > 0
    }
}

/// Whether a message may have been published although nobody says so.
fn is_unknown(error: &CallError) -> bool {
    match error {
        CallError::Problem(problem) => problem.status == UNKNOWN,
        CallError::Lost | CallError::TimedOut { .. } | CallError::Unreadable(_) => true,
        CallError::Status { .. }
        | CallError::Unreachable
        | CallError::NotConnected
        | CallError::Cancelled
        | CallError::Refused(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_message_has_one_fate() {
        let mut tally = Tally { sent: 6, ..Tally::default() };
        tally.count(Ok(PublishOutcome::Confirmed));
        tally.count(Ok(PublishOutcome::Returned { reply_code: 312, reply_text: "NO_ROUTE".to_owned() }));
        tally.count(Ok(PublishOutcome::Nacked));
        tally.count(Err(CallError::Lost));
        assert_eq!((tally.under_way(), tally.is_hopeless()), (2, false));
        tally.count(Err(CallError::NotConnected));
        assert_eq!((tally.under_way(), tally.is_hopeless()), (1, true));
        assert_eq!((tally.unknown, tally.refused), (1, 1));
        assert_eq!(tally.reason, Some((312, "NO_ROUTE".to_owned())));
    }
}
