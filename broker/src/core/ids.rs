//! The keys under which a vhost stores its parts.

use slotmap::new_key_type;

new_key_type! {
    /// A connection to a vhost.
    pub(crate) struct ConnectionId;
    /// A queue of a vhost.
    pub(crate) struct QueueId;
    /// A consumer of a vhost.
    pub(crate) struct ConsumerId;
}
