//! Publishing: a message is checked, routed and put into queues. A mandatory message without a queue is returned.

use std::{collections::HashSet, sync::Arc, time::Instant};

use bytes::Bytes;

use super::{
    ConnectionId, QueueId, Vhost,
    arguments::Overflow,
    channel::{Mode, Routed},
    direct_reply_to,
    exchange::{Destination, Exchange},
    letter::Reason,
    message::{self, Entry, Message},
    properties::Property,
};
use crate::refusal::{Code, Refusal};

/// Reply code of a returned message: no queue matched.
const NO_ROUTE: u16 = 312;

/// `basic.publish`. Its names are octets, which need not be UTF-8.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Publish {
    pub(crate) exchange: Box<[u8]>,
    pub(crate) routing_key: Box<[u8]>,
    pub(crate) mandatory: bool,
    pub(crate) immediate: bool,
}

/// `basic.publish` with its content.
#[derive(Debug)]
pub(crate) struct Publication<'a> {
    pub(crate) method: &'a Publish,
    /// Flags and list, still encoded.
    pub(crate) properties: Box<[u8]>,
    pub(crate) body: Bytes,
}

impl Vhost {
    /// The exchange that a message is published to.
    ///
    /// # Errors
    /// 403 for an internal exchange, 404, 540 for `immediate`.
    fn check_publish(&self, publish: &Publish) -> Result<&Exchange, Refusal> {
        if publish.immediate {
            return Err(Code::NotImplemented.because("immediate=true"));
        }
        let exchange = self.exchange_of_octets(&publish.exchange)?;
        if exchange.internal {
            return Err(Code::AccessRefused
                .because(format!("cannot publish to internal exchange '{}' in vhost '{}'", exchange.name, self.name)));
        }
        Ok(exchange)
    }

    /// Publishes a message. Returns the number of queues it was routed to; a direct reply counts as one.
    ///
    /// # Errors
    /// As [`Vhost::check_publish`]; 406 when `user-id` is wrong or a property is invalid, 502 when the properties are
    /// malformed.
    pub(crate) fn publish(
        &mut self,
        id: ConnectionId,
        number: u16,
        publication: Publication<'_>,
        now: Instant,
    ) -> Result<usize, Refusal> {
        let exchange = self.check_publish(publication.method)?.name.clone();
        let key = &*publication.method.routing_key;
        let is_reply =
            exchange.is_empty() && direct_reply_to::token(key).is_some_and(|token| self.replies.contains_key(token));
        let Some(connection) = self.connections.get_mut(id) else { return Ok(0) };
        let Some(channel) = connection.channels.get_mut(&number) else { return Ok(0) };
        let read = message::read(&publication.properties)?;
        let reply_to = match read.text(Property::ReplyTo) {
            Some(to) if to == direct_reply_to::QUEUE.as_bytes() => Some(direct_reply_to::address(channel)?),
            _other => None,
        };
        let addressed = reply_to.map(|address| read.with(Property::ReplyTo, Some(&address)).write());
        if let Some(claimed) = read.text(Property::UserId)
            && claimed != connection.user.as_bytes()
        {
            let user = connection.user.as_bytes();
            let text: [&[u8]; 5] =
                [b"user_id property set to '", claimed, b"' but authenticated user was '", user, b"'"];
            return Err(Code::PreconditionFailed.because(text.concat()));
        }
        let properties = addressed.unwrap_or(publication.properties);
        let message = Message::new(exchange, key, properties, publication.body)?;
        let message = Arc::new(message.charged_to(&self.memory));
        let mandatory = publication.method.mandatory;
        let queues = match &mut channel.mode {
            Mode::Transaction(_later) => {
                let publish = self.find_queues(message, mandatory);
                let queues = publish.queues.iter().filter_map(|queue| self.queues.get(*queue));
                let names: Vec<Arc<str>> = queues.map(|queue| queue.name.clone()).collect();
                let queues = names.len();
                if let Mode::Transaction(transaction) = &mut self.channel(id, number)?.mode {
                    transaction.publishes.push((publish, names));
                }
                queues
            }
            Mode::Confirm(confirms) => {
                confirms.published += 1;
                if connection.unconfirmed.last() != Some(&number) && !connection.unconfirmed.contains(&number) {
                    connection.unconfirmed.push(number);
                }
                let publish = self.find_queues(message, mandatory);
                if !self.route_to_queues(id, number, &publish, now) {
                    self.refuse_last(id, number);
                }
                self.routed = publish.queues;
                self.routed.len()
            }
            // without confirms or a transaction the publisher does not learn that a queue refused the message
            Mode::Plain => {
                let publish = self.find_queues(message, mandatory);
                self.route_to_queues(id, number, &publish, now);
                self.routed = publish.queues;
                self.routed.len()
            }
        };
        Ok(queues + usize::from(is_reply))
    }

    /// The message with the queues it is routed to.
    fn find_queues(&mut self, message: Arc<Message>, mandatory: bool) -> Routed {
        let mut queues = std::mem::take(&mut self.routed);
        self.route(&message, &mut queues);
        Routed { message, mandatory, queues }
    }

    /// Puts a message into its queues, or returns it if it is mandatory and has none. True if every queue accepted it.
    pub(super) fn route_to_queues(&mut self, id: ConnectionId, number: u16, publish: &Routed, now: Instant) -> bool {
        self.reply_to_all(&publish.message);
        if publish.queues.is_empty() && publish.mandatory {
            self.return_unroutable(id, number, &publish.message);
        }
        let is_first = self.hold_dead_letters();
        let mut accepted = true;
        for queue in &publish.queues {
            accepted &= self.enqueue(*queue, publish.message.clone(), now);
        }
        if is_first {
            self.release_dead_letters(now);
        }
        accepted
    }

    fn return_unroutable(&mut self, id: ConnectionId, number: u16, message: &Message) {
        if let Some(connection) = self.connections.get_mut(id) {
            connection.outbox.returned(number, NO_ROUTE, "NO_ROUTE", message);
        }
    }

    /// The queues that a message is routed to, without duplicates.
    pub(super) fn route(&self, message: &Message, queues: &mut Vec<QueueId>) {
        queues.clear();
        if message.exchange.is_empty() {
            for key in message.keys() {
                if let Some(queue) = str::from_utf8(key).ok().and_then(|name| self.names.get(name))
                    && !queues.contains(queue)
                {
                    queues.push(*queue);
                }
            }
            return;
        }
        let mut seen: HashSet<Arc<str>> = HashSet::from([message.exchange.clone()]);
        let mut open = vec![message.exchange.clone()];
        while let Some(name) = open.pop() {
            let Some(exchange) = self.exchanges.get(&name) else { continue };
            let mut taken = false;
            for key in message.keys() {
                for destination in exchange.route(key, message) {
                    taken = true;
                    match destination {
                        Destination::Queue(queue) if !queues.contains(queue) => queues.push(*queue),
                        Destination::Exchange(next) if seen.insert(next.clone()) => open.push(next.clone()),
                        Destination::Queue(_) | Destination::Exchange(_) => {}
                    }
                }
            }
            if !taken
                && let Some(alternate) = exchange.alternate()
                && let Ok(alternate) = self.exchange_of_octets(alternate)
                && seen.insert(alternate.name.clone())
            {
                open.push(alternate.name.clone());
            }
        }
    }

    /// Puts a message into a queue. True if the queue accepted it.
    pub(super) fn enqueue(&mut self, id: QueueId, message: Arc<Message>, now: Instant) -> bool {
        let Some(queue) = self.queues.get_mut(id) else { return true };
        let refuses = matches!(queue.options.overflow, Overflow::RejectPublish | Overflow::RejectPublishDlx);
        if refuses && queue.is_full_for(message.body.len()) {
            if queue.options.overflow == Overflow::RejectPublishDlx {
                self.dead_letter(id, &message, Reason::MaxLength, now);
            }
            return false;
        }
        let lives = match (queue.options.ttl, message.expiration) {
            (Some(queue), Some(message)) => Some(queue.min(message)),
            (queue, message) => queue.or(message),
        };
        let entry = Entry {
            position: queue.next_position(),
            message,
            expires: lives.map(|lives| now + lives),
            redelivered: false,
        };
        queue.ready.insert(entry);
        self.pump(id, now);
        self.trim(id, now);
        self.set_alarm(id);
        true
    }
}
