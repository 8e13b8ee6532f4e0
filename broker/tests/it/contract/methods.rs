//! The methods of a client with the usual values; others are set by struct update, as in `queue::Declare { durable:
//! true, ..declare(q) }`.

use amq_protocol::protocol::{AMQPClass, basic, channel, confirm, connection, exchange, queue, tx};

/// A method that can be sent.
pub(super) trait Method {
    /// The type of the codec.
    fn class(self) -> AMQPClass;
}

macro_rules! methods {
    ($($class:ident $module:ident: $($method:ident)*;)*) => {$($(
        impl Method for $module::$method {
            fn class(self) -> AMQPClass {
                AMQPClass::$class($module::AMQPMethod::$method(self))
            }
        }
    )*)*};
}

methods! {
    Connection connection: StartOk SecureOk TuneOk Open Close CloseOk UpdateSecret;
    Channel channel: Open Flow FlowOk Close CloseOk;
    Exchange exchange: Declare Delete Bind Unbind;
    Queue queue: Declare Bind Unbind Purge Delete;
    Basic basic: Qos Consume Cancel CancelOk Publish Get Ack Nack Reject Recover RecoverAsync;
    Confirm confirm: Select;
    Tx tx: Select Commit Rollback;
}

/// An exclusive queue, deleted with its connection.
pub(super) fn declare(queue: &str) -> queue::Declare {
    queue::Declare { queue: queue.into(), exclusive: true, ..queue::Declare::default() }
}

/// A passive declaration, which returns the counts of a queue. On the channel of an earlier method, its answer comes after
/// all effects of that method.
pub(super) fn passive(queue: &str) -> queue::Declare {
    queue::Declare { queue: queue.into(), passive: true, ..queue::Declare::default() }
}

/// An auto-delete exchange, deleted with its last binding.
pub(super) fn exchange(exchange: &str, kind: &str) -> exchange::Declare {
    exchange::Declare { exchange: exchange.into(), kind: kind.into(), auto_delete: true, ..Default::default() }
}

/// Binds a queue.
pub(super) fn bind(queue: &str, exchange: &str, key: &str) -> queue::Bind {
    queue::Bind { queue: queue.into(), exchange: exchange.into(), routing_key: key.into(), ..queue::Bind::default() }
}

/// Unbinds a queue.
pub(super) fn unbind(queue: &str, exchange: &str, key: &str) -> queue::Unbind {
    queue::Unbind {
        queue: queue.into(),
        exchange: exchange.into(),
        routing_key: key.into(),
        ..queue::Unbind::default()
    }
}

/// Deletes a queue.
pub(super) fn delete(queue: &str) -> queue::Delete {
    queue::Delete { queue: queue.into(), ..queue::Delete::default() }
}

/// Empties a queue.
pub(super) fn purge(queue: &str) -> queue::Purge {
    queue::Purge { queue: queue.into(), ..queue::Purge::default() }
}

/// Fetches a message that need not be acked.
pub(super) fn get(queue: &str) -> basic::Get {
    basic::Get { queue: queue.into(), no_ack: true }
}

/// Fetches a message that must be acked.
pub(super) fn get_to_ack(queue: &str) -> basic::Get {
    basic::Get { queue: queue.into(), no_ack: false }
}

/// Consumes with acknowledgements.
pub(super) fn consume(queue: &str, tag: &str) -> basic::Consume {
    basic::Consume { queue: queue.into(), consumer_tag: tag.into(), ..basic::Consume::default() }
}

/// Acks one delivery.
pub(super) fn ack(tag: u64) -> basic::Ack {
    basic::Ack { delivery_tag: tag, multiple: false }
}

/// Requeues one delivery.
pub(super) fn requeue(tag: u64) -> basic::Nack {
    basic::Nack { delivery_tag: tag, multiple: false, requeue: true }
}

/// Drops one delivery, or dead-letters it.
pub(super) fn reject(tag: u64) -> basic::Reject {
    basic::Reject { delivery_tag: tag, requeue: false }
}

/// Publishes.
pub(super) fn publish(exchange: &str, key: &str) -> basic::Publish {
    basic::Publish { exchange: exchange.into(), routing_key: key.into(), ..basic::Publish::default() }
}

/// Limits the unacked deliveries per consumer, or of the whole channel.
pub(super) fn prefetch(count: u16, global: bool) -> basic::Qos {
    basic::Qos { prefetch_count: count, global }
}

/// Ends a connection.
pub(super) fn close_connection() -> connection::Close {
    connection::Close { reply_code: 200, reply_text: "bye".into(), ..connection::Close::default() }
}

/// Ends a channel.
pub(super) fn close_channel() -> channel::Close {
    channel::Close { reply_code: 200, reply_text: "bye".into(), ..channel::Close::default() }
}

/// A passive declaration of an exchange.
pub(super) fn passive_exchange(exchange: &str) -> exchange::Declare {
    exchange::Declare { exchange: exchange.into(), passive: true, ..Default::default() }
}

/// Deletes an exchange.
pub(super) fn delete_exchange(exchange: &str) -> exchange::Delete {
    exchange::Delete { exchange: exchange.into(), ..exchange::Delete::default() }
}

/// Binds an exchange to another.
pub(super) fn bind_exchange(destination: &str, source: &str, key: &str) -> exchange::Bind {
    exchange::Bind {
        destination: destination.into(),
        source: source.into(),
        routing_key: key.into(),
        ..exchange::Bind::default()
    }
}

/// Unbinds an exchange from another.
pub(super) fn unbind_exchange(destination: &str, source: &str, key: &str) -> exchange::Unbind {
    exchange::Unbind {
        destination: destination.into(),
        source: source.into(),
        routing_key: key.into(),
        ..exchange::Unbind::default()
    }
}
