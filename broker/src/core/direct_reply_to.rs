//! Direct reply-to, an extension of RabbitMQ: a requester consumes from a pseudo-queue. The broker puts an address into
//! `reply-to`, and a message published to this address goes to the requester's channel without a queue.

use amq_protocol::protocol::{AMQPClass, basic, queue};

use super::{
    ConnectionId, Vhost,
    channel::{Channel, Replies},
    generated_name::generated,
    message::Message,
    properties::short_string,
};
use crate::refusal::{Code, Refusal};

/// The name of the pseudo-queue.
pub(super) const QUEUE: &str = "amq.rabbitmq.reply-to";

/// True for the pseudo-queue and for every address, also an invalid one.
pub(super) fn is_reply_to(name: &str) -> bool {
    name.starts_with(QUEUE)
}

/// The part of an address after the name of the pseudo-queue.
pub(super) fn token(address: &[u8]) -> Option<&str> {
    str::from_utf8(address.strip_prefix(QUEUE.as_bytes())?.strip_prefix(b".")?).ok()
}

/// The address that replaces the pseudo-queue in `reply-to`: the one of the channel, as a short string.
///
/// # Errors
/// 406 when the channel has no consumer of replies.
pub(super) fn address(channel: &Channel) -> Result<Vec<u8>, Refusal> {
    let replies = channel
        .replies
        .as_ref()
        .ok_or_else(|| Code::PreconditionFailed.because("fast reply consumer does not exist"))?;
    Ok(short_string(&format!("{QUEUE}.{}", replies.token)))
}

impl Vhost {
    /// `basic.consume` of the pseudo-queue.
    ///
    /// # Errors
    /// 406 without `no-ack`, or when the channel has such a consumer already; 530 when the tag is taken.
    pub(super) fn consume_replies(
        &mut self,
        connection: ConnectionId,
        number: u16,
        consume: &basic::Consume,
    ) -> Result<(), Refusal> {
        let tag = match consume.consumer_tag.as_str() {
            "" => generated("amq.ctag-"),
            tag => tag.to_owned(),
        };
        let channel = self.channel(connection, number)?;
        if channel.consumers.contains_key(tag.as_str()) {
            return Err(Code::NotAllowed.because(format!("attempt to reuse consumer tag '{tag}'")));
        }
        if !consume.no_ack {
            return Err(Code::PreconditionFailed.because("reply consumer cannot acknowledge"));
        }
        if channel.replies.is_some() {
            return Err(Code::PreconditionFailed.because("reply consumer already set"));
        }
        let replies = Replies { consumer_tag: tag.as_str().into(), token: generated("g2").into() };
        channel.replies = Some(replies.clone());
        self.replies.insert(replies.token, (connection, number));
        if !consume.nowait {
            let ok = basic::ConsumeOk { consumer_tag: tag.into() };
            self.send(connection, number, AMQPClass::Basic(basic::AMQPMethod::ConsumeOk(ok)));
        }
        Ok(())
    }

    /// `queue.declare` of an address: succeeds if a requester waits there. The pseudo-queue always exists.
    ///
    /// # Errors
    /// 404 when no requester waits at the address.
    pub(super) fn declare_reply_to(&self, name: &str) -> Result<queue::DeclareOk, Refusal> {
        let is_there = name == QUEUE || token(name.as_bytes()).is_some_and(|token| self.replies.contains_key(token));
        if !is_there {
            return Err(Code::NotFound.because(format!("no queue '{name}' in vhost '{}'", self.name)));
        }
        Ok(queue::DeclareOk { queue: name.into(), message_count: 0, consumer_count: 1 })
    }

    /// Sends a message to every requester whose address is one of its keys. An address is not a queue, so a mandatory
    /// message is still returned.
    pub(super) fn reply_to_all(&mut self, message: &Message) {
        if !message.exchange.is_empty() {
            return;
        }
        let mut tokens: Vec<&str> = message.keys().filter_map(token).collect();
        tokens.sort_unstable();
        tokens.dedup();
        for token in tokens {
            self.reply(token, message);
        }
    }

    fn reply(&mut self, token: &str, message: &Message) {
        let Some((connection, number)) = self.replies.get(token).copied() else { return };
        let Some(connection) = self.connections.get_mut(connection) else { return };
        let Some(channel) = connection.channels.get_mut(&number) else { return };
        let Some(replies) = &channel.replies else { return };
        if connection.outbox.is_overfull() {
            tracing::warn!(peer = connection.peer, "a reply is dropped: the requester does not read earlier replies");
            return;
        }
        channel.last_tag += 1;
        connection.outbox.deliver(number, &replies.consumer_tag, channel.last_tag, false, message);
    }
}
