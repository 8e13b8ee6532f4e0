//! The names of queues, made here and nowhere else, and how each is declared.

use lapin::{Channel, options::QueueDeclareOptions, types::FieldTable};

/// The queue of stock tutorials. It has no consumer until a client starts one.
pub const HELLO: &str = "hello";
/// Requests to the greeter; its worker is part of the server.
pub const GREETER: &str = "greeter.rpc";
/// RabbitMQ's direct reply-to: a queue that is none, the reply goes straight to the channel that asked.
pub const DIRECT_REPLY_TO: &str = "amq.rabbitmq.reply-to";

/// Declares a queue of ours as stock tutorials do: not durable, not exclusive, no arguments.
///
/// # Errors
/// PRECONDITION_FAILED when another client has declared it with other arguments; the channel is closed then.
pub async fn declare(channel: &Channel, queue: &'static str) -> Result<(), lapin::Error> {
    channel.queue_declare(queue.into(), QueueDeclareOptions::default(), FieldTable::default()).await.map(drop)
}
