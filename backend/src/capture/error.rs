//! Why there is no capture, and the limits that the errors name.

use std::{io, time::Duration};

use super::secret::CAPTURE_SECRET;

/// How long a capture waits for calls of its trace.
pub const ARMED: Duration = Duration::from_secs(30);
/// How long it can be read, from its arming on.
pub const KEPT: Duration = Duration::from_secs(300);
/// The most captures at once; the oldest that waits for nothing gives way, or else one of the visitor that holds the most.
pub(super) const MAX_CAPTURES: usize = 64;

/// Why there is no capture.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Never armed, or over.
    #[error("no capture of trace {trace:032x} is kept: arm it with PUT before the call; it is kept for {} s", KEPT.as_secs())]
    Unknown {
        /// The trace that was asked for.
        trace: u128,
    },
    /// The secret was not given, or to arming a wrong one.
    #[error("a capture needs its secret, which arming it with PUT gives: send it as the header {CAPTURE_SECRET}")]
    NoSecret,
    /// Too many are armed.
    #[error(
        "{MAX_CAPTURES} captures wait for their calls already, and no visitor holds more of them than you; try again: one of them \
         ends within {} s",
        ARMED.as_secs()
    )]
    Busy,
    /// Too many are being read.
    #[error("too many captures are being read; try again")]
    Crowded,
    /// It cannot be written down.
    #[error("the capture cannot be written down; the request id finds the reason in the log")]
    Unwritable(#[source] io::Error),
    /// Not a trace id.
    #[error("a trace id is 32 of the characters 0-9 a-f, and not all zero")]
    NotAnId,
}
