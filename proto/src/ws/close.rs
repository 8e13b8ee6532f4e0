//! Close codes (RFC 6455, section 7.4; from 4000 on our own) of `/ws` and `/ws/queues/{queue}`.

/// The server is shutting down; reconnect soon.
pub const GOING_AWAY: u16 = 1001;
/// A malformed message, or one that is not allowed at this point.
pub const PROTOCOL_ERROR: u16 = 1002;
/// A binary frame where text was expected.
pub const UNSUPPORTED_DATA: u16 = 1003;
/// Text that is not UTF-8.
pub const INVALID_UTF8: u16 = 1007;
/// A message over [`super::MAX_CLIENT_MESSAGE`].
pub const MESSAGE_TOO_BIG: u16 = 1009;
/// An internal error of the server.
pub const INTERNAL_ERROR: u16 = 1011;
/// Too many sockets; try again later.
pub const TRY_AGAIN_LATER: u16 = 1013;
/// The peer did not answer a ping or did not read for too long.
pub const UNRESPONSIVE: u16 = 4000;
/// The queue does not exist.
pub const NO_SUCH_QUEUE: u16 = 4404;
/// The broker refused for another reason, given in the close reason.
pub const BROKER_REFUSED: u16 = 4409;
/// There is no link to the broker.
pub const BROKER_DOWN: u16 = 4503;
